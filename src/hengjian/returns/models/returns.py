"""A unit's return for one period: cells, remarks, stages of approval and the figures of every stage."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengjian.parties.models import Region, Unit, User
from hengjian.returns.models.calendar import Opening


class Return(models.Model):
    """What one unit reports for its region in one period. "Complete" says that the reporter has filled it in; approval
    is somebody else's judgement, stage by stage. After a correction `number` is one higher."""

    class State(models.TextChoices):
        OPEN = "open", _("待填报")
        DRAFT = "draft", _("填报中")
        RETURNED = "returned", pgettext_lazy("统计报表", "退回修改")
        COMPLETE = "complete", _("已上报待审")
        CHECKED = "checked", _("审核中")
        APPROVED = "approved", _("已核定锁定")
        CORRECTING = "correcting", _("更正中")

    EDITABLE = (State.OPEN, State.DRAFT, State.RETURNED, State.CORRECTING)
    REPORTED = (State.COMPLETE, State.CHECKED, State.APPROVED)

    opening = models.ForeignKey(Opening, on_delete=models.PROTECT, related_name="returns", verbose_name=_("报告期"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="returns", verbose_name=_("填报单位"))
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="returns", verbose_name=_("地区"))
    organiser = models.ForeignKey(
        Unit, null=True, on_delete=models.PROTECT, related_name="organised_returns", verbose_name=_("组织单位")
    )
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.OPEN)
    number = models.PositiveSmallIntegerField(_("版次"), default=1)
    due_on = models.DateField(_("报送截止日"))
    extension_reason = models.CharField(_("延期理由"), max_length=500, blank=True)
    no_change = models.BooleanField(_("本期无变化"), default=False)
    correction_reason = models.CharField(_("更正理由"), max_length=500, blank=True)
    completed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    completed_at = models.DateTimeField(_("上报时间"), null=True)
    # The first time; what came late stays late after a correction.
    first_completed_at = models.DateTimeField(_("首次上报时间"), null=True)
    approved_at = models.DateTimeField(_("核定时间"), null=True)
    fact = models.UUIDField(_("核定数据的事实"), null=True)
    filled = models.PositiveIntegerField(_("已填单元格"), default=0)
    errors = models.PositiveIntegerField(_("待处理错误"), default=0)
    # 1: before the due day, 2: after it.
    reminded = models.PositiveSmallIntegerField(_("已提醒"), default=0)

    class Meta:
        ordering = ["-opening__last", "region__code", "pk"]
        verbose_name = _("统计报表")
        constraints = [
            models.UniqueConstraint(fields=["opening", "region"], name="returns_return_once_per_region"),
            models.CheckConstraint(
                condition=~models.Q(state="approved") | models.Q(fact__isnull=False), name="returns_approved_is_fact"
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "state"], name="returns_unit_state"),
            models.Index(fields=["state", "due_on"], name="returns_state_due"),
        ]

    def __str__(self) -> str:
        return f"{self.opening} {self.region_id}"

    def get_absolute_url(self) -> str:
        return reverse("returns:grid", args=[self.pk])

    @property
    def ref(self) -> str:
        return f"return:{self.pk}"

    @property
    def subject(self) -> str:
        """What the ledger calls it: the same through all corrections."""
        return f"return:{self.opening.form_code}:{self.region.code}:{self.opening.period_code}"

    @property
    def is_editable(self) -> bool:
        return self.state in self.EDITABLE


class Cell(models.Model):
    """One figure. `version` counts changes, so that two people at once do not overwrite each other."""

    class Origin(models.TextChoices):
        TYPED = "typed", _("录入")
        PREFILLED = "prefilled", _("预填")
        IMPORTED = "imported", _("导入")
        COPIED = "copied", _("沿用上期")

    owner = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="cells")
    row = models.CharField(max_length=60)
    column = models.CharField(max_length=60)
    value = models.DecimalField(_("数值"), null=True, max_digits=24, decimal_places=6)
    version = models.PositiveIntegerField(default=1)
    origin = models.CharField(_("来源"), max_length=10, choices=Origin.choices, default=Origin.TYPED)
    source = models.CharField(_("取数说明"), max_length=200, blank=True)
    comment = models.CharField(_("备注"), max_length=500, blank=True)
    changed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(_("修改时间"))

    class Meta:
        verbose_name = _("单元格")
        constraints = [models.UniqueConstraint(fields=["owner", "row", "column"], name="returns_cell_once")]

    def __str__(self) -> str:
        return f"{self.row}.{self.column}"


class CellChange(models.Model):
    """Who changed which figure from what to what; kept for good."""

    owner = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="changes")
    row = models.CharField(max_length=60)
    column = models.CharField(max_length=60)
    before = models.DecimalField(_("原值"), null=True, max_digits=24, decimal_places=6)
    after = models.DecimalField(_("新值"), null=True, max_digits=24, decimal_places=6)
    number = models.PositiveSmallIntegerField(_("版次"), default=1)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("修改记录")

    def __str__(self) -> str:
        return f"{self.row}.{self.column}"


class Explanation(models.Model):
    """Why a check does not hold although the figures are right."""

    owner = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="explanations")
    number = models.PositiveSmallIntegerField(_("版次"), default=1)
    check_code = models.CharField(_("审核关系"), max_length=60)
    row = models.CharField(max_length=60, blank=True)
    column = models.CharField(max_length=60, blank=True)
    text = models.CharField(_("说明"), max_length=500)
    # The figures that it explains; when they change it must be given again.
    basis = models.CharField(max_length=64)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))

    class Meta:
        ordering = ["pk"]
        verbose_name = _("情况说明")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "number", "check_code", "row", "column"], name="returns_explanation_once"
            )
        ]

    def __str__(self) -> str:
        return self.check_code


class Approval(models.Model):
    """One stage of one return: which unit passes it, and what became of it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("未到")
        DUE = "due", _("待审核")
        PASSED = "passed", _("已通过")
        RETURNED = "returned", _("已退回")

    owner = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="approvals")
    order = models.PositiveSmallIntegerField(_("次序"))
    code = models.CharField(_("环节"), max_length=60)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="return_approvals", verbose_name=_("审核单位")
    )
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.WAITING)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"), null=True)

    class Meta:
        ordering = ["owner", "order"]
        verbose_name = _("审核环节")
        constraints = [models.UniqueConstraint(fields=["owner", "order"], name="returns_approval_once")]
        indexes = [models.Index(fields=["unit", "state"], name="returns_approval_unit")]

    def __str__(self) -> str:
        return self.code


class Objection(models.Model):
    """A reason for sending back that is tied to a cell (or to the whole return)."""

    owner = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="objections")
    row = models.CharField(max_length=60, blank=True)
    column = models.CharField(max_length=60, blank=True)
    text = models.CharField(_("退回理由"), max_length=500)
    stage = models.CharField(_("环节"), max_length=60)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))
    settled_at = models.DateTimeField(_("再次上报时间"), null=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("退回意见")

    def __str__(self) -> str:
        return self.text


class StageRecord(models.Model):
    """What happened to a return, with the figures as they stood then; never changed afterwards."""

    class Step(models.TextChoices):
        COMPLETED = "completed", _("上报")
        WITHDRAWN = "withdrawn", _("撤回")
        PASSED = "passed", _("审核通过")
        APPROVED = "approved", _("核定")
        RETURNED = "returned", _("退回")
        CORRECTED = "corrected", _("开始更正")
        EXTENDED = "extended", _("延期")

    owner = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="records")
    number = models.PositiveSmallIntegerField(_("版次"))
    step = models.CharField(_("步骤"), max_length=10, choices=Step.choices)
    stage = models.CharField(_("环节"), max_length=60, blank=True)
    note = models.CharField(_("说明"), max_length=500, blank=True)
    figures = models.JSONField(_("当时数值"), default=dict)
    fact = models.UUIDField(null=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("办理记录")

    def __str__(self) -> str:
        return self.step
