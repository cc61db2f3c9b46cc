"""The monthly run: begun once per pack and month, done in stretches, resumed after a kill, computed again for proof."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.credit.grading.computing import Applied, Assessed, apply, assess
from hengjian.credit.grading.members import GRADED, Population, population, population_then
from hengjian.credit.grading.models import Classification, Run
from hengjian.credit.grading.packs import Pack, pack_of, packs_on
from hengjian.credit.records.models import CreditRecord
from hengjian.lake.opening import Opened
from hengjian.ledger.log import log_size
from hengjian.ledger.models import Fact
from hengjian.methods.periods import parse_period
from hengjian.parties.verbs import ActionRefused

STRETCH = 20_000  # enterprises per transaction: a kill loses no more, and the log is not locked for long
Progress = Callable[[int, int], None]


def last_day(month: str) -> date:
    """The last day of a month such as "2026-10".

    Raises:
        ActionRefused: not a month.
    """
    try:
        period = parse_period(month)
    except ValueError as error:
        raise ActionRefused(_("“%(text)s”不是月份，请写成 2026-10。") % {"text": month[:20]}, status=400) from error
    if period.frequency != "month":
        raise ActionRefused(_("“%(text)s”不是月份，请写成 2026-10。") % {"text": month[:20]}, status=400)
    return period.last


def begin(pack: Pack, month: str, tree_size: int | None = None) -> Run:
    """The run of a month: the one that was begun before, or a new one at the present state of the ledger.

    Raises:
        ActionRefused: the month has not ended, or a later one is graded already.
    """
    as_of = last_day(month)
    found = Run.objects.filter(pack=pack.code, month=month).first()
    if found is not None:
        return found
    if as_of >= timezone.localdate():
        raise ActionRefused(_("%(month)s 还没有结束，月底之后才能分级。") % {"month": month})
    later = Run.objects.filter(pack=pack.code, month__gt=month).order_by("month").first()
    if later is not None:
        raise ActionRefused(
            _("%(later)s 已经分级，不能再补 %(month)s。") % {"later": later.month, "month": month},
            _("请按月份先后分级。"),
        )
    run, _made = Run.objects.get_or_create(
        pack=pack.code,
        month=month,
        defaults={
            "rule": pack.rule.id,
            "version": pack.version,
            "as_of": as_of,
            "tree_size": log_size() if tree_size is None else tree_size,
        },
    )
    return run


def carry_out(run: Run, progress: Progress | None = None, lake: Opened | None = None) -> Run:
    """Bring a run to its end; does nothing when it is there. Two processes that do it at once do not disturb each
    other: each stretch is claimed by the cursor.

    Raises:
        ActionRefused: the rulebook says something else under the same id since the run was begun.
    """
    if run.state == Run.State.DONE:
        return run
    pack = pack_of(run.rule)
    if pack.version != run.version:
        raise ActionRefused(
            _("规则“%(rule)s”的内容在分级开始后改变，不能接着计算。") % {"rule": run.rule},
            _("请恢复原来的规则文件后重试。"),
        )
    people = population(as_of=run.as_of, tree_size=run.tree_size)
    assessed = assess(pack, run.as_of, run.tree_size, people, lake=lake)
    pks = [member.pk for member in people.members]
    while _stretch(run, assessed, pks):
        if progress is not None:
            progress(run.done, run.total)
    return run


def _stretch(run: Run, assessed: Assessed, pks: Sequence[int]) -> bool:
    """Do the next stretch behind the cursor; False when the run is done."""
    with transaction.atomic():
        run.refresh_from_db(from_queryset=Run.objects.select_for_update())
        if run.state == Run.State.DONE:
            return False
        start = bisect_right(pks, run.cursor)
        stop = min(start + STRETCH, len(pks))
        _add(run, apply(assessed, start, stop))
        run.total, run.done = len(pks), stop
        run.cursor = pks[stop - 1] if stop else 0
        if stop == len(pks):
            _finish(run, assessed.people)
        run.save()
        return run.state != Run.State.DONE


def _add(run: Run, done: Applied) -> None:
    run.changed += done.changed
    run.counts = dict(Counter(run.counts) + done.counts)
    run.moves = dict(Counter(run.moves) + done.moves)
    parts = {name: dict(run.parts.get(name, {})) for name in ("region", "kind")}
    for name, counted in (("region", done.regions), ("kind", done.kinds)):
        for code, counts in counted.items():
            parts[name][code] = dict(Counter(parts[name].get(code, {})) + counts)
    run.parts = parts


def _finish(run: Run, people: Population) -> None:
    """Bodies that had ended by the end of the month keep their history, but have no grade any more."""
    standing = Q(enterprise__status__in=GRADED) & ~Q(enterprise__in=_those(people, graded=False))
    standing |= Q(enterprise__in=_those(people, graded=True))
    gone = Classification.objects.filter(pack=run.pack, until=None, since__lte=run.as_of)
    gone.exclude(standing, enterprise__merged_into=None).update(until=run.as_of)
    run.digest = digest_of(run)
    run.state, run.finished_at = Run.State.DONE, timezone.now()


def _those(people: Population, graded: bool) -> list[int]:
    return [pk for pk, was in people.otherwise.items() if was == graded]


def rows_of(run: Run) -> QuerySet[Classification]:
    """The rows that say the grades of a run, by primary key of the enterprise."""
    return rows_on(run.pack, run.as_of)


def rows_on(pack: str, day: date) -> QuerySet[Classification]:
    """The rows that hold on a day."""
    return Classification.objects.filter(Q(until=None) | Q(until__gt=day), pack=pack, since__lte=day).order_by(
        "enterprise"
    )


def digest_of(run: Run) -> str:
    """SHA-256 of the lines "key grade score"."""
    found = hashlib.sha256()
    rows = rows_of(run).values_list("enterprise__key", "grade", "score")
    for key, grade, score in rows.iterator(chunk_size=20_000):
        found.update(f"{key} {grade} {score}\n".encode())
    return found.hexdigest()


@dataclass
class Replay:
    """A run computed again.

    Attributes:
        same: whose grade, score and findings came out the same.
        sealed: who differs only because records were sealed since (repair, end of term): they may not be used any more.
        different: keys of all others; an error, or somebody changed stored rows.
    """

    checked: int = 0
    same: int = 0
    sealed: int = 0
    different: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.different


def replay(run: Run, progress: Progress | None = None) -> Replay:
    """Compute a run again from the ledger at the size that it read, and compare. Writes nothing."""
    pack = pack_of(run.rule)
    rows = list(rows_of(run).select_related("enterprise"))
    people = population_then((row.enterprise_id for row in rows), run.started_at)
    assessed = assess(pack, run.as_of, run.tree_size, people)
    places = {member.pk: place for place, member in enumerate(people.members)}
    result = Replay()
    doubtful: list[Classification] = []
    for row in rows:
        place = places.get(row.enterprise_id)
        result.checked += 1
        if place is not None and _same(row, assessed, place):
            result.same += 1
        else:
            doubtful.append(row)
        if progress is not None and result.checked % STRETCH == 0:
            progress(result.checked, len(rows))
    gone = hidden_leaves({leaf for row in doubtful for leaf in leaves_of(row)})
    for row in doubtful:
        if gone.intersection(leaves_of(row)):
            result.sealed += 1
        else:
            result.different.append(row.enterprise.key)
    return result


def _same(row: Classification, assessed: Assessed, place: int) -> bool:
    score = int(row.score * 100)
    detail = assessed.details.get(place, "{}")
    return (row.computed, score, row.detail) == (assessed.grades[place], assessed.scores[place], detail)


def leaves_of(row: Classification) -> set[int]:
    """The places in the log of all facts that a row rests on."""
    return {leaf for _value, _points, leaves in json.loads(row.detail).values() for leaf in leaves}


def hidden_leaves(leaves: set[int]) -> set[int]:
    """Those of the facts that no reader is shown any more."""
    shown: set[int] = set()
    listed = sorted(leaves)
    for start in range(0, len(listed), 500):
        part = listed[start : start + 500]
        shown.update(Fact.objects.filter(leaf_index__in=part).values_list("leaf_index", flat=True))
    return leaves - shown


def regrade(enterprises: Sequence[int]) -> int:
    """Grade some enterprises anew today, in the caller's transaction: a record was sealed or an adjustment decided.

    Returns:
        How many grades changed.
    """
    today, changed = timezone.localdate(), 0
    graded = set(Run.objects.filter(state=Run.State.DONE).values_list("pack", flat=True).distinct())
    packs = [pack for pack in packs_on(today) if pack.code in graded]
    if packs:
        people = population(enterprises)
        for pack in packs:
            changed += apply(assess(pack, today, log_size(), people, few=True)).changed
    return changed


def months_due(today: date) -> Iterator[tuple[Pack, str]]:
    """Packs that are graded monthly, with the month that ended last, where it has not been done."""
    month = (today.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    for pack in packs_on(last_day(month)):
        if pack.grading.monthly and not Run.objects.filter(pack=pack.code, month=month, state=Run.State.DONE).exists():
            yield pack, month


def records_sealed(records: Sequence[CreditRecord]) -> None:
    """Hook of `credit.records`: what may not be used any more changes the grade at once."""
    regrade(sorted({record.enterprise_id for record in records}))
