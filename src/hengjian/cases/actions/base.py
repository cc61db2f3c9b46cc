"""What all verbs on a case share: the row, its procedure, the moment, who acts, and what is written at the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.cases import clocking
from hengjian.cases.catalogue import case_type
from hengjian.cases.declarations import CaseType
from hengjian.cases.models import Case, CaseEvent, Transfer
from hengjian.cases.recording import log_event
from hengjian.parties.models import User
from hengjian.parties.policies import grants_of
from hengjian.parties.roles import verb as verb_of
from hengjian.parties.verbs import Action, ActionRefused

R = TypeVar("R")
# The one who filed the case, known only by number and code.
FILER = "filer"
WORKER = "worker"


def declaration(case: Case) -> CaseType:
    """The procedure by which the case runs: always the version under which it was opened."""
    return case_type(case.type, case.type_version)


@dataclass(kw_only=True)
class CaseAction(Action[R]):
    """A verb on one case.

    Attributes:
        at: when it happened, if not now; not in the future and not before the last event.
        version: the version that the person looked at; another one now is refused. 0: not checked.
    """

    case: Case
    at: datetime | None = None
    version: int = 0

    def target(self) -> Case:
        return self.case

    @property
    def declared(self) -> CaseType:
        return declaration(self.case)

    @property
    def moment(self) -> datetime:
        """When it happened. Fixed at the first question, so that all records of one action agree."""
        if self.at is None:
            self.at = timezone.now()
        return self.at

    @property
    def by(self) -> str:
        """Who acts, as clocks and files name it."""
        return self.actor.ref if self.actor is not None else self.system

    def check_state(self) -> None:
        self.check_version()
        self.check_moment()

    def check_version(self) -> None:
        if self.version and self.version != self.case.version:
            raise ActionRefused(
                _("这件办件在您打开页面之后已有新的办理记录。"), _("请刷新页面，看过最新情况后再办理。")
            )

    def check_moment(self) -> None:
        if self.moment > timezone.now():
            raise ActionRefused(_("发生时间不能晚于现在。"), _("请更正发生时间。"), status=400)
        last = self.case.events.order_by("-number").values_list("occurred_at", flat=True).first()
        if last is not None and self.moment < last:
            raise ActionRefused(
                _("发生时间早于上一条办理记录（%(last)s）。") % {"last": f"{timezone.localtime(last):%Y-%m-%d %H:%M}"},
                _("补录的事项不得早于已登记的最后一步，请更正发生时间。"),
                status=400,
            )

    def check_open(self) -> None:
        """Refuse unless the case is still being handled."""
        if self.case.closed_at is not None:
            raise ActionRefused(
                _("“%(number)s”已办结（%(outcome)s）。")
                % {"number": self.case.number, "outcome": self.declared.outcome(self.case.outcome).title},
                _("请刷新页面查看最新状态；如需继续办理，请先重新办理。"),
            )

    def check_not_under_way(self) -> None:
        """Refuse while the case is on its way to another unit."""
        if self.case.transfers.filter(state=Transfer.State.SENT, hands_over=True).exists():
            raise ActionRefused(
                _("“%(number)s”已转出，正在等待对方接收。") % {"number": self.case.number},
                _("对方接收或退回后再办理。"),
            )

    def check_own_unit(self) -> None:
        """Refuse people of other units, however wide their grant: a step is taken by the unit that answers for it."""
        if self.actor is not None and self.case.unit_id not in acting_units(self.actor, self.verb):
            raise ActionRefused(
                _("这一步由承办单位“%(unit)s”办理。") % {"unit": self.case.unit},
                _("您可以查看办理过程；需要督促时请用“督办”。"),
                status=403,
            )

    def log(self, kind: str, code: str, **more: Any) -> CaseEvent:
        """Write the event of this action."""
        return log_event(self.case, kind, code, at=self.moment, user=self.actor, system=self.system, **more)

    def save(self) -> Case:
        """Store the case with the clock to show."""
        clocking.show_clock(self.case, self.declared)
        self.case.save()
        return self.case


def acting_units(user: User, verb: str) -> set[int]:
    """Ids of the units for which the person may take steps: by grants of the verb's roles on a unit, and the own unit
    where such a grant is for a region. A token limited to one unit acts for no other."""
    roles = verb_of(verb).roles
    units: set[int] = set()
    for grant in grants_of(user):
        if grant.role in roles and not grant.own:
            if grant.unit is not None:
                units.add(grant.unit)
            elif user.unit_id is not None:
                units.add(user.unit_id)
    return units
