"""Tickets: the list, one ticket with its cases, taking one at the desk."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from hengjian.cases.actions.base import declaration
from hengjian.cases.catalogue import case_type
from hengjian.cases.models import Case
from hengjian.pages.components import light, units
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import BuiltInView, ChoiceFilter, Column, DateRangeFilter, List, TextFilter
from hengjian.parties.models import Unit, User
from hengjian.parties.models.regions import ancestor_ids, subtree_ids
from hengjian.parties.policies import can, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.systems.complaints.actions.sorting import JoinTicket, SplitTicket
from hengjian.systems.complaints.forms import JoinForm, SplitForm
from hengjian.systems.complaints.models import Ticket
from hengjian.systems.complaints.queries import cases_of, others_about, repeated
from hengjian.systems.complaints.routing import category_labels, channel_labels, spoken
from hengjian.systems.complaints.statistics import bounds

# Beyond this a number helps nobody, and counting a million rows reads the whole table on PostgreSQL.
MOST_COUNTED = 20_000
MOST_IN_SHEET = 200_000
STATE_LIGHTS = {Ticket.State.OPEN: "blue", Ticket.State.DONE: "green", Ticket.State.JOINED: "grey"}


def english() -> bool:
    return (get_language() or "zh").startswith("en")


def kind_names(ticket: Ticket) -> list[str]:
    return [case_type(kind).said(get_language() or "zh") for kind in ticket.kinds]


def channel_name(ticket: Ticket) -> str:
    """The line's number, or the name of another way in."""
    return ticket.channel if ticket.channel.isdigit() else channel_labels(english()).get(ticket.channel, ticket.channel)


def unit_cell(ticket: Ticket) -> str:
    return units([ticket.unit])


def moment_cell(moment: datetime) -> str:
    """Month, day and time; the year where it is not this one."""
    local = timezone.localtime(moment)
    return f"{local:%m-%d %H:%M}" if local.year == timezone.localdate().year else f"{local:%Y-%m-%d}"


def unit_choices(request: HttpRequest) -> list[tuple[str, str]]:
    """Units of the reader's region and of those above it that have tickets. Which of them the reader may see is not
    asked: among a million tickets that would take longer than the page."""
    units = Unit.objects.filter(Exists(Ticket.objects.filter(unit=OuterRef("pk"))))
    user = request.user
    if isinstance(user, User) and user.unit is not None:
        region = user.unit.region_id
        units = units.filter(Q(region__in=subtree_ids([region])) | Q(region__in=ancestor_ids([region])))
    return [(str(unit.pk), unit.name) for unit in units.order_by("name")[:200]]


@dataclass(frozen=True, kw_only=True)
class DayRangeFilter(DateRangeFilter):
    """Days compared with a moment, by its first and last instant, so that the index on the moment serves."""

    def condition(self, value: list[date | None]) -> Q:
        found = Q()
        if value[0]:
            found &= Q(**{f"{self.field}__gte": bounds(value[0], value[0])[0]})
        if value[1]:
            found &= Q(**{f"{self.field}__lte": bounds(value[1], value[1])[1]})
        return found


# A number or code, or its beginning: GD2026-990300-000012, 12345-0001, a unified code.
IDENTIFIER = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9/_-]{5,}")


@dataclass(frozen=True, kw_only=True)
class TicketFilter(TextFilter):
    """A number or code is looked up by its beginning along an index; other words are looked for in the texts."""

    def condition(self, value: list[str]) -> Q:
        everything = Q()
        for word in value:
            if not IDENTIFIER.fullmatch(word):
                everything &= super().condition([word])
                continue
            found = _begins("number", word.upper()) | _begins("source_number", word)
            if len(word) == 18:
                found |= Q(respondent_key=word.upper())
            everything &= Q(pk__in=Ticket.objects.filter(found).order_by().values("pk"))
        return everything


def _begins(field: str, text: str) -> Q:
    # SQLite finds a beginning along the index only as a range; other databases order characters by language.
    if connection.vendor == "sqlite":
        return Q(**{f"{field}__range": (text, text + "\U0010ffff")})
    return Q(**{f"{field}__startswith": text})


TICKETS = List(
    key="complaints.tickets",
    title=gettext_lazy("诉求工单"),
    columns=[
        Column("number", gettext_lazy("编号"), width="w5", css="muted nowrap", card="no"),
        Column(
            "title",
            gettext_lazy("事由"),
            head=True,
            card="full",
            link=lambda ticket: reverse("complaints:ticket", args=[ticket.pk]),
        ),
        Column("kinds", gettext_lazy("类型"), value=kind_names, width="w3", card="half"),
        Column(
            "category",
            gettext_lazy("类别"),
            value=lambda ticket: category_labels(english()).get(ticket.category, ticket.category),
            width="w4",
            card="half",
        ),
        Column("channel", gettext_lazy("渠道"), value=channel_name, width="w3", card="half"),
        Column("respondent", gettext_lazy("对方"), value="respondent_name", shown=False, card="opt"),
        Column(
            "unit", gettext_lazy("承办单位"), cell=lambda ticket: units([ticket.unit]), value="unit.name", width="w5"
        ),
        Column("region", gettext_lazy("地区"), value="region.name", shown=False, card="opt"),
        Column(
            "received",
            gettext_lazy("接收时间"),
            value="received_at",
            cell=lambda ticket: moment_cell(ticket.received_at),
            sort="received_at",
            align="num",
            width="w4",
        ),
        Column(
            "state",
            gettext_lazy("状态"),
            value="get_state_display",
            cell=lambda ticket: light(STATE_LIGHTS[ticket.state], ticket.get_state_display()),
            width="w3",
            card="state",
        ),
        Column("source_number", gettext_lazy("来源编号"), shown=False, card="opt"),
        Column("amount", gettext_lazy("争议金额"), shown=False, align="num", card="opt"),
    ],
    filters=[
        TicketFilter(
            key="q",
            label=gettext_lazy("编号、事由或对方"),
            fields=("title", "respondent_name"),
            placeholder=gettext_lazy("编号、代码，或名称中的几个字"),
        ),
        ChoiceFilter(
            key="category",
            label=gettext_lazy("类别"),
            field="category",
            choices=lambda request: list(category_labels(english()).items()),
        ),
        ChoiceFilter(
            key="channel",
            label=gettext_lazy("渠道"),
            field="channel",
            choices=lambda request: list(channel_labels(english()).items()),
        ),
        ChoiceFilter(key="unit", label=gettext_lazy("承办单位"), field="unit_id", choices=unit_choices),
        ChoiceFilter(key="state", label=gettext_lazy("状态"), field="state", choices=Ticket.State.choices),
        DayRangeFilter(key="received", label=gettext_lazy("接收日期"), field="received_at"),
    ],
    order=("-received_at",),
    views=[
        BuiltInView("open", gettext_lazy("办理中"), "state=open"),
        BuiltInView("web", gettext_lazy("网上"), "channel=web"),
    ],
    view_counts=False,
    count_at_most=MOST_COUNTED,
    sheet_at_most=MOST_IN_SHEET,
    empty=gettext_lazy("没有符合条件的工单"),
    empty_hint=gettext_lazy("可以放宽筛选条件，或者登记一件来电、来信、来访。"),
)


class TicketList(ListView):
    """Tickets that one's unit handles or has taken, or of the regions one oversees."""

    declaration = TICKETS
    template_name = "complaints/tickets.html"

    def get_queryset(self) -> QuerySet[Ticket]:
        return Ticket.objects.select_related("unit", "region").defer("content", "routing")

    def get_context(self) -> dict[str, Any]:
        return {"may_register": bool(can(self.request.user, "complaints.register"))}


def find_ticket(request: UserRequest, pk: int) -> Ticket:
    """The ticket, if the reader may see it; to others it does not exist."""
    rows = visible(request.user, Ticket.objects.filter(pk=pk))
    ticket = rows.select_related("unit", "region", "desk", "joined_to").first()
    if ticket is None:
        raise Http404(_("没有这张工单，或不在您的查看范围内。"))
    return ticket


def case_line(case: Case, may_see: bool) -> dict[str, Any]:
    """One case as the ticket's page shows it; of one that the reader may not see only that it is there."""
    declared = declaration(case)
    language = get_language() or "zh"
    now = declared.outcome(case.outcome) if case.closed_at is not None else declared.state(case.state)
    return {
        "case": case,
        "title": declared.said(language),
        "state": now.said(language),
        "light": now.light,
        "may_see": may_see,
    }


@login_required
def ticket_page(request: UserRequest, pk: int) -> HttpResponse:
    """What came in, why it went where it did, its cases, what looks like a repetition."""
    ticket = find_ticket(request, pk)
    split = SplitForm(request.POST if request.POST.get("do") == "split" else None, there=ticket.kinds)
    join = JoinForm(request.POST if request.POST.get("do") == "join" else None)
    may = {
        "split": not SplitTicket(user=request.user, ticket=ticket, kinds=("suggestion",)).refusal()
        and len(ticket.kinds) < 4,
        "join": bool(can(request.user, "complaints.route", ticket)) and ticket.state == Ticket.State.OPEN,
    }
    if request.method == "POST":
        form = split if split.is_bound else join
        if form.is_valid():
            try:
                _action(request, ticket, form).execute()
            except ActionRefused as error:
                form.add_error(None, f"{error.message}{error.next_step}")
            else:
                messages.success(request, _("已拆分办理。") if form is split else _("已并入。"))
                return redirect("complaints:ticket", pk=ticket.pk)
    cases = cases_of(ticket)
    seen = set(visible(request.user, Case.objects.filter(origin=ticket.ref)).values_list("pk", flat=True))
    language = english()
    context = {
        "title": ticket.title,
        "ticket": ticket,
        "category": category_labels(language).get(ticket.category, ticket.category),
        "channel": channel_labels(language).get(ticket.channel, ticket.channel),
        "lines": [case_line(case, case.pk in seen) for case in cases],
        "routes": [
            {**item, "title": case_type(item["kind"]).said(get_language() or "zh"), "reasons": spoken(item["reasons"])}
            for item in ticket.routing
        ],
        "claims": _claims(ticket),
        "repeated": repeated(
            request.user,
            name=ticket.respondent_name,
            code=ticket.respondent_code,
            text=ticket.content,
            on=timezone.localdate(ticket.received_at),
            leave_out=ticket.pk,
        ),
        "others": dict(zip(("all", "open"), others_about(request.user, ticket), strict=True)),
        "joined": ticket.joined.all()[:20],
        "split": split,
        "join": join,
        "may": may,
    }
    failed = any(form.is_bound and form.errors for form in (split, join))
    return render(request, "complaints/ticket.html", context, status=400 if failed else 200)


def _claims(ticket: Ticket) -> list[str]:
    named = {
        choice.code: choice.said(get_language() or "zh") for choice in case_type("complaint").field("claims").choices
    }
    return [named.get(code, code) for code in ticket.claims]


def _action(request: UserRequest, ticket: Ticket, form: SplitForm | JoinForm) -> Action[Any]:
    found = form.cleaned_data
    if isinstance(form, SplitForm):
        return SplitTicket(user=request.user, ticket=ticket, kinds=found["kinds"], reason=found["reason"])
    number = found["other"].strip()
    other = visible(request.user, Ticket.objects.filter(number=number)).first()
    if other is None:
        raise ActionRefused(_("没有编号为 %(number)s 的工单。") % {"number": number}, _("请核对编号。"), status=400)
    return JoinTicket(user=request.user, ticket=ticket, other=other, reason=found["reason"])
