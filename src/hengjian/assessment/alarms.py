"""What happens when a clock of an assessment rings: those whose turn it is are told."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_noop

from hengjian.assessment.actions.publishing import RECTIFY
from hengjian.assessment.actions.rounds import people_of
from hengjian.assessment.models import Order, Round
from hengjian.clocks.models import Deadline
from hengjian.clocks.worker import register_handler
from hengjian.pages.notices import tell
from hengjian.parties.models import User
from hengjian.parties.policies import who_may
from hengjian.rulebook.parameters.assessment_schemes import ORDER

NEAR = gettext_noop("“%(title)s”的%(step)s环节将于 %(due)s 截止。")
OVER = gettext_noop("“%(title)s”的%(step)s环节已于 %(due)s 截止。")
RECTIFY_NEAR = gettext_noop("“%(title)s”的整改报告须于 %(due)s 前提交。")
RECTIFY_OVER = gettext_noop("“%(title)s”的整改报告已逾期，时限是 %(due)s。")


def ring_step(deadline: Deadline, code: str, now: datetime) -> None:
    """Remind of a step that ends soon or has ended."""
    row = Round.objects.filter(pk=deadline.owner.partition(":")[2]).first()
    step = deadline.purpose.rpartition(".")[2]
    if row is None or row.state != step:
        return
    values = {"title": row.title, "step": row.get_state_display(), "due": f"{deadline.due_on:%Y-%m-%d}"}
    people = people_of(row, step) if code.startswith("before") else who_may("assessment.manage", row)
    tell(people, NEAR if code.startswith("before") else OVER, row.ref, f"assessment.{step}:{row.pk}:{code}", values)


def ring_order(deadline: Deadline, code: str, now: datetime) -> None:
    """Remind of a rectification report; when it is late, the office is told, too."""
    order = Order.objects.filter(pk=deadline.owner.partition(":")[2]).select_related("entry__round").first()
    if order is None or order.state in (Order.State.REPORTED, Order.State.ACCEPTED):
        return
    row = order.entry.round
    values = {"title": row.title, "due": f"{deadline.due_on:%Y-%m-%d}"}
    people = set(User.objects.filter(unit=order.entry.unit_id, is_active=True))
    if code.startswith("over"):
        people |= set(who_may("assessment.manage", row))
    text = RECTIFY_OVER if code.startswith("over") else RECTIFY_NEAR
    tell(people, text, order.ref, f"assessment.order:{order.pk}:{code}", values)


def register() -> None:
    """Handlers of the room's clocks; called when the app is ready."""
    for code in ORDER:
        register_handler(f"assessment.{code}", ring_step)
    register_handler(RECTIFY, ring_order)
