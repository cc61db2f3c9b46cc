"""Reads: the state of the standard system by field, comparison of a declaration with standard and peers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, QuerySet

from hengjian import rulebook
from hengjian.methods.adoption import consistency_rate
from hengjian.methods.indicators import Comparison, Limit, rank
from hengjian.methods.ratios import Ratio
from hengjian.registers.catalogue import register_type
from hengjian.registers.queries import counting, entries
from hengjian.rulebook.base import Rule
from hengjian.rulebook.parameters.adoption import AdoptionRate
from hengjian.systems.standards import rules
from hengjian.systems.standards.checking import find_standards
from hengjian.systems.standards.models import Standard, StandardDeclaration, said

UNSORTED = ""
PEERS = 200


@dataclass
class FieldLine:
    """One field of the standard system. `gap` and `needed`: items of the system without and with a standard."""

    code: str
    standards: int = 0
    mandatory: int = 0
    ended: int = 0
    degrees: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    needed: int = 0
    present: int = 0
    declarations: int = 0

    def adoption(self, rule: AdoptionRate) -> Ratio:
        return consistency_rate(self.degrees, rule.consistent, rule.counted)

    @property
    def presence(self) -> Ratio:
        return Ratio(self.present, self.needed)

    @property
    def gap(self) -> int:
        return self.needed - self.present


def adoption_rule(on: date, region: str = rulebook.NATIONAL) -> Rule:
    return rulebook.at("adoption_rate", region, on)


def overview(on: date, by: str = "domain", level: str = "") -> tuple[list[FieldLine], FieldLine]:
    """Standards in force, adoption, gap and declarations by field, and all together.

    Args:
        by: "domain" (field of the standard system) or "consumer_field" (key consumer goods).
        level: only standards of this level.
    """
    if by not in ("domain", "consumer_field"):
        raise ValueError(f"no breakdown by {by!r}")
    lines: dict[str, FieldLine] = {}

    def line(code: str) -> FieldLine:
        return lines.setdefault(code, FieldLine(code))

    rows = Standard.objects.filter(register="standard", **({"level": level} if level else {}))
    current = rows.filter(counting(register_type("standard"), on))
    for code, nature, degree, number in current.order_by().values_list(by, "nature", "adoption_degree").annotate(
        number=Count("pk")
    ):  # fmt: skip
        here = line(code)
        here.standards += number
        here.mandatory += number if nature == "mandatory" else 0
        here.degrees[degree] += number
    for code, number in rows.filter(status__in=["withdrawn", "replaced"]).order_by().values_list(by).annotate(
        number=Count("pk")
    ):  # fmt: skip
        line(code).ended += number
    if by == "domain":
        _needs(lines, on, level)
        declared = StandardDeclaration.objects.filter(status="current").order_by().values_list("product_class")
        for code, number in declared.annotate(number=Count("pk")):
            line(code).declarations += number
    total = FieldLine("total")
    for item in lines.values():
        _add(total, item)
    return sorted(lines.values(), key=lambda item: (item.code == UNSORTED, -item.standards, item.code)), total


def _needs(lines: dict[str, FieldLine], on: date, level: str) -> None:
    needs = entries("standard_system_item").filter(counting(register_type("standard_system_item"), on))
    for extras, status in needs.values_list("extras", "status"):
        if level and extras.get("level") != level:
            continue
        here = lines.setdefault(extras.get("domain") or UNSORTED, FieldLine(extras.get("domain") or UNSORTED))
        here.needed += 1
        here.present += status == "present" or bool(extras.get("standard"))


def _add(total: FieldLine, item: FieldLine) -> None:
    for name in ("standards", "mandatory", "ended", "needed", "present", "declarations"):
        setattr(total, name, getattr(total, name) + getattr(item, name))
    for degree, number in item.degrees.items():
        total.degrees[degree] += number


# ---- comparison


@dataclass(frozen=True)
class IndicatorLine:
    """One indicator: declaration, standard, and where the promise stands among peers (place, of how many)."""

    comparison: Comparison
    method: str
    place: tuple[int, int] | None
    best: Limit | None


@dataclass(frozen=True)
class Sheet:
    """A declaration beside the standard it follows (or undercuts) and the declarations of others for like products."""

    standard: Standard | None
    lines: list[IndicatorLine]
    peers: int
    unnamed: list[str]


def compare(declaration: StandardDeclaration) -> Sheet:
    """The indicators of a declaration, each beside standard and peers."""
    number = declaration.executes or said(declaration, "below_standard")
    standard = find_standards([number]).get(number) if number else None
    mine = said(declaration, "indicators")
    required = said(standard, "indicators") if standard is not None else ""
    methods = {item.name: item.method for item in (*rules.read_indicators(required), *rules.read_indicators(mine))}
    others = list(peers_of(declaration)[:PEERS])
    promised: dict[str, list[Limit]] = defaultdict(list)
    for other in others:
        for name, limit in rules.limits(rules.read_indicators(said(other, "indicators"))).items():
            promised[name].append(limit)
    lines = []
    for item in rules.compared(mine, required):
        place = rank(item.declared, promised[item.name]) if item.declared is not None else None
        lines.append(IndicatorLine(item, methods.get(item.name, ""), place, _best(promised[item.name])))
    return Sheet(standard, lines, len(others), rules.missing_words(mine, required))


def peers_of(declaration: StandardDeclaration) -> QuerySet[StandardDeclaration]:
    """Declarations of other enterprises for the same common name or product, else for the same standard."""
    rows = StandardDeclaration.objects.filter(status="current", product_class=declaration.product_class)
    rows = rows.exclude(enterprise=declaration.enterprise)
    same = rows.filter(title=declaration.title)
    if name := said(declaration, "common_name"):
        same = same | rows.filter(extras__common_name=name)
    if declaration.executes:
        same = same | rows.filter(executes=declaration.executes)
    return same.order_by("pk")


def _best(limits: Iterable[Limit]) -> Limit | None:
    """The strictest of one-sided promises that can be compared with the first of them."""
    found = [limit for limit in limits if limit.direction in ("at_least", "at_most")]
    best: Limit | None = None
    for limit in found:
        if best is None:
            best = limit
            continue
        same = limit.converted(best.unit)
        if same is None or same.direction != best.direction:
            continue
        here, there = (same.low, best.low) if best.direction == "at_least" else (best.high, same.high)
        if here is not None and there is not None and here > there:
            best = limit
    return best


def citing(standard: Standard) -> QuerySet[StandardDeclaration]:
    """Declarations in force that follow or cite a standard."""
    rows = StandardDeclaration.objects.filter(StandardDeclaration.citing(standard.key), status="current")
    return rows.order_by("enterprise_name", "pk")


def flagged(on: date) -> QuerySet[StandardDeclaration]:
    """Declarations in force that rest on a standard which has ended."""
    return StandardDeclaration.objects.filter(status="current", flagged_on__lte=on).order_by("flagged_on", "pk")
