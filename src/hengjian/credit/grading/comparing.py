"""Two packs beside each other, read from what was graded: who is where in both, how stable each is, and which of them
told better who got a record of breach afterwards. A challenger never grades; this only measures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Subquery

from hengjian.credit.grading.models import Run
from hengjian.credit.grading.packs import Pack, pack_of
from hengjian.credit.grading.runs import rows_on
from hengjian.credit.records.models import CreditRecord
from hengjian.methods.credit_scorecards import Separation, Stability, separation_of, stability

#: How long after the day of the grade a decision counts as what came of it.
OUTCOME = timedelta(days=365)


@dataclass(frozen=True)
class Told:
    """One grade of a pack: how many have it, and how many of them got a record of breach afterwards."""

    grade: str
    count: int
    later: int

    @property
    def percent(self) -> float | None:
        return round(100 * self.later / self.count, 1) if self.count else None


@dataclass(frozen=True)
class Judged:
    """A pack in a month.

    Attributes:
        index: stability against the month before; None where that was not graded by the same rule.
        power: KS and Gini of the scores against what came of it; None where nobody or everybody got a record.
    """

    run: Run
    pack: Pack
    rows: tuple[Told, ...]
    index: Stability | None
    power: Separation | None

    @property
    def total(self) -> int:
        return sum(row.count for row in self.rows)

    @property
    def later(self) -> int:
        return sum(row.later for row in self.rows)


def judged(run: Run, before: Run | None) -> Judged:
    """A pack in the month of a run. Records under a seal count nowhere: they are not used any more."""
    pack = pack_of(run.rule)
    breach = CreditRecord.objects.filter(
        enterprise=OuterRef("enterprise"),
        min_until__isnull=False,
        decided_on__gt=run.as_of,
        decided_on__lte=run.as_of + OUTCOME,
    )
    found = (
        rows_on(run.pack, run.as_of)
        .order_by()
        .annotate(later=Exists(breach))
        .values_list("grade", "score", "later")
        .annotate(n=Count("pk"))
    )
    grades: dict[str, list[int]] = {grade: [0, 0] for grade in pack.model.grades}
    scores: dict[float, list[int]] = {}
    for grade, score, later, n in found:
        both = grades.setdefault(grade, [0, 0])
        both[0] += n
        both[1] += n if later else 0
        scores.setdefault(float(score), [0, 0])[0 if later else 1] += n
    try:
        power = separation_of({score: (both[0], both[1]) for score, both in scores.items()})
    except ValueError:
        power = None
    same = before is not None and before.rule == run.rule
    return Judged(
        run,
        pack,
        tuple(Told(grade, count, later) for grade, (count, later) in grades.items()),
        stability(before.counts, run.counts) if same and before is not None else None,
        power,
    )


def crossed(champion: Run, challenger: Run) -> list[tuple[str, list[int]]]:
    """How many have each grade of the one and each of the other; the last column is those whom the other did not
    grade."""
    other = rows_on(challenger.pack, challenger.as_of).filter(enterprise=OuterRef("enterprise")).values("grade")[:1]
    found = (
        rows_on(champion.pack, champion.as_of)
        .order_by()
        .annotate(other=Subquery(other))
        .values_list("grade", "other")
        .annotate(n=Count("pk"))
    )
    columns: Sequence[str | None] = [*pack_of(challenger.rule).model.grades, None]
    table = {grade: dict.fromkeys(columns, 0) for grade in pack_of(champion.rule).model.grades}
    for grade, name, n in found:
        row = table.setdefault(grade, dict.fromkeys(columns, 0))
        row[name if name in row else None] += n
    return [(grade, [row[name] for name in columns]) for grade, row in table.items()]
