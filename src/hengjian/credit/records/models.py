"""Storage of credit records. The ledger's facts are the truth; a sealed record keeps no content here."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengjian.enterprises.models import Enterprise
from hengjian.ledger.models import AppendOnly, Level
from hengjian.parties.models import Unit, User


class UnsealedManager(models.Manager["CreditRecord"]):
    """Records that may be shown and used."""

    def get_queryset(self) -> models.QuerySet[CreditRecord]:
        return super().get_queryset().filter(sealed_at__isnull=True)


class RecordCategory(models.TextChoices):
    """`rulebook.parameters.credit_records.CATEGORIES`, for lists and forms."""

    REGISTRATION = "registration", _("登记注册")
    JUDGEMENT = "judgement", _("司法裁判及执行")
    PERMIT = "permit", _("行政许可")
    PENALTY = "penalty", _("行政处罚")
    COERCION = "coercion", _("行政强制")
    INSPECTION = "inspection", _("监督检查")
    COMPLIANCE = "compliance", _("遵守法律法规情况")
    ABNORMAL = "abnormal", _("经营异常名录")
    SERIOUS = "serious", _("严重失信主体名单")
    CONTRACT = "contract", _("合同履行")
    COMMITMENT = "commitment", _("信用承诺及履行")
    EVALUATION = "evaluation", _("信用评价结果")
    CERTIFICATION = "certification", _("认证认可")
    HONOUR = "honour", _("诚实守信相关荣誉")
    QUALIFICATION = "qualification", _("职称和职业")


class RecordSeverity(models.TextChoices):
    MINOR = "minor", pgettext_lazy("失信程度", "轻微")
    GENERAL = "general", pgettext_lazy("失信程度", "一般")
    SERIOUS = "serious", pgettext_lazy("失信程度", "严重")


class CreditRecord(models.Model):
    """One piece of credit information about a body, as the catalogue admits it.

    `objects` has no sealed records. When a record is sealed (repaired, expired, withdrawn, shielded) its row loses
    everything that it said; `fact` still names the leaf in the ledger that proves it.
    """

    class State(models.TextChoices):
        PUBLISHED = "published", pgettext_lazy("信用记录", "公示中")
        KEPT = "kept", pgettext_lazy("信用记录", "不公示")
        REPAIRED = "repaired", pgettext_lazy("信用记录", "已修复")
        EXPIRED = "expired", pgettext_lazy("信用记录", "已到期")
        WITHDRAWN = "withdrawn", pgettext_lazy("信用记录", "已撤销")
        SHIELDED = "shielded", pgettext_lazy("信用记录", "临时屏蔽")

    key = models.UUIDField(_("记录编号"), unique=True, default=uuid.uuid4, editable=False)
    # The newest fact about it: `credit.recorded` or its correction.
    fact = models.UUIDField(_("事实编号"), null=True)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+", verbose_name=_("主体"))
    organ = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("认定单位"))
    category = models.CharField(_("类别"), max_length=16, choices=RecordCategory.choices)
    catalogue = models.CharField(_("目录条目"), max_length=32)
    # The editions by which it was admitted and dated.
    edition = models.CharField(max_length=120, blank=True)
    rule = models.CharField(max_length=120, blank=True)
    severity = models.CharField(
        pgettext_lazy("信用记录", "失信程度"), max_length=8, choices=RecordSeverity.choices, blank=True
    )
    title = models.CharField(_("事项"), max_length=200, blank=True)
    document = models.CharField(_("文书号"), max_length=120, blank=True)
    values = models.JSONField(default=dict, blank=True)
    decided_on = models.DateField(_("决定日期"), null=True)
    published_from = models.DateField(_("公示起始"), null=True, blank=True)
    min_until = models.DateField(_("最短公示至"), null=True, blank=True)
    max_until = models.DateField(_("最长公示至"), null=True, blank=True)
    disclosure = models.CharField(_("公开属性"), max_length=8, choices=Level.choices)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.PUBLISHED)
    # Working days from decision to recording, by which the seven days of 双公示 are measured; kept after sealing.
    delay = models.PositiveSmallIntegerField(_("归集用时（工作日）"), default=0)
    fulfilled_on = models.DateField(_("义务履行日期"), null=True, blank=True)
    # Told by the organ: then the record goes on beyond its maximum where the sector's rule says so.
    unfulfilled = models.BooleanField(_("义务未履行"), default=False)
    disputed_since = models.DateField(_("异议中"), null=True, blank=True)
    sealed_at = models.DateTimeField(_("封存时间"), null=True, blank=True)
    shielded_until = models.DateTimeField(_("屏蔽至"), null=True, blank=True)
    # When a repair of it was revoked because the papers were false.
    revoked_on = models.DateField(_("撤销修复日期"), null=True, blank=True)
    # The fact of another room from which it was made; sealed with it.
    origin = models.UUIDField(null=True, blank=True)
    # Digest of organ, category, document, day: the same decision is not recorded twice, not even after its repair.
    identity = models.CharField(max_length=64)
    batch = models.ForeignKey(
        "credit_records.Delivery", null=True, blank=True, on_delete=models.PROTECT, related_name="records"
    )
    recorded_at = models.DateTimeField(_("归集时间"), default=timezone.now)
    recorded_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = UnsealedManager()
    everything = models.Manager["CreditRecord"]()

    # What a record says enters no log of actions: there it would outlive its repair.
    audit_hidden = ("title", "document", "values", "severity", "catalogue", "category", "identity")

    class Meta:
        ordering = ["-decided_on", "-pk"]
        verbose_name = _("信用记录")
        constraints = [models.UniqueConstraint(fields=["identity"], name="credit_record_once")]
        indexes = [
            models.Index(fields=["enterprise", "-decided_on"], name="credit_record_enterprise"),
            models.Index(fields=["organ", "-decided_on"], name="credit_record_organ"),
            models.Index(fields=["max_until"], name="credit_record_end"),
            models.Index(fields=["-decided_on", "-id"], name="credit_record_newest"),
        ]

    def __str__(self) -> str:
        # The log of actions keeps this text: it says nothing of what the record is about.
        return str(self.number)

    def get_absolute_url(self) -> str:
        return reverse("credit_records:record", args=[self.key])

    @property
    def number(self) -> str:
        """Short number for people; the first characters of the key."""
        return f"XY-{self.key.hex[:8].upper()}"

    @property
    def ref(self) -> str:
        return f"credit_record:{self.key.hex}"

    @property
    def is_sealed(self) -> bool:
        return self.sealed_at is not None

    @property
    def is_adverse(self) -> bool:
        return bool(self.severity)


class Delivery(models.Model):
    """One sheet of records that a department delivered; undone as a whole. Keeps no row of what it held."""

    class State(models.TextChoices):
        MAPPING = "mapping", pgettext_lazy("信用数据", "待对应列")
        CHECKED = "checked", pgettext_lazy("信用数据", "待确认")
        APPLIED = "applied", pgettext_lazy("信用数据", "已归集")
        UNDONE = "undone", pgettext_lazy("信用数据", "已撤销")
        DROPPED = "dropped", pgettext_lazy("信用数据", "已放弃")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("数源单位"))
    category = models.CharField(_("类别"), max_length=16, choices=RecordCategory.choices)
    name = models.CharField(_("文件名"), max_length=200)
    # The rows as read, until they are taken in or given up; {heading: field}; {row: [[heading, what], …]}.
    rows = models.JSONField(default=list, blank=True)
    # In the order of the sheet, which PostgreSQL does not keep inside of `rows`.
    headings = models.JSONField(default=list, blank=True)
    columns = models.JSONField(default=dict, blank=True)
    faults = models.JSONField(default=dict, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.MAPPING)
    total = models.PositiveIntegerField(_("行数"), default=0)
    good = models.PositiveIntegerField(_("可归集"), default=0)
    wrong = models.PositiveIntegerField(_("有误"), default=0)
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("上传时间"), default=timezone.now)
    applied_at = models.DateTimeField(_("归集时间"), null=True, blank=True)
    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    audit_hidden = ("rows", "faults")

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("信用数据批次")
        indexes = [models.Index(fields=["unit", "-created_at"], name="credit_delivery")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("credit_records:delivery", args=[self.pk])

    @property
    def ref(self) -> str:
        return f"credit_delivery:{self.pk}"


class DeliveryTemplate(models.Model):
    """How a department's sheet of a category is read: heading → field; used again for its next sheet."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    category = models.CharField(max_length=16, choices=RecordCategory.choices)
    columns = models.JSONField(default=dict)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "category"], name="credit_template_once")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.category}"


class Gathered(models.Model):
    """A mapped fact of another room that was looked at, and why it did not become a record, if it did not."""

    fact = models.UUIDField(primary_key=True)
    leaf_index = models.BigIntegerField(db_index=True)
    refused = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.leaf_index} {self.fact}"


class Look(AppendOnly):
    """Somebody looked at what is not public about a body. `digest` covers the row; anchors put it into the ledger."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+", verbose_name=_("主体"))
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("查看人"))
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("查看单位"))
    purpose = models.CharField(_("目的"), max_length=300)
    what = models.CharField(_("查看内容"), max_length=200)
    at = models.DateTimeField(_("时间"), default=timezone.now)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("查询记录")
        indexes = [models.Index(fields=["enterprise", "-at"], name="credit_look_enterprise")]

    def __str__(self) -> str:
        return f"{self.at} {self.what}"


def empty(record: CreditRecord) -> dict[str, Any]:
    """Take out of a row everything that it says; returns what was taken, for the room's own use in the transaction."""
    taken = {name: getattr(record, name) for name in CONTENT}
    for name in CONTENT:
        setattr(record, name, None if name == "decided_on" else {} if name == "values" else "")
    return taken


CONTENT = ("severity", "title", "document", "values", "decided_on")
