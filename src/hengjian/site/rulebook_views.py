"""The rulebook's pages: every rule with its versions side by side, its legal source and its 待核 mark.

`rulebook_urls` belongs under any prefix of site/urls.py; names `rulebook` and `rule`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian import rulebook
from hengjian.parties.models import Region
from hengjian.rulebook import Family, Rule
from hengjian.rulebook.base import covers

# More versions than this side by side cannot be read; the nearest ones are shown.
MOST_VERSIONS = 4


@dataclass(frozen=True)
class RuleRow:
    """A rule as the list shows it."""

    rule: Rule
    region: str
    in_force: bool


@dataclass(frozen=True)
class Group:
    family: Family
    rows: Sequence[RuleRow]


@dataclass(frozen=True)
class Line:
    """One parameter over the versions shown."""

    label: str
    changed: bool
    cells: list[tuple[RuleRow, str | None]]


@require_safe
@login_required
def rule_list(request: HttpRequest) -> HttpResponse:
    """All rules by family; words, family, region, status and a day in force narrow the list."""
    given = {key: request.GET.get(key, "").strip()[:100] for key in ("q", "family", "region", "status", "on")}
    today = timezone.localdate()
    day, problem = _day(given["on"])
    found = [rule for rule in rulebook.all_rules() if _matches(rule, given, day)]
    names = _region_names(found)
    groups = [
        Group(family, [RuleRow(r, names[r.region], r.in_force(day or today)) for r in found if r.family == family.key])
        for family in rulebook.families()
    ]
    context = {
        "title": _("规则库"),
        "groups": [group for group in groups if group.rows],
        "families": rulebook.families(),
        "regions": sorted(_region_names(rulebook.all_rules()).items()),
        "given": given,
        "filtered": any(given.values()),
        "problem": problem,
        "total": len(found),
        "to_verify": sum(rule.to_verify for rule in found),
    }
    return render(request, "site/rulebook/list.html", context)


@require_safe
@login_required
def rule_page(request: HttpRequest, rule_id: str) -> HttpResponse:
    """One rule: what it says, where it comes from, and its versions side by side."""
    try:
        rule = rulebook.get(rule_id)
    except rulebook.RuleNotFound:
        raise Http404(_("规则库中没有 %(rule)s。") % {"rule": rule_id}) from None
    today = timezone.localdate()
    versions = _versions(rule)
    names = _region_names([*versions, rule])
    family = next(item for item in rulebook.families() if item.key == rule.family)
    columns = [RuleRow(version, names[version.region], version.in_force(today)) for version in versions]
    lines = [
        Line(row.label, row.changed, list(zip(columns, row.values, strict=True)))
        for row in rulebook.side_by_side(versions)
    ]
    context = {
        "title": rule.title,
        "rule": rule,
        "family": family,
        "region": names[rule.region],
        "in_force": rule.in_force(today),
        "sentences": [sentence.text(_) for sentence in rule.parameters.sentences()],
        "versions": columns,
        "table": lines if len(versions) > 1 else [],
    }
    return render(request, "site/rulebook/rule.html", context)


def _day(text: str) -> tuple[date | None, str]:
    """The day of the filter and what is wrong with it."""
    if not text:
        return None, ""
    try:
        return date.fromisoformat(text), ""
    except ValueError:
        return None, _("“%(text)s”不是日期，已忽略该条件；请按 2026-01-31 的格式填写。") % {"text": text}


def _matches(rule: Rule, given: dict[str, str], day: date | None) -> bool:
    if given["family"] not in ("", rule.family) or given["status"] not in ("", rule.status.value):
        return False
    if given["region"] and not covers(rule.region, given["region"]):
        return False
    if day is not None and not rule.in_force(day):
        return False
    words = given["q"].lower().split()
    text = " ".join([rule.id, rule.title, *(source.text() for source in rule.sources)]).lower()
    return all(word in text for word in words)


def _versions(rule: Rule) -> list[Rule]:
    """Versions of the same named rule in the same region, oldest first; at most `MOST_VERSIONS` around the rule."""
    same = sorted(
        (r for r in rulebook.versions(rule.family, rule.variant) if r.region == rule.region),
        key=lambda r: r.in_force_from,
    )
    place = same.index(rule)
    first = max(0, min(place - MOST_VERSIONS // 2, len(same) - MOST_VERSIONS))
    return same[first : first + MOST_VERSIONS]


def _region_names(rules: Iterable[Rule]) -> dict[str, str]:
    """Code → name as the regions' table has it; the code itself where the region is not in it."""
    codes = {rule.region for rule in rules}
    names = dict(Region.objects.filter(code__in=codes).values_list("code", "name"))
    return {code: _("全国") if code == rulebook.NATIONAL else names.get(code, code) for code in codes}


rulebook_urls: list[URLPattern] = [
    path("rulebook/", rule_list, name="rulebook"),
    path("rulebook/<str:rule_id>/", rule_page, name="rule"),
]
