"""Many intakes at once: the same tickets, cases, clocks, sealed identities and facts as `RegisterTicket` makes one by
one, written in a few statements per round.

Every round of `ROUND` rows is one transaction and ends with the batch's mark, so that a worker killed half-way goes on
where the last round ended. Nobody is told of each case; the batch's page and the unit's lists show them.
"""

from __future__ import annotations

import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.db.models.base import ModelState
from django.utils import timezone

from hengjian.cases import clocking, values
from hengjian.cases.actions.opening import SECRECY
from hengjian.cases.catalogue import case_type
from hengjian.cases.declarations import CaseType, ClockUse
from hengjian.cases.facts import OPENED
from hengjian.cases.models import Case, CaseEvent, CaseLink, NumberCounter
from hengjian.cases.numbering import SEQ
from hengjian.cases.recording import fact_draft
from hengjian.clocks.computing import compute
from hengjian.clocks.models import Deadline, DeadlineChange
from hengjian.clocks.rules import Term
from hengjian.ledger import vault
from hengjian.ledger.actions import append_many
from hengjian.parties.inserting import insert_many, insert_values
from hengjian.parties.models import Confidentiality
from hengjian.rulebook.parameters.terms import Terms
from hengjian.systems.complaints.actions.tickets import NUMBER
from hengjian.systems.complaints.intake import Draft
from hengjian.systems.complaints.models import Ticket, TicketBatch
from hengjian.systems.complaints.routing import Route, Router, intake_rule
from hengjian.systems.complaints.rules import KINDS, respondent_key
from hengjian.systems.complaints.sheets import known_numbers

ROUND = 5_000
SYSTEM = "import"


@dataclass
class Importer:
    """Rows of one sheet. Routers, versions of procedures and terms are looked up once per day or region."""

    batch: TicketBatch
    now: datetime = field(default_factory=timezone.now)
    _routers: dict[date, Router] = field(default_factory=dict)
    _clocks: dict[tuple[str, int, date, str], list[tuple[ClockUse, Deadline]]] = field(default_factory=dict)

    @transaction.atomic
    def take(self, drafts: Sequence[Draft]) -> int:
        """Write one round and the batch's progress; returns the number of tickets made.

        Page and worker may be at it together: the batch is held for the round, and what is there is left out.
        """
        if not TicketBatch.objects.select_for_update().filter(pk=self.batch.pk, state=TicketBatch.State.IMPORTING):
            return 0
        known = known_numbers(self.batch.channel, [draft.source_number for draft in drafts])
        drafts = [draft for draft in drafts if draft.source_number not in known]
        if not drafts:
            return 0
        routed = [self._routed(draft) for draft in drafts]
        tickets = self._tickets(drafts, routed)
        plans = [
            (ticket, draft, kind, routes[kind])
            for ticket, draft, routes in zip(tickets, drafts, routed, strict=True)
            for kind in ticket.kinds
        ]
        identities = self._sealed(zip(tickets, drafts, strict=True))
        cases = self._cases(plans, identities)
        self._clock(cases)
        self._opened(cases)
        self._link(cases)
        append_many(
            fact_draft(case, declared(case), OPENED, on=case.rules_on, user=None, system=SYSTEM) for case in cases
        )
        TicketBatch.objects.filter(pk=self.batch.pk).update(done=F("done") + len(drafts))
        return len(tickets)

    def _routed(self, draft: Draft) -> dict[str, Route]:
        day = draft.day
        wanted = draft.kinds or tuple(part.kind for part in draft.parts(intake_rule(day)))
        router = self._routers.setdefault(day, Router(day, shared=self._any_router()))
        fallback = self.batch.unit.region.code
        return {
            kind: router.route(
                kind, draft.category, draft.places, shop_published=draft.shop_published, fallback=fallback
            )
            for kind in KINDS
            if kind in wanted
        }

    def _any_router(self) -> Router | None:
        return next(iter(self._routers.values()), None)

    def _tickets(self, drafts: Sequence[Draft], routed: Sequence[dict[str, Route]]) -> list[Ticket]:
        firsts = [next(iter(routes.values())) for routes in routed]
        series = [
            NUMBER.replace("{seq:06d}", "#").format(year=draft.day.year, region=first.region.code)
            for draft, first in zip(drafts, firsts, strict=True)
        ]
        numbers = reserve(series)
        return insert_many(
            Ticket(
                number=SEQ.sub("{:06d}", NUMBER).format(serial, year=draft.day.year, region=first.region.code),
                channel=draft.channel,
                source_number=draft.source_number,
                received_at=draft.received_at,
                registered_at=self.now,
                registered_by=self.batch.by,
                category=draft.category,
                kinds=list(routes),
                title=draft.title(first.kind)[:200],
                content=draft.covered,
                occurred_on=draft.occurred_on,
                claims=list(draft.claims),
                amount=draft.amount,
                respondent_name=draft.respondent_name,
                respondent_code=draft.respondent_code,
                respondent_address=draft.respondent_address,
                respondent_key=respondent_key(draft.respondent_name, draft.respondent_code),
                places=dict(draft.places),
                address=draft.address,
                region=first.region,
                unit=first.unit,
                desk=self.batch.unit,
                routing=[
                    {"kind": kind, "unit": route.unit.name, "default": route.default, "reasons": route.sentences()}
                    for kind, route in routes.items()
                ],
                anonymous=not draft.person,
                confidentiality=Confidentiality.SENSITIVE if "report" in routes else Confidentiality.INTERNAL,
                batch=self.batch,
            )
            for draft, first, routes, serial in zip(drafts, firsts, routed, numbers, strict=True)
        )

    def _sealed(self, rows: Iterable[tuple[Ticket, Draft]]) -> dict[int, str]:
        """Vault references by ticket, for those that name somebody."""
        named = [(ticket, sealed) for ticket, draft in rows if (sealed := draft.sealed())]
        refs = vault.put_many(
            ((sealed, ticket.ref) for ticket, sealed in named), category="ticket.filer", readers=[values.ROOM]
        )
        return {ticket.pk: ref for (ticket, _sealed), ref in zip(named, refs, strict=True)}

    def _cases(self, plans: Sequence[tuple[Ticket, Draft, str, Route]], identities: dict[int, str]) -> list[Case]:
        made = []
        series: list[str] = []
        types = [case_type(kind, on=draft.day) for _ticket, draft, kind, _route in plans]
        for (_ticket, draft, _kind, route), kind_declared in zip(plans, types, strict=True):
            day = draft.day
            parts = {"year": day.year, "month": day.month, "day": day.day, "region": route.region.code}
            series.append(SEQ.sub("#", kind_declared.number.pattern).format(**parts))
        for (ticket, draft, kind, route), kind_declared, name, serial in zip(
            plans, types, series, reserve(series), strict=True
        ):
            day = draft.day
            found = SEQ.search(kind_declared.number.pattern)
            number = name.replace("#", found[0].format(seq=serial)) if found else name
            cleaned = values.cleaned(kind_declared.fields, draft.values(kind), on=day, region=route.region.code)
            made.append(
                Case(
                    type=kind,
                    type_version=kind_declared.version,
                    number=number,
                    title=values.title_of(kind_declared, cleaned),
                    rules_on=day,
                    opened_at=draft.received_at,
                    state=kind_declared.start,
                    state_since=draft.received_at,
                    unit=route.unit,
                    region=route.region,
                    confidentiality=SECRECY[kind_declared.secrecy],
                    subject=f"enterprise:{draft.respondent_code}" if draft.respondent_code else "",
                    origin=ticket.ref,
                    category=draft.category,
                    channel=draft.channel,
                    data={code: value for code, value in cleaned.items() if value is not None},
                    identity=identities.get(ticket.pk, ""),
                    # Nobody was given a code: what is kept fits none.
                    tracking=secrets.token_hex(32) if kind_declared.public.track else "",
                )
            )
        for case in made:
            self._show(case)
        return insert_many(made)

    # ---- clocks

    def _deadlines(self, case: Case) -> list[tuple[ClockUse, Deadline]]:
        """The clocks that start with the opening; those of one procedure, day and region are computed once."""
        kind_declared = declared(case)
        key = (case.type, case.type_version, case.rules_on, case.region.code)
        if key not in self._clocks:
            found = []
            for clock in kind_declared.clocks:
                if clocking.OPENED not in clock.starts or clock.when:
                    continue
                rule = clocking.rule_of(clock, case)
                spec = rule.typed(Terms).term if rule is not None else None
                term = Term.of(spec) if spec is not None else Term(clock.days, clock.unit)
                extension = rule.typed(Terms).extension if rule is not None else None
                deadline = Deadline(
                    purpose=kind_declared.purpose(clock.code),
                    region=case.region.code,
                    rule_id=rule.id if rule else "",
                    rule_version=rule.version if rule else "",
                    started_at=case.opened_at,
                    term_amount=term.amount,
                    term_unit=term.unit,
                    term_roll=term.roll or "",
                    extension_spec=extension.model_dump(mode="json") if extension else None,
                    last_event_at=case.opened_at,
                    alarms=[[alarm.code, alarm.offset] for alarm in clock.alarms],
                    alarms_from=self.now,
                )
                compute(deadline, (), (), self.now)
                found.append((clock, deadline))
            self._clocks[key] = found
        return self._clocks[key]

    def _show(self, case: Case) -> None:
        found = self._deadlines(case)
        here = [pair for pair in found if case.state in pair[0].states] or found
        if here:
            clock, deadline = min(here, key=lambda pair: (pair[1].due_at, pair[0].code))
            case.clock, case.due_at = clock.code, deadline.due_at

    def _clock(self, cases: Sequence[Case]) -> None:
        rows = []
        for case in cases:
            for _clock, pattern in self._deadlines(case):
                row = copy(pattern)
                row._state = ModelState()
                row.owner, row.unit = case.ref, case.unit.ref
                row.started_at = row.last_event_at = case.opened_at
                rows.append(row)
        insert_many(rows)
        insert_values(
            DeadlineChange,
            [
                "deadline_id", "at", "verb", "old_state", "new_state", "old_due", "new_due", "old_calendar",
                "new_calendar", "by", "reason",
            ],
            (
                (row.pk, self.now, "start", "", row.state, None, row.due_at, "", row.calendar_version, SYSTEM, "")
                for row in rows
            ),
        )  # fmt: skip

    def _opened(self, cases: Sequence[Case]) -> None:
        """The first event of every case."""
        names = [
            "case_id", "number", "kind", "code", "occurred_at", "recorded_at", "by_id", "system", "unit_id",
            "old_state", "new_state", "outcome_code", "note", "public", "data",
        ]  # fmt: skip
        by, unit = self.batch.by_id, self.batch.unit_id
        insert_values(
            CaseEvent,
            names,
            (
                (
                    case.pk, 1, "opened", "opened", case.opened_at, self.now, by, SYSTEM, unit, case.state, case.state,
                    "", "", True, {},
                )
                for case in cases
            ),
        )  # fmt: skip

    @staticmethod
    def _link(cases: Sequence[Case]) -> None:
        together: dict[str, list[Case]] = defaultdict(list)
        for case in cases:
            together[case.origin].append(case)
        insert_many(
            CaseLink(first=first, second=other, kind=CaseLink.Kind.SPLIT, reason="同一件诉求，按类型分别处理")
            for first, *others in together.values()
            for other in others
        )


def declared(case: Case) -> CaseType:
    return case_type(case.type, case.type_version)


def reserve(series: Sequence[str]) -> list[int]:
    """The next running numbers of many series at once, inside the caller's transaction, in the order given."""
    wanted = Counter(series)
    NumberCounter.objects.bulk_create([NumberCounter(series=name) for name in wanted], ignore_conflicts=True)
    following: dict[str, int] = {}
    for name, number in sorted(wanted.items()):
        # One statement that adds and locks the row until the end of the transaction.
        NumberCounter.objects.filter(series=name).update(last=F("last") + number)
        following[name] = NumberCounter.objects.values_list("last", flat=True).get(series=name) - number
    found = []
    for name in series:
        following[name] += 1
        found.append(following[name])
    return found
