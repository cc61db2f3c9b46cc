"""What the office would most likely say when it confirms an import: period, parent plan, rules."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rapidfuzz import fuzz

from hengjian import rulebook
from hengjian.parties.models import User
from hengjian.parties.policies import visible
from hengjian.plans.building import period_of_year
from hengjian.plans.models import Plan, PlanImport
from hengjian.rulebook.base import covers

RANGE = re.compile(r"(20\d{2})\s*年?\s*[-—–－~～至到]+\s*(20\d{2})")
YEAR = re.compile(r"(20\d{2})\s*年")
BRACKETED = re.compile(r"[〔\[［(（](20\d{2})[〕\]］)）]")
FIVE_YEAR_PLANS = {"十二五": 2011, "十三五": 2016, "十四五": 2021, "十五五": 2026}
# Below this similarity (0..100) two titles are not those of a plan and its parent.
LIKELY_PARENT = 60.0
FAMILIES = {"light_rule": "traffic_lights", "escalation_rule": "escalation", "report_rule": "reporting"}


def guess_period(read: dict[str, Any], today: date) -> tuple[date, date]:
    """The years in the title, else those of the five-year plan it names, else the year of the number or of issue.

    A text without a head is at least as young as the papers it cites.
    """
    for title in (read.get("plan_title") or "", read.get("title") or ""):
        found = RANGE.search(title)
        if found and found[1] <= found[2]:
            return date(int(found[1]), 1, 1), date(int(found[2]), 12, 31)
        year = YEAR.search(title)
        if year:
            return period_of_year(int(year[1]))
        for words, first in FIVE_YEAR_PLANS.items():
            if words in title:
                return date(first, 1, 1), date(first + 4, 12, 31)
    number = BRACKETED.search(read.get("number") or "")
    issued = read.get("issued_on") or read.get("published_on") or ""
    if number or issued:
        return period_of_year(int(number[1]) if number else int(issued[:4]))
    cited = [BRACKETED.search(line.get("number") or "") for line in read.get("citations") or []]
    return period_of_year(max((int(found[1]) for found in cited if found), default=today.year))


def reading_day(draft: PlanImport) -> date:
    """The day on which the written names of units are to be understood, as when the plan is built."""
    issued = draft.draft.get("issued_on") or draft.draft.get("published_on")
    if issued:
        return date.fromisoformat(issued)
    return guess_period(draft.draft, timezone.localdate(draft.created_at))[0]


def likely_parent(draft: PlanImport, plans: list[Plan]) -> Plan | None:
    """The plan that the text cites by number or title, else the one with the most similar title in a region above."""
    read = draft.draft
    own = str(read.get("plan_title") or read.get("title") or "")
    cited = [line for line in read.get("citations") or [] if line.get("role") != "self"]
    numbers = {line["number"] for line in cited if line.get("number")}
    for plan in plans:
        if plan.number and plan.number in numbers:
            return plan
    above = [plan for plan in plans if plan.region_id != draft.region_id]
    scored = [
        (max(fuzz.partial_ratio(plan.title, line["title"]) for line in cited), plan) for plan in plans if cited
    ] + [(fuzz.ratio(plan.title, own) - 10, plan) for plan in above]
    best = max(scored, key=lambda entry: entry[0], default=None)
    return best[1] if best is not None and best[0] >= LIKELY_PARENT else None


def parent_choices(user: User, draft: PlanImport) -> list[Plan]:
    """Plans that could stand above this one, newest first."""
    rows = visible(user, Plan.objects.exclude(status=Plan.Status.ARCHIVED)).select_related("region")
    if draft.revises_id is not None:
        rows = rows.exclude(pk=draft.revises_id)
    return list(rows.defer("text", "header")[:200])


def rule_choices(family: str, region: str, on: date) -> tuple[list[tuple[str, str]], str]:
    """((id, title with 待核 where it is still to verify) of every rule for the region, id of the one in force)."""
    rules = [rule for rule in rulebook.versions(family) if covers(rule.region, region)]
    rules = [rule for rule in rules if rule.in_force_to is None or rule.in_force_to >= on]
    try:
        proposed = rulebook.at(family, region, on).id
    except rulebook.RuleNotFound:
        proposed = rules[-1].id if rules else ""
    mark = _("（待核）")
    return [(rule.id, f"{rule.title}{mark if rule.status != 'verified' else ''}") for rule in rules], proposed
