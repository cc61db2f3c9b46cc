"""What every source of values gets and gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Generic, TypeVar

from hengjian.indicators.declarations import Definition
from hengjian.indicators.rules import Parts, Tree
from hengjian.lake.errors import LakeError
from hengjian.lake.measures import Stood, Tally
from hengjian.lake.queries import Ask
from hengjian.lake.standings import StandingAsk
from hengjian.methods.periods import Frequency, Period
from hengjian.parties.models import Region

_Ask = TypeVar("_Ask")
_Row = TypeVar("_Row")


class NotComputable(Exception):
    """The figure cannot be computed; the message says why, for people."""


@dataclass(frozen=True)
class Places:
    """All regions with what lies above them.

    Attributes:
        level: region code → national, provincial, prefecture, county, township.
    """

    tree: Tree
    level: Mapping[str, str]
    pk: Mapping[str, int]

    @classmethod
    def load(cls) -> Places:
        """From the region table, in one query."""
        rows = list(Region.objects.values_list("pk", "code", "level", "parent"))
        code = {pk: own for pk, own, _level, _parent in rows}
        parent = {pk: above for pk, _code, _level, above in rows}
        above: dict[str, tuple[str, ...]] = {}
        for pk, own, _level, _parent in rows:
            chain: list[str] = []
            at = parent[pk]
            while at is not None and code[at] not in chain:
                chain.append(code[at])
                at = parent.get(at)
            above[own] = tuple(chain)
        return cls(Tree(above), {own: level for _pk, own, level, _ in rows}, {own: pk for pk, own, _level, _ in rows})

    def within(self, region: str) -> set[str]:
        """The region and everything below it, as codes."""
        return {region, *(code for code, chain in self.tree.above.items() if region in chain)}


@dataclass(frozen=True)
class Task:
    """One indicator to be computed.

    Attributes:
        tree_size: the state of the ledger that counts.
        today: periods that begin later are not computed.
        first, last: only periods that lie between these days; None: all.
        only: only values of this period code, where one is computed again.
    """

    declared: Definition
    places: Places
    tree_size: int
    today: date
    first: date | None = None
    last: date | None = None

    @cached_property
    def levels(self) -> frozenset[str]:
        return frozenset(self.declared.levels)

    def wanted(self, region: str) -> bool:
        """Whether the indicator exists for this region."""
        return self.places.level.get(region) in self.levels

    def within(self, period: Period) -> bool:
        """Whether values of this period are asked for."""
        if period.first > self.today:
            return False
        return (self.first is None or period.first >= self.first) and (self.last is None or period.last <= self.last)


@dataclass(frozen=True)
class Computed:
    """A value as computed, not stored yet; see `models.Observation`."""

    region: str
    period: Period
    dimensions: str
    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    n: int | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)
    rule: str = ""
    # Besides those of the definition.
    assumptions: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class Cell:
    """Parts of one break-down value in one period, before regions are added up."""

    frequency: Frequency
    period: Period
    dimensions: str


class Answers(Generic[_Ask, _Row]):
    """What the lake answered, by question; questions are compared by what they say."""

    def __init__(self, ask: Callable[[Sequence[_Ask]], list[list[_Row]]], wanted: Iterable[_Ask]) -> None:
        """All that is wanted is asked at once, each question one time. Where one of them is wrong, each is asked alone
        when it is wanted, so that one bad definition does not stop the others."""
        self._ask = ask
        questions = {repr(one): one for one in wanted}
        self._rows: dict[str, list[_Row]] = {}
        if questions:
            with suppress(LakeError):
                self._rows = dict(zip(questions, ask(list(questions.values())), strict=True))

    def __getitem__(self, asked: _Ask) -> list[_Row]:
        """The answer to a question.

        Raises:
            LakeError: the question cannot be answered.
        """
        key = repr(asked)
        if key not in self._rows:
            (self._rows[key],) = self._ask([asked])
        return self._rows[key]


@dataclass(frozen=True)
class Heard:
    """All that the lake answered."""

    counted: Answers[Ask, Tally]
    stood: Answers[StandingAsk, Stood]


Table = dict[Cell, dict[str, Parts]]
Sizes = dict[Cell, dict[str, int]]
