"""What officers do with a ticket afterwards: add a kind of case, put it into an earlier one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from hengjian.cases.actions.opening import OpenCase, Opened
from hengjian.cases.actions.relations import MergeCases
from hengjian.cases.actions.steps import TakeStep
from hengjian.cases.models import Case
from hengjian.parties.models import Confidentiality
from hengjian.parties.policies import require
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.systems.complaints.actions.tickets import link_parts
from hengjian.systems.complaints.intake import Draft
from hengjian.systems.complaints.models import Ticket
from hengjian.systems.complaints.queries import cases_of
from hengjian.systems.complaints.routing import Router
from hengjian.systems.complaints.rules import KINDS


@dataclass(kw_only=True)
class SplitTicket(Action[list[Opened]]):
    """Open further kinds of cases for what a ticket holds; each goes to the unit that answers for its kind."""

    verb = "complaints.route"
    needs_reason = True

    ticket: Ticket
    kinds: Sequence[str]

    def target(self) -> Ticket:
        return self.ticket

    def check_state(self) -> None:
        ticket = self.ticket
        if ticket.state == Ticket.State.JOINED:
            raise ActionRefused(_("这张工单已并入另一张。"), _("请在并入的工单中办理。"))
        if not self.kinds or set(self.kinds) - set(KINDS):
            raise ActionRefused(_("没有选择办理类型。"), _("请至少选择一项。"), status=400)
        if again := [kind for kind in self.kinds if kind in ticket.kinds]:
            raise ActionRefused(
                _("已有这种办理类型：%(kinds)s。") % {"kinds": "、".join(again)}, _("无需重复拆分。"), status=400
            )

    def perform(self) -> list[Opened]:
        ticket = self.ticket
        there = cases_of(ticket)
        draft = draft_from(ticket)
        router = Router(there[0].rules_on)
        made = []
        for kind in (kind for kind in KINDS if kind in self.kinds):
            route = router.route(
                kind,
                ticket.category,
                ticket.places,
                shop_published=ticket.shop_published,
                fallback=ticket.region.code,
            )
            opened = OpenCase(
                user=self.user,
                system=self.system,
                type=kind,
                values=draft.values(kind),
                unit=route.unit,
                region=route.region,
                desk=self.actor.unit if self.actor is not None else None,
                opened_at=ticket.received_at,
                rules_on=there[0].rules_on,
                channel=ticket.channel,
                category=ticket.category,
                origin=ticket.ref,
                identity=there[0].identity or None,
            ).execute()
            ticket.routing = [
                *ticket.routing,
                {"kind": kind, "unit": route.unit.name, "default": route.default, "reasons": route.sentences()},
            ]
            made.append(opened)
        link_parts([there[0], *(item.case for item in made)], self.reason[:300], self.actor)
        ticket.kinds = [kind for kind in KINDS if kind in {*ticket.kinds, *self.kinds}]
        if "report" in ticket.kinds:
            ticket.confidentiality = Confidentiality.SENSITIVE
        ticket.state = Ticket.State.OPEN
        ticket.version += 1
        ticket.save()
        return made


def draft_from(ticket: Ticket) -> Draft:
    """The intake as the ticket keeps it: covered text, nobody's identity."""
    return Draft(
        channel=ticket.channel,
        content=ticket.content,
        received_at=ticket.received_at,
        category=ticket.category,
        occurred_on=ticket.occurred_on,
        claims=tuple(ticket.claims),
        amount=ticket.amount,
        respondent_name=ticket.respondent_name,
        respondent_code=ticket.respondent_code,
        respondent_address=ticket.respondent_address,
        platform=ticket.platform,
        shop_published=ticket.shop_published,
        places=ticket.places,
        address=ticket.address,
        publish_consent=ticket.publish_consent,
        entrust_consent=ticket.entrust_consent,
    )


@dataclass(kw_only=True)
class JoinTicket(Action[Ticket]):
    """Put a repeated ticket into the earlier one: complaints and enquiries are merged into its cases, a repeated report
    is merged or, where the earlier one has ended, not processed again (order 121)."""

    verb = "complaints.route"
    needs_reason = True

    ticket: Ticket
    other: Ticket

    def target(self) -> Ticket:
        return self.ticket

    def execute(self) -> Ticket:
        # Both are held, in one order, so that two officers do not put two tickets into each other.
        with transaction.atomic():
            both = {self.ticket.pk, self.other.pk}
            list(Ticket.objects.select_for_update().filter(pk__in=both).order_by("pk").values_list("pk"))
            self.other.refresh_from_db()
            return super().execute()

    def check_state(self) -> None:
        ticket, other = self.ticket, self.other
        require(self.user, "complaints.view", other)
        if ticket.pk == other.pk:
            raise ActionRefused(_("不能并入自身。"), _("请填写另一张工单的编号。"), status=400)
        if ticket.state == Ticket.State.JOINED or other.state == Ticket.State.JOINED:
            raise ActionRefused(_("其中一张工单已经并入别的工单。"), _("请在最后并入的工单中办理。"))
        if ticket.state == Ticket.State.DONE:
            raise ActionRefused(_("这张工单已经办结。"), _("办结的工单不再并入；可以在办件页建立关联。"))
        missing = [kind for kind in ticket.kinds if kind not in other.kinds]
        if missing:
            raise ActionRefused(
                _("%(number)s 中没有同类的办件：%(kinds)s。") % {"number": other.number, "kinds": "、".join(missing)},
                _("内容不同的请分别办理；可以在办件页建立关联。"),
            )

    def perform(self) -> Ticket:
        earlier = {case.type: case for case in cases_of(self.other)}
        for case in cases_of(self.ticket):
            if case.closed_at is None:
                self._join(case, earlier[case.type])
        ticket = self.ticket
        ticket.state = Ticket.State.JOINED
        ticket.joined_to = self.other
        ticket.version += 1
        ticket.save()
        return ticket

    def _join(self, case: Case, into: Case) -> None:
        if into.closed_at is None:
            MergeCases(user=self.user, case=into, other=case, reason=self.reason).execute()
        elif case.type == "report":
            note = _("与 %(number)s 重复：%(reason)s") % {"number": into.number, "reason": self.reason}
            TakeStep(user=self.user, case=case, step="repeat", note=note).execute()
        else:
            raise ActionRefused(
                _("%(number)s 已经办结，不能再并入。") % {"number": into.number}, _("有新情况的请另行办理并建立关联。")
            )
