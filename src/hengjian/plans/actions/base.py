"""What the verbs on duties share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.utils.translation import gettext as _

from hengjian.parties.policies import Decision, Forbidden
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.plans.following import refresh_task
from hengjian.plans.models import Duty
from hengjian.plans.policies import own_units
from hengjian.plans.rules import allowed, next_state
from hengjian.plans.writing import log_step

R = TypeVar("R")


@dataclass(kw_only=True)
class DutyAction(Action[R], Generic[R]):
    """A verb on one duty that follows the table of steps in `rules.TRANSITIONS`."""

    duty: Duty

    def target(self) -> Duty:
        return self.duty

    def step_allowed(self, step: str) -> None:
        """Refuse a step that the duty's state does not admit, and say which state that is."""
        if not allowed(step, self.duty.state):
            raise ActionRefused(
                _("这项任务目前是“%(state)s”，不能做这一步。") % {"state": self.duty.get_state_display()},
                _("请刷新页面查看最新状态。"),
            )

    def own_unit_only(self) -> None:
        """Signing, reporting and asking are the unit's own acts: the office sees the duty but cannot do them for it."""
        user = self.actor
        if user is None:
            return
        if self.duty.unit_id not in own_units(user):
            raise Forbidden(Decision(False, _("这一步只能由责任单位自己办理。")), self.verb)

    def move(self, step: str, label: str, note: str = "") -> None:
        """Go to the next state and write the step log; the caller saves further fields itself."""
        self.duty.state = next_state(step, self.duty.state)
        log_step(self.duty, step, label, self.actor, note)

    def save(self, *fields: str) -> None:
        """Save the state and the given fields, then bring light and roll-up up to date."""
        self.duty.save(update_fields=["state", *fields])
        refresh_task(self.duty.task, user=self.actor)
        self.duty.refresh_from_db(from_queryset=Duty.objects.select_related("task__plan__region", "unit"))
