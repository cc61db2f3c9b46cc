"""What the verbs of this room share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from django.utils.translation import gettext as _

from hengjian.cases.actions import TakeStep
from hengjian.cases.models import CaseEvent
from hengjian.parties.models import User
from hengjian.parties.policies import grants_of
from hengjian.parties.roles import verb as verb_of
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.programmes import catalogue
from hengjian.programmes.declarations import Programme
from hengjian.programmes.models import Application, Edition

R = TypeVar("R")
#: Who acts in a case where the room itself does.
SYSTEM = "programmes"


def declaration(edition: Edition) -> Programme:
    """The programme as it was when the edition was called."""
    return catalogue.programme(edition.programme, edition.programme_version)


def take(
    application: Application, step: str, *, user: User | None = None, system: str = "", note: str = ""
) -> CaseEvent:
    """Take a step in the application's case, as a person or as the system."""
    assert application.case is not None
    acting = "" if user is not None else system or SYSTEM
    return TakeStep(user=user, system=acting, case=application.case, step=step, note=note).execute()


def own_units(user: User, verb: str) -> set[int]:
    """Ids of the units in whose name the person may do the verb: by a grant on the unit, and the own unit where the
    grant is for a region."""
    units: set[int] = set()
    for grant in grants_of(user):
        if grant.role in verb_of(verb).roles and not grant.own:
            unit = grant.unit if grant.unit is not None else user.unit_id
            if unit is not None:
                units.add(unit)
    return units


@dataclass(kw_only=True)
class EditionAction(Action[R]):
    """A verb on an edition; only its own unit acts, however wide a grant is."""

    verb = "programmes.organise"
    edition: Edition

    def target(self) -> Edition:
        return self.edition

    @property
    def programme(self) -> Programme:
        return declaration(self.edition)

    def check_state(self) -> None:
        check_organiser(self.edition, self.actor, self.verb)

    def check_is(self, *states: str) -> None:
        """Refuse unless the edition is in one of the states."""
        if self.edition.state not in states:
            raise ActionRefused(
                _("“%(edition)s”现为“%(state)s”，不能办理这一步。")
                % {"edition": self.edition, "state": self.edition.get_state_display()},
                _("请刷新页面查看最新状态。"),
            )


def check_organiser(edition: Edition, user: User | None, verb: str) -> None:
    """Refuse people of other units.

    Raises:
        ActionRefused: the person acts for another unit.
    """
    if user is not None and edition.unit_id not in own_units(user, verb):
        raise ActionRefused(
            _("这一步由组织单位“%(unit)s”办理。") % {"unit": edition.unit}, _("您可以查看进展。"), status=403
        )


@dataclass(kw_only=True)
class ApplicationAction(Action[R]):
    """A verb on an application by the organisers."""

    verb = "programmes.organise"
    application: Application

    def target(self) -> Application:
        return self.application

    @property
    def programme(self) -> Programme:
        return declaration(self.application.edition)

    @property
    def stage(self) -> str:
        """State of the application's case; empty for a draft."""
        return self.application.case.state if self.application.case is not None else ""

    def check_state(self) -> None:
        check_organiser(self.application.edition, self.actor, self.verb)
        if self.application.case is None:
            raise ActionRefused(_("这份申报还没有提交。"), _("提交后才能办理。"))
