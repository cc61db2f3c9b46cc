"""Pure decisions of a programme: eligibility, totals, ranking, who is chosen, conflicts of interest. No Django."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hengjian.programmes.declarations import Level, Programme, Requirement, StageReview

HUNDREDTH = Decimal("0.01")


# ---- eligibility


@dataclass(frozen=True)
class Past:
    """What is known of the holder before the call closes."""

    violations: tuple[date, ...] = ()
    revocations: tuple[date, ...] = ()
    awards: tuple[date, ...] = ()
    in_region: bool = True
    # Without an identifier nothing can be looked up; a person has to say so.
    identified: bool = True


@dataclass(frozen=True)
class Finding:
    """One condition and whether it is met; None: it cannot be told from what is known.

    `code`: region, clean, embargo, rest, or `field:<code>` for a requirement; `values` fill the words of the page.
    """

    code: str
    met: bool | None
    values: Mapping[str, object]


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def screen(programme: Programme, values: Mapping[str, Any], past: Past, on: date) -> list[Finding]:
    """Check an application against the programme's conditions as of `on`, the closing day of the call."""
    asked = programme.eligibility
    found = [Finding("region", past.in_region, {})]
    known: bool | None = True if past.identified else None
    for code, years, events in (
        ("clean", asked.clean_years, past.violations),
        ("embargo", asked.embargo_years, past.revocations),
        ("rest", asked.rest_years, past.awards),
    ):
        if years:
            since = years_before(on, years)
            hits = sorted(day for day in events if since < day <= on)
            shown: dict[str, object] = {"years": years, "since": since.isoformat()}
            if hits:
                shown["day"] = hits[-1].isoformat()
            found.append(Finding(code, False if hits else known, shown))
    found += [requirement_met(item, values.get(item.field), on) for item in asked.requirements]
    return found


def requirement_met(item: Requirement, value: Any, on: date) -> Finding:
    """Whether a field fulfils a requirement; an empty field cannot be told."""
    code = f"field:{item.field}"
    if value is None or value == "":
        return Finding(code, None, {})
    if item.years is not None:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
        return Finding(code, day <= years_before(on, item.years), {"value": day.isoformat()})
    met = True
    if item.equals is not None:
        met = value is item.equals if isinstance(item.equals, bool) else str(value) == item.equals
    if item.at_least is not None or item.at_most is not None:
        number = Decimal(str(value))
        met = met and (item.at_least is None or number >= item.at_least)
        met = met and (item.at_most is None or number <= item.at_most)
    return Finding(code, met, {"value": str(value)})


def eligible(findings: Iterable[Finding]) -> bool | None:
    """False when one condition is not met, None when one cannot be told, else True."""
    states = [finding.met for finding in findings]
    return False if False in states else None if None in states else True


# ---- panels


@dataclass(frozen=True)
class Interest:
    """Why somebody may not review an application: `same_unit`, `applicant`, `declared`."""

    code: str
    text: str = ""


def conflict(
    *, reviewer_unit: int | None, reviewer: int, applicant_unit: int | None, applicant: int | None, declared: str = ""
) -> Interest | None:
    """The interest that keeps a reviewer from an application; None when there is none.

    A member of the applicant's unit, or whoever filed it, is always kept out; a declared interest is enough, too.
    """
    if reviewer == applicant:
        return Interest("applicant")
    if reviewer_unit is not None and reviewer_unit == applicant_unit:
        return Interest("same_unit")
    return Interest("declared", declared) if declared.strip() else None


def mean(totals: Sequence[Decimal]) -> Decimal:
    """Arithmetic mean to two decimals."""
    return (sum(totals, Decimal(0)) / len(totals)).quantize(HUNDREDTH, ROUND_HALF_UP)


def too_far_apart(totals: Sequence[Decimal], review: StageReview) -> bool:
    """Whether two members differ by more than the band allows, so that they must agree first."""
    return len(totals) > 1 and max(totals) - min(totals) > review.points * review.band / 100


def total(programme: Programme, means: Mapping[str, Decimal]) -> Decimal | None:
    """Weighted total of the stages, on the scale of the largest sheet; None while a stage is missing.

    A programme without panels has no total.
    """
    reviews = [item for item in programme.reviews if item.stage != "acceptance"]
    if not reviews or any(item.stage not in means for item in reviews):
        return None
    scale = max(item.points for item in reviews)
    parts = (item.weight * means[item.stage] / item.points * scale for item in reviews)
    return sum(parts, Decimal(0)).quantize(HUNDREDTH, ROUND_HALF_UP)


# ---- ranking and choice


@dataclass(frozen=True)
class Candidate:
    """One application at the overall appraisal. `ties`: further figures that decide between equal totals, most
    telling first (means of later stages). `vote`: place that the panel gave in a vote among equals."""

    id: int
    total: Decimal | None
    ties: tuple[Decimal, ...] = ()
    vote: int | None = None


@dataclass(frozen=True)
class Choice:
    """Result of the choice: ids in order of rank.

    Attributes:
        ranked: (id, rank); equal ones share a rank.
        chosen, reserve: above the line, within and beyond the quota.
        below: under the line, or without a total where one is needed.
        tied: equals between whom the last place lies; a vote must decide before anybody is chosen.
        vacant: places of the quota that stay empty.
    """

    ranked: tuple[tuple[int, int], ...]
    chosen: tuple[int, ...]
    reserve: tuple[int, ...]
    below: tuple[int, ...]
    tied: tuple[int, ...]
    vacant: int


def _standing(candidate: Candidate) -> tuple[Any, ...]:
    assert candidate.total is not None
    vote = candidate.vote if candidate.vote is not None else 0
    return (-candidate.total, tuple(-part for part in candidate.ties), vote)


def choose(candidates: Iterable[Candidate], *, quota: int | None, line: Decimal | None) -> Choice:
    """Rank the candidates and choose at most `quota` of those that reach the line; nobody is a valid result."""
    pool = list(candidates)
    scored = sorted((item for item in pool if item.total is not None), key=_standing)
    ranked: list[tuple[int, int]] = []
    for place, item in enumerate(scored, start=1):
        same = place > 1 and _standing(scored[place - 2]) == _standing(item)
        ranked.append((item.id, ranked[-1][1] if same else place))
    over = [item for item in scored if line is None or (item.total is not None and item.total >= line)]
    below = [item.id for item in scored if item not in over]
    unscored = [item.id for item in pool if item.total is None]
    most = len(over) if quota is None else quota
    tied: list[int] = []
    if len(over) > most and _standing(over[most - 1]) == _standing(over[most]):
        edge = _standing(over[most])
        tied = [item.id for item in over if _standing(item) == edge]
    chosen = [item.id for item in over[:most] if item.id not in tied]
    reserve = [item.id for item in over[most:] if item.id not in tied]
    vacant = 0 if quota is None else max(0, quota - len(over))
    return Choice(tuple(ranked), tuple(chosen), tuple(reserve), tuple(below + unscored), tuple(tied), vacant)


def choose_unranked(ids: Sequence[int], *, quota: int | None) -> Choice:
    """The choice of a programme without panels: everybody who came so far, as long as the quota reaches.

    Beyond the quota nobody is chosen by the system: all are tied until an order is given.
    """
    if quota is not None and len(ids) > quota:
        return Choice(tuple((pk, 1) for pk in ids), (), (), (), tuple(ids), 0)
    vacant = 0 if quota is None else quota - len(ids)
    return Choice(tuple((pk, 1) for pk in ids), tuple(ids), (), (), (), vacant)


def levels(programme: Programme, totals: Sequence[tuple[int, Decimal | None]]) -> dict[int, Level]:
    """The grade of each chosen one, in order of rank: the first whose line it reaches and that is not yet full."""
    given: dict[int, Level] = {}
    used: dict[str, int] = {}
    for pk, value in totals:
        for level in programme.levels:
            if (value or Decimal(0)) >= level.at_least and used.get(level.code, 0) < (level.most or 10**9):
                given[pk] = level
                used[level.code] = used.get(level.code, 0) + 1
                break
    return given
