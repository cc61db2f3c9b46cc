"""Deadlines, what paused and extended them, and the log of every change."""

from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengjian.clocks.rules import Extension, Pause, Step, Term
from hengjian.rulebook.parameters.terms import ExtensionSpec


class Deadline(models.Model):
    """One clock of one thing: `owner` names the thing ("duty:12"), `purpose` what must be done and who handles alarms.

    `due_at` is the last moment: the end of the due day, or the minute for minute terms. Whether an open clock is late
    follows from it and the time; nothing has to run for a clock to become late.
    """

    class State(models.TextChoices):
        OPEN = "open", _("计时中")
        PAUSED = "paused", _("已中止")
        MET = "met", _("按期办结")
        MISSED = "missed", _("逾期办结")
        CANCELLED = "cancelled", _("已取消")

    owner = models.CharField(_("事项"), max_length=80)
    purpose = models.CharField(_("用途"), max_length=60)
    # The unit answerable, for the rates per unit ("unit:…"); empty where there is none.
    unit = models.CharField(_("责任单位"), max_length=80, blank=True)
    # Whose working-day calendar counts.
    region = models.CharField(_("地区"), max_length=12, default="000000")
    rule_id = models.CharField(_("规则"), max_length=80, blank=True)
    rule_version = models.CharField(max_length=12, blank=True)
    started_at = models.DateTimeField(_("起算"))
    term_amount = models.PositiveIntegerField()
    term_unit = models.CharField(max_length=12)
    term_roll = models.CharField(max_length=8, blank=True)
    # The rule's ExtensionSpec as JSON; null = the law allows none.
    extension_spec = models.JSONField(null=True, blank=True)
    due_on = models.DateField(_("期满日"))
    due_at = models.DateTimeField(_("期满时刻"))
    provisional = models.BooleanField(_("暂定"), default=False)
    calendar_version = models.CharField(max_length=24, blank=True)
    # How the due day came about (clocks.steps.Step), as computed with `calendar_version`.
    explanation = models.JSONField(default=list)
    state = models.CharField(_("状态"), max_length=9, choices=State.choices, default=State.OPEN)
    closed_at = models.DateTimeField(_("办结时刻"), null=True, blank=True)
    # The moment of the last event; a later event may not be dated before it.
    last_event_at = models.DateTimeField()
    # [[code, offset]]: working days from the due day (minutes for minute terms), negative before.
    alarms = models.JSONField(default=list)
    # Alarms up to this moment are done with.
    alarms_from = models.DateTimeField()
    next_action_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("时限")
        ordering = ["due_at", "pk"]
        constraints = [
            # A second start of a running clock is refused by the database, whatever two requests do at once.
            models.UniqueConstraint(
                fields=["owner", "purpose"], condition=models.Q(state__in=["open", "paused"]), name="one_running_clock"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["met", "missed", "cancelled"], closed_at__isnull=False)
                | models.Q(state__in=["open", "paused"], closed_at__isnull=True),
                name="closed_has_end",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_action_at"], condition=models.Q(next_action_at__isnull=False), name="clock_next"
            ),
            models.Index(fields=["owner"]),
            models.Index(fields=["purpose", "due_on"]),
            models.Index(fields=["state", "calendar_version"]),
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.purpose} {self.due_on}"

    @property
    def ref(self) -> str:
        return f"deadline:{self.pk}"

    @property
    def running(self) -> bool:
        return self.state in (self.State.OPEN, self.State.PAUSED)

    @property
    def term(self) -> Term:
        return Term(self.term_amount, self.term_unit, self.term_roll or None)  # type: ignore[arg-type]

    @property
    def may_extend(self) -> ExtensionSpec | None:
        return ExtensionSpec.model_validate(self.extension_spec) if self.extension_spec else None

    @property
    def steps(self) -> list[Step]:
        return [Step.from_dict(raw) for raw in self.explanation]

    def moment(self, at: datetime) -> date | datetime:
        """A moment as the term counts it: the local day, or the local time for minutes."""
        return timezone.localtime(at) if self.term_unit == "minute" else timezone.localdate(at)

    def is_late(self, now: datetime | None = None) -> bool:
        """Closed after the due moment, or still open after it. A paused clock is not late."""
        if self.state == self.State.OPEN:
            return (now or timezone.now()) > self.due_at
        return self.state == self.State.MISSED


class DeadlinePause(models.Model):
    """Time that does not count; `end_at` null while it lasts."""

    deadline = models.ForeignKey(Deadline, on_delete=models.CASCADE, related_name="pauses")
    start_at = models.DateTimeField(_("中止"))
    end_at = models.DateTimeField(pgettext_lazy("时限", "恢复"), null=True, blank=True)
    reason = models.CharField(_("原因"), max_length=200)
    document = models.CharField(_("文书"), max_length=120, blank=True)

    class Meta:
        ordering = ["start_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["deadline"], condition=models.Q(end_at__isnull=True), name="one_open_pause"
            ),
            models.CheckConstraint(
                condition=models.Q(end_at__isnull=True) | models.Q(end_at__gte=models.F("start_at")), name="pause_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deadline_id} {self.start_at:%Y-%m-%d}"

    def as_rule(self, deadline: Deadline) -> Pause:
        """The pause as the pure rules take it; `deadline` is its own, handed over to save a query."""
        moment = deadline.moment
        end = moment(self.end_at) if self.end_at else None
        return Pause(moment(self.start_at), end, self.reason, self.document)


class DeadlineExtension(models.Model):
    """More time, in the unit of the law (`amount`, `unit`) or up to a day (`until`)."""

    deadline = models.ForeignKey(Deadline, on_delete=models.CASCADE, related_name="extensions")
    amount = models.PositiveIntegerField(default=0)
    unit = models.CharField(max_length=12, blank=True)
    until = models.DateField(null=True, blank=True)
    granted_at = models.DateTimeField()
    approver = models.CharField(_("批准人"), max_length=60)
    reason = models.CharField(_("理由"), max_length=300)
    old_due = models.DateTimeField()
    new_due = models.DateTimeField()

    class Meta:
        ordering = ["granted_at", "pk"]

    def __str__(self) -> str:
        return f"{self.deadline_id} → {self.new_due:%Y-%m-%d}"

    def as_rule(self) -> Extension:
        granted = timezone.localdate(self.granted_at)
        unit = self.unit or "working_day"
        return Extension(self.amount, unit, self.until, granted, self.approver, self.reason)  # type: ignore[arg-type]


class DeadlineChange(models.Model):
    """What happened to a clock: old and new state and due moment, who, why. Never changed afterwards."""

    deadline = models.ForeignKey(Deadline, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField(default=timezone.now)
    verb = models.CharField(max_length=20)
    old_state = models.CharField(max_length=9, blank=True)
    new_state = models.CharField(max_length=9)
    old_due = models.DateTimeField(null=True, blank=True)
    new_due = models.DateTimeField()
    old_calendar = models.CharField(max_length=24, blank=True)
    new_calendar = models.CharField(max_length=24, blank=True)
    by = models.CharField(max_length=80, blank=True)
    reason = models.CharField(_("原因"), max_length=300, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["deadline", "at"])]

    def __str__(self) -> str:
        return f"{self.deadline_id} {self.verb}"
