"""A score sheet and its answers become points, lost points with reasons, a total and a grade. Pure, decimals only.

scored = score(sheet, {"4.1.2": Answer(value=Decimal(60)), …}, grades=rule.typed(Grades))
scored.total, scored.grade, [(item.code, item.lost, item.reasons) for item in scored.items]
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal

from hengjian.rulebook.base import Sentence
from hengjian.rulebook.parameters.grades import Grades
from hengjian.rulebook.parameters.score_sheets import Group, Item
from hengjian.rulebook.parameters.score_sheets import ScoreSheets as Sheet
from hengjian.scoring.answers import Answer, WrongAnswer, _
from hengjian.scoring.operators import ZERO, found, plain, signed

__all__ = [
    "Answer",
    "Decided",
    "ItemScore",
    "Scored",
    "Sheet",
    "WrongAnswer",
    "consensus_needed",
    "score",
    "score_item",
    "score_panel",
]


@dataclass(frozen=True)
class ItemScore:
    """One item's points.

    Attributes:
        points: what it brings; negative for a deduction; None while nothing was said about it.
        full: its full points; 0 for encouragement and deduction.
        counts: False when it was left out as not applicable.
        reasons: why, in sentences; the last ones name limits that were applied.
    """

    code: str
    title: str
    part: str
    points: Decimal | None
    full: Decimal
    counts: bool
    reasons: tuple[Sentence, ...]
    note: str = ""

    @property
    def lost(self) -> Decimal:
        """Full points minus points, not below 0; what nothing was said about is lost."""
        return max(self.full - (self.points or ZERO), ZERO) if self.counts else ZERO

    @property
    def share(self) -> Decimal | None:
        """Points as a share of the full points."""
        return self.points / self.full if self.points is not None and self.full else None


@dataclass(frozen=True)
class GroupScore:
    """One group's points; with weights, `points` of `full` is the share of 100 before the weight."""

    code: str
    title: str
    points: Decimal
    full: Decimal
    weight: Decimal | None
    items: tuple[ItemScore, ...]

    @property
    def lost(self) -> Decimal:
        return sum((item.lost for item in self.items), ZERO)


@dataclass(frozen=True)
class Scored:
    """The result of a sheet; `trace` tells step by step how the total came about."""

    groups: tuple[GroupScore, ...]
    total: Decimal
    full: Decimal
    grade: str
    passed: bool | None
    open: tuple[str, ...]
    vetoes: tuple[str, ...]
    downgrades: tuple[str, ...]
    trace: tuple[Sentence, ...] = field(default=())

    @property
    def items(self) -> tuple[ItemScore, ...]:
        return tuple(item for group in self.groups for item in group.items)

    @property
    def complete(self) -> bool:
        """Something was said about every item that makes up the full score."""
        return not self.open


def score_item(item: Item, answer: Answer | None, places: int = 2) -> ItemScore:
    """One item's points with its limits and reasons.

    Raises:
        WrongAnswer: the answer does not fit.
    """
    full = item.points if item.part in ("key", "basic") else ZERO
    if answer is None or answer.empty:
        # No bonus and no deduction is what silence means there; elsewhere the item is still open.
        points = None if full else ZERO
        reason = Sentence(_("尚未评分。") if full else _("没有加减分事项。"))
        return ItemScore(item.code, item.title, item.part, points, full, True, (reason,))
    if answer.not_applicable:
        return _not_applicable(item, full, answer)
    points, told = found(item.operator, item.points, answer)
    points, told = _limited(item, points, list(told), places)
    return ItemScore(item.code, item.title, item.part, points, full, True, tuple(told), answer.note)


def _not_applicable(item: Item, full: Decimal, answer: Answer) -> ItemScore:
    if item.not_applicable == "refused":
        raise WrongAnswer(_("“%(what)s”没有规定不适用的处理，须评分。"), what=item.title)
    points, reason = {
        "full": (full, Sentence(_("不适用，得满分。"))),
        "base": (
            item.base or ZERO,
            Sentence(_("不适用，得基础分 %(points)s 分。"), {"points": plain(item.base or ZERO)}),
        ),
        "left_out": (ZERO, Sentence(_("不适用，不计入总分，其余各项按比例折算。"))),
    }[item.not_applicable]
    counts = item.not_applicable != "left_out"
    return ItemScore(item.code, item.title, item.part, points, full, counts, (reason,), answer.note)


def _limited(item: Item, points: Decimal, told: list[Sentence], places: int) -> tuple[Decimal, list[Sentence]]:
    """Deductions count as losses, encouragement at most its points, losses at most what the item allows."""
    if item.part == "deduction":
        points = -abs(points)
        if points < -item.points:
            points = -item.points
            told.append(Sentence(_("最多扣 %(n)s 分。"), {"n": plain(item.points)}))
    elif item.part == "encouragement" and points > item.points:
        points = item.points
        told.append(Sentence(_("最多加 %(n)s 分。"), {"n": plain(item.points)}))
    elif item.most_lost is not None and item.points - points > item.most_lost:
        points = item.points - item.most_lost
        told.append(Sentence(_("最多扣 %(n)s 分。"), {"n": plain(item.most_lost)}))
    if item.step is not None:
        points = (points / item.step).to_integral_value(rounding=ROUND_HALF_UP) * item.step
    return points.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP), told


@dataclass(frozen=True)
class Decided:
    """What stands beside the points: the place among all, the codes of vetoes and downgrades that people found, and
    points that they added or took away outside the items (title, signed points)."""

    rank: int | None = None
    vetoes: tuple[str, ...] = ()
    downgrades: tuple[str, ...] = ()
    extra: tuple[tuple[str, Decimal], ...] = ()


def score(
    sheet: Sheet, answers: Mapping[str, Answer], *, grades: Grades | None = None, decided: Decided | None = None
) -> Scored:
    """The whole sheet from one set of answers.

    Raises:
        WrongAnswer: an answer does not fit its item, or names an item, veto or downgrade that the sheet has not.
        ValueError: a band of the grades needs the rank and none is given.
    """
    _all_known(answers, {item.code for item in sheet.items})
    scored = {item.code: score_item(item, answers.get(item.code), sheet.places) for item in sheet.items}
    return assemble(sheet, scored, grades=grades, decided=decided)


def score_panel(
    sheet: Sheet,
    marks: Mapping[str, Mapping[str, Answer]],
    settled: Mapping[str, Answer] | None = None,
    *,
    grades: Grades | None = None,
    decided: Decided | None = None,
) -> Scored:
    """The whole sheet from a panel: per item what was settled in consensus, otherwise the mean of the members' points.

    Args:
        marks: assessor → item → answer.
        settled: item → the answer that the panel agreed on.

    Raises:
        WrongAnswer, ValueError: as `score`.
    """
    settled = settled or {}
    known = {item.code for item in sheet.items}
    for answers in (*marks.values(), settled):
        _all_known(answers, known)
    scored = {}
    for item in sheet.items:
        given = [answers[item.code] for answers in marks.values() if item.code in answers]
        scored[item.code] = (
            score_item(item, settled[item.code], sheet.places)
            if item.code in settled
            else _mean(item, [answer for answer in given if not answer.empty], sheet.places)
        )
    return assemble(sheet, scored, grades=grades, decided=decided)


def _mean(item: Item, answers: Sequence[Answer], places: int) -> ItemScore:
    single = [score_item(item, answer, places) for answer in answers]
    if len(single) < 2:
        return single[0] if single else score_item(item, None, places)
    points = [one.points or ZERO for one in single]
    reasons = single[0].reasons
    if any(one.reasons != reasons for one in single):
        shown = "、".join(plain(value) for value in points)
        reasons = (Sentence(_("%(n)s 名评审员分别评 %(points)s 分，取平均。"), {"n": len(single), "points": shown}),)
    notes = "；".join(dict.fromkeys(one.note for one in single if one.note))
    mean = _rounded(sum(points, ZERO) / len(points), places)
    return replace(single[0], points=mean, reasons=reasons, note=notes, counts=any(one.counts for one in single))


def assemble(
    sheet: Sheet,
    scored: Mapping[str, ItemScore],
    *,
    grades: Grades | None = None,
    decided: Decided | None = None,
) -> Scored:
    """Groups, total, grade and passing from the points of all items."""
    decided = decided or Decided()
    _all_known(decided.vetoes, {veto.code for veto in sheet.vetoes})
    _all_known(decided.downgrades, {case.code for case in sheet.downgrades})
    trace: list[Sentence] = []
    groups = tuple(_group(group, sheet, scored, trace) for group in sheet.groups)
    total = _total(sheet, groups, decided.extra, trace)
    grade = ""
    if grades is not None:
        on_scale = min(max(total / sheet.total * grades.total, ZERO), grades.total)
        grade = grades.grade(on_scale, decided.rank, bool(decided.vetoes))
        grade = _downgraded(sheet, grades, grade, decided.downgrades)
    for veto in sheet.vetoes:
        if veto.code in decided.vetoes:
            trace.append(Sentence(_("一票否决：%(case)s。"), {"case": veto.title}))
    for case in sheet.downgrades:
        if case.code in decided.downgrades:
            trace.append(Sentence(_("降 %(steps)s 级：%(case)s。"), {"case": case.title, "steps": case.steps}))
    items = [item for group in groups for item in group.items]
    return Scored(
        groups=groups,
        total=total,
        full=sheet.total,
        grade=grade,
        passed=_passed(sheet, total, items, bool(decided.vetoes)),
        open=tuple(item.code for item in items if item.points is None),
        vetoes=decided.vetoes,
        downgrades=decided.downgrades,
        trace=tuple(trace),
    )


def _all_known(given: Iterable[str], known: set[str]) -> None:
    if unknown := sorted(set(given) - known):
        raise WrongAnswer(_("没有“%(what)s”这一项。"), what="、".join(unknown))


def _group(group: Group, sheet: Sheet, scored: Mapping[str, ItemScore], trace: list[Sentence]) -> GroupScore:
    items = tuple(scored[item.code] for item in group.items)
    points = sum((item.points or ZERO for item in items if item.counts), ZERO)
    full = sum((item.full for item in items if item.counts), ZERO)
    shown = {"title": group.title, "points": plain(points), "full": plain(full)}
    trace.append(Sentence(_("%(title)s：%(points)s / %(full)s 分。"), shown))
    if sheet.combine == "weighted":
        points = _rounded(points / full * 100, sheet.places) if full else ZERO
        return GroupScore(group.code, group.title, points, Decimal(100) if full else ZERO, group.weight, items)
    return GroupScore(group.code, group.title, points, full, None, items)


def _total(
    sheet: Sheet, groups: tuple[GroupScore, ...], decided: Iterable[tuple[str, Decimal]], trace: list[Sentence]
) -> Decimal:
    if sheet.combine == "weighted":
        there = [group for group in groups if group.full]
        weights = sum((group.weight or ZERO for group in there), ZERO)
        points = sum((group.points * (group.weight or ZERO) for group in there), ZERO)
        total = points / weights * sheet.total / 100 if weights else ZERO
        for group in there:
            shown = {"title": group.title, "points": plain(group.points), "weight": plain(group.weight or ZERO)}
            trace.append(Sentence(_("%(title)s：%(points)s × %(weight)s。"), shown))
    else:
        regular = [item for group in groups for item in group.items if item.full and item.counts]
        extra = [item for group in groups for item in group.items if not item.full]
        total = sum((item.points or ZERO for item in regular), ZERO)
        present = sum((item.full for item in regular), ZERO)
        whole = sheet.total - sheet.start
        if present and present != whole:
            scaled = total * whole / present
            shown = {"points": plain(total), "present": plain(present), "total": plain(whole)}
            trace.append(Sentence(_("%(points)s 分按 %(present)s 分折算到 %(total)s 分。"), shown))
            total = scaled
        if sheet.start:
            trace.append(Sentence(_("起始分 %(n)s 分。"), {"n": plain(sheet.start)}))
            total += sheet.start
        added = sum((item.points or ZERO for item in extra), ZERO)
        if added:
            trace.append(Sentence(_("加减分合计 %(n)s 分。"), {"n": signed(added)}))
        total += added
    for title, points in decided:
        trace.append(Sentence(_("%(title)s：%(points)s 分。"), {"title": title, "points": signed(points)}))
        total += points
    if total > sheet.most:
        trace.append(
            Sentence(_("%(n)s 分超过上限，按 %(most)s 分计。"), {"n": plain(total), "most": plain(sheet.most)})
        )
    total = min(max(total, ZERO), sheet.most)
    total = sheet.rounding.apply(_rounded(total, sheet.places))
    trace.append(Sentence(_("总分 %(n)s 分。"), {"n": plain(total)}))
    return total


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _downgraded(sheet: Sheet, grades: Grades, grade: str, downgrades: Collection[str]) -> str:
    names = [band.grade for band in grades.bands]
    steps = sum(case.steps for case in sheet.downgrades if case.code in downgrades)
    return names[min(names.index(grade) + steps, len(names) - 1)]


def _passed(sheet: Sheet, total: Decimal, items: list[ItemScore], vetoed: bool) -> bool | None:
    """Whether the passing conditions hold; None where the sheet has none."""
    if sheet.passing is None:
        return None
    enough = sheet.passing.total is None or total >= sheet.passing.total
    least = sheet.passing.key_share
    keys = [item for item in items if item.part == "key" and item.counts]
    return enough and not vetoed and (least is None or all((item.share or ZERO) >= least for item in keys))


def consensus_needed(
    sheet: Sheet, marks: Mapping[str, Mapping[str, Answer]], band: Decimal | None = None
) -> dict[str, tuple[Decimal, Decimal]]:
    """Items on which assessors differ by more than the band: item → (lowest, highest) points.

    Args:
        marks: assessor → item → answer; open and excused items do not count.
        band: share of the item's points; left out: the sheet's own.
    """
    allowed = sheet.consensus if band is None else band
    wide: dict[str, tuple[Decimal, Decimal]] = {}
    for item in sheet.items:
        given = [answers[item.code] for answers in marks.values() if item.code in answers]
        points = [score_item(item, answer, sheet.places).points for answer in given if not answer.empty]
        known = [value for value in points if value is not None]
        # Whether the thing applies at all is a difference that no average can bridge.
        split = len({answer.not_applicable for answer in given if not answer.empty}) > 1
        if known and (max(known) - min(known) > allowed * item.points or split):
            wide[item.code] = (min(known), max(known))
    return wide
