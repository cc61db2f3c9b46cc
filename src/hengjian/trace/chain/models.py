"""Storage: saved recall scenarios, recall orders with what is in their scope, anomalies as a work list.

Events are the truth and stay with `trace.events`; the graph over them is derived (`index.py`).
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.parties.models import Region, Unit


class Scenario(models.Model):
    """A question of a recall simulation and the answer at that time.

    Attributes:
        question: `rules.Question` as JSON. result: `rules.Summary` as JSON.
        events: number of the last event that was known.
    """

    title = models.CharField(_("方案名称"), max_length=200)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("单位"))
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("地区"))
    question = models.JSONField()
    result = models.JSONField()
    events = models.BigIntegerField(default=0)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("保存时间"), default=timezone.now)

    class Meta:
        verbose_name = _("召回方案")
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["unit", "-made_at"], name="trace_scenario_unit")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("trace_chain:scenario", args=[self.pk])

    @property
    def ref(self) -> str:
        return f"recall_scenario:{self.pk}"


class RecallOrder(models.Model):
    """A recall that was ordered from a scope; how it goes on is the business of its case (`product_recall`).

    Attributes:
        sources: keys that the recall began with. lots: everything in the scope then (`RecallLot`).
        shipped, unit_code: amount to recover, left the maker; recovered: returned or destroyed since.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("召回中")
        ENDED = "ended", _("已结束")
        LIFTED = "lifted", _("已撤销")

    number = models.CharField(_("召回令"), max_length=60, unique=True)
    title = models.CharField(_("产品"), max_length=200)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("责令机关"))
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("地区"))
    maker = models.CharField(_("生产者"), max_length=40, blank=True)
    maker_name = models.CharField(_("生产者名称"), max_length=200)
    regime = models.CharField(_("适用制度"), max_length=20)
    defect = models.CharField(_("缺陷情况"), max_length=2000)
    hazard = models.CharField(_("可能的伤害"), max_length=1000, blank=True)
    advice = models.CharField(_("给消费者的提示"), max_length=500, blank=True)
    sources = models.JSONField(default=list)
    shipped = models.DecimalField(_("应召回数量"), max_digits=20, decimal_places=6, null=True, blank=True)
    unit_code = models.CharField(_("计量单位"), max_length=8, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.RUNNING)
    scenario = models.ForeignKey(Scenario, null=True, blank=True, on_delete=models.PROTECT, related_name="orders")
    case = models.CharField(_("办件"), max_length=40, blank=True)
    case_number = models.CharField(_("办件编号"), max_length=60, blank=True)
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(_("责令时间"), default=timezone.now)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    ended_for = models.CharField(_("结束说明"), max_length=500, blank=True)
    fact = models.UUIDField(null=True, blank=True)

    class Meta:
        verbose_name = _("召回令")
        ordering = ["-ordered_at", "-pk"]
        indexes = [
            models.Index(fields=["unit", "state"], name="trace_recall_unit"),
            models.Index(fields=["region", "state"], name="trace_recall_region"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("trace_chain:recall", args=[self.pk])

    @property
    def ref(self) -> str:
        return f"recall_order:{self.pk}"


class RecallLot(models.Model):
    """A lot, item or whole product under a recall order; `source`: the recall began with it."""

    order = models.ForeignKey(RecallOrder, on_delete=models.CASCADE, related_name="lots")
    key = models.CharField(_("批次或单品"), max_length=512)
    source = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("召回批次")
        constraints = [models.UniqueConstraint(fields=["order", "key"], name="trace_recall_lot_once")]
        indexes = [models.Index(fields=["key"], name="trace_recall_lot_key")]

    def __str__(self) -> str:
        return self.key


class Anomaly(models.Model):
    """Something in the chain that does not fit, until somebody explained it or handed it over.

    Attributes:
        code: of `methods.trace_graph.anomalies`. fingerprint: the same finding is not entered twice.
        details: the figures behind it. events: numbers of the events.
        thing, place_name: what they are called, for the list.
        unit: the organ in charge; region: of whose event it is; null where nobody is known.
    """

    class State(models.TextChoices):
        OPEN = "open", _("待核实")
        EXPLAINED = "explained", _("已说明")
        HANDED = "handed", _("已移交办理")

    code = models.CharField(_("异常"), max_length=40)
    key = models.CharField(_("批次或单品"), max_length=512)
    thing = models.CharField(_("对象"), max_length=300, blank=True)
    fingerprint = models.CharField(max_length=64, unique=True)
    occurred_at = models.DateTimeField(_("发生时间"))
    details = models.JSONField(default=dict)
    events = models.JSONField(default=list)
    place = models.CharField(_("地点"), max_length=512, blank=True)
    place_name = models.CharField(_("地点"), max_length=300, blank=True)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("采集主体"))
    region = models.ForeignKey(Region, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("地区"))
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.OPEN)
    explanation = models.CharField(_("说明"), max_length=1000, blank=True)
    case = models.CharField(_("办件"), max_length=40, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    found_at = models.DateTimeField(_("发现时间"), default=timezone.now)

    class Meta:
        verbose_name = _("追溯异常")
        ordering = ["-occurred_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "-occurred_at"], name="trace_anomaly_state"),
            models.Index(fields=["region", "state"], name="trace_anomaly_region"),
            models.Index(fields=["key"], name="trace_anomaly_key"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.key}"

    def get_absolute_url(self) -> str:
        return reverse("trace_chain:anomaly", args=[self.pk])

    @property
    def ref(self) -> str:
        return f"trace_anomaly:{self.pk}"


class Position(models.Model):
    """How far a derived reading of the events has come: `through` is the number of the last event, `told` what it
    found in all."""

    name = models.CharField(max_length=40, primary_key=True)
    through = models.BigIntegerField(default=0)
    told = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.name} {self.through}"

    @classmethod
    def of(cls, name: str) -> Any:
        return cls.objects.get_or_create(name=name)[0]
