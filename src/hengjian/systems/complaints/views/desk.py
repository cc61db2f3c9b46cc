"""Taking an intake at the desk: one page, with what the system proposes beside it while the officer writes."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hengjian.cases.catalogue import case_type
from hengjian.cases.errors import ValuesRefused
from hengjian.parties.models import Unit
from hengjian.parties.policies import Scope, require
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.systems.complaints.actions.tickets import RegisterTicket
from hengjian.systems.complaints.forms import DeskForm, draft_of
from hengjian.systems.complaints.intake import Draft
from hengjian.systems.complaints.queries import repeated
from hengjian.systems.complaints.routing import Router, categories, category_labels, intake_rule, said
from hengjian.systems.complaints.rules import category_of


def desk_of(request: UserRequest) -> Unit:
    """The unit at whose desk the person sits.

    Raises:
        Forbidden: none, or without the right to register.
    """
    unit = request.user.unit
    require(request.user, "complaints.register", Scope(unit=unit) if unit is not None else None)
    if unit is None:
        raise ActionRefused(_("您的账号没有所属单位，不能登记。"), _("请联系系统管理员。"), status=403)
    return unit


def draft_from(form: DeskForm) -> Draft:
    """The draft, with the category that the text suggests where none was chosen."""
    found = dict(form.cleaned_data)
    received = found.get("received_at") or timezone.now()
    if not found.get("category"):
        rule = categories(timezone.localdate(received), form.region.code)
        found["category"] = category_of(f"{found['product']} {found['content']}", found["channel"], rule)[0]
    return draft_of(found, channel=found["channel"], received_at=received, identity=form.identity())


@login_required
def new_ticket(request: UserRequest) -> HttpResponse:
    """The desk's page; saved, it is empty again for the next caller, with a link to what was made."""
    desk = desk_of(request)
    posted = request.method == "POST"
    # The form sent twice makes one ticket; its code is derived from this, so it must not be guessed.
    token = request.POST.get("token", "")[:64] or secrets.token_urlsafe(24)
    form = DeskForm(request.POST if posted else None, request.FILES if posted else None, region=desk.region)
    if posted and form.is_valid():
        found = form.cleaned_data
        action = RegisterTicket(
            user=request.user,
            desk=desk,
            draft=draft_from(form),
            files=found["files"] or (),
            unit=found["unit"],
            reason=found["reason"],
            token=token,
        )
        try:
            made = action.execute()
        except ValuesRefused as error:
            for code, message in error.errors.items():
                form.add_error(code if code in form.fields else None, message)
        except ActionRefused as error:
            form.add_error(None, f"{error.message}{error.next_step}")
        else:
            for item in made.opened:
                told = {"number": item.case.number, "unit": item.case.unit.name, "code": item.code}
                if item.code:
                    text = _("%(number)s 已登记，由%(unit)s办理。查询码 %(code)s，请告知来电人，只显示这一次。") % told
                else:
                    text = _("%(number)s 已登记，由%(unit)s办理。") % told
                messages.success(request, text)
            return redirect("complaints:ticket", pk=made.ticket.pk)
    context = {"title": _("登记诉求"), "form": form, "token": token}
    context["proposal"] = _proposal(request, form) if posted else None
    return render(request, "complaints/desk.html", context, status=400 if posted else 200)


@require_POST
@login_required
def propose(request: UserRequest) -> HttpResponse:
    """The panel beside the form, from what was written so far; nothing is stored."""
    desk = desk_of(request)
    form = DeskForm(request.POST, region=desk.region)
    form.is_valid()
    return render(request, "complaints/parts/proposal.html", {"proposal": _proposal(request, form)})


def _proposal(request: UserRequest, form: DeskForm) -> dict[str, Any] | None:
    """Kinds, category, unit and repetitions for what the form says now; None while nothing is written."""
    found = getattr(form, "cleaned_data", {})
    if not found.get("content"):
        return None
    found = {**dict.fromkeys(form.fields, ""), **found}
    language = get_language() or "zh"
    received = found["received_at"] or timezone.now()
    day = timezone.localdate(received)
    catalogue = categories(day, form.region.code)
    text = f"{found['product']} {found['content']}"
    category, why = category_of(text, found["channel"], catalogue)
    chosen = found["category"] or category
    draft = draft_of({**found, "category": chosen}, channel=found["channel"], received_at=received, identity={})
    parts = draft.parts(intake_rule(day))
    router = Router(day)
    routes = []
    for kind in draft.kinds or [part.kind for part in parts]:
        try:
            route = router.route(
                kind,
                chosen,
                draft.places,
                shop_published=draft.shop_published,
                fallback=form.region.code,
            )
        except ActionRefused as error:
            routes.append({"title": case_type(kind).said(language), "unit": "", "reasons": [str(error.message)]})
            continue
        reasons = [said(reason) for reason in route.reasons]
        routes.append({"title": case_type(kind).said(language), "unit": route.unit.name, "reasons": reasons})
    return {
        "parts": [(case_type(part.kind).said(language), [said(reason) for reason in part.reasons]) for part in parts],
        "category": category_labels(language.startswith("en")).get(chosen, chosen),
        "category_why": "" if found["category"] else said(why),
        "routes": routes,
        "covered": draft.covered != draft.content,
        "repeated": repeated(
            request.user, name=found["respondent_name"], code=found["respondent_code"], text=found["content"], on=day
        ),
    }
