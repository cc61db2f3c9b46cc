"""Targets: how they stand, setting them, taking them from plans."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from hengjian.indicators import showing, tracking
from hengjian.indicators.actions import LinkTarget, SetTarget, WithdrawTarget
from hengjian.indicators.catalogue import definitions
from hengjian.indicators.keys import period_given
from hengjian.indicators.linking import suggestions, unlinked
from hengjian.indicators.models import Target
from hengjian.indicators.sheets import number_of
from hengjian.indicators.views.common import attempt, chosen_region
from hengjian.pages.components import light
from hengjian.pages.forms import HengjianForm
from hengjian.parties.models import Region, Unit
from hengjian.parties.policies import can, may_anywhere, require, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.plans.models import Plan
from hengjian.plans.models import Target as PlanTarget

MOST = 300


def shown(standing: tracking.Standing) -> dict[str, Any]:
    """A target as a row of a table."""
    target, declared, found = standing.target, standing.declared, standing.tracking
    forecast = found.forecast if found is not None else None
    told = ""
    if forecast is not None:
        told = showing.plain(tracking.decimal(forecast.value), declared.decimals)
        if forecast.low is not None and forecast.high is not None:
            low, high = (
                showing.plain(tracking.decimal(end), declared.decimals) for end in (forecast.low, forecast.high)
            )
            told = _("%(value)s（%(low)s – %(high)s）") % {"value": told, "low": low, "high": high}
    return {
        "target": target,
        "title": declared.said(showing.language()),
        "wanted": f"{SIGNS[target.operator]} {showing.amount(target.value, declared)}",
        "period": target.when.said(showing.language()),
        "latest": standing.latest,
        "actual": showing.amount(standing.latest.value, declared) if standing.latest else "—",
        "actual_period": standing.latest.when.said(showing.language()) if standing.latest else "",
        "sentence": tracking.sentence(standing),
        "forecast": told,
        "probability": None if found is None or found.probability is None else round(found.probability * 100),
        "light": light(standing.light.colour, standing.light.label),
        "reason": standing.light.reason,
        "done": int(standing.done),
        "scheduled": int(standing.scheduled),
        "colour": standing.light.colour,
        "assumed": declared.assumed,
    }


SIGNS: dict[str, str] = {Target.Operator.AT_LEAST: "≥", Target.Operator.AT_MOST: "≤", Target.Operator.EQUAL: "="}


@login_required
def index(request: UserRequest) -> HttpResponse:
    """All targets that the reader may see, by due day, the region's own first."""
    require(request.user, "indicators.view")
    region = chosen_region(request)
    rows = visible(request.user, Target.objects.filter(state=Target.State.ACTIVE))
    if request.GET.get("all") != "1":
        rows = rows.filter(region__in=[region.pk, *Region.objects.filter(parent=region).values_list("pk", flat=True)])
    found = list(
        rows.select_related("region", "owner", "parent").order_by("due_on", "indicator", "region__code")[:MOST]
    )
    lines = [shown(one) for one in tracking.standings(found, request.user)]
    lines.sort(key=lambda line: line["target"].region_id != region.pk)
    context = {
        "title": _("目标跟踪"),
        "region": region,
        "lines": lines,
        "count": len(lines),
        "reached": sum(line["sentence"] == _("已达到目标。") for line in lines),
        "may_set": may_anywhere(request.user, "indicators.set_target"),
        "waiting": len(unlinked(_lines(request))) if may_anywhere(request.user, "indicators.set_target") else 0,
    }
    return render(request, "indicators/targets.html", context)


@login_required
def target_page(request: UserRequest, pk: int) -> HttpResponse:
    row = visible(
        request.user, Target.objects.filter(pk=pk).select_related("region", "owner", "parent", "set_by")
    ).first()
    if row is None:
        raise Http404(_("没有这个目标，或不在您的权限范围内。"))
    if request.method == "POST":
        action = WithdrawTarget(user=request.user, row=row, reason=request.POST.get("reason", ""))
        attempt(request, action, None, _("已撤销这个目标。"))
        return redirect(row)
    standings = tracking.standings([row], request.user)
    if not standings:
        raise Http404(_("这个目标的指标已不在目录中。"))
    parts = visible(request.user, Target.objects.filter(parent=row, state=Target.State.ACTIVE))
    below = tracking.standings(list(parts.select_related("region", "owner")), request.user)
    history = [row]
    while history[-1].replaces is not None and len(history) < 20:
        history.append(history[-1].replaces)
    context = {
        "line": shown(standings[0]),
        "title": standings[0].declared.said(showing.language()),
        "row": row,
        "declared": standings[0].declared,
        "history": history[1:],
        "values": [
            (one, one.when.said(showing.language()), showing.amount(one.value, standings[0].declared))
            for one in reversed(standings[0].history)
        ],
        "parts": [shown(one) for one in below],
        "may": bool(can(request.user, "indicators.set_target", row)) and row.state == Target.State.ACTIVE,
    }
    return render(request, "indicators/target.html", context)


class TargetForm(HengjianForm):
    """A target for one region, or for several regions below at once."""

    def __init__(self, regions: list[Region], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(item.code, item.said(showing.language())) for item in definitions()]
        self.fields["indicator"] = forms.ChoiceField(label=_("指标"), choices=known)
        self.fields["regions"] = forms.ModelMultipleChoiceField(
            label=_("地区"),
            queryset=Region.objects.filter(pk__in=[region.pk for region in regions]),
            widget=forms.CheckboxSelectMultiple,
            help_text=_("可以一次为多个下级地区设定同样的目标。"),
        )
        self.fields["period"] = forms.CharField(
            label=_("目标期"), max_length=8, help_text=_("2026、2026-H2 或 2026-Q4")
        )
        self.fields["operator"] = forms.ChoiceField(label=_("关系"), choices=Target.Operator.choices)
        self.fields["value"] = forms.CharField(label=_("目标值"), max_length=30)
        self.fields["base_value"] = forms.CharField(label=_("基期值"), max_length=30, required=False)
        self.fields["base_on"] = forms.DateField(label=_("基期"), required=False)
        self.fields["source"] = forms.CharField(label=_("依据"), max_length=300, required=False)
        self.fields["firm"] = forms.BooleanField(label=_("约束性目标"), required=False, initial=True)
        self.fields["reason"] = forms.CharField(
            label=_("调整说明"), max_length=400, required=False, help_text=_("改动已有目标时必须填写。")
        )

    def clean_period(self) -> Any:
        try:
            return period_given(self.cleaned_data["period"])
        except ValueError:
            raise forms.ValidationError(_("期间无法识别；请写 2026、2026-H2 或 2026-Q4。")) from None

    def clean_value(self) -> Any:
        return self._number("value")

    def clean_base_value(self) -> Any:
        return self._number("base_value") if self.cleaned_data.get("base_value") else None

    def _number(self, name: str) -> Any:
        try:
            return number_of(self.cleaned_data[name].replace(",", ""))
        except ValueError:
            raise forms.ValidationError(_("请填写数字")) from None


@login_required
def new(request: UserRequest) -> HttpResponse:
    """Set a target, for one or several regions; those of regions below hang on that of the region above."""
    require(request.user, "indicators.set_target")
    region = chosen_region(request)
    regions = [region, *Region.objects.filter(parent=region).order_by("code")]
    initial = {"indicator": request.GET.get("indicator", ""), "regions": [region.pk]}
    form = TargetForm(regions, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = []
        for one in sorted(data["regions"], key=lambda item: item.pk != region.pk):
            parent = Target.objects.filter(
                indicator=data["indicator"],
                region=one.parent_id,
                period=data["period"].code,
                dimensions="",
                state=Target.State.ACTIVE,
            ).first()
            names = ("operator", "value", "base_value", "base_on", "firm", "source", "reason", "period", "indicator")
            action = SetTarget(user=request.user, region=one, parent=parent, **{name: data[name] for name in names})
            row = attempt(request, action, form, "")
            if row is None:
                break
            made.append(row)
        if made and not form.errors:
            messages.success(request, _("已设定 %(n)d 个目标。") % {"n": len(made)})
            return redirect("indicators:targets")
    context = {
        "title": _("设定目标"),
        "form": form,
        "back": _address(),
        "back_label": _("目标跟踪"),
        "lead": _("设定后写入台账；调整目标须写明原因，旧目标仍可查阅。"),
        "button": _("设定"),
    }
    return render(request, "pages/form_page.html", context, status=422 if form.errors else 200)


def _address() -> str:
    from django.urls import reverse

    return reverse("indicators:targets")


def _lines(request: HttpRequest) -> list[PlanTarget]:
    """Lines of the plans that the reader sees, without those of archived plans."""
    plans = visible(request.user, Plan.objects.exclude(status=Plan.Status.ARCHIVED))
    rows = PlanTarget.objects.filter(plan__in=plans, retired=False)
    return list(rows.select_related("plan__region", "clause").order_by("plan", "start"))


@login_required
def link(request: UserRequest) -> HttpResponse:
    """Lines of plans beside the indicators that they seem to ask for; one click each, or all that are sure at once."""
    require(request.user, "indicators.set_target")
    waiting = unlinked(_lines(request))
    known = definitions()
    found = [(line, suggestions(line, known)) for line in waiting]
    if request.method == "POST":
        return _link(request, found)
    rows = [
        {
            "line": line,
            "best": options[0] if options else None,
            "best_title": options[0].declared.said(showing.language()) if options else "",
            "percent": round(options[0].confidence * 100) if options else 0,
            "others": [(one.declared.code, one.declared.said(showing.language())) for one in options[1:]],
            "needs_value": not line.value,
        }
        for line, options in found
    ]
    context = {
        "title": _("关联计划目标"),
        "rows": rows,
        "sure": sum(bool(options and options[0].sure and line.value) for line, options in found),
        "known": [(item.code, item.said(showing.language())) for item in known],
    }
    return render(request, "indicators/link.html", context)


def _link(request: HttpRequest, found: list[tuple[PlanTarget, Any]]) -> HttpResponse:
    if request.POST.get("do") == "sure":
        done = 0
        for line, options in found:
            if options and options[0].sure and line.value:
                try:
                    LinkTarget(user=request.user, line=line, indicator=options[0].declared.code).execute()
                    done += 1
                except ActionRefused as error:
                    messages.error(request, f"{line}：{error.message}{error.next_step}")
        messages.success(request, _("已关联 %(n)d 条目标。") % {"n": done})
        return redirect("indicators:link")
    wanted = next((line for line, _options in found if str(line.pk) == request.POST.get("line")), None)
    if wanted is None:
        raise Http404(_("这条计划目标已经关联或不在您的权限范围内。"))
    try:
        value = number_of(request.POST.get("value", "").replace(",", ""))
    except ValueError:
        messages.error(request, _("目标值请填写数字。"))
        return redirect("indicators:link")
    action = LinkTarget(user=request.user, line=wanted, indicator=request.POST.get("indicator", "")[:80], value=value)
    attempt(request, action, None, _("已关联。"))
    return redirect("indicators:link")


def own(user: Any) -> list[tracking.Standing]:
    """Targets that the person's unit answers for and that were missed or fall due soon without being reached."""
    unit = getattr(user, "unit", None)
    if not isinstance(unit, Unit):
        return []
    rows = Target.objects.filter(owner=unit, state=Target.State.ACTIVE, due_on__lte=tracking.due_soon())
    found = tracking.standings(list(rows.select_related("region", "owner")[:100]), user)
    return [one for one in found if not one.reached]
