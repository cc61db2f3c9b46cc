"""Storage: entries, their versions, imports. Big registers extend `EntryBase` with columns of their own."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.parties.models import Confidentiality, Region, Unit


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
        return frozenset(field.name for field in cls._meta.concrete_fields) - {
            field.name for field in Entry._meta.concrete_fields
        }


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
