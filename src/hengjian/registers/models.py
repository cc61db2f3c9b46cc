"""Storage: entries, their versions, imports. Big registers extend `EntryBase` with columns of their own."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.parties.models import Confidentiality, Region, Unit

#: The level of an entry of which the ledger has facts under a seal: what is left is the file of its unit. `policies`
#: lets nobody else reach it, not even with this ceiling for the whole region.
OWN_FILE = Confidentiality.SENSITIVE


class EntryBase(models.Model):
    """One entry of a register.

    `key` is unique within `key_scope` ("" for the whole register, else the code of the region or of its prefecture, or
    the unit's key). Declared fields that have a column of the same name are stored there, all others in `extras`.
    """

    register = models.CharField(_("登记册"), max_length=60)
    key = models.CharField(_("编号"), max_length=80)
    key_scope = models.CharField(max_length=80, blank=True, default="")
    title = models.CharField(_("名称"), max_length=200)
    # What it is about: "enterprise:9165…"; facts and dossiers find it by this.
    subject = models.CharField(_("主体"), max_length=100, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("登记单位"))
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("地区"))
    # The enterprise that filed it for itself, where it has an account.
    filer = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("申报单位")
    )
    status = models.CharField(_("状态"), max_length=60)
    status_on = models.DateField(_("状态起始"), null=True, blank=True)
    confidentiality = models.PositiveSmallIntegerField(
        _("公开范围"), choices=Confidentiality.choices, default=Confidentiality.INTERNAL
    )
    valid_from = models.DateField(_("有效期起"), null=True, blank=True)
    valid_to = models.DateField(_("有效期止"), null=True, blank=True)
    # Where the register wants a second person: null until confirmed.
    approved_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1)
    extras = models.JSONField(default=dict, blank=True)
    # The import it came with; undoing that import ends it.
    batch = models.ForeignKey(
        "registers.ImportBatch", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("登记时间"), default=timezone.now)
    updated_at = models.DateTimeField(_("更新时间"), default=timezone.now)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["register", "key_scope", "key"], name="%(app_label)s_%(class)s_key"),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True)
                | models.Q(valid_from__isnull=True)
                | models.Q(valid_to__gte=models.F("valid_from")),
                name="%(app_label)s_%(class)s_period",
                violation_error_message=_("有效期止早于有效期起。"),
            ),
        ]
        indexes = [
            models.Index(fields=["register", "unit", "status"], name="%(app_label).10s_%(class).10s_unit"),
            models.Index(fields=["register", "region", "status"], name="%(app_label).10s_%(class).10s_rgn"),
            models.Index(fields=["register", "status", "valid_to"], name="%(app_label).10s_%(class).10s_end"),
            models.Index(fields=["subject"], name="%(app_label).10s_%(class).10s_subj"),
            # Newest first without sorting, and counting without reading rows.
            models.Index(fields=["register", "-id"], name="%(app_label).10s_%(class).10s_new"),
        ]

    def __str__(self) -> str:
        return self.title or self.key

    @property
    def ref(self) -> str:
        """How cases, clocks, files and facts refer to it."""
        return f"entry:{self.register}:{self.pk}"

    def value(self, code: str) -> Any:
        """The stored value of a declared field: its column, or what lies in `extras`."""
        return getattr(self, code) if code in self.columns() else self.extras.get(code)

    @classmethod
    def columns(cls) -> frozenset[str]:
        """Names of the columns that this table has beyond those of every entry."""
        return _own_columns(cls)


@cache
def _own_columns(model: type[EntryBase]) -> frozenset[str]:
    common = {field.name for field in Entry._meta.concrete_fields}
    return frozenset(field.name for field in model._meta.concrete_fields) - common


class Entry(EntryBase):
    """Entries of all registers that have no table of their own."""

    class Meta(EntryBase.Meta):
        verbose_name = _("登记项")


class EntryVersion(models.Model):
    """What an entry said from a day on (`valid_from`), and since when that is known (`recorded_at`). Never changed."""

    register = models.CharField(max_length=60)
    entry = models.BigIntegerField()
    number = models.PositiveIntegerField(_("版本"))
    valid_from = models.DateField(_("自"))
    recorded_at = models.DateTimeField(_("记录时间"), default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    system = models.CharField(max_length=60, blank=True)
    verb = models.CharField(_("操作"), max_length=40)
    reason = models.CharField(_("原因"), max_length=300, blank=True)
    ground = models.CharField(_("依据代码"), max_length=60, blank=True)
    status = models.CharField(_("状态"), max_length=60)
    # Everything the entry said: key, title, validity, all declared fields as JSON values.
    data = models.JSONField(default=dict)
    fact = models.UUIDField(null=True, blank=True)
    # The import that wrote it.
    batch = models.ForeignKey(
        "registers.ImportBatch", null=True, blank=True, on_delete=models.SET_NULL, related_name="versions"
    )

    class Meta:
        ordering = ["register", "entry", "number"]
        verbose_name = _("登记项版本")
        constraints = [models.UniqueConstraint(fields=["register", "entry", "number"], name="registers_version_once")]

    def __str__(self) -> str:
        return f"{self.register}:{self.entry} v{self.number}"


class ImportBatch(models.Model):
    """One imported sheet: checked first, applied by one click, undone as a whole."""

    class State(models.TextChoices):
        CHECKING = "checking", _("正在核对")
        CHECKED = "checked", _("待确认")
        APPLYING = "applying", _("正在导入")
        APPLIED = "applied", _("已导入")
        UNDOING = "undoing", _("正在撤销")
        UNDONE = "undone", _("已撤销")
        DROPPED = "dropped", _("已放弃")
        FAILED = "failed", _("失败")

    register = models.CharField(max_length=60)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("登记单位"))
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("地区"))
    file = models.CharField(_("文件"), max_length=80)
    name = models.CharField(_("文件名"), max_length=200)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.CHECKING)
    total = models.PositiveIntegerField(_("行数"), default=0)
    new = models.PositiveIntegerField(_("新增"), default=0)
    changed = models.PositiveIntegerField(_("变更"), default=0)
    unchanged = models.PositiveIntegerField(_("无变化"), default=0)
    wrong = models.PositiveIntegerField(_("有误"), default=0)
    done = models.PositiveIntegerField(_("已处理"), default=0)
    message = models.CharField(max_length=300, blank=True)
    # The worker that has it, until then; a killed one loses it after that.
    lease = models.DateTimeField(null=True, blank=True)
    # Columns of the sheet that belong to no field, told to the user.
    ignored = models.JSONField(default=list, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("上传时间"), default=timezone.now)
    applied_at = models.DateTimeField(_("导入时间"), null=True, blank=True)
    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("导入批次")
        indexes = [models.Index(fields=["register", "unit"])]

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> str:
        return f"batch:{self.pk}"


class ImportRow(models.Model):
    """What the check found about one row of a sheet. Values are not kept: confirming reads the file again."""

    class Outcome(models.TextChoices):
        NEW = "new", _("新增")
        CHANGED = "changed", _("变更")
        UNCHANGED = "unchanged", _("无变化")
        WRONG = "wrong", _("有误")

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    # As spreadsheet programs count it.
    number = models.PositiveIntegerField(_("行号"))
    outcome = models.CharField(_("核对结果"), max_length=10, choices=Outcome.choices)
    key = models.CharField(_("编号"), max_length=80, blank=True)
    title = models.CharField(_("名称"), max_length=200, blank=True)
    # [[column heading, what is wrong], …]
    faults = models.JSONField(default=list, blank=True)
    # [[field, before, after], …], without personal data.
    changes = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["batch", "number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="registers_import_row_once")]
        indexes = [models.Index(fields=["batch", "outcome", "number"])]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.number}"


class KeyCounter(models.Model):
    """The running number of one series of keys ("qc_group:QC-2026-")."""

    series = models.CharField(max_length=120, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.series} {self.last}"


class Reminder(models.Model):
    """A day of an entry that draws near: the end of validity, the last day for renewal, a recurring duty.

    Made once per entry, matter and day; it goes when the matter is settled.
    """

    EXPIRY, RENEWAL = "expiry", "renewal"

    register = models.CharField(max_length=60)
    entry = models.BigIntegerField()
    # "expiry", "renewal" or the code of a recurrence.
    matter = models.CharField(max_length=60)
    due_on = models.DateField(_("到期日"))
    key = models.CharField(_("编号"), max_length=80)
    title = models.CharField(_("名称"), max_length=200)
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+", verbose_name=_("登记单位"))
    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="+", verbose_name=_("地区"))
    filer = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("申报单位")
    )
    confidentiality = models.PositiveSmallIntegerField(
        choices=Confidentiality.choices, default=Confidentiality.INTERNAL
    )
    made_at = models.DateTimeField(_("提醒时间"), default=timezone.now)

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("到期提醒")
        constraints = [
            models.UniqueConstraint(fields=["register", "entry", "matter", "due_on"], name="registers_reminder_once")
        ]
        indexes = [models.Index(fields=["unit", "due_on"]), models.Index(fields=["filer", "due_on"])]

    def __str__(self) -> str:
        return f"{self.register}:{self.entry} {self.matter} {self.due_on}"
