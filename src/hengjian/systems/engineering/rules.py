"""Who answers for a project: completeness of commitments, the plate, the end of liability, rates. Pure.

Source: 建质〔2014〕124号. Days are plain dates; both ends of a span are included.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import NamedTuple


class Role(StrEnum):
    """The five responsible parties, in the order of the plate."""

    OWNER = "owner"
    SURVEY = "survey"
    DESIGN = "design"
    BUILDER = "builder"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True)
class Holder:
    """One person in one role. `committed`: commitment signed and authorised by the legal representative."""

    role: Role
    name: str
    unit: str
    since: date
    until: date | None = None
    committed: bool = False

    def holds(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on <= self.until)


class Completeness(NamedTuple):
    """How many of the five are in order.

    Attributes:
        complete: roles with a current holder whose commitment is in order.
        vacant: roles without a holder.
        unsigned: roles whose holder has not signed or was not authorised.
    """

    complete: tuple[Role, ...]
    vacant: tuple[Role, ...]
    unsigned: tuple[Role, ...]

    @property
    def ok(self) -> bool:
        return not self.vacant and not self.unsigned

    @property
    def missing(self) -> tuple[Role, ...]:
        return tuple(role for role in Role if role in self.vacant or role in self.unsigned)


def completeness(holders: Iterable[Holder], on: date) -> Completeness:
    """Who of the five is in order on a day: it needs 5 of 5 before the supervision procedure and before acceptance."""
    current = {holder.role: holder for holder in holders if holder.holds(on)}
    complete = tuple(role for role in Role if role in current and current[role].committed)
    vacant = tuple(role for role in Role if role not in current)
    unsigned = tuple(role for role in Role if role in current and not current[role].committed)
    return Completeness(complete, vacant, unsigned)


def liable_until(accepted_on: date, design_life: int) -> date:
    """The last day on which the five answer: acceptance plus the design life; 29 February falls on the 28th.

    >>> liable_until(date(2016, 6, 1), 50)
    datetime.date(2066, 6, 1)
    """
    year = accepted_on.year + design_life
    try:
        return accepted_on.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def plate_text(project: str, permit: str, accepted_on: date, design_life: int, holders: Iterable[Holder]) -> str:
    """The text of the permanent plate: units and persons as they were on the day of acceptance.

    The plate is a Chinese document whatever the reader's language.

    Raises:
        ValueError: a role had no holder on the day.
    """
    current = {holder.role: holder for holder in holders if holder.holds(accepted_on)}
    if vacant := [role for role in Role if role not in current]:
        raise ValueError(f"no holder on {accepted_on} for {', '.join(vacant)}")
    lines = [f"工程名称：{project}", f"施工许可证号：{permit}"]
    lines += [
        f"{PLATE_PARTIES[role]}：{current[role].unit}　{PLATE_PERSONS[role]}：{current[role].name}" for role in Role
    ]
    lines += [
        f"竣工验收日期：{accepted_on.year}年{accepted_on.month}月{accepted_on.day}日",
        f"设计使用年限：{design_life}年",
    ]
    return "\n".join(lines)


PLATE_PARTIES = {
    Role.OWNER: "建设单位",
    Role.SURVEY: "勘察单位",
    Role.DESIGN: "设计单位",
    Role.BUILDER: "施工单位",
    Role.SUPERVISOR: "监理单位",
}
PLATE_PERSONS = {
    Role.OWNER: "项目负责人",
    Role.SURVEY: "项目负责人",
    Role.DESIGN: "项目负责人",
    Role.BUILDER: "项目经理",
    Role.SUPERVISOR: "总监理工程师",
}


def succession_problem(current: Holder | None, since: date) -> str:
    """Why a person cannot take over from `since` on: "not_after" when the span would overlap; empty: they can."""
    return "not_after" if current is not None and since <= current.since else ""


class Rate(NamedTuple):
    """A rate that keeps its parts; `percent` is None where nothing was counted."""

    part: int
    whole: int

    @property
    def percent(self) -> Decimal | None:
        """With two decimals, halves up."""
        if not self.whole:
            return None
        return (Decimal(self.part) * 100 / self.whole).quantize(Decimal("0.01"), ROUND_HALF_UP)


class Round(NamedTuple):
    """One presentation for acceptance."""

    project: int
    number: int
    on: date
    passed: bool


def acceptance_rates(rounds: Sequence[Round], first: date, last: date) -> tuple[Rate, Rate]:
    """(竣工验收合格率, 一次验收合格率) of the projects whose latest presentation of the period lies in it.

    The first is the share of projects presented in the period that had passed by its end; the second, the share that
    passed at their very first presentation, among those that passed in the period.
    """
    latest: dict[int, Round] = {}
    for item in sorted(rounds, key=lambda item: (item.project, item.number)):
        if item.on <= last:
            latest[item.project] = item
    presented = [item for item in latest.values() if item.on >= first]
    passed = [item for item in presented if item.passed]
    return Rate(len(passed), len(presented)), Rate(sum(item.number == 1 for item in passed), len(passed))
