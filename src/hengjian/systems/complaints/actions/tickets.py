"""Taking an intake: one ticket, its cases, their links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.cases.actions.base import FILER
from hengjian.cases.actions.opening import OpenCase, Opened
from hengjian.cases.catalogue import case_type
from hengjian.cases.models import Case, CaseLink, NumberCounter
from hengjian.cases.numbering import new_code, token_hash
from hengjian.cases.uploads import Given
from hengjian.parties.models import Confidentiality, Region, Unit, User
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.systems.complaints.intake import Draft
from hengjian.systems.complaints.models import Ticket
from hengjian.systems.complaints.routing import Route, Router, intake_rule
from hengjian.systems.complaints.rules import KINDS, respondent_key

NUMBER = "GD{year}-{region}-{seq:06d}"
EARLIEST = date(2014, 3, 15)


@dataclass(frozen=True)
class Registered:
    """A new ticket and what was opened for it; `repeated`: the form had been sent before."""

    ticket: Ticket
    opened: tuple[Opened, ...]
    repeated: bool = False


@dataclass(kw_only=True)
class RegisterTicket(Action[Registered]):
    """Take an intake and open its cases.

    Attributes:
        draft: what came in.
        desk: the unit at whose desk it is registered; empty for what people file themselves.
        received_in: region of the desk or site, where the draft names no place.
        unit: another unit than the proposed one, with `reason`.
        owner: the signed-in citizen who files it.
        files: (name, content) pairs; they go with every case.
        token: of the form; a second ticket with it is not made.
        router: shared by the rows of an import.
    """

    verb = "complaints.register"
    audit_hidden = frozenset({"token", "content"})

    draft: Draft
    desk: Unit | None = None
    received_in: str = ""
    unit: Unit | None = None
    owner: User | None = None
    files: Given = ()
    token: str = ""
    router: Router | None = None
    routes: dict[str, Route] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        if self.actor is not None and self.owner is not None and self.actor.pk == self.owner.pk:
            self.verb = "cases.file"  # type: ignore[misc]

    def target(self) -> Scope:
        return Scope(owner=self.owner) if self.verb == "cases.file" else Scope(unit=self.desk)

    @property
    def day(self) -> date:
        return timezone.localdate(self.draft.received_at)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The cases to open, in the order in which they are told."""
        wanted = self.draft.kinds or tuple(part.kind for part in self.draft.parts(intake_rule(self.day)))
        return tuple(kind for kind in KINDS if kind in wanted)

    def check_state(self) -> None:
        draft = self.draft
        if not draft.content.strip():
            raise ActionRefused(_("没有写明发生了什么。"), _("请写明时间、地点和经过。"), status=400)
        if draft.received_at > timezone.now():
            raise ActionRefused(_("接收时间不能晚于现在。"), _("请更正接收时间。"), status=400)
        if self.day < EARLIEST:
            raise ActionRefused(
                _("接收时间早于 %(day)s，没有适用的办理规则。") % {"day": EARLIEST}, _("请核对接收时间。"), status=400
            )
        if not self.kinds:
            raise ActionRefused(_("没有选择办理类型。"), _("请至少选择投诉、举报、咨询、建议中的一项。"), status=400)
        if "complaint" in self.kinds and not draft.person and self.system in ("", FILER):
            raise ActionRefused(
                _("投诉须提供真实身份信息。"), _("请填写姓名和联系电话；只想反映违法线索的，可以匿名举报。"), status=400
            )
        if self.unit is not None and not self.reason.strip():
            raise ActionRefused(_("没有填写改派理由。"), _("请写明为什么不由建议的单位办理。"), status=400)
        router = self.router or Router(self.day)
        for kind in self.kinds:
            self.routes[kind] = router.route(
                kind,
                draft.category,
                draft.places,
                shop_published=draft.shop_published,
                fallback=self.received_in or (self.desk.region.code if self.desk else ""),
            )

    def execute(self) -> Registered:
        try:
            return super().execute()
        except IntegrityError:
            # The same form sent twice at the same moment, or the line's number taken meanwhile.
            if (found := self._repeated()) is not None:
                return found
            if self.draft.source_number and self._known().exists():
                raise ActionRefused(
                    _("%(channel)s 的来源编号 %(number)s 已经登记。")
                    % {"channel": self.draft.channel, "number": self.draft.source_number},
                    _("无需重复登记，请在工单列表中查找。"),
                ) from None
            raise

    def _known(self) -> Any:
        return Ticket.objects.filter(channel=self.draft.channel, source_number=self.draft.source_number)

    def perform(self) -> Registered:
        if (found := self._repeated()) is not None:
            return found
        ticket = self._ticket()
        opened = tuple(self._open(ticket, kind, self.token) for kind in self.kinds)
        link_parts([item.case for item in opened], _("同一件诉求，按类型分别处理"), self.actor)
        return Registered(ticket, opened)

    def logged(self, result: Registered) -> Ticket:
        return result.ticket

    def _ticket(self) -> Ticket:
        draft, first = self.draft, self.routes[self.kinds[0]]
        unit, region = self._place(first)
        person = bool(draft.person)
        return Ticket.objects.create(
            number=take_ticket_number(region.code, self.day.year),
            channel=draft.channel,
            source_number=draft.source_number,
            received_at=draft.received_at,
            registered_by=self.actor if self.desk is not None else None,
            category=draft.category,
            kinds=list(self.kinds),
            title=draft.title(self.kinds[0])[:200],
            content=draft.covered,
            occurred_on=draft.occurred_on,
            claims=list(draft.claims),
            amount=draft.amount,
            respondent_name=draft.respondent_name,
            respondent_code=draft.respondent_code,
            respondent_address=draft.respondent_address,
            respondent_key=respondent_key(draft.respondent_name, draft.respondent_code),
            platform=draft.platform,
            shop_published=draft.shop_published,
            places=dict(draft.places),
            address=draft.address,
            longitude=draft.longitude,
            latitude=draft.latitude,
            region=region,
            unit=unit,
            desk=self.desk,
            routing=[
                {"kind": kind, "unit": route.unit.name, "default": route.default, "reasons": route.sentences()}
                for kind, route in self.routes.items()
            ],
            routed_otherwise=self.reason.strip()[:300] if self.unit is not None else "",
            publish_consent=draft.publish_consent,
            entrust_consent=draft.entrust_consent,
            anonymous=not person,
            owner=self.owner,
            confidentiality=Confidentiality.SENSITIVE if "report" in self.kinds else Confidentiality.INTERNAL,
            token=token_hash(self.token) if self.token else None,
        )

    def _place(self, route: Route) -> tuple[Unit, Region]:
        if self.unit is not None:
            return self.unit, self.unit.region
        return route.unit, route.region

    def _open(self, ticket: Ticket, kind: str, token: str) -> Opened:
        unit, region = self._place(self.routes[kind])
        filing = self.verb == "cases.file"
        return OpenCase(
            user=self.user,
            system=self.system,
            type=kind,
            values=self.draft.values(kind),
            unit=unit,
            region=region,
            desk=self.desk,
            opened_at=self.draft.received_at,
            channel=self.draft.channel,
            category=self.draft.category,
            origin=ticket.ref,
            identity=self.draft.sealed(),
            files=self.files,
            token=f"{token}:{kind}" if token else "",
            owner=self.owner if filing else None,
        ).execute()

    def _repeated(self) -> Registered | None:
        ticket = Ticket.objects.filter(token=token_hash(self.token)).first() if self.token else None
        if ticket is None:
            return None
        cases = sorted(Case.objects.filter(origin=ticket.ref), key=lambda case: KINDS.index(case.type))
        opened = [Opened(case, new_code(f"{self.token}:{case.type}"), repeated=True) for case in cases]
        return Registered(ticket, tuple(opened), repeated=True)


def take_ticket_number(region: str, year: int) -> str:
    """The next ticket number of a region and year, inside the caller's transaction."""
    series = NUMBER.replace("{seq:06d}", "#").format(year=year, region=region)
    NumberCounter.objects.get_or_create(series=series)
    NumberCounter.objects.filter(series=series).update(last=F("last") + 1)
    last = NumberCounter.objects.values_list("last", flat=True).get(series=series)
    return NUMBER.format(year=year, region=region, seq=last)


def link_parts(cases: Sequence[Case], reason: str, user: User | None) -> None:
    """Tie the cases of one ticket together, so that each page shows the others."""
    first, *others = cases
    CaseLink.objects.bulk_create(
        CaseLink(first=first, second=other, kind=CaseLink.Kind.SPLIT, reason=reason, made_by=user) for other in others
    )


def kind_title(kind: str, language: str = "zh") -> str:
    return case_type(kind).said(language)


__all__ = ["FILER", "RegisterTicket", "Registered", "kind_title", "link_parts", "take_ticket_number"]
