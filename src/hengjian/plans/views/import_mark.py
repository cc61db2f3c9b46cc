"""A passage of the source is marked by hand: sentences to tick, by keyboard or finger, and what they are."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.plans.actions.imports import CorrectImport
from hengjian.plans.import_forms import MarkForm
from hengjian.plans.marking import living_items, section_at, span_start
from hengjian.plans.models import PlanImport
from hengjian.plans.outline import short_title
from hengjian.plans.passage_reading import trimmed
from hengjian.plans.views.import_review import find_import

SENTENCE_END = re.compile(r"[。；！？\n]+[”’）〕》]*")
CLAUSE_END = re.compile(r"[。；！？\n，、：]+[”’）〕》]*")
# How much of the source stands around what was chosen, and how much at most.
AROUND, MOST = 400, 6000


class Piece(NamedTuple):
    """A sentence of the source that can be ticked."""

    start: int
    end: int
    text: str
    chosen: bool
    starts_line: bool


def pieces(text: str, start: int, end: int, chosen: tuple[int, int], *, fine: bool = False) -> list[Piece]:
    """The stretch cut behind each sentence (`fine`: behind each comma), and at both ends of what is chosen."""
    cuts = {match.end() for match in (CLAUSE_END if fine else SENTENCE_END).finditer(text, start, end)}
    cuts |= {place for place in chosen if start < place < end} | {end}
    found: list[Piece] = []
    at = start
    for cut in sorted(cuts):
        a, b = trimmed(text, at, cut)
        if any(char.isalnum() for char in text[a:b]):
            inside = chosen[0] <= a and b <= chosen[1]
            line = not found or "\n" in text[found[-1].end : a]
            found.append(Piece(a, b, text[a:b], inside, line))
        at = cut
    return found


def _range(data: Any, size: int) -> tuple[int, int]:
    """What was chosen: ticked sentences with all that lies between them, else the given stretch."""
    spans = [tuple(int(part) for part in value.split("-")) for value in data.getlist("piece") if _is_span(value)]
    if spans:
        return min(span[0] for span in spans), max(span[1] for span in spans)
    return _range_of(data, "start", "end", size) or (0, 0)


def _is_span(value: str) -> bool:
    return re.fullmatch(r"\d{1,9}-\d{1,9}", value, re.ASCII) is not None


def _context(text: str, data: Any, chosen: tuple[int, int]) -> tuple[int, int]:
    """The stretch that is shown: what the reader came from, with whole lines around what is chosen."""
    given = _range_of(data, "from", "to", len(text))
    start, end = given if given else (max(0, chosen[0] - AROUND), min(len(text), chosen[1] + AROUND))
    start, end = min(start, chosen[0]), max(end, chosen[1])
    start = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    end = len(text) if stop < 0 else stop
    return start, min(end, max(start + MOST, chosen[1]))


def _range_of(data: Any, first: str, last: str, size: int) -> tuple[int, int] | None:
    values = [str(data.get(name) or "") for name in (first, last)]
    if not all(re.fullmatch(r"\d{1,9}", value, re.ASCII) for value in values):
        return None
    start, end = (min(int(value), size) for value in values)
    return (start, end) if start < end else None


@login_required
def import_mark(request: UserRequest, pk: int) -> HttpResponse:
    draft = find_import(request, pk)
    if draft.state != PlanImport.State.DRAFT:
        return redirect("plans:import_review", pk=pk)
    data = request.POST if request.method == "POST" else request.GET
    chosen = _range(data, len(draft.text))
    start, end = _context(draft.text, data, chosen)
    offered = [
        (f"{section}-{item}", f"{entry.get('sequence') or item + 1}. {short_title(entry.get('title') or '', 40)}")
        for section, item, entry in living_items(draft.draft)
    ]
    bound = request.method == "POST" and "refine" not in request.POST
    form = MarkForm(
        request.POST if bound else None,
        offered=offered,
        initial={"kind": "task", "place": _nearest(draft, chosen[0] or start), "version": draft.version},
    )
    if bound and form.is_valid():
        correction = form.correction(chosen)
        try:
            action = CorrectImport(
                user=request.user, draft=draft, version=form.cleaned_data["version"], correction=correction
            )
            action.execute()
        except ActionRefused as error:
            form.add_error(None, f"{error.message}{error.next_step if error.status == 409 else ''}")
        else:
            messages.success(request, _("已标注，下面可以继续更正。"))
            return redirect(f"{reverse('plans:import_review', args=[pk])}#{_address(draft)}")
    return render(
        request,
        "plans/import_mark.html",
        {
            "draft": draft,
            "form": form,
            "pieces": pieces(draft.text, start, end, chosen, fine=bool(data.get("fine"))),
            "chosen": chosen if chosen[1] > chosen[0] else None,
            "shown": (start, end),
            "fine": bool(data.get("fine")),
            "wider": (max(0, start - AROUND), min(len(draft.text), end + AROUND)),
        },
        status=422 if form.is_bound else 200,
    )


def _nearest(draft: PlanImport, start: int) -> str:
    """The item that the passage stands in or behind, within its section."""
    here = section_at(draft.draft, start)
    own = [
        (span_start(item), f"{section}-{place}")
        for section, place, item in living_items(draft.draft)
        if section == here and span_start(item) <= start
    ]
    return max(own, default=(0, ""))[1]


def _address(draft: PlanImport) -> str:
    """The item on the review page that the last correction is about."""
    made = draft.corrections[-1]
    place = made.get("added", made.get("item"))
    return "corrections" if place is None else f"i-{made['section']}-{place}"
