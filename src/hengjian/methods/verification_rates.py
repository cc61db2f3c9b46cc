"""Rates of metrological verification: 受检率, 合格率, coverage. Each keeps its numerator and denominator.

受检率 = verified by the due day / due in the period; due leaves out instruments recorded as stopped or scrapped before
their due day. 合格率 = passed at the first attempt / verified. Coverage = verified at all, late ones too / due. A late
verification raises coverage, never timeliness.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from hengjian.methods.ratios import Ratio


@dataclass(frozen=True)
class Due:
    """One instrument on one due day.

    Attributes:
        due_on: day by which it had to be verified.
        verified_on: day of the first verification for this due day; None: none yet.
        passed: whether that first attempt was passed; a pass after repair is none.
        stopped_on: day since which it is recorded as stopped or scrapped.
    """

    due_on: date
    verified_on: date | None = None
    passed: bool = False
    stopped_on: date | None = None

    @property
    def counts(self) -> bool:
        """Whether it had to be verified: stopped on the due day or later is too late to be excused."""
        return self.stopped_on is None or self.stopped_on >= self.due_on

    def is_in_time(self) -> bool:
        return self.verified_on is not None and self.verified_on <= self.due_on


@dataclass(frozen=True)
class VerificationRates:
    """The rates of one set of instruments in one period.

    Attributes:
        timely: 受检率. coverage: with late ones. passed: 合格率.
        stopped: due days left out because the instrument was stopped before.
        open: due but not verified by the day of reckoning.
    """

    timely: Ratio
    coverage: Ratio
    passed: Ratio
    stopped: int
    open: int

    def __add__(self, other: VerificationRates) -> VerificationRates:
        return VerificationRates(
            self.timely + other.timely,
            self.coverage + other.coverage,
            self.passed + other.passed,
            self.stopped + other.stopped,
            self.open + other.open,
        )


NOTHING = VerificationRates(Ratio(0, 0), Ratio(0, 0), Ratio(0, 0), 0, 0)


def verification_rates(items: Iterable[Due], first: date, last: date, as_of: date | None = None) -> VerificationRates:
    """The rates of what fell due from `first` to `last`, as known on `as_of` (default: `last`).

    In a period that still runs, a due day to come counts only when the verification is done already, so that nobody is
    late before the day. Verifications after `as_of` are not known yet.

    Raises:
        ValueError: the period ends before it begins.
    """
    if last < first:
        raise ValueError(f"the period ends {last}, before it begins {first}")
    known = as_of or last
    due = timely = covered = passed = stopped = 0
    for item in items:
        if not first <= item.due_on <= last:
            continue
        verified = item.verified_on if item.verified_on is not None and item.verified_on <= known else None
        if not item.counts and verified is None:
            stopped += 1
            continue
        if verified is None and item.due_on > known:
            continue
        due += 1
        if verified is not None:
            covered += 1
            timely += verified <= item.due_on
            passed += item.passed
    return VerificationRates(Ratio(timely, due), Ratio(covered, due), Ratio(passed, covered), stopped, due - covered)


@dataclass(frozen=True)
class FitLine:
    """Energy meters of one carrier at one level: fitted, required by count, and the rate that the standard asks for."""

    carrier: str
    level: str
    fitted: int
    needed: int
    required: int | None

    @property
    def rate(self) -> Ratio:
        """配备率: meters fitted of meters that the measuring points need."""
        return Ratio(self.fitted, self.needed)

    @property
    def meets(self) -> bool | None:
        """Whether the rate reaches what is required; None: nothing is required, or there is nothing to measure."""
        share = self.rate.percent(6)
        return None if self.required is None or share is None else share >= self.required

    @property
    def lacking(self) -> int:
        """How many meters more would reach the required rate."""
        if self.required is None:
            return 0
        least = -(-self.needed * self.required // 100)
        return max(least - self.fitted, 0)
