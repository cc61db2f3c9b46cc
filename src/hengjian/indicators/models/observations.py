"""Values with their parts. A value is never changed: what replaces it is a new version."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengjian.indicators.models.definitions import DefinitionVersion
from hengjian.methods.periods import Period, parse_period
from hengjian.parties.models import Region, Unit


class Batch(models.Model):
    """Values that came in one file; they can be taken back together."""

    class State(models.TextChoices):
        DRAFT = "draft", _("待确认")
        DONE = "done", _("已导入")
        UNDONE = "undone", _("已撤销")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("导入单位"))
    filename = models.CharField(_("文件名"), max_length=255)
    file_hash = models.CharField(max_length=80, blank=True)
    publisher = models.CharField(_("数据发布机构"), max_length=200, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.DRAFT)
    # What was read: rows as text with their messages; kept so that the preview can be shown and answered.
    rows = models.JSONField(default=list)
    total = models.PositiveIntegerField(_("行数"), default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("指标值导入")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.filename

    def get_absolute_url(self) -> str:
        return reverse("indicators:batch", args=[self.pk])


class Observation(models.Model):
    """One value of one indicator for a region, period and break-down.

    Numerator and denominator are kept; `value` follows from them (percentages as read: 93.5 is 93.5 %).

    Attributes:
        dimensions: break-down as `name=code;name=code` in alphabetical order; empty for the whole.
        n: how many facts, answers or cells stand behind it.
        inputs: what it was derived from: ids of other values and the parts of a derived figure (JSON).
        figure: the ledger figure by which it can be computed again; `tree_size` the state of the ledger.
        effective_at, superseded_at: between these moments it was the value that counted ("as known at").
    """

    class Origin(models.TextChoices):
        FACTS = "facts", _("由事实计算")
        RETURN = "return", _("统计报表")
        FACT_VALUE = "fact_value", _("程序结论")
        IMPORT = "import", _("导入")
        DERIVED = "derived", _("由指标合成")
        ENTERED = "entered", _("更正录入")

    class Status(models.TextChoices):
        PROVISIONAL = "provisional", _("初步")
        APPROVED = "approved", pgettext_lazy("指标值", "已核定")
        WITHDRAWN = "withdrawn", pgettext_lazy("指标值", "已撤回")

    indicator = models.CharField(_("指标"), max_length=80)
    definition = models.ForeignKey(DefinitionVersion, on_delete=models.PROTECT, related_name="observations")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("地区"))
    # Who answers for it there: the unit of the owner's family in the region.
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("负责单位")
    )
    period = models.CharField(_("期间"), max_length=8)
    frequency = models.CharField(max_length=8)
    first = models.DateField(_("期间起"))
    last = models.DateField(_("期间止"))
    dimensions = models.CharField(_("分组"), max_length=200, blank=True, default="")
    numerator = models.DecimalField(_("分子"), max_digits=30, decimal_places=10, null=True, blank=True)
    denominator = models.DecimalField(_("分母"), max_digits=30, decimal_places=10, null=True, blank=True)
    value = models.DecimalField(_("数值"), max_digits=30, decimal_places=10, null=True, blank=True)
    low = models.DecimalField(_("区间下限"), max_digits=30, decimal_places=10, null=True, blank=True)
    high = models.DecimalField(_("区间上限"), max_digits=30, decimal_places=10, null=True, blank=True)
    n = models.BigIntegerField(_("依据条数"), null=True, blank=True)
    origin = models.CharField(_("来源"), max_length=10, choices=Origin.choices)
    status = models.CharField(_("状态"), max_length=12, choices=Status.choices, default=Status.PROVISIONAL)
    assumptions = models.JSONField(_("假定"), default=list, blank=True)
    public = models.BooleanField(default=False)
    rule = models.CharField(_("规则版本"), max_length=200, blank=True)
    inputs = models.JSONField(default=dict, blank=True)
    figure = models.UUIDField(null=True, blank=True)
    tree_size = models.BigIntegerField(_("台账位置"), null=True, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1)
    # The version that counts; a newer one that would replace an approved one is pending until it is approved, too.
    current = models.BooleanField(default=True)
    pending = models.BooleanField(default=False)
    previous = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("更正说明"), max_length=400, blank=True)
    batch = models.ForeignKey(Batch, null=True, blank=True, on_delete=models.PROTECT, related_name="observations")
    fact = models.UUIDField(null=True, blank=True)
    recorded_at = models.DateTimeField(_("记录时间"), default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # From when until when it counted; never for a pending version that was given up.
    effective_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    superseded_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(_("核定时间"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("指标值")
        ordering = ["indicator", "region", "first", "dimensions"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "region", "period", "dimensions"],
                condition=Q(current=True),
                name="indicators_one_current",
            ),
            models.UniqueConstraint(
                fields=["indicator", "region", "period", "dimensions"],
                condition=Q(pending=True),
                name="indicators_one_pending",
            ),
            models.CheckConstraint(condition=~Q(current=True, pending=True), name="indicators_current_or_pending"),
            models.UniqueConstraint(
                fields=["indicator", "region", "period", "dimensions", "version"], name="indicators_version_once"
            ),
        ]
        indexes = [
            models.Index(fields=["indicator", "region", "first"], name="indicators_series"),
            models.Index(fields=["indicator", "current", "dimensions", "last"], name="indicators_latest"),
            models.Index(fields=["status", "current"], name="indicators_status"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.region_id} {self.period}"

    def get_absolute_url(self) -> str:
        return reverse("indicators:value", args=[self.pk])

    @property
    def ref(self) -> str:
        """How tasks, sheets and reports refer to it."""
        return f"observation:{self.pk}"

    @property
    def when(self) -> Period:
        return parse_period(self.period)

    @property
    def broken_down(self) -> dict[str, str]:
        """Its break-down as name → code."""
        return dict(part.split("=", 1) for part in self.dimensions.split(";") if part)

    @property
    def assumed(self) -> bool:
        """Whether it rests on something that no official source fixes; its mark follows it everywhere."""
        return bool(self.assumptions)

    @property
    def key(self) -> tuple[Any, ...]:
        return self.indicator, self.region_id, self.period, self.dimensions


class PeriodLock(models.Model):
    """A period that is closed: no value of it changes until the lock is lifted, with a reason."""

    indicator = models.CharField(_("指标"), max_length=80, blank=True)
    period = models.CharField(_("期间"), max_length=8)
    first = models.DateField()
    last = models.DateField()
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("地区"))
    reason = models.CharField(_("说明"), max_length=400, blank=True)
    locked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    locked_at = models.DateTimeField(_("锁定时间"), default=timezone.now)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    lifted_at = models.DateTimeField(_("解锁时间"), null=True, blank=True)
    lifted_for = models.CharField(_("解锁说明"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("期间锁定")
        ordering = ["-last", "indicator"]

    def __str__(self) -> str:
        return f"{self.indicator or '*'} {self.period}"


class Computation(models.Model):
    """Up to where in the ledger an indicator was computed, with which definition; the next run starts there."""

    indicator = models.CharField(max_length=80, unique=True)
    definition = models.ForeignKey(DefinitionVersion, on_delete=models.PROTECT, related_name="+")
    tree_size = models.BigIntegerField(default=0)
    computed_at = models.DateTimeField(default=timezone.now)
    through = models.DateField()
    seconds = models.FloatField(default=0)
    values = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)

    class Meta:
        verbose_name = _("指标计算")

    def __str__(self) -> str:
        return f"{self.indicator} @{self.tree_size}"
