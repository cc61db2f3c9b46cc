"""Methods that make an indicator out of others, by name and version, so that old values keep their method."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from hengjian.indicators.declarations import Definition, FromIndicators
from hengjian.indicators.rules import Tree
from hengjian.methods.periods import Period
from hengjian.rulebook.base import Rule


@dataclass(frozen=True)
class Input:
    """One value that goes in."""

    pk: int
    region: str
    dimensions: str
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    n: int | None = None


@dataclass(frozen=True)
class Ingredients:
    """All that a method may look at: it is a pure function of these.

    Attributes:
        inputs: role → values of the period, of every region and break-down.
        directions: role → whether more is better.
        level: region code → level.
        rule: weights, bounds or bands in force at the end of the period, where the definition names a family.
    """

    declared: Definition
    period: Period
    inputs: Mapping[str, tuple[Input, ...]]
    directions: Mapping[str, str]
    tree: Tree
    level: Mapping[str, str]
    rule: Rule | None

    @property
    def source(self) -> FromIndicators:
        assert isinstance(self.declared.source, FromIndicators)
        return self.declared.source

    def whole(self, role: str) -> dict[str, Input]:
        """Region → value without break-down."""
        return {item.region: item for item in self.inputs.get(role, ()) if not item.dimensions}

    def broken_down(self, role: str) -> dict[str, dict[str, Input]]:
        """Region → break-down → value, for break-downs by one thing."""
        found: dict[str, dict[str, Input]] = {}
        for item in self.inputs.get(role, ()):
            if item.dimensions and ";" not in item.dimensions:
                found.setdefault(item.region, {})[item.dimensions] = item
        return found

    def below(self, region: str, among: Iterable[str]) -> list[str]:
        """Those of `among` that are the region or lie below it and have none of `among` below themselves."""
        wanted = set(among)
        inner = {above for code in wanted for above in self.tree.above.get(code, ())}
        return sorted(
            code for code in wanted if code not in inner and (code == region or region in self.tree.above.get(code, ()))
        )


@dataclass(frozen=True)
class Made:
    """What a method says about one region.

    Attributes:
        used: the inputs that decided it.
        parts: what explains the figure (JSON): scores of groups, weights, cells.
        assumptions: what it had to assume for this very value.
    """

    region: str
    value: Decimal | None
    used: tuple[Input, ...]
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    parts: Mapping[str, Any] = field(default_factory=dict)
    assumptions: tuple[Mapping[str, str], ...] = ()


Method = Callable[[Ingredients], Iterable[Made]]
_methods: dict[str, Method] = {}


def register(name: str, method: Method) -> None:
    """Make a method known as `name/version`.

    Raises:
        ValueError: another method has this name.
    """
    if _methods.setdefault(name, method) is not method:
        raise ValueError(f"method {name!r} is registered twice")


def method(name: str) -> Method:
    """The registered method; KeyError names those that there are."""
    try:
        return _methods[name]
    except KeyError:
        raise KeyError(f"no method {name!r}; there are {', '.join(sorted(_methods))}") from None


def methods() -> list[str]:
    return sorted(_methods)
