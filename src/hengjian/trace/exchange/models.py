"""Storage: certificates of conformity, files of the exchange, how often codes were looked up."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.parties.models import Region, Unit
from hengjian.registers.models import EntryBase


class ConformityCertificate(EntryBase):
    """A promise of conformity for one lot; the register `conformity_certificate`."""

    product = models.CharField(_("产品名称"), max_length=100)
    category = models.CharField(_("产品类别"), max_length=40, blank=True)
    lot_number = models.CharField(_("生产批次"), max_length=20)
    # Canonical identifier of the lot: what events, labels and the page behind the code call it.
    lot = models.CharField(max_length=300, blank=True)
    holder = models.CharField(max_length=18, blank=True)
    holder_name = models.CharField(_("承诺主体"), max_length=100)
    issued_on = models.DateField(_("开具日期"))

    class Meta(EntryBase.Meta):
        verbose_name = _("承诺达标合格证")
        indexes = [
            *EntryBase.Meta.indexes,
            models.Index(fields=["lot"], name="trace_certificate_lot"),
            models.Index(fields=["filer", "-issued_on"], name="trace_certificate_filer"),
            models.Index(fields=["status", "issued_on"], name="trace_certificate_issued"),
        ]


class CertificateSource(models.Model):
    """A certificate that was issued anew, and one of those it replaced."""

    certificate = models.ForeignKey(ConformityCertificate, on_delete=models.CASCADE, related_name="source_links")
    source = models.ForeignKey(ConformityCertificate, on_delete=models.PROTECT, related_name="successor_links")
    quantity = models.DecimalField(_("用量"), max_digits=18, decimal_places=3)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["certificate", "source"], name="trace_certificate_source_once")]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.certificate_id}"


class CollectedCertificate(models.Model):
    """A buyer took a certificate in with the goods; kept as long as the law asks."""

    certificate = models.ForeignKey(ConformityCertificate, on_delete=models.PROTECT, related_name="collections")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("收取单位"))
    on = models.DateField(_("收取日期"))
    quantity = models.DecimalField(_("数量"), max_digits=18, decimal_places=3)
    keep_until = models.DateField(_("保存至"))
    event = models.CharField(max_length=120, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("收取的合格证")
        ordering = ["-on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["certificate", "unit", "on"], name="trace_collected_once")]

    def __str__(self) -> str:
        return f"{self.certificate} {self.on}"


class ExchangeBatch(models.Model):
    """One file of messages: checked, shown, taken in, undone, each in slices (`batches`).

    Attributes:
        rows, good: messages in the file, and those without a fault; complete when `checked`.
        done: messages, or when undoing events, that the work under way has behind it; `share` in percent.
        at_once: take in when checked, without asking.
        sample: the first messages, for the preview.
        actor: who asked for the work under way.
        lease: a process works on it until then. message: why it failed.
    """

    class State(models.TextChoices):
        CHECKING = "checking", _("正在核对")
        PREVIEW = "preview", _("待确认")
        TAKING = "taking", _("正在接收")
        DONE = "done", _("已接收")
        UNDOING = "undoing", _("正在撤销")
        UNDONE = "undone", _("已撤销")
        DROPPED = "dropped", _("已放弃")
        FAILED = "failed", _("未能处理")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("上传单位"))
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("地区"))
    name = models.CharField(_("文件名"), max_length=200)
    digest = models.CharField(max_length=64, db_index=True)
    channel = models.CharField(_("途径"), max_length=10, default="page")
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.CHECKING)
    rows = models.PositiveIntegerField(_("条数"), default=0)
    good = models.PositiveIntegerField(_("合格条数"), default=0)
    added = models.PositiveIntegerField(_("新增事件"), default=0)
    already = models.PositiveIntegerField(_("已有事件"), default=0)
    checked = models.BooleanField(default=False)
    at_once = models.BooleanField(default=False)
    done = models.PositiveIntegerField(default=0)
    share = models.PositiveSmallIntegerField(default=0)
    sample = models.JSONField(default=list)
    message = models.CharField(max_length=300, blank=True)
    lease = models.DateTimeField(null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("原因"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("上传时间"), default=timezone.now)
    done_at = models.DateTimeField(_("接收时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("交换文件")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["unit", "-created_at"], name="trace_batch_unit"),
            models.Index(fields=["state"], name="trace_batch_state"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> str:
        return f"trace_batch:{self.pk}"

    @property
    def wrong(self) -> int:
        return self.rows - self.good


class ExchangePart(models.Model):
    """What one slice of a file brought.

    Attributes:
        faults: [row, field, what is wrong], as found when the slice was checked or taken in.
        first, last: numbers of the events that it added; null: none.
        entries: references of the entries that it made.
        undone: declared wrong and struck off again.
    """

    batch = models.ForeignKey(ExchangeBatch, on_delete=models.CASCADE, related_name="parts")
    faults = models.JSONField(default=list)
    fault_count = models.PositiveIntegerField(default=0)
    first = models.BigIntegerField(null=True)
    last = models.BigIntegerField(null=True)
    entries = models.JSONField(default=list)
    undone = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["last"], condition=models.Q(undone=True), name="trace_part_undone"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.first}–{self.last}"


class Lookup(models.Model):
    """How often a code was looked up on a day. Counts only: who looked is not kept."""

    key = models.CharField(max_length=300)
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)
    region = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "day"], name="trace_lookup_day")]
        indexes = [models.Index(fields=["day", "region"], name="trace_lookup_region")]

    def __str__(self) -> str:
        return f"{self.key} {self.day} {self.count}"
