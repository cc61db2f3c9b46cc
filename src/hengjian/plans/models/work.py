"""What is tracked: tasks, duties of units, reports, extensions."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.plans.models.plan import Clause, Measure, Plan


class Task(models.Model):
    """What has to be done. Progress is kept per unit (`Duty`); the task's own figures are a roll-up of them."""

    class Nature(models.TextChoices):
        ACTION = "action", _("举措")
        # A standing arrangement (联席会议制度, 长效机制): it is set up once and then kept going.
        MECHANISM = "mechanism", _("机制")

    class Status(models.TextChoices):
        OPEN = "open", _("进行中")
        SUSPENDED = "suspended", _("暂停")
        CLOSED = "closed", _("已办结")
        RETIRED = "retired", _("原文已删")

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="tasks")
    clause = models.ForeignKey(Clause, on_delete=models.CASCADE, related_name="tasks")
    measure = models.ForeignKey(Measure, null=True, blank=True, on_delete=models.SET_NULL, related_name="tasks")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="parts")
    code = models.CharField(_("编号"), max_length=20)
    order = models.PositiveIntegerField(default=0)
    title = models.CharField(_("任务"), max_length=400)
    expected_result = models.TextField(_("预期成果"), blank=True)
    start_on = models.DateField(_("开始"))
    due_on = models.DateField(_("完成时限"))
    due_phrase = models.CharField(_("时限原文"), max_length=80, blank=True)
    due_strength = models.CharField(max_length=8, default="firm")
    weight = models.DecimalField(
        _("权重"), max_digits=6, decimal_places=2, default=Decimal("1"), validators=[MinValueValidator(Decimal("0"))]
    )
    is_key = models.BooleanField(_("重点"), default=False)
    nature = models.CharField(_("性质"), max_length=10, choices=Nature.choices, default=Nature.ACTION)
    status = models.CharField(_("状态"), max_length=10, choices=Status.choices, default=Status.OPEN)
    # Roll-up of the duties, kept by the actions that change them.
    percent = models.PositiveSmallIntegerField(default=0)
    light = models.CharField(max_length=8, default="grey")
    light_label = models.CharField(max_length=40, blank=True)
    last_report_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["plan", "order", "code", "pk"]
        verbose_name = _("任务")
        indexes = [models.Index(fields=["plan", "order"]), models.Index(fields=["plan", "status", "due_on"])]
        constraints = [
            models.CheckConstraint(condition=models.Q(due_on__gte=models.F("start_on")), name="task_dates"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def ref(self) -> str:
        return f"task:{self.pk}"


class Milestone(models.Model):
    """A dated step inside a task."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="milestones")
    title = models.CharField(_("节点"), max_length=200)
    due_on = models.DateField(_("时限"))
    weight = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal("1"))
    done_on = models.DateField(_("完成日期"), null=True, blank=True)

    class Meta:
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return self.title


class Duty(models.Model):
    """One unit's part in one task. `role` is as the text says; a lead is never guessed."""

    class Role(models.TextChoices):
        LEAD = "lead", _("牵头")
        SUPPORT = "support", _("配合")
        JOINT = "joint", _("共同")

    class State(models.TextChoices):
        PENDING = "pending", _("待交办")
        ASSIGNED = "assigned", _("待签收")
        SIGNED = "signed", _("办理中")
        REPORTED = "reported", _("待审核")
        DONE = "done", _("待办结")
        CLOSED = "closed", _("已办结")
        SUSPENDED = "suspended", _("暂停")
        WITHDRAWN = "withdrawn", _("已撤回")

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="duties")
    # Null while nobody has said which unit the written name means; such duties are shown to the office, not hidden.
    unit = models.ForeignKey(
        "parties.Unit",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="duties",
        verbose_name=_("责任单位"),
    )
    # The collective (成员单位) through which this unit came to the duty.
    via = models.ForeignKey("parties.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    as_written = models.CharField(_("原文写法"), max_length=120)
    role = models.CharField(_("分工"), max_length=8, choices=Role.choices)
    order = models.PositiveSmallIntegerField(default=0)
    bracket = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.PENDING)
    percent = models.PositiveSmallIntegerField(_("进度"), default=0, validators=[MaxValueValidator(100)])
    start_on = models.DateField()
    due_on = models.DateField(_("完成时限"))
    assigned_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    last_report_on = models.DateField(_("最近报送"), null=True, blank=True)
    completed_on = models.DateField(_("完成日期"), null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    light = models.CharField(_("亮灯"), max_length=8, default="grey")
    light_label = models.CharField(max_length=40, blank=True)
    light_reason = models.CharField(max_length=200, blank=True)
    ever_missed = models.BooleanField(default=False)
    urge_level = models.PositiveSmallIntegerField(default=0)
    # The next moment at which a reminder or a change of light is due; the worker polls only this.
    next_action_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["task__order", "order", "pk"]
        verbose_name = _("责任")
        constraints = [
            models.UniqueConstraint(
                fields=["task", "unit"], condition=models.Q(unit__isnull=False), name="duty_once_per_unit"
            ),
            models.CheckConstraint(condition=models.Q(percent__lte=100), name="duty_percent"),
        ]
        indexes = [
            models.Index(fields=["unit", "state", "due_on"]),
            models.Index(fields=["task", "order"]),
            models.Index(
                fields=["next_action_at"], condition=models.Q(next_action_at__isnull=False), name="duty_next_action"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} {self.as_written}"

    @property
    def ref(self) -> str:
        return f"duty:{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state not in (self.State.CLOSED, self.State.WITHDRAWN, self.State.PENDING)


class Report(models.Model):
    """A unit's report on its duty for one period."""

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SUBMITTED = "submitted", _("待审核")
        ACCEPTED = "accepted", _("已通过")
        RETURNED = "returned", _("已退回")

    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="reports")
    period = models.CharField(_("报送期"), max_length=12)  # 2026-08, 2026-Q3, 2026-H1, 2026
    no_change = models.BooleanField(_("本期无变化"), default=False)
    result = models.TextField(_("本期成效"), blank=True)
    percent = models.PositiveSmallIntegerField(_("累计进度"), validators=[MaxValueValidator(100)])
    figure_label = models.CharField(_("可核验数据"), max_length=100, blank=True)
    figure_value = models.DecimalField(_("数值"), max_digits=18, decimal_places=4, null=True, blank=True)
    figure_unit = models.CharField(_("单位"), max_length=20, blank=True)
    problems = models.TextField(_("存在问题"), blank=True)
    next_step = models.TextField(_("下一步"), blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review_note = models.TextField(_("审核意见"), blank=True)
    # Highest likeness to another report's text (0..100) and that report, for the reviewer.
    similarity = models.PositiveSmallIntegerField(default=0)
    similar_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # Fields that the system filled in and the reporter left as they were: counted as burden saved.
    prefilled_kept = models.PositiveSmallIntegerField(default=0)
    fact_id = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("进展报告")
        indexes = [models.Index(fields=["duty", "-created_at"]), models.Index(fields=["state", "submitted_at"])]
        constraints = [
            # One open report per duty: a second browser tab continues it instead of starting another.
            models.UniqueConstraint(
                fields=["duty"], condition=models.Q(state__in=["draft", "submitted"]), name="one_open_report"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duty_id} {self.period}"


class ReportEvidence(models.Model):
    """What proves a report: a stored file, or a fact that is already in the ledger (nobody files it twice)."""

    class Kind(models.TextChoices):
        FILE = "file", _("附件")
        FACT = "fact", _("台账事实")

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=4, choices=Kind.choices)
    ref = models.CharField(max_length=80)  # sha256:… of a file, or the id of a fact
    label = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "kind", "ref"], name="evidence_once")]

    def __str__(self) -> str:
        return self.label


class Extension(models.Model):
    """A request to move a duty's due date; only before it has passed."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("待批")
        GRANTED = "granted", _("已同意")
        REFUSED = "refused", _("未同意")

    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="extensions")
    from_due = models.DateField()
    to_due = models.DateField(_("延至"))
    reason = models.TextField(_("理由"))
    progress_so_far = models.TextField(_("目前进展"))
    head_consents = models.BooleanField(_("本单位负责人已同意"), default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField(blank=True)

    class Meta:
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["duty"], condition=models.Q(state="requested"), name="one_open_extension"),
            models.CheckConstraint(condition=models.Q(to_due__gt=models.F("from_due")), name="extension_later"),
        ]

    def __str__(self) -> str:
        return f"{self.duty_id} → {self.to_due}"
