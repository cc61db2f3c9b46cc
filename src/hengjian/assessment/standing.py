"""Where a round stands: what is open in its step, marks by item and stage, what it would amount to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from hengjian.assessment.models import Decision, Entry, Mark, Round, TargetValue
from hengjian.assessment.rules import Contender, Standing, counted, standings
from hengjian.scoring.answers import Answer

#: entry id → item → stage → mark
Marks = dict[int, dict[str, dict[str, Mark]]]


def marks_of(entries: Iterable[Entry]) -> Marks:
    """The marks that count of several objects, in one query."""
    found: Marks = defaultdict(lambda: defaultdict(dict))
    rows = Mark.objects.filter(entry__in=[entry.pk for entry in entries], current=True).select_related("by", "unit")
    for mark in rows:
        found[mark.entry_id][mark.item][mark.stage] = mark
    return found


def said(marks: Mapping[str, Mapping[str, Mark]]) -> dict[str, dict[str, Answer]]:
    """Item → stage → answer."""
    return {item: {stage: mark.said for stage, mark in stages.items()} for item, stages in marks.items()}


def approved_targets(entries: Iterable[Entry]) -> dict[int, dict[str, Decimal]]:
    """Entry id → item → approved target value."""
    found: dict[int, dict[str, Decimal]] = defaultdict(dict)
    rows = TargetValue.objects.filter(
        entry__in=[entry.pk for entry in entries], state=TargetValue.State.APPROVED
    ).order_by("pk")
    for row in rows:
        found[row.entry_id][row.item] = row.value
    return found


def contenders(row: Round) -> list[Contender]:
    """What decides about every object at this moment: last stage that spoke, confirmed decisions."""
    entries = list(row.entries.all())
    marks = marks_of(entries)
    decisions: dict[int, list[Decision]] = defaultdict(list)
    for one in Decision.objects.filter(entry__round=row, state=Decision.State.CONFIRMED):
        decisions[one.entry_id].append(one)
    found = []
    for entry in entries:
        answers = {}
        for item in row.content.sheet.items:
            _stage, answer = counted({s: mark.said for s, mark in marks[entry.pk][item.code].items()})
            if answer is not None:
                answers[item.code] = answer
        ledger = decisions[entry.pk]
        extra = []
        for one in ledger:
            if one.kind in (Decision.Kind.BONUS, Decision.Kind.DEDUCTION) and one.points is not None:
                sign = 1 if one.kind == Decision.Kind.BONUS else -1
                extra.append((one.title, sign * abs(one.points)))
        vetoes = tuple(dict.fromkeys(one.code for one in ledger if one.kind == Decision.Kind.VETO))
        downgrades = tuple(dict.fromkeys(one.code for one in ledger if one.kind == Decision.Kind.DOWNGRADE))
        found.append(Contender(str(entry.pk), answers, vetoes, downgrades, tuple(extra)))
    return found


def standings_now(row: Round) -> list[Standing]:
    """What the round would amount to with the marks given so far."""
    return standings(row.content, contenders(row))


def open_points(row: Round) -> list[str]:
    """What is still open in the present step, one sentence each."""
    state = Round.State(row.state)
    entries = list(row.entries.all())
    if state == Round.State.FILING:
        approved = approved_targets(entries)
        wanted = set(row.content.scheme.targets)
        lacking = [entry.name for entry in entries if wanted - set(approved[entry.pk])]
        return [_("目标值未核定：%(names)s") % {"names": short(lacking)}] if lacking else []
    if state == Round.State.SELF:
        lacking = [entry.name for entry in entries if entry.self_at is None]
        return [_("未提交自评：%(names)s") % {"names": short(lacking)}] if lacking else []
    if state == Round.State.DEPARTMENT:
        waiting = row.responsibilities.filter(finished_at=None).select_related("unit")
        units = list(dict.fromkeys(str(one.unit) for one in waiting))
        return [_("未提交评分：%(names)s") % {"names": short(units)}] if units else []
    if state == Round.State.SITE:
        visited = [entry for entry in entries if hasattr(entry, "visit")]
        if not visited:
            return [_("还没有抽取核查对象")]
        lacking = [entry.name for entry in visited if entry.visit.finished_at is None]
        return [_("未完成核查：%(names)s") % {"names": short(lacking)}] if lacking else []
    if state == Round.State.PANEL:
        found = []
        if n := Decision.objects.filter(entry__round=row, state=Decision.State.PROPOSED).count():
            found.append(_("有 %(n)s 项决定待确认") % {"n": n})
        names = [entry.name for entry, one in zip(entries, contenders(row), strict=True) if _unmarked(row, one)]
        if names:
            found.append(_("有评分项没有评分：%(names)s") % {"names": short(names)})
        return found
    return []


def _unmarked(row: Round, one: Contender) -> bool:
    return any(item.part in ("key", "basic") and item.code not in one.answers for item in row.content.sheet.items)


def short(names: list[str], most: int = 6) -> str:
    """A few names, and how many more."""
    if len(names) <= most:
        return "、".join(names)
    return _("%(names)s等 %(n)s 个") % {"names": "、".join(names[:most]), "n": len(names)}
