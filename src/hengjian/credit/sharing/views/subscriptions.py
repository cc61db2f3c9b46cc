"""What the unit hears of: messages, subscriptions, portfolios."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from hengjian.credit.grading.words import PACKS
from hengjian.credit.sharing.actions import (
    AddToPortfolio,
    ChangeSubscription,
    ConfirmReceipts,
    EndSubscription,
    RemoveFromPortfolio,
    SendAgain,
    Subscribe,
)
from hengjian.credit.sharing.forms import NewSubscriptionForm, PortfolioForm, ReceiptForm, SubscriptionForm
from hengjian.credit.sharing.models import STOPS, Alert, Event, Subscription, Watched
from hengjian.credit.sharing.queries import alerts_of
from hengjian.credit.sharing.sheets import rows_of
from hengjian.credit.sharing.telling import body_of
from hengjian.documents.uploads import UploadRefused, read_upload
from hengjian.pages.components import light
from hengjian.parties.acting import units_acting
from hengjian.parties.policies import can, require, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import Action, ActionRefused

SENDING = {"none": "grey", "waiting": "blue", "sent": "green", "dead": "red"}


@never_cache
@login_required
def alerts(request: UserRequest) -> HttpResponse:
    """Messages of all subscriptions of the reader's units; those to be confirmed first in their own view."""
    require(request.user, "sharing.view", None)
    rows = alerts_of(request.user)
    waiting = rows.filter(due__isnull=False, confirmed_at__isnull=True)
    only_open = request.GET.get("view") == "open"
    page = Paginator(waiting.order_by("due", "pk") if only_open else rows, 50).get_page(request.GET.get("page"))
    context = {
        "title": _("信用订阅"),
        "page_obj": page,
        "rows": [shown(row) for row in page],
        "only_open": only_open,
        "waiting": waiting.count(),
        "subscriptions": visible(request.user, Subscription.objects.all())
        .select_related("unit", "region")
        .annotate(watched=Count("portfolio"))[:100],
        "may_subscribe": bool(units_acting(request.user, "sharing.subscribe")),
    }
    return render(request, "credit_sharing/alerts.html", context)


def shown(row: Alert) -> dict[str, Any]:
    """One message as the page shows it; what a record says is read now."""
    told = body_of(row)
    record = told["record"] or {}
    today = timezone.localdate()
    if row.due is None:
        receipt = ""
    elif row.confirmed_at:
        receipt = light("green", _("已回执"))
    elif row.due < today:
        receipt = light("red", _("逾期 %(n)s 天") % {"n": (today - row.due).days})
    else:
        receipt = light("amber", _("待回执"))
    return {
        "alert": row,
        "about": record.get("title") or record.get("document") or _note(row),
        "document": record.get("document", ""),
        "organ": record.get("organ", ""),
        # The short number of the record, as pages and papers write it.
        "number": f"XY-{row.record.hex[:8].upper()}" if row.record else "",
        "stop": row.event in STOPS,
        "receipt": receipt,
        "sending": light(SENDING[row.sending], row.get_sending_display()),
    }


def _note(row: Alert) -> str:
    """The note of a message in words; that of a change of grade begins with the code of what grades."""
    code, _sep, rest = row.note.partition(" ")
    return f"{PACKS[code]} {rest}" if row.event == Event.GRADE and code in PACKS else row.note


@never_cache
@login_required
def new(request: UserRequest) -> HttpResponse:
    units = units_acting(request.user, "sharing.subscribe")
    if not units:
        require(request.user, "sharing.subscribe", None)
    form = NewSubscriptionForm(request.POST or None, units=units)
    if request.method == "POST" and form.is_valid():
        made = attempt(request, Subscribe(user=request.user, **form.cleaned_data), form, _("已订阅。"))
        if made is not None:
            return redirect(made)
    context = {"title": _("新建订阅"), "form": form}
    return render(request, "credit_sharing/new.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
def subscription(request: UserRequest, key: UUID) -> HttpResponse:
    """Settings, portfolio, messages with their delivery, receipts."""
    row = visible(request.user, Subscription.objects.filter(key=key)).select_related("unit", "region").first()
    if row is None:
        raise Http404(_("没有这个订阅，或不在您的查看范围内。"))
    do = request.POST.get("do", "")
    settings = SubscriptionForm(
        request.POST if do == "change" else None,
        initial={"title": row.title, "purpose": row.purpose, "events": row.events, "url": row.url},
    )
    portfolio = PortfolioForm(request.POST if do == "add" else None, request.FILES if do == "add" else None)
    receipt = ReceiptForm(request.POST if do == "confirm" else None)
    if request.method == "POST":
        response = _act(request, row, do, settings, portfolio, receipt)
        if response is not None:
            return response
    told = Alert.objects.filter(subscription=row).select_related("enterprise", "subscription__unit", "confirmed_by")
    page = Paginator(told, 50).get_page(request.GET.get("page"))
    watched = Watched.objects.filter(subscription=row).select_related("enterprise__region").order_by("-pk")
    context = {
        "title": row.title,
        "subscription": row,
        "settings": settings,
        "portfolio": portfolio,
        "receipt": receipt,
        "page_obj": page,
        "rows": [shown(item) for item in page],
        "open": told.filter(due__isnull=False, confirmed_at__isnull=True).count(),
        "dead": told.filter(sending=Alert.Sending.DEAD).count(),
        "watched": watched[:100],
        "watched_count": watched.count(),
        "may_change": row.active and bool(can(request.user, "sharing.subscribe", row)),
        "may_confirm": bool(can(request.user, "sharing.confirm", row)),
    }
    return render(request, "credit_sharing/subscription.html", context)


def _act(
    request: UserRequest,
    row: Subscription,
    do: str,
    settings: SubscriptionForm,
    portfolio: PortfolioForm,
    receipt: ReceiptForm,
) -> HttpResponse | None:
    done: Any = None
    if do == "change" and settings.is_valid():
        given = settings.cleaned_data
        done = attempt(
            request,
            ChangeSubscription(user=request.user, subscription=row, **given),
            settings,
            _("已保存。"),
        )
    elif do == "add" and portfolio.is_valid():
        done = _add(request, row, portfolio)
    elif do == "remove":
        key = request.POST.get("key", "")
        done = attempt(
            request, RemoveFromPortfolio(user=request.user, subscription=row, keys=[key]), None, _("已移出名单。")
        )
    elif do == "confirm" and receipt.is_valid():
        chosen = [UUID(text) for text in request.POST.getlist("alert") if _is_uuid(text)]
        action = ConfirmReceipts(user=request.user, subscription=row, alerts=chosen, note=receipt.cleaned_data["note"])
        done = attempt(request, action, receipt, _("已回执。"))
    elif do == "again":
        done = attempt(request, SendAgain(user=request.user, subscription=row), None, _("已重新排队推送。"))
    elif do == "end":
        done = attempt(request, EndSubscription(user=request.user, subscription=row), None, _("已停止订阅。"))
    return redirect(row) if done is not None else None


def _add(request: UserRequest, row: Subscription, form: PortfolioForm) -> Any:
    codes = form.cleaned_data["codes"].split()
    file = form.cleaned_data["file"]
    try:
        if file:
            codes += [line["code"] for line in rows_of(read_upload(file), file.name) if line.get("code")]
        added = AddToPortfolio(user=request.user, subscription=row, codes=codes).execute()
    except UploadRefused as error:
        form.add_error("file", f"{error.message}{error.next_step}")
        return None
    except ActionRefused as error:
        form.add_error(None, f"{error.message}{error.next_step}")
        return None
    said = _("新增 %(added)s 家，已在名单中 %(known)s 家。") % {"added": added.added, "known": added.known}
    messages.success(request, said)
    if added.missing:
        some = "、".join(added.missing[:20])
        text = _("有 %(n)s 个代码没有找到：%(codes)s") % {"n": len(added.missing), "codes": some}
        messages.warning(request, text)
    return added


def attempt(request: UserRequest, action: Action[Any], form: Any, said: str) -> Any:
    """Execute; a refusal becomes an error of the form. None: refused."""
    try:
        result = action.execute()
    except ActionRefused as error:
        if form is None:
            raise
        form.add_error(None, f"{error.message}{error.next_step}")
        return None
    messages.success(request, said)
    return result


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
