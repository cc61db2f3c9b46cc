"""Those who were sent to a rescue answer themselves: one touch on a telephone instead of a call to the desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from hengjian.cases.actions import TakeStep
from hengjian.parties.models import Unit, User
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.registers.queries import entries
from hengjian.systems.equipment.models import Dispatch

# What can be said, and in which answers of a dispatch.
ANSWER, ARRIVE = "answer", "arrive"
Answer = Dispatch.Answer


def bodies_of(user: Any) -> list[str]:
    """Keys of the rescue bodies whose account is the person's unit."""
    if not isinstance(user, User) or user.unit is None:
        return []
    rows = entries("rescue_body").filter(status="active", extras__account=user.unit.key)
    return list(rows.values_list("key", flat=True))


def sent_to(user: Any) -> QuerySet[Dispatch]:
    """What the person's unit was sent to and has not ended, newest first."""
    rows = Dispatch.objects.filter(body__in=bodies_of(user), answer__in=(Answer.WAITING, Answer.ACCEPTED))
    rows = rows.filter(rescue__ended_at=None).select_related("rescue__case__region", "rescue__lift", "rescue__region")
    return rows.order_by("-sent_at", "-pk")


def waiting_for(user: Any) -> int:
    """How many of them still wait for an answer, for the navigation."""
    return sent_to(user).filter(answer=Answer.WAITING).count()


@dataclass(kw_only=True)
class AnswerDispatch(Action[Dispatch]):
    """On the way, or there.

    Attributes:
        step: "answer" or "arrive".
    """

    verb = "equipment.maintain"
    dispatch: Dispatch
    step: str

    def target(self) -> Scope:
        key = entries("rescue_body").filter(key=self.dispatch.body).values_list("extras__account", flat=True).first()
        return Scope(unit=Unit.objects.filter(key=key).first() if key else None)

    def check_state(self) -> None:
        dispatch = self.dispatch
        if self.step not in (ANSWER, ARRIVE):
            raise ActionRefused(
                _("没有“%(step)s”这一步。") % {"step": self.step[:40]}, _("请返回页面重新操作。"), status=400
            )
        newest = dispatch.rescue.dispatches.order_by("-number").first()
        open_answers = (Answer.WAITING,) if self.step == ANSWER else (Answer.WAITING, Answer.ACCEPTED)
        if newest is None or newest.pk != dispatch.pk or newest.answer not in open_answers or newest.arrived_at:
            raise ActionRefused(_("这次派单已经变化，不能再登记。"), _("请刷新页面；有疑问的请联系 96333 值班台。"))

    def perform(self) -> Dispatch:
        # The log of the case names the body, not the account at its telephone.
        TakeStep(user=None, system=self.dispatch.name[:60], case=self.dispatch.rescue.case, step=self.step).execute()
        self.dispatch.refresh_from_db()
        return self.dispatch
