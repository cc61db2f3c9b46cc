"""Figures made of other indicators' values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from hengjian.indicators.catalogue import definition
from hengjian.indicators.computing.task import Computed, NotComputable, Task
from hengjian.indicators.declarations import FromIndicators
from hengjian.indicators.derived import Ingredients, Input, method
from hengjian.indicators.models import Observation
from hengjian.methods.periods import Period, parse_period
from hengjian.rulebook import RuleNotFound, at
from hengjian.rulebook.base import NATIONAL, Rule


def derive(task: Task) -> list[Computed]:
    """From the values that count today."""
    source = _source(task)
    rows = Observation.objects.filter(
        indicator__in=set(source.inputs.values()), current=True, frequency__in=task.declared.frequencies
    ).exclude(status=Observation.Status.WITHDRAWN)
    return _made(task, rows.select_related("region"))


def derive_from(task: Task, inputs: Mapping[str, list[int]]) -> list[Computed]:
    """From the very values (role → keys) that a figure was made of."""
    rows = Observation.objects.filter(pk__in={pk for keys in inputs.values() for pk in keys}).select_related("region")
    return _made(task, rows)


def _source(task: Task) -> FromIndicators:
    source = task.declared.source
    assert isinstance(source, FromIndicators)
    return source


def _made(task: Task, rows: Iterable[Observation]) -> list[Computed]:
    source = _source(task)
    by_code: dict[str, dict[str, list[Input]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        by_code[row.period][row.indicator].append(_input(row))
    directions = {role: definition(code).direction for role, code in source.inputs.items()}
    found: list[Computed] = []
    for code in sorted(by_code):
        period = parse_period(code)
        if not task.within(period):
            continue
        rule = _rule(source, period)
        given = Ingredients(
            task.declared,
            period,
            {role: tuple(by_code[code].get(name, ())) for role, name in source.inputs.items()},
            directions,
            task.places.tree,
            task.places.level,
            rule,
        )
        roles = {item.pk: role for role, items in given.inputs.items() for item in items}
        for made in method(source.method)(given):
            keys: dict[str, list[int]] = defaultdict(list)
            for item in made.used:
                keys[roles[item.pk]].append(item.pk)
            found.append(
                Computed(
                    made.region,
                    period,
                    "",
                    made.value,
                    made.numerator,
                    made.denominator,
                    made.low,
                    made.high,
                    len(made.used),
                    {"values": {role: sorted(pks) for role, pks in sorted(keys.items())}, "parts": dict(made.parts)},
                    f"{rule.id}@{rule.version}" if rule else "",
                    made.assumptions,
                )
            )
    return found


def _input(row: Observation) -> Input:
    return Input(
        row.pk, row.region.code, row.dimensions, row.value, row.numerator, row.denominator, row.low, row.high, row.n
    )


def _rule(source: FromIndicators, period: Period) -> Rule | None:
    """The weights, bounds or bands in force at the end of the period.

    Raises:
        NotComputable: the family has none for that day.
    """
    if not source.rule:
        return None
    try:
        return at(source.rule, NATIONAL, period.last, source.variant or None)
    except RuleNotFound as error:
        raise NotComputable(error.message_zh) from error
