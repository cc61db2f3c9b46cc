"""What is to be reached, by when, where, and who answers for it."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengjian.methods.periods import Period, parse_period
from hengjian.parties.models import Region, Unit


class Target(models.Model):
    """A target of an indicator for a region and a period. Changing it makes a new row; the old one stays readable."""

    class Operator(models.TextChoices):
        AT_LEAST = "at_least", _("不低于")
        AT_MOST = "at_most", _("不高于")
        EQUAL = "equal", _("等于")

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("目标", "执行中")
        REPLACED = "replaced", pgettext_lazy("目标", "已调整")
        WITHDRAWN = "withdrawn", pgettext_lazy("目标", "已撤销")

    indicator = models.CharField(_("指标"), max_length=80)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("地区"))
    period = models.CharField(_("目标期"), max_length=8)
    due_on = models.DateField(_("到期"))
    dimensions = models.CharField(_("分组"), max_length=200, blank=True, default="")
    operator = models.CharField(_("关系"), max_length=10, choices=Operator.choices)
    value = models.DecimalField(_("目标值"), max_digits=30, decimal_places=10)
    # Where the straight way to the target begins; without it only the pace is judged.
    base_value = models.DecimalField(_("基期值"), max_digits=30, decimal_places=10, null=True, blank=True)
    base_on = models.DateField(_("基期"), null=True, blank=True)
    firm = models.BooleanField(_("约束性"), default=True)
    owner = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("责任单位")
    )
    # The target of the level above that this one carries its part of.
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    # The line of a plan that asks for it, as `target:12` with the words it was matched by.
    plan_target = models.CharField(max_length=40, blank=True)
    plan = models.CharField(max_length=40, blank=True)
    plan_text = models.CharField(_("计划原文"), max_length=300, blank=True)
    source = models.CharField(_("依据"), max_length=300, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.ACTIVE)
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("调整说明"), max_length=400, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(_("设定时间"), default=timezone.now)
    fact = models.UUIDField(null=True, blank=True)

    class Meta:
        verbose_name = _("指标目标")
        ordering = ["due_on", "indicator", "region"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "region", "period", "dimensions"],
                condition=Q(state="active"),
                name="indicators_target_once",
            ),
        ]
        indexes = [models.Index(fields=["plan_target"], name="indicators_target_plan")]

    def __str__(self) -> str:
        return f"{self.indicator} {self.region_id} {self.period}"

    def get_absolute_url(self) -> str:
        return reverse("indicators:target", args=[self.pk])

    @property
    def ref(self) -> str:
        return f"indicator-target:{self.pk}"

    @property
    def when(self) -> Period:
        return parse_period(self.period)

    def met_by(self, value: Decimal) -> bool:
        """Whether a value reaches it."""
        if self.operator == self.Operator.AT_LEAST:
            return value >= self.value
        if self.operator == self.Operator.AT_MOST:
            return value <= self.value
        return value == self.value
