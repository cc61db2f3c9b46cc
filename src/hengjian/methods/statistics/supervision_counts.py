"""Counts of supervision checks (监督抽查): batch and enterprise rates, like-for-like panels, repeated failures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hengjian.methods.ratios import Ratio


@dataclass(frozen=True)
class SupervisionCounts:
    """What a supervision check counted.

    Attributes:
        drawn: batches drawn; inspected: those that were inspected (the denominator); failed: nonconforming ones.
        enterprises: enterprises inspected; failed_enterprises: those with at least one failed batch.
        refused: enterprises that refused to be sampled; a status of its own, in no rate.
    """

    drawn: int
    inspected: int
    failed: int
    enterprises: int = 0
    failed_enterprises: int = 0
    refused: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.failed <= self.inspected <= self.drawn:
            raise ValueError(f"failed {self.failed} ≤ inspected {self.inspected} ≤ drawn {self.drawn} does not hold")
        if not 0 <= self.failed_enterprises <= self.enterprises:
            raise ValueError(f"{self.failed_enterprises} of {self.enterprises} enterprises failed")
        if self.refused < 0:
            raise ValueError(f"{self.refused} enterprises cannot have refused")

    @property
    def batch_pass(self) -> Ratio:
        """批次合格率, the headline of the official notices; its denominator is what was inspected, not drawn."""
        return Ratio(self.inspected - self.failed, self.inspected)

    @property
    def enterprise_pass(self) -> Ratio:
        """企业合格率."""
        return Ratio(self.enterprises - self.failed_enterprises, self.enterprises)

    @property
    def not_inspected(self) -> int:
        """Drawn but not inspected; they have a status of their own and are in no rate."""
        return self.drawn - self.inspected

    def __add__(self, other: SupervisionCounts) -> SupervisionCounts:
        """Both together; only for parts that share no enterprise (regions, sizes; not fields of trade)."""
        return SupervisionCounts(
            self.drawn + other.drawn,
            self.inspected + other.inspected,
            self.failed + other.failed,
            self.enterprises + other.enterprises,
            self.failed_enterprises + other.failed_enterprises,
            self.refused + other.refused,
        )

    def __sub__(self, part: SupervisionCounts) -> SupervisionCounts:
        """The rest when a part was published and another not.

        Raises:
            ValueError: it is no part of the whole.
        """
        return SupervisionCounts(
            self.drawn - part.drawn,
            self.inspected - part.inspected,
            self.failed - part.failed,
            self.enterprises - part.enterprises,
            self.failed_enterprises - part.failed_enterprises,
            self.refused - part.refused,
        )


@dataclass(frozen=True)
class Panel:
    """The products that were checked in both years, with passed of inspected over them for each year.

    Attributes:
        all_before, all_after: over every product of the year; their change is no trend where the lists differ.
    """

    products: tuple[str, ...]
    before: Ratio
    after: Ratio
    all_before: Ratio
    all_after: Ratio


def like_for_like(before: Mapping[str, Ratio], after: Mapping[str, Ratio]) -> Panel:
    """Compare two years by the products of both: selection is risk-oriented and the list changes every year."""
    common = sorted(before.keys() & after.keys())

    def summed(ratios: Iterable[Ratio]) -> Ratio:
        return sum(ratios, Ratio(0, 0))

    return Panel(
        tuple(common),
        summed(before[name] for name in common),
        summed(after[name] for name in common),
        summed(before.values()),
        summed(after.values()),
    )


@dataclass(frozen=True)
class Check:
    """One check of one product of one enterprise; a re-check (复查) or one that was not inspected breaks no run."""

    on: date
    failed: bool
    inspected: bool = True
    recheck: bool = False


def failing_run(checks: Iterable[Check], *, within_days: int | None = None) -> tuple[Check, ...]:
    """The last inspected checks in a row that failed, oldest first; two or more are 连续抽查不合格.

    Args:
        checks: of the same enterprise and product, in any order.
        within_days: only those within so many days of the last one.
    """
    run: list[Check] = []
    counted: Sequence[Check] = sorted(
        (check for check in checks if check.inspected and not check.recheck), key=lambda check: check.on
    )
    for check in reversed(counted):
        if not check.failed:
            break
        if within_days is not None and run and check.on < run[0].on - timedelta(within_days):
            break
        run.append(check)
    return tuple(reversed(run))
