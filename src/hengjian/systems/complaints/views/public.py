"""What people outside use: the entrance, filing in four short steps, the numbers and codes at the end."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hengjian import rulebook
from hengjian.cases.actions.base import FILER
from hengjian.cases.catalogue import case_type, case_types
from hengjian.cases.errors import ValuesRefused
from hengjian.cases.views.public import RECEIPT_AGE
from hengjian.pages.forms import HengjianForm
from hengjian.pages.limits import count_use
from hengjian.parties.models import User
from hengjian.parties.verbs import ActionRefused
from hengjian.rulebook.base import NATIONAL
from hengjian.rulebook.parameters.terms import Terms, TermSpec
from hengjian.systems.complaints.actions.tickets import RegisterTicket
from hengjian.systems.complaints.forms import EventForm, PersonForm, RespondentForm, WishForm, draft_of
from hengjian.systems.complaints.routing import intake_rule, said
from hengjian.systems.complaints.rules import KINDS, Part, parts_of

DONE = "complaints.done"
# An office or a family shares one address.
MOST_PER_HOUR = 60


@dataclass(frozen=True)
class Promise:
    """One kind as the entrance explains it."""

    kind: str
    title: str
    text: str
    terms: list[str]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The entrance: four kinds in plain words, tracking, and how long each may take."""
    language = _language()
    promises = []
    for kind in KINDS:
        declared = case_type(kind)
        text = declared.description_en if language.startswith("en") else declared.description
        promises.append(Promise(kind, declared.said(language), text, _terms(kind)))
    aid = next((declared for declared in case_types("complaints") if declared.code == "ip_aid"), None)
    return render(request, "complaints/public_home.html", {"title": _("投诉举报"), "promises": promises, "aid": aid})


def _terms(kind: str) -> list[str]:
    """The first two terms of a kind, as today's rules state them."""
    today = timezone.localdate()
    declared = case_type(kind, on=today)
    found = []
    for clock in declared.clocks[:2]:
        if clock.rule:
            term = rulebook.at("terms", NATIONAL, today, clock.rule).typed(Terms).term
        else:
            term = TermSpec(amount=clock.days, unit=clock.unit)
        if term is not None:
            found.append(f"{clock.said(_language())} {term.sentence().text(_)}")
    return found


def _language() -> str:
    return get_language() or "zh"


# ---- filing

# What the page of a product or enterprise knows already and puts into the address.
PREFILLED = ("respondent_name", "respondent_address", "product")
TOLD = ("content", "category", "place", "address")


@dataclass
class Wizard:
    """The four forms of one filing. What earlier steps said travels in hidden fields; nothing is stored before the end.

    A question or an idea needs neither respondent nor claims: it takes the first and the last step.
    """

    request: HttpRequest

    def __post_init__(self) -> None:
        self.data = self.request.POST if self.request.method == "POST" else None
        asked = (self.data or self.request.GET).get("kind", "")
        self.kind = asked if asked in KINDS else "complaint"

    @property
    def short(self) -> bool:
        return self.kind in ("consultation", "suggestion")

    @property
    def steps(self) -> list[str]:
        return ["event", "person"] if self.short else ["event", "respondent", "wish", "person"]

    def form(self, step: str, *, bound: bool) -> HengjianForm:
        data, files = (self.data, self.request.FILES) if bound else (None, None)
        if step == "event":
            return EventForm(data, initial={name: self.request.GET.get(name, "")[:500] for name in TOLD})
        if step == "respondent":
            return RespondentForm(data)
        if step == "wish":
            return WishForm(data) if bound else WishForm(initial={"kinds": [part.kind for part in self.parts()]})
        kinds = self.kinds()
        return PersonForm(data, files, needed="complaint" in kinds, complaint="complaint" in kinds)

    def kinds(self) -> list[str]:
        return [self.kind] if self.short else (self.data.getlist("kinds") if self.data else [])

    def parts(self) -> list[Part]:
        """What the text suggests; the kind that was chosen at the entrance always belongs to it."""
        text = self.data.get("content", "") if self.data else ""
        found = parts_of(text, respondent="—", intake=intake_rule(timezone.localdate()))
        if not any(part.kind == self.kind for part in found):
            found = [Part(self.kind, ()), *(part for part in found if part.kind in ("complaint", "report"))]
        return found

    def carried(self, shown: str) -> list[tuple[str, str]]:
        """(name, value) of everything said on the other steps."""
        if self.data is None:
            return [(name, self.request.GET[name][:200]) for name in PREFILLED if self.request.GET.get(name)]
        own = set(self.form(shown, bound=False).fields) | {"csrfmiddlewaretoken", "step", "go", "token", "kind"}
        return [(name, value) for name, values in self.data.lists() if name not in own for value in values]


def file(request: HttpRequest) -> HttpResponse:
    """The steps; `go` says where to: next, back, or a step by name. The last one files it."""
    wizard = Wizard(request)
    if request.method != "POST":
        return _show(wizard, "event", wizard.form("event", bound=False), secrets.token_urlsafe(24))
    token = request.POST.get("token", "")[:64] or secrets.token_urlsafe(24)
    here = request.POST.get("step", "event")
    here = here if here in wizard.steps else "event"
    place = wizard.steps.index(here)
    if request.POST.get("go") == "back" and place:
        previous = wizard.steps[place - 1]
        return _show(wizard, previous, wizard.form(previous, bound=True), token, quiet=True)
    forms = {step: wizard.form(step, bound=True) for step in wizard.steps[: place + 1]}
    for step, form in forms.items():
        if not form.is_valid():
            return _show(wizard, step, form, token)
    if place + 1 < len(wizard.steps):
        following = wizard.steps[place + 1]
        seen = any(name in request.POST for name in _marks(following))
        return _show(wizard, following, wizard.form(following, bound=seen), token, quiet=True)
    return _submit(wizard, forms, token)


def _marks(step: str) -> tuple[str, ...]:
    """Fields by which one sees that a step was filled in before."""
    return {"respondent": ("respondent_name",), "wish": ("kinds",), "person": ("name", "phone")}.get(step, ())


def _show(
    wizard: Wizard,
    step: str,
    form: HengjianForm,
    token: str,
    *,
    quiet: bool = False,
    refused: ActionRefused | None = None,
) -> HttpResponse:
    if quiet and form.is_bound:
        form.is_valid()
        form.errors.clear()
    number = wizard.steps.index(step) + 1
    context = {
        "title": _("提交%(kind)s") % {"kind": case_type(wizard.kind).said(_language())},
        "wizard": wizard,
        "step": step,
        "number": number,
        "last": number == len(wizard.steps),
        "form": form,
        "token": token,
        "carried": wizard.carried(step),
        "refused": refused,
        "parts": [
            (case_type(part.kind).said(_language()), [r.text(_) for r in part.reasons]) for part in wizard.parts()
        ]
        if step == "wish"
        else [],
        "labels": [_("发生了什么"), _("您的联系方式")]
        if wizard.short
        else [_("发生了什么"), _("对方是谁"), _("您的要求"), _("您的联系方式")],
        "anonymous": step == "person" and "complaint" not in wizard.kinds(),
    }
    status = 400 if form.is_bound and form.errors else refused.status if refused else 200
    return render(wizard.request, "complaints/public_new.html", context, status=status)


def _told(parts: list[Part]) -> list[tuple[str, list[str]]]:
    return [(case_type(part.kind).said(_language()), [said(reason) for reason in part.reasons]) for part in parts]


def _submit(wizard: Wizard, forms: dict[str, HengjianForm], token: str) -> HttpResponse:
    request, person = wizard.request, forms["person"]
    assert isinstance(person, PersonForm)
    found: dict[str, Any] = {}
    for form in forms.values():
        found |= form.cleaned_data
    if found.get("website"):
        # A program: it is told that all is well.
        return redirect("complaints:public_done")
    count_use(request, "complaints.file", MOST_PER_HOUR)
    found.setdefault("kinds", [wizard.kind])
    draft = draft_of(found, channel="web", received_at=timezone.now(), identity=person.identity())
    owner = request.user if isinstance(request.user, User) and request.user.unit_id is None else None
    try:
        made = RegisterTicket(
            user=owner,
            system="" if owner else FILER,
            owner=owner,
            draft=draft,
            files=found.get("files") or (),
            token=token,
        ).execute()
    except ActionRefused as error:
        if isinstance(error, ValuesRefused):
            for step, form in forms.items():
                named = {code: message for code, message in error.errors.items() if code in form.fields}
                for code, message in named.items():
                    form.add_error(code, message)
                if named:
                    return _show(wizard, step, form, token)
        return _show(wizard, "person", person, token, refused=error)
    request.session[DONE] = {
        "rows": [
            {"number": item.case.number, "code": item.code, "type": item.case.type, "unit": item.case.unit.name}
            for item in made.opened
        ],
        "until": (timezone.now() + RECEIPT_AGE).timestamp(),
    }
    return redirect("complaints:public_done")


@require_safe
@never_cache
def done(request: HttpRequest) -> HttpResponse:
    """Number and code of each case, to be written down, for half an hour: others may use this browser later."""
    kept = request.session.get(DONE) or {}
    rows = kept["rows"] if isinstance(kept, dict) and kept.get("until", 0) > timezone.now().timestamp() else []
    language = _language()
    shown = [{**row, "title": case_type(row["type"]).said(language)} for row in rows]
    context = {"title": _("已经收到"), "rows": shown, "track": reverse("cases:track")}
    return render(request, "complaints/public_done.html", context)
