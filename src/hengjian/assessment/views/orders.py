"""Rectification: the list of a round, one order with its reports."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from hengjian.assessment.actions.orders import AnswerOrder, ReportOrder
from hengjian.assessment.forms import AnswerForm, OrderReportForm
from hengjian.assessment.models import Order
from hengjian.assessment.sight import sight_of
from hengjian.assessment.views.base import attempt, find_round, uploads
from hengjian.clocks.models import Deadline
from hengjian.pages.components import light
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import ChoiceFilter, Column, List
from hengjian.parties.policies import visible
from hengjian.parties.requests import UserRequest
from hengjian.scoring.words import named, said, sentence_of

LIGHTS = {"issued": "blue", "reported": "amber", "returned": "orange", "accepted": "green"}


def order_light(order: Order) -> str:
    late = order.due is not None and order.due < timezone.localdate() and order.state in ("issued", "returned")
    if late:
        return light("red", _("逾期"))
    return light(LIGHTS[order.state], order.get_state_display())


ORDERS = List(
    key="assessment.orders",
    title=gettext_lazy("考核整改"),
    columns=[
        Column(
            "object", gettext_lazy("考核对象"), value="entry.name", head=True, card="full", link=Order.get_absolute_url
        ),
        Column("cause", gettext_lazy("整改事由"), value="cause", width="w6"),
        Column(
            "points", gettext_lazy("整改项"), value=lambda row: len(row.points), align="num", width="w2", card="half"
        ),
        Column(
            "issued",
            gettext_lazy("下达日期"),
            value="issued_on",
            sort="issued_on",
            align="num",
            width="w4",
            card="half",
        ),
        Column("due", gettext_lazy("整改时限"), value="due", sort="due", align="num", width="w4", card="half"),
        Column(
            "state",
            gettext_lazy("状态"),
            value=Order.get_state_display,
            cell=order_light,
            sort="state",
            width="w4",
            card="state",
        ),
    ],
    filters=[ChoiceFilter(key="state", label=gettext_lazy("状态"), field="state", choices=Order.State.choices)],
    order=("due",),
    empty=gettext_lazy("没有整改通知"),
    empty_hint=gettext_lazy("通报印发后，对等级低、名次靠后或失分多的对象自动下达。"),
)


class Orders(ListView):
    declaration = ORDERS
    template_name = "assessment/orders.html"

    def get_queryset(self) -> QuerySet[Order]:
        row, sight = find_round(cast(UserRequest, self.request), self.kwargs["pk"])
        rows = Order.objects.filter(entry__round=row).select_related("entry__unit", "entry__round")
        return rows if sight.whole else rows.filter(entry__in=sight.own)

    def get_context(self) -> dict[str, Any]:
        row, _sight = find_round(cast(UserRequest, self.request), self.kwargs["pk"])
        return {"row": row}


def find_order(request: UserRequest, pk: int) -> tuple[Order, Any]:
    """The order, where the person answers for the object or oversees the round."""
    order = (
        visible(request.user, Order.objects.filter(pk=pk))
        .select_related("entry__round__unit", "entry__round__region", "entry__unit", "entry__region")
        .first()
    )
    sight = sight_of(request.user, order.entry.round) if order else None
    if order is None or sight is None or not (sight.whole or order.entry_id in sight.own):
        raise Http404(_("没有这份整改通知，或不在您的查看范围内。"))
    return order, sight


@never_cache
@login_required
def order_page(request: UserRequest, pk: int) -> HttpResponse:
    """One order: what has to be put right, the clock, reports and answers."""
    order, sight = find_order(request, pk)
    report, answer = OrderReportForm(None), AnswerForm(None)
    do = request.POST.get("do", "")
    if do == "report":
        report = OrderReportForm(request.POST, request.FILES)
        if report.is_valid():
            action = ReportOrder(
                user=request.user,
                entry=order.entry,
                order=order,
                text=report.cleaned_data["text"],
                files=uploads(request),
            )
            if attempt(request, action, _("整改报告已提交。"), report):
                return redirect(order)
    elif do in ("accept", "return"):
        answer = AnswerForm(request.POST)
        if answer.is_valid():
            reply = AnswerOrder(
                user=request.user,
                entry=order.entry,
                order=order,
                accepts=do == "accept",
                reason=answer.cleaned_data["reason"],
            )
            if attempt(request, reply, _("已处理。"), answer):
                return redirect(order)
    sheet = order.entry.round.content.sheet
    context = {
        "title": _("整改通知：%(name)s") % {"name": order.entry.name},
        "order": order,
        "row": order.entry.round,
        "state": order_light(order),
        "points": [
            {
                "title": named(sheet.item(point["code"])),
                "reason": " ".join([*(said(sentence_of(one)) for one in point["reasons"]), point["note"]]).strip(),
                **{name: point[name] for name in ("code", "lost", "points", "full")},
            }
            for point in order.points
        ],
        "reports": order.reports.select_related("by", "answered_by"),
        "clock": Deadline.objects.filter(owner=order.ref).order_by("-pk").first(),
        "report": report if order.entry_id in sight.own and order.state in ("issued", "returned") else None,
        "answer": answer if sight.manages and order.state == Order.State.REPORTED else None,
    }
    return render(request, "assessment/order.html", context, status=422 if report.errors or answer.errors else 200)
