"""The office's side: freeze lists, draw, record and publish results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hengjian import rulebook
from hengjian.documents.actions import store_file
from hengjian.documents.sheets import SheetError, write_xlsx
from hengjian.documents.uploads import UploadRefused, read_upload
from hengjian.draws import pools
from hengjian.draws.actions import (
    CancelDraw,
    PerformDraw,
    PrepareDraw,
    PublishResult,
    RecordResult,
    ReplaceTarget,
)
from hengjian.draws.forms import OWN, SHEET, PrepareForm, ReasonForm, ResultForm, SeedForm
from hengjian.draws.models import Draw, Drawn
from hengjian.draws.queries import checks, codes_of
from hengjian.draws.views.lists import newest
from hengjian.draws.words import check_light, draw_light, language, layer_words, result_light
from hengjian.parties.acting import units_acting
from hengjian.parties.models import Unit
from hengjian.parties.policies import can, require, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import Action, ActionRefused

MOST_ERRORS = 200


def attempt(request: UserRequest, action: Action[Any], form: Form | None, done: str) -> Any:
    """Execute; a refusal becomes an error of the form, so that nothing typed is lost. None: refused."""
    try:
        result = action.execute()
    except ActionRefused as error:
        if form is None:
            raise
        form.add_error(None, f"{error.message}{error.next_step}")
        return None
    messages.success(request, done)
    return result


# ---- preparing


def read_file(form: Form, field: str, read: Callable[[bytes, str], tuple[list[Any], list[SheetError]]]) -> list[Any]:
    """The rows of an uploaded sheet; all its faults become errors of the field."""
    upload = form.cleaned_data.get(field)
    if not upload:
        return []
    try:
        rows, errors = read(read_upload(upload), upload.name)
    except UploadRefused as error:
        form.add_error(field, f"{error.message}{error.next_step}")
        return []
    for fault in errors[:MOST_ERRORS]:
        place = _("第 %(row)s 行“%(column)s”：") % {"row": fault.row, "column": fault.column} if fault.row else ""
        form.add_error(field, f"{place}{fault.message}")
    return rows


def lists_of(form: Form, unit: Unit) -> tuple[Sequence[Any], Sequence[Any], Sequence[Any]]:
    """Targets, inspectors and exclusions as the form says; faults become its errors."""
    given, today = form.cleaned_data, timezone.localdate()
    if given["targets"] == SHEET:
        targets = read_file(form, "targets_file", pools.read_targets)
    else:
        targets = list(pools.provider(given["targets"]).rows(unit, unit.region, today))
    if given["inspectors"] == OWN:
        inspectors = pools.inspectors_of(unit, today)
    else:
        inspectors = read_file(form, "inspectors_file", pools.read_people)
    return targets, inspectors, read_file(form, "exclusions_file", pools.read_exclusions)


@login_required
def prepare_page(request: UserRequest) -> HttpResponse:
    units = units_acting(request.user, "draws.prepare")
    if not units:
        require(request.user, "draws.prepare", None)
    region = units[0].region.code if units else "000000"
    form = PrepareForm(request.POST or None, request.FILES or None, units=units, region=region)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        unit = given["unit"]
        targets, inspectors, exclusions = lists_of(form, unit)
        if not form.errors:
            names = {"targets": given["targets_file"], "inspectors": given["inspectors_file"]}
            choices: Any = form.fields
            sources = {
                key: str(names[key].name if given[key] == SHEET else dict(choices[key].choices)[given[key]])
                for key in names
            }
            action = PrepareDraw(
                user=request.user,
                title=given["title"],
                matter=given["matter"],
                unit=unit,
                region=unit.region,
                rule=rulebook.at("random_checks", unit.region.code, timezone.localdate(), variant=given["rule"]),
                targets=targets,
                inspectors=inspectors,
                exclusions=exclusions,
                seed_kind=given["seed_kind"],
                seed_source=given["seed_source"],
                seed_after=given["seed_after"],
                checks_by=given["checks_by"],
                targets_source=sources["targets"],
                inspectors_source=sources["inspectors"],
            )
            draw = attempt(request, action, form, _("名录已锁定并公布摘要。"))
            if draw is not None:
                return redirect("draws:draw", pk=draw.pk)
    context = {"title": _("锁定名录"), "form": form}
    return render(request, "draws/prepare.html", context, status=422 if form.is_bound else 200)


TEMPLATES = {"targets": pools.TARGET_FIELDS, "inspectors": pools.PEOPLE_FIELDS, "exclusions": pools.EXCLUSION_FIELDS}


@require_safe
@login_required
def template_sheet(request: UserRequest, kind: str) -> HttpResponse:
    """An empty sheet with the headings that are understood."""
    fields = TEMPLATES.get(kind)
    if fields is None:
        raise Http404
    data = write_xlsx([field.titles[0] for field in fields], [])
    kind_of = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(data, content_type=kind_of)
    response["Content-Disposition"] = f'attachment; filename="{kind}.xlsx"'
    return response


# ---- one draw


def find_draw(request: UserRequest, pk: int) -> Draw:
    rows = visible(request.user, Draw.objects.filter(pk=pk))
    draw = rows.select_related("unit", "region", "prepared_by", "drawn_by").first()
    if draw is None:
        raise Http404(_("没有这次抽查，或不在您的查看范围内。"))
    return draw


@never_cache
@login_required
def draw_page(request: UserRequest, pk: int) -> HttpResponse:
    """Where a draw stands: lists, seed, drawn targets, results."""
    draw = find_draw(request, pk)
    seed, reason = SeedForm(None), ReasonForm(None)
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do == "draw":
            seed = SeedForm(request.POST)
            figure = draw.seed_kind == Draw.Seed.FIGURE
            if not figure or seed.is_valid():
                value = seed.cleaned_data["seed"] if figure else ""
                action = PerformDraw(user=request.user, draw=draw, seed=value)
                if attempt(request, action, seed if figure else None, _("已抽取。")):
                    return redirect("draws:draw", pk=pk)
        elif do == "cancel":
            reason = ReasonForm(request.POST)
            if reason.is_valid():
                cancel = CancelDraw(user=request.user, draw=draw, reason=reason.cleaned_data["reason"])
                if attempt(request, cancel, reason, _("已取消。")):
                    return redirect("draws:draw", pk=pk)
    bound = seed.is_bound or reason.is_bound
    words = layer_words(draw)
    found = list(checks(draw))
    context = {
        "title": draw.title,
        "draw": draw,
        "state": draw_light(draw),
        "pools": {pool.kind: pool for pool in draw.pools.defer("rows")},
        "strata": [(words.get(row["code"], row["code"]), row) for row in draw.strata],
        "exclusions": len(draw.exclusions),
        "rows": [check_row(one, words) for one in found if one.state != Drawn.State.RESERVE],
        "reserve": [check_row(one, words) for one in found if one.state == Drawn.State.RESERVE],
        "drawn": sum(1 for one in found if one.state not in (Drawn.State.RESERVE, Drawn.State.REPLACED)),
        "seed": seed,
        "reason": reason,
        "draw_refusal": PerformDraw(user=request.user, draw=draw, seed="?").refusal(),
        "may_cancel": not CancelDraw(user=request.user, draw=draw).refusal(),
        "step": {Draw.State.PREPARED: 2, Draw.State.DRAWN: 3}.get(Draw.State(draw.state), 4),
    }
    return render(request, "draws/draw.html", context, status=422 if bound else 200)


def check_row(drawn: Drawn, words: dict[str, str]) -> dict[str, Any]:
    """A drawn target as the tables show it."""
    result = newest(drawn)
    return {
        "drawn": drawn,
        "stratum": words.get(drawn.stratum, drawn.stratum),
        "people": [str(pairing) for pairing in drawn.pairings.all()],
        "state": check_light(drawn, result),
        "result": result,
        "code": result_light(drawn.draw, result.code) if result else "",
    }


# ---- one check


def find_check(request: UserRequest, pk: int) -> Drawn:
    rows = visible(request.user, Drawn.objects.filter(pk=pk)).select_related("draw__unit", "draw__region")
    drawn = rows.first()
    if drawn is None:
        raise Http404(_("没有这个检查对象，或不在您的查看范围内。"))
    return drawn


@never_cache
@login_required
def check_page(request: UserRequest, pk: int) -> HttpResponse:
    """One drawn target: who checks, what was found, publish, replace."""
    drawn = find_check(request, pk)
    codes = [(item.code, item.said(language())) for item in codes_of(drawn.draw).items]
    again = drawn.results.exists()
    do = request.POST.get("do", "")
    form = ResultForm(
        request.POST if do == "record" else None,
        request.FILES if do == "record" else None,
        codes=codes,
        again=again,
        initial={"ended_on": timezone.localdate()},
    )
    reason = ReasonForm(request.POST if do == "replace" else None)
    if do == "record" and form.is_valid() and _record(request, drawn, form):
        return redirect("draws:check", pk=pk)
    if do == "publish":
        attempt(request, PublishResult(user=request.user, drawn=drawn), None, _("已公示。"))
        return redirect("draws:check", pk=pk)
    if do == "replace" and reason.is_valid():
        action = ReplaceTarget(user=request.user, drawn=drawn, reason=reason.cleaned_data["reason"])
        following = attempt(request, action, reason, _("已换为备选对象。"))
        if following is not None:
            return redirect("draws:check", pk=following.pk)
    results = list(drawn.results.select_related("recorded_by", "published_by").order_by("-version"))
    publish = PublishResult(user=request.user, drawn=drawn)
    context = {
        "title": str(drawn),
        "drawn": drawn,
        "draw": drawn.draw,
        "may_see_draw": visible(request.user, Draw.objects.filter(pk=drawn.draw_id)).exists(),
        "state": check_light(drawn, results[0] if results else None),
        "stratum": layer_words(drawn.draw).get(drawn.stratum, drawn.stratum),
        "pairings": drawn.pairings.all(),
        "results": [(result, result_light(drawn.draw, result.code)) for result in results],
        "form": form if may_record(request, drawn) else None,
        "again": again,
        "publish_refusal": publish.refusal(),
        "reason": reason if not ReplaceTarget(user=request.user, drawn=drawn).refusal() else None,
    }
    bound = form.is_bound or reason.is_bound
    return render(request, "draws/check.html", context, status=422 if bound else 200)


def may_record(request: UserRequest, drawn: Drawn) -> bool:
    closed = (Drawn.State.RESERVE, Drawn.State.REPLACED)
    return drawn.state not in closed and can(request.user, "draws.record", drawn).allowed


def _record(request: UserRequest, drawn: Drawn, form: ResultForm) -> bool:
    given = form.cleaned_data
    action = RecordResult(
        user=request.user,
        drawn=drawn,
        code=given["code"],
        ended_on=given["ended_on"],
        note=given["note"],
        reason=given.get("reason", ""),
    )
    try:
        action.check()  # nobody's file is stored before it is clear that the result can be
        if given.get("evidence"):
            stored = store_file(
                read_upload(given["evidence"]), given["evidence"].name, subject=drawn.ref, stored_by=request.user.ref
            )
            action.evidence = (stored.address,)
    except (ActionRefused, UploadRefused) as error:
        form.add_error(None, f"{error.message}{error.next_step}")
        return False
    return attempt(request, action, form, _("结果已录入，等待另一人公示。")) is not None
