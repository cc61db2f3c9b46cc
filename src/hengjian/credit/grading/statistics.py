"""What pages show of a run: shares by grade, who moved, stability, break-downs; and the charts of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from hengjian.credit.grading import words
from hengjian.credit.grading.models import Run
from hengjian.credit.grading.packs import Pack, pack_of
from hengjian.methods import charts
from hengjian.methods.credit_scorecards import Stability, migration, stability

MONTHS = 13


@dataclass(frozen=True)
class Cell:
    """A cell of the matrix. `depth`: 0 to 3, how dark; `worse`: a lower grade than before."""

    count: int
    depth: int
    same: bool
    worse: bool


@dataclass(frozen=True)
class Share:
    """A grade among all: how many, out of how many."""

    grade: str
    title: str
    light: str
    count: int
    total: int

    @property
    def percent(self) -> Decimal | None:
        if not self.total:
            return None
        return (Decimal(100) * self.count / self.total).quantize(Decimal("0.1"))


def shares(run: Run) -> list[Share]:
    """Every grade of the pack, the best first."""
    pack = pack_of(run.rule)
    total = sum(run.counts.values())
    return [
        Share(band.grade, words.said(band), band.light, run.counts.get(band.grade, 0), total)
        for band in pack.grading.bands
    ]


def matrix(run: Run) -> list[tuple[str, list[Cell]]]:
    """Grade before → the grades now; enterprises that are graded for the first time are left out."""
    order = list(pack_of(run.rule).model.grades)
    pairs = []
    for move, count in run.moves.items():
        before, _sep, now = move.partition(">")
        if before in order and now in order:
            pairs.append((before, now, count))
    counts = migration(pairs, order)
    most = max((row[j] for i, row in enumerate(counts) for j in range(len(order)) if i != j), default=0)
    return [
        (
            name,
            [
                Cell(count, 0 if i == j or not count else 1 + min(2, 3 * count // (most + 1)), i == j, j > i)
                for j, count in enumerate(counts[i])
            ],
        )
        for i, name in enumerate(order)
    ]


def newcomers(run: Run) -> int:
    """Enterprises that were graded for the first time."""
    return sum(count for move, count in run.moves.items() if move.startswith(">"))


def stability_of(runs: Sequence[Run]) -> list[tuple[Run, Stability | None]]:
    """Each run with the index of its month against the one before; None for the first, and where the pack changed."""
    found: list[tuple[Run, Stability | None]] = []
    for number, run in enumerate(runs):
        before = runs[number - 1] if number else None
        same = before is not None and before.rule == run.rule
        found.append((run, stability(before.counts, run.counts) if same and before is not None else None))
    return found


def verdict(pack: Pack, index: float) -> tuple[str, str]:
    """(light, words) for an index, by the bounds of the pack."""
    bounds = pack.grading.stability
    if index >= bounds.act:
        return "red", _("分布明显变化，应复核规则包")
    if index >= bounds.watch:
        return "amber", _("分布有变化，请关注")
    return "green", _("分布稳定")


def breakdown(run: Run, part: str, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Rows of the table by region or kind: name, number per grade in the order of the pack, total."""
    order = pack_of(run.rule).model.grades
    rows = []
    for code, counts in sorted(run.parts.get(part, {}).items()):
        row = [counts.get(grade, 0) for grade in order]
        rows.append({"code": code, "name": names.get(code, code), "counts": row, "total": sum(row)})
    return rows


def stability_chart(rows: Sequence[tuple[Run, Stability | None]], pack: Pack) -> dict[str, Any] | None:
    """PSI by month with the bound from which somebody should look."""
    known = [(run, found) for run, found in rows if found is not None]
    if len(known) < 2:
        return None
    return charts.line_with_target(
        [{"period": run.month, "value": round(found.index, 4)} for run, found in known],
        _meta(pack, _("群体稳定性指数"), "PSI", known[0][0], known[-1][0]),
        target=float(pack.grading.stability.watch),
        target_label=_("关注线"),
        x_title=_("月份"),
        y_title=_("指数"),
    )


def spread_chart(runs: Sequence[Run], pack: Pack) -> dict[str, Any] | None:
    """Share of each grade by month, in percent."""
    grades = [grade for grade in pack.model.grades if any(run.counts.get(grade) for run in runs)]
    if len(runs) < 2 or not 2 <= len(grades) <= 6:
        return None
    rows = [
        {
            "series": grade,
            "period": run.month,
            "value": round(100 * run.counts.get(grade, 0) / max(1, sum(run.counts.values())), 2),
        }
        for grade in grades
        for run in runs
    ]
    return charts.several_lines(
        rows,
        _meta(pack, _("各等级企业占比"), "%", runs[0], runs[-1]),
        series_title=_("等级"),
        x_title=_("月份"),
        y_title=_("占比"),
    )


def _meta(pack: Pack, title: str, unit: str, first: Run, last: Run) -> charts.Meta:
    mark = words.mark(pack)
    return charts.Meta(
        title=title,
        unit=unit,
        period=f"{first.month}—{last.month}",
        source=words.title_of(pack),
        data_time=f"{last.as_of:%Y-%m-%d}",
        marks=(mark,) if mark else (),
    )
