"""Pages: the month at a glance, the enterprises by class, one enterprise with its reasons, adjustments, runs."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from hengjian.credit.grading import statistics, words
from hengjian.credit.grading.actions import (
    AskAdjustment,
    DecideAdjustment,
    EndAdjustment,
    ReplayMonth,
)
from hengjian.credit.grading.forms import AdjustForm, DecideForm, PurposeForm
from hengjian.credit.grading.models import Adjustment, Classification, Run
from hengjian.credit.grading.packs import Pack, pack_of, packs_on
from hengjian.credit.grading.queries import Grade, explained, history
from hengjian.credit.records.looks import log_look
from hengjian.enterprises.models import Enterprise
from hengjian.ledger.models import Fact
from hengjian.pages.components import light
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import BooleanFilter, ChoiceFilter, Column, List, MultiChoiceFilter, TextFilter
from hengjian.parties import auditing
from hengjian.parties.models import Region, User
from hengjian.parties.policies import can, may_anywhere, require, visible
from hengjian.parties.requests import UserRequest

VIEW = "grading.view"


def shown_packs() -> list[Pack]:
    """The packs that hold today, and those by which something was graded before."""
    today = packs_on(timezone.localdate())
    known = {pack.code for pack in today}
    older = Run.objects.exclude(pack__in=known).order_by("pack", "-month").values_list("pack", "rule")
    return [*today, *{code: pack_of(rule) for code, rule in reversed(list(older))}.values()]


def packs_for(request: HttpRequest) -> list[Pack]:
    """`shown_packs`, found once per request."""
    kept: list[Pack] | None = getattr(request, "grading_packs", None)
    if kept is None:
        kept = shown_packs()
        request.grading_packs = kept  # type: ignore[attr-defined]
    return kept


def pack_in(request: HttpRequest) -> Pack:
    """The pack that the address names; the first one where it names none."""
    packs = packs_for(request)
    return next((pack for pack in packs if pack.code == request.GET.get("pack")), packs[0])


@login_required
@require_safe
def overview_page(request: UserRequest) -> HttpResponse:
    """`?pack=risk-class&month=2026-10`: shares, matrix, stability, by region and kind of body, what classes mean."""
    require(request.user, VIEW)
    pack = pack_in(request)
    done = list(Run.objects.filter(pack=pack.code, state=Run.State.DONE).order_by("month"))
    wanted = request.GET.get("month")
    run = next((one for one in done if one.month == wanted), done[-1] if done else None)
    context: dict[str, Any] = {
        "title": _("分级分类"),
        "pack": pack,
        "pack_title": words.title_of(pack),
        "packs": [(one.code, words.title_of(one)) for one in packs_for(request)],
        "months": [one.month for one in reversed(done)],
        "run": run,
        "may_run": may_anywhere(request.user, "grading.run"),
        "asked": visible(request.user, Adjustment.objects.filter(state=Adjustment.State.ASKED)).count(),
    }
    if run is not None:
        context |= _told(run, done[: done.index(run) + 1][-statistics.MONTHS :])
    return render(request, "credit_grading/overview.html", context)


def _told(run: Run, months: list[Run]) -> dict[str, Any]:
    pack = pack_of(run.rule)
    stable = statistics.stability_of(months)
    index = stable[-1][1]
    regions = dict(Region.objects.filter(code__in=run.parts.get("region", {})).values_list("code", "name"))
    kinds = {code: str(name) for code, name in Enterprise.Kind.choices}
    return {
        "pack": pack,
        "version": words.version_of(pack),
        "rule": pack.rule,
        "mark": words.mark(pack),
        "shares": statistics.shares(run),
        "grades": pack.model.grades,
        "matrix": statistics.matrix(run),
        "newcomers": statistics.newcomers(run),
        "index": index,
        "verdict": statistics.verdict(pack, index.index) if index else None,
        "charts": [
            spec
            for spec in (statistics.spread_chart(months, pack), statistics.stability_chart(stable, pack))
            if spec is not None
        ],
        "breakdowns": [
            (_("按地区"), _("地区"), statistics.breakdown(run, "region", regions)),
            (_("按主体类别"), _("主体类别"), statistics.breakdown(run, "kind", kinds)),
        ],
        "bands": [(band, words.said(band), supervision(band)) for band in pack.grading.bands],
        "supervised": any(band.supervision.mode for band in pack.grading.bands),
    }


def supervision(band: Any) -> dict[str, Any]:
    """What a class means, in the reader's language."""
    told = band.supervision
    english = words.english()
    share = ""
    if told.share_from is not None and told.share_to is not None:
        share = f"{100 * told.share_from:.0f}%—{100 * told.share_to:.0f}%"
    return {
        "mode": told.mode_en if english else told.mode,
        "share": share,
        "times": told.times_en if english else told.times,
        "duties": told.duties_en if english else told.duties,
    }


def _pack_choices(request: HttpRequest) -> list[tuple[str, str]]:
    return [(pack.code, words.title_of(pack)) for pack in packs_for(request)]


def _grade_choices(request: HttpRequest) -> list[tuple[str, str]]:
    return [(grade, grade) for grade in pack_in(request).model.grades]


def _grade_cell(row: Classification) -> Any:
    band = next((one for one in pack_of(row.rule).grading.bands if one.grade == row.grade), None)
    return light(band.light if band else "grey", f"{row.grade} {words.said(band)}" if band else row.grade)


CLASSES = List(
    key="grading.classes",
    title=gettext_lazy("企业等级与类别"),
    columns=[
        Column(
            "enterprise", gettext_lazy("企业"), value="enterprise.name", sort="enterprise__name", head=True,
            card="full", link=Classification.get_absolute_url,
        ),
        Column("code", gettext_lazy("统一社会信用代码"), value="enterprise.code", width="w5", card="half"),
        Column("region", gettext_lazy("地区"), value="enterprise.region.name", sort="enterprise__region", width="w3",
               card="half"),
        Column("grade", gettext_lazy("等级"), value="grade", cell=_grade_cell, sort="grade", width="w5", card="state"),
        Column("score", gettext_lazy("得分"), value="score", sort="score", align="num", width="w2", card="half"),
        Column("since", gettext_lazy("自"), value="since", sort="since", align="num", width="w3", card="half"),
        Column("rule", gettext_lazy("规则"), value="rule", shown=False),
        Column("assumed", gettext_lazy("待核"), value=lambda row: words.mark(pack_of(row.rule)), shown=False),
    ],
    filters=[
        TextFilter(key="q", label=gettext_lazy("企业"), fields=("enterprise__name", "enterprise__code"),
                   placeholder=gettext_lazy("名称或代码")),
        ChoiceFilter(key="pack", label=gettext_lazy("规则包"), field="pack", choices=_pack_choices),
        MultiChoiceFilter(key="grade", label=gettext_lazy("等级"), field="grade", choices=_grade_choices),
        BooleanFilter(key="adjusted", label=gettext_lazy("只看人工调整"), when=Q(adjustment__isnull=False)),
    ],
    order=("enterprise__name",),
    empty=gettext_lazy("没有符合条件的企业"),
)  # fmt: skip


class Classes(ListView):
    """The enterprises of the reader's region with their present classes."""

    declaration = CLASSES
    template_name = "credit_grading/classes.html"

    def get_queryset(self) -> QuerySet[Classification]:
        rows = Classification.objects.filter(until=None).select_related("enterprise__region")
        return rows.filter(pack=pack_in(self.request).code)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A page or sheet of classes that are not public is a look at every enterprise on it."""
        response = super().get(request, *args, **kwargs)
        pack = pack_in(request)
        if not pack.public and request.user.is_authenticated:
            table = self.table()
            if suffix := request.GET.get("export"):
                told = {"rows": [None, table.total]}
                user = request.user if isinstance(request.user, User) else None
                auditing.record(VIEW, user=user, changes=told, reason=f"{pack.code} {suffix}"[:80])
            else:
                for row in table.page.object_list:
                    log_look(request.user, row.enterprise, _("查看分类名单"), f"{pack.code} {row.grade}")
        return response

    def get_context(self) -> dict[str, Any]:
        pack = pack_in(self.request)
        return {"pack": pack, "pack_title": words.title_of(pack), "mark": words.mark(pack)}


@login_required
def enterprise_page(request: UserRequest, key: str) -> HttpResponse:
    """One enterprise: grade, points with reasons and facts, history. A class that is not public asks for the purpose
    first, and the look is logged."""
    enterprise = get_object_or_404(Enterprise.objects.select_related("region"), key=key)
    pack = pack_in(request)
    row = (
        visible(request.user, Classification.objects.filter(enterprise=enterprise, pack=pack.code, until=None))
        .select_related("enterprise__region", "adjustment")
        .first()
    )
    if row is None:
        raise Http404(_("这家企业没有等级，或不在您的查看范围内。"))
    context: dict[str, Any] = {
        "title": enterprise.name,
        "enterprise": enterprise,
        "pack": pack,
        "pack_title": words.title_of(pack),
        "packs": [(one.code, words.title_of(one)) for one in packs_for(request)],
    }
    if not pack.public:
        form = PurposeForm(request.POST if request.POST.get("asks") == "purpose" else None)
        if not form.is_valid():
            return render(request, "credit_grading/purpose.html", context | {"form": form})
        log_look(request.user, enterprise, form.cleaned_data["purpose"], f"{pack.code} {row.grade}")
    grade = explained(row)
    open_one = (
        Adjustment.objects.filter(
            enterprise=enterprise, pack=pack.code, state__in=(Adjustment.State.ASKED, Adjustment.State.AGREED)
        )
        .select_related("asked_by", "decided_by")
        .first()
    )
    context |= {
        "grade": grade,
        "mark": words.mark(pack_of(row.rule)),
        "rule": pack_of(row.rule).rule,
        "facts": _facts(grade),
        "past": history(enterprise, pack.code),
        "adjustment": open_one,
        "may_ask": open_one is None and can(request.user, "grading.adjust", row),
        "may_decide": open_one is not None and can(request.user, "grading.decide", open_one),
        "form": AdjustForm(pack_of(row.rule)),
        "decide_form": DecideForm(),
    }
    return render(request, "credit_grading/enterprise.html", context)


def _facts(grade: Grade) -> dict[str, Fact]:
    ids = {fact for feature in grade.features for fact in feature.facts[:50]}
    return {str(fact.id): fact for fact in Fact.objects.filter(id__in=ids)}


@login_required
@require_POST
def ask(request: UserRequest, key: str) -> HttpResponse:
    """Ask for another grade."""
    enterprise = get_object_or_404(Enterprise, key=key)
    pack = pack_in(request)
    form = AdjustForm(pack, request.POST)
    if not form.is_valid():
        messages.error(request, _("没有提交：请填写等级、有效期和理由。"))
    else:
        given = form.cleaned_data
        adjustment = AskAdjustment(
            user=request.user,
            enterprise=enterprise,
            pack=pack.code,
            grade=given["grade"],
            until=given["until"],
            reason=given["reason"],
        ).execute()
        messages.success(request, _("已提交，待另一人审定。"))
        return redirect("credit_grading:adjustment", adjustment.pk)
    return redirect(f"{request.path.rpartition('/ask')[0]}/?pack={pack.code}")


def _adjustment(request: UserRequest, pk: int) -> Adjustment:
    rows = Adjustment.objects.filter(pk=pk).select_related("enterprise__region", "asked_by", "decided_by")
    found = visible(request.user, rows).first()
    if found is None:
        raise Http404(_("没有这项调整，或不在您的查看范围内。"))
    return found


@login_required
@require_safe
def adjustment_page(request: UserRequest, pk: int) -> HttpResponse:
    """One adjustment with its reason, and the decision."""
    row = _adjustment(request, pk)
    context = {
        "title": _("等级调整"),
        "row": row,
        "pack_title": words.PACKS.get(row.pack, row.pack),
        "light": ADJUSTMENT_LIGHTS[row.state],
        "form": DecideForm(),
        "may_decide": not DecideAdjustment(user=request.user, adjustment=row, agrees=True).refusal(),
        "may_end": not EndAdjustment(user=request.user, adjustment=row).refusal(),
    }
    return render(request, "credit_grading/adjustment.html", context)


@login_required
@require_POST
def decide(request: UserRequest, pk: int) -> HttpResponse:
    """Agree, refuse, or end."""
    row = _adjustment(request, pk)
    if request.POST.get("end"):
        EndAdjustment(user=request.user, adjustment=row).execute()
        messages.success(request, _("已恢复为计算等级。"))
        return redirect("credit_grading:adjustment", row.pk)
    form = DecideForm(request.POST)
    if form.is_valid():
        agrees = form.cleaned_data["agrees"] == "yes"
        DecideAdjustment(user=request.user, adjustment=row, agrees=agrees, reason=form.cleaned_data["reason"]).execute()
        messages.success(request, _("已审定。"))
    return redirect("credit_grading:adjustment", row.pk)


ADJUSTMENT_LIGHTS = {"asked": "amber", "agreed": "blue", "refused": "grey", "ended": "grey"}
ADJUSTMENTS = List(
    key="grading.adjustments",
    title=gettext_lazy("等级调整"),
    columns=[
        Column("enterprise", gettext_lazy("企业"), value="enterprise.name", sort="enterprise__name", head=True,
               card="full", link=Adjustment.get_absolute_url),
        Column("pack", gettext_lazy("规则包"), value=lambda row: str(words.PACKS.get(row.pack, row.pack)), card="half"),
        Column("before", gettext_lazy("原等级"), value="before", width="w2", card="half"),
        Column("grade", gettext_lazy("调整为"), value="grade", width="w2", card="half"),
        Column("until", gettext_lazy("有效至"), value="until", sort="until", align="num", width="w3", card="half"),
        Column("by", gettext_lazy("提出人"), value="asked_by.display_name", width="w3", card="half"),
        Column("state", gettext_lazy("状态"), value=lambda row: row.get_state_display(), sort="state", width="w3",
               cell=lambda row: light(ADJUSTMENT_LIGHTS[row.state], row.get_state_display()), card="state"),
    ],
    filters=[
        TextFilter(key="q", label=gettext_lazy("企业"), fields=("enterprise__name", "enterprise__code"),
                   placeholder=gettext_lazy("名称或代码")),
        MultiChoiceFilter(key="state", label=gettext_lazy("状态"), field="state", choices=Adjustment.State.choices),
    ],
    order=("-asked_at",),
    empty=gettext_lazy("没有等级调整"),
)  # fmt: skip


class Adjustments(ListView):
    """What was asked for and decided in the reader's region."""

    declaration = ADJUSTMENTS

    def get_queryset(self) -> QuerySet[Adjustment]:
        return Adjustment.objects.select_related("enterprise", "asked_by")


@login_required
@require_safe
def runs_page(request: UserRequest) -> HttpResponse:
    """All runs with their digests."""
    require(request.user, VIEW)
    rows = [
        {"run": run, "title": words.title_of(pack_of(run.rule)), "shares": statistics.shares(run)}
        for run in Run.objects.order_by("-month", "pack")[:120]
    ]
    context = {"title": _("分级批次"), "rows": rows, "may_run": may_anywhere(request.user, "grading.run")}
    return render(request, "credit_grading/runs.html", context)


@login_required
@require_POST
def replay_run(request: UserRequest, pk: int) -> HttpResponse:
    """Compute a month again and say whether everything is as it was."""
    require(request.user, VIEW)
    run = get_object_or_404(Run, pk=pk)
    result = ReplayMonth(user=request.user, run=run).execute()
    told = {"month": run.month, "n": result.checked, "same": result.same, "sealed": result.sealed}
    if result.holds:
        messages.success(
            request,
            _("%(month)s 复算 %(n)d 户：%(same)d 户一致，%(sealed)d 户因记录已封存而不同，没有其他差异。") % told,
        )
    else:
        keys = "、".join(result.different[:5])
        messages.error(
            request,
            _("%(month)s 复算 %(n)d 户，%(d)d 户不一致：%(keys)s。请联系系统管理员核查。")
            % {**told, "d": len(result.different), "keys": keys},
        )
    return redirect("credit_grading:runs")
