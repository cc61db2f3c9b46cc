"""Pairs of bodies that may be one: the queue, and two bodies side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from hengjian.enterprises.actions.identity import DecidePair
from hengjian.enterprises.fields import FIELDS
from hengjian.enterprises.joining import obstacle
from hengjian.enterprises.linking import FEATURES
from hengjian.enterprises.models import ReviewPair, SourceRecord
from hengjian.enterprises.provenance import live
from hengjian.enterprises.queries import values_of
from hengjian.enterprises.views.enterprise import word
from hengjian.enterprises.views.listing import in_region, regions
from hengjian.methods.company_names import compare_names
from hengjian.pages.components import light
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import BuiltInView, ChoiceFilter, Column, List, TextFilter
from hengjian.parties.policies import visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused

State = ReviewPair.State
LIGHTS = {"open": "amber", "later": "grey", "same": "green", "different": "blue", "moot": "grey"}
# What a comparison of names found, in words.
PARTS = {
    "name": gettext_lazy("名称"),
    "brand": gettext_lazy("字号"),
    "trade": gettext_lazy("行业"),
    "region": gettext_lazy("行政区划"),
    "form": gettext_lazy("组织形式"),
    "branch": gettext_lazy("分支"),
    "kind": gettext_lazy("主体类别"),
    "code": gettext_lazy("代码"),
    "transliteration": gettext_lazy("译名"),
}


def _pair_word(pair: ReviewPair) -> str:
    return f"{pair.one.name} / {pair.other.name}"


REVIEW = List(
    key="enterprises.review",
    title=gettext_lazy("疑似重复主体"),
    columns=[
        Column(
            "pair",
            gettext_lazy("两个主体"),
            value=_pair_word,
            head=True,
            card="full",
            link=lambda row: reverse("enterprises:pair", args=[row.pk]),
        ),
        Column("reason", gettext_lazy("缘由"), value=lambda row: row.get_reason_display(), width="w5", card="half"),
        Column(
            "probability",
            gettext_lazy("同一的把握"),
            value=lambda row: f"{100 * row.probability:.1f}%",
            sort="probability",
            align="num",
            width="w4",
            card="half",
        ),
        Column("region", gettext_lazy("地区"), value="region.name", width="w4", card="half"),
        Column(
            "found", gettext_lazy("发现时间"), value="found_at", sort="found_at", align="num", width="w5", card="half"
        ),
        Column(
            "state",
            gettext_lazy("状态"),
            value=lambda row: row.get_state_display(),
            cell=lambda row: light(LIGHTS[row.state], row.get_state_display()),
            width="w4",
            card="state",
        ),
    ],
    filters=[
        TextFilter(key="q", label=gettext_lazy("名称或代码"), fields=("one__name", "other__name", "one__code")),
        ChoiceFilter(key="state", label=gettext_lazy("状态"), field="state", choices=State.choices),
        ChoiceFilter(key="reason", label=gettext_lazy("缘由"), field="reason", choices=ReviewPair.Reason.choices),
        ChoiceFilter(key="region", label=gettext_lazy("地区"), choices=regions, when=in_region),
    ],
    order=("-probability",),
    views=[
        BuiltInView("open", gettext_lazy("待核对"), "state=open"),
        BuiltInView("later", gettext_lazy("暂缓"), "state=later"),
    ],
    count_at_most=10_000,
    empty=gettext_lazy("没有需要核对的"),
    empty_hint=gettext_lazy("归集数据后，系统把握不足的会列在这里。"),
)


class ReviewList(ListView):
    """The queue, the likeliest first."""

    declaration = REVIEW
    template_name = "enterprises/plain_list.html"

    def get_queryset(self) -> QuerySet[ReviewPair]:
        return ReviewPair.objects.select_related("one", "other", "region")


@dataclass(frozen=True)
class Line:
    """One field of both bodies; `agrees` None: one of them says nothing."""

    title: str
    one: str
    other: str
    agrees: bool | None


@login_required
@never_cache
def pair_page(request: UserRequest, pk: int) -> HttpResponse:
    """Two bodies side by side, why they are asked about, and the three answers."""
    rows = ReviewPair.objects.select_related("one__region", "other__region", "region", "decided_by")
    pair = visible(request.user, rows.filter(pk=pk)).first()
    if pair is None:
        raise Http404(_("没有这一对主体，或不在您的权限范围内。"))
    if request.method == "POST":
        return _decide(request, pair)
    return render(request, "enterprises/pair.html", _context(request, pair))


def _decide(request: UserRequest, pair: ReviewPair) -> HttpResponse:
    decision: Any = request.POST.get("decision", "")
    if decision not in ("same", "different", "later"):
        raise ActionRefused(_("请选择“同一主体”“不同主体”或“暂缓”。"), status=400)
    following = visible(request.user, ReviewPair.objects.filter(state=State.OPEN).exclude(pk=pair.pk))
    DecidePair(user=request.user, pair=pair, decision=decision, reason=request.POST.get("reason", "")).execute()
    messages.success(request, _("已记录：%(what)s。") % {"what": pair.get_state_display()})
    after = following.filter(state=State.OPEN).order_by("-probability", "pk").first()
    return redirect("enterprises:pair", pk=after.pk) if after else redirect("enterprises:review")


def _context(request: UserRequest, pair: ReviewPair) -> dict[str, Any]:
    sides: list[dict[str, Any]] = []
    for body in (pair.one, pair.other):
        claims = values_of(body)
        records = SourceRecord.objects.filter(live(), enterprise=body).select_related("source")
        sides.append(
            {
                "enterprise": body,
                "values": {claim.field: claim for claim in reversed(claims)},
                "records": records.order_by("-received_at")[:8],
            }
        )
    at = FEATURES.index("person")
    digests = [{record.features[at] for record in side["records"]} - {""} for side in sides]
    lines = []
    for item in FIELDS:
        one, other = (side["values"].get(item.code) for side in sides)
        if one is None and other is None:
            continue
        texts = [word(item.code, claim.value) if claim else "" for claim in (one, other)]
        agrees = texts[0] == texts[1] if all(texts) else None
        if item.personal and agrees:
            # Covered names look alike; only the digest of the representative's name tells whether they are.
            agrees = bool(digests[0] & digests[1]) if item.code == "representative" else None
        lines.append(Line(str(item.title), texts[0], texts[1], agrees))
    compared = compare_names(pair.one.name, pair.other.name, pair.one.code, pair.other.code)
    waiting = visible(request.user, ReviewPair.objects.filter(state=State.OPEN))
    return {
        "title": _("核对是否同一主体"),
        "pair": pair,
        "sides": sides,
        "lines": lines,
        "percent": f"{100 * pair.probability:.1f}%",
        "reasons": [(PARTS.get(reason.part, reason.part), finding(reason.finding)) for reason in compared.reasons],
        "state_light": LIGHTS[pair.state],
        "undecided": pair.state in (State.OPEN, State.LATER),
        "obstacle": obstacle(pair.one, pair.other),
        "waiting": waiting.count(),
    }


FINDINGS = {
    "equal": gettext_lazy("一致"),
    "same": gettext_lazy("一致"),
    "different": gettext_lazy("不同"),
    "missing": gettext_lazy("一方没有"),
    "none": gettext_lazy("都没有"),
    "unknown": gettext_lazy("看不出"),
    "written_differently": gettext_lazy("写法不同"),
    "one_inside_the_other": gettext_lazy("一方包含另一方"),
    "group_and_company": gettext_lazy("集团与公司"),
    "converted_or_other": gettext_lazy("可能改制"),
    "issued_twice": gettext_lazy("代码相同而主体类别不同"),
}


def finding(text: str) -> str:
    """What was found, in words."""
    return str(FINDINGS.get(text, text.replace("_", " ")))
