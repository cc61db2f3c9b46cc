"""What waits for a person in the assessments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from hengjian.assessment.models import (
    Appeal,
    Entry,
    Order,
    Responsibility,
    ResultSet,
    Reviewer,
    Round,
    Scheme,
    TargetValue,
)
from hengjian.parties.models import User
from hengjian.parties.policies import permitted


@dataclass(frozen=True)
class Todo:
    """One thing to do: what, in which round, where."""

    title: str
    where: str
    url: str
    due: Any = None


def todo(user: User) -> list[Todo]:
    """Everything that waits for the person, steps with the nearest last day first."""
    found = [*_assessed(user), *_scoring(user), *_reviewing(user), *_office(user)]
    return sorted(found, key=lambda one: (one.due is None, one.due or 0, one.title))


def waiting(user: User) -> int:
    """For the navigation."""
    return len(todo(user))


def _due(row: Round) -> Any:
    step = next((step for step in row.steps.all() if step.code == row.state), None)
    return step.due if step else None


def _assessed(user: User) -> list[Todo]:
    if user.unit_id is None:
        return []
    found = []
    mine = Entry.objects.filter(unit=user.unit_id).select_related("round").prefetch_related("round__steps")
    for entry in mine.filter(round__state__in=["filing", "self"]):
        row = entry.round
        if row.state == Round.State.SELF and entry.self_at is None:
            found.append(Todo(_("自我评价"), row.title, reverse("assessment:self", args=[entry.pk]), _due(row)))
        elif row.state == Round.State.FILING:
            done = entry.targets.filter(state__in=["filed", "approved"]).values("item").distinct().count()
            if done < len(row.content.scheme.targets):
                found.append(Todo(_("目标备案"), row.title, reverse("assessment:targets", args=[entry.pk]), _due(row)))
    orders = Order.objects.filter(entry__unit=user.unit_id, state__in=[Order.State.ISSUED, Order.State.RETURNED])
    found += [
        Todo(_("提交整改报告"), order.entry.round.title, order.get_absolute_url(), order.due)
        for order in orders.select_related("entry__round")
    ]
    return found


def _scoring(user: User) -> list[Todo]:
    if user.unit_id is None:
        return []
    rows = Responsibility.objects.filter(
        unit=user.unit_id, finished_at=None, round__state=Round.State.DEPARTMENT
    ).select_related("round")
    rounds = {one.round_id: one.round for one in rows}
    return [
        Todo(_("部门评分"), row.title, reverse("assessment:score", args=[row.pk]), _due(row)) for row in rounds.values()
    ]


def _reviewing(user: User) -> list[Todo]:
    mine = Reviewer.objects.filter(user=user).select_related("entry__round", "entry__visit")
    found: dict[tuple[str, int], Todo] = {}
    for one in mine.filter(role=Reviewer.Role.SITE, entry__round__state=Round.State.SITE):
        visit = getattr(one.entry, "visit", None)
        if visit is not None and visit.finished_at is None:
            url = reverse("assessment:visit", args=[one.entry_id])
            found["site", one.entry_id] = Todo(
                _("实地核查：%(name)s") % {"name": one.entry}, one.entry.round.title, url
            )
    for one in mine.filter(role=Reviewer.Role.PANEL, entry__round__state=Round.State.PANEL):
        row = one.entry.round
        found["panel", row.pk] = Todo(_("综合评审"), row.title, reverse("assessment:panel", args=[row.pk]), _due(row))
    return list(found.values())


def _office(user: User) -> list[Todo]:
    found = []
    rounds = permitted(user, "assessment.manage", Round.objects.exclude(state=Round.State.CLOSED))
    for row in rounds:
        page = row.get_absolute_url()
        if n := TargetValue.objects.filter(entry__round=row, state=TargetValue.State.FILED).count():
            found.append(Todo(_("核定目标值 %(n)s 项") % {"n": n}, row.title, page))
        if n := Appeal.objects.filter(entry__round=row, state=Appeal.State.FILED).count():
            found.append(Todo(_("处理申诉 %(n)s 件") % {"n": n}, row.title, page))
        if n := Order.objects.filter(entry__round=row, state=Order.State.REPORTED).count():
            found.append(Todo(_("验收整改 %(n)s 件") % {"n": n}, row.title, page))
        if row.results.filter(state=ResultSet.State.COMPUTED).exclude(made_by=user).exists():
            found.append(Todo(_("批准考核结果"), row.title, reverse("assessment:results", args=[row.pk])))
    schemes = permitted(user, "assessment.approve", Scheme.objects.filter(state=Scheme.State.SUBMITTED))
    found += [
        Todo(_("批准考核方案"), scheme.title, scheme.get_absolute_url()) for scheme in schemes.exclude(written_by=user)
    ]
    return found
