"""A plan as a document: import, plan, clauses, measures, targets."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PlanImport(models.Model):
    """One reading of a source text; a draft that people correct before it becomes a plan."""

    class State(models.TextChoices):
        DRAFT = "draft", _("待核对")
        CONFIRMED = "confirmed", _("已生成任务")
        UNDONE = "undone", _("已撤销")

    unit = models.ForeignKey("parties.Unit", on_delete=models.PROTECT, related_name="+", verbose_name=_("经办单位"))
    region = models.ForeignKey("parties.Region", on_delete=models.PROTECT, related_name="+", verbose_name=_("地区"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    filename = models.CharField(_("文件名"), max_length=255, blank=True)
    # Content address of the original file in `documents`; empty for pasted text.
    file_hash = models.CharField(max_length=80, blank=True)
    text = models.TextField(_("原文"))
    # What the reader produced (the fields of `hengjian policy parse --json`), then the same with people's corrections.
    parsed = models.JSONField()
    draft = models.JSONField()
    corrections = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    plan = models.ForeignKey("plans.Plan", null=True, blank=True, on_delete=models.SET_NULL, related_name="imports")
    # Set when this text replaces the text of a plan that is already being worked on.
    revises = models.ForeignKey("plans.Plan", null=True, blank=True, on_delete=models.CASCADE, related_name="revisions")
    # What the confirmation changed, so that it can be undone.
    outcome = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("计划导入")

    def __str__(self) -> str:
        return self.filename or f"import {self.pk}"


class Plan(models.Model):
    """A plan that is being carried out."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("执行中")
        CLOSED = "closed", _("已办结")
        ARCHIVED = "archived", _("已归档")

    class Granularity(models.TextChoices):
        MEASURE = "measure", _("一条举措一项任务")
        ITEM = "item", _("一个条目一项任务")

    class Rollup(models.TextChoices):
        MEAN = "mean", _("简单平均")
        WEIGHTS = "weights", _("按权重加权")
        DONE = "done", _("按办结项数")

    title = models.CharField(_("名称"), max_length=300)
    number = models.CharField(_("文号"), max_length=80, blank=True)
    issuer = models.CharField(_("发文机关"), max_length=200, blank=True)
    issued_on = models.DateField(_("成文日期"), null=True, blank=True)
    region = models.ForeignKey("parties.Region", on_delete=models.PROTECT, related_name="plans", verbose_name=_("地区"))
    owner = models.ForeignKey(
        "parties.Unit", on_delete=models.PROTECT, related_name="owned_plans", verbose_name=_("主办单位")
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children", verbose_name=_("上级计划")
    )
    period_start = models.DateField(_("起"))
    period_end = models.DateField(_("止"))
    status = models.CharField(_("状态"), max_length=10, choices=Status.choices, default=Status.ACTIVE)
    granularity = models.CharField(max_length=10, choices=Granularity.choices, default=Granularity.MEASURE)
    rollup = models.CharField(_("汇总方法"), max_length=10, choices=Rollup.choices, default=Rollup.MEAN)
    # The rule versions in force when the plan began (ids of the rulebook).
    light_rule = models.CharField(max_length=80, blank=True)
    escalation_rule = models.CharField(max_length=80, blank=True)
    report_rule = models.CharField(max_length=80, blank=True)
    text = models.TextField(_("原文"))
    text_hash = models.CharField(max_length=80)
    # Addressees, copies, citations and whatever else the reader found in the header.
    header = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-period_start", "title", "pk"]
        verbose_name = _("计划")
        constraints = [
            models.CheckConstraint(condition=models.Q(period_end__gte=models.F("period_start")), name="plan_period"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ref(self) -> str:
        return f"plan:{self.pk}"


class Clause(models.Model):
    """Section, group or item of a plan, as printed."""

    class Kind(models.TextChoices):
        SECTION = "section", _("章节")
        GROUP = "group", _("分组")
        ITEM = "item", _("条目")

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="clauses")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="children")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    number = models.PositiveIntegerField(null=True, blank=True)
    label = models.CharField(max_length=20, blank=True)  # the number as printed: 一、 / （三） / 2.
    sequence = models.PositiveIntegerField(null=True, blank=True)  # running number of an item in the document
    title = models.CharField(max_length=500)
    order = models.PositiveIntegerField(default=0)
    start = models.PositiveIntegerField(default=0)
    end = models.PositiveIntegerField(default=0)
    duty_mode = models.CharField(max_length=14, blank=True)
    open_list = models.BooleanField(default=False)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["plan", "order", "pk"]
        indexes = [models.Index(fields=["plan", "order"])]

    def __str__(self) -> str:
        return f"{self.label}{self.title}"


class Measure(models.Model):
    """One action sentence of an item."""

    clause = models.ForeignKey(Clause, on_delete=models.CASCADE, related_name="measures")
    index = models.PositiveIntegerField()
    text = models.TextField()
    fingerprint = models.CharField(max_length=64)
    start = models.PositiveIntegerField(default=0)
    end = models.PositiveIntegerField(default=0)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["clause__order", "index", "pk"]
        indexes = [models.Index(fields=["clause", "index"]), models.Index(fields=["fingerprint"])]

    def __str__(self) -> str:
        return self.text[:40]


class Target(models.Model):
    """A figure that the plan wants reached."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="targets")
    clause = models.ForeignKey(Clause, null=True, on_delete=models.CASCADE, related_name="targets")
    indicator = models.CharField(_("指标"), max_length=200)
    operator = models.CharField(max_length=14)
    value = models.CharField(_("目标值"), max_length=40, blank=True)
    unit_label = models.CharField(_("单位"), max_length=20, blank=True)
    year = models.PositiveIntegerField(_("年度"), null=True, blank=True)
    direction = models.CharField(max_length=8, blank=True)
    strength = models.CharField(max_length=8, default="firm")
    scope = models.CharField(max_length=100, blank=True)
    start = models.PositiveIntegerField(default=0)
    end = models.PositiveIntegerField(default=0)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["plan", "start", "pk"]

    def __str__(self) -> str:
        return f"{self.indicator} {self.operator} {self.value}{self.unit_label}"
