"""Finding the rule that holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from hengjian.rulebook.base import Family, Rule, covers, region_prefix
from hengjian.rulebook.families import FAMILIES
from hengjian.rulebook.loader import load


class RuleNotFound(LookupError):
    """No rule holds; says what was asked, what exists and which versions lie nearest.

    Attributes: family, region, on, variant as asked; `existing`: the rules of the family; `nearest`: up to three of
    them that cover the region, by distance in time; `message_zh`, `message_en`.
    """

    def __init__(
        self, family: str, region: str, on: date | None, variant: str | None, existing: Iterable[Rule]
    ) -> None:
        self.family, self.region, self.on, self.variant = family, region, on, variant
        self.existing = tuple(existing)
        fitting = [r for r in self.existing if covers(r.region, region) and variant in (None, r.variant)]
        self.nearest = tuple(sorted(fitting, key=lambda r: (_distance(r, on), r.id))[:3]) if on else tuple(fitting[:3])
        name = FAMILIES[family].title if family in FAMILIES else family
        chosen = f"“{variant}”" if variant else ""
        variants = "、".join(sorted({rule.variant for rule in self.existing})) or "—"
        near = "；".join(_period(rule) for rule in self.nearest) or "—"
        self.message_zh = (
            f"没有找到规则：{name}{chosen}，地区 {region}，日期 {on}。该族已有：{variants}。最近的版本：{near}。"
            f"请改选规则、地区或日期，或在规则库 {family} 中补充该时期的版本。"
        )
        self.message_en = (
            f"No rule: family {family}{f', variant {variant}' if variant else ''}, region {region}, date {on}. "
            f"The family has: {variants}. Nearest versions: {near}. "
            f"Choose another rule, region or date, or add the version to the rulebook under {family}."
        )
        super().__init__(f"{self.message_zh} / {self.message_en}")


def _distance(rule: Rule, on: date | None) -> int:
    if on is None or rule.in_force(on):
        return 0
    if on < rule.in_force_from:
        return (rule.in_force_from - on).days
    return (on - (rule.in_force_to or on)).days


def _period(rule: Rule) -> str:
    return f"{rule.id}（{rule.in_force_from}～{rule.in_force_to or ''}）"


@lru_cache(maxsize=1)
def all_rules() -> tuple[Rule, ...]:
    """Every rule that ships with the product; read once.

    Raises:
        RulebookError: some file is wrong.
    """
    return load()


@lru_cache(maxsize=1)
def _by_id() -> dict[str, Rule]:
    return {rule.id: rule for rule in all_rules()}


@lru_cache(maxsize=4096)
def versions(family: str, variant: str | None = None) -> tuple[Rule, ...]:
    """All rules of a family (and variant), by variant, region and date.

    Raises:
        KeyError: no such family.
    """
    if family not in FAMILIES:
        raise KeyError(f"no family {family!r}; there are {', '.join(FAMILIES)}")
    return tuple(r for r in all_rules() if r.family == family and variant in (None, r.variant))


def families() -> list[Family]:
    """All families in their fixed order."""
    return list(FAMILIES.values())


def get(rule_id: str) -> Rule:
    """The rule with that id.

    Raises:
        RuleNotFound: there is none.
    """
    found = _by_id().get(rule_id)
    if found is None:
        family = rule_id.split(".", 1)[0]
        raise RuleNotFound(family, "—", None, rule_id, versions(family) if family in FAMILIES else ())
    return found


def at(family: str, region: str, on: date, variant: str | None = None) -> Rule:
    """The rule of a family that holds in a region on a day.

    With `variant` the version of that named rule; without, the variant that is the default there. The most specific
    region wins, the nation is the last resort.

    Raises:
        RuleNotFound: none holds. KeyError: no such family.
    """
    try:
        return choose(versions(family, variant), family, region, on, variant)
    except RuleNotFound as error:  # which other variants there are helps to find the right one
        raise RuleNotFound(family, region, on, variant, versions(family)) from error


def choose(rules: Sequence[Rule], family: str, region: str, on: date, variant: str | None = None) -> Rule:
    """`at` over given rules."""
    best: tuple[int, Rule] | None = None
    for rule in rules:
        if not rule.in_force(on) or not covers(rule.region, region):
            continue
        if variant is not None:
            if rule.variant != variant:
                continue
            weight = len(region_prefix(rule.region))
        else:
            fitting = [len(region_prefix(place)) for place in rule.defaults if covers(place, region)]
            if not fitting:
                continue
            weight = max(fitting)
        if best is None or weight > best[0]:
            best = (weight, rule)
    if best is None:
        raise RuleNotFound(family, region, on, variant, rules)
    return best[1]


def variants(family: str, region: str, on: date) -> list[Rule]:
    """What can be chosen in a region on a day: one rule per variant, the most specific version of each."""
    names = sorted({r.variant for r in versions(family) if r.in_force(on) and covers(r.region, region)})
    return [at(family, region, on, name) for name in names]
