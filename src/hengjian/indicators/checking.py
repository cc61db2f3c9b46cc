"""Whether indicators can be computed: what they name exists, and none is made of itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.utils.translation import gettext as _
from pydantic import BaseModel

from hengjian.indicators import catalogue, derived
from hengjian.indicators.computing.order import Circle, in_order
from hengjian.indicators.declarations import (
    Definition,
    FromFacts,
    FromFactValue,
    FromIndicators,
    FromReturn,
    FromStanding,
)
from hengjian.lake.measures import Measure
from hengjian.ledger.errors import UnknownKind
from hengjian.ledger.kinds import kind_of
from hengjian.methods.organisations import default_organisations
from hengjian.returns.catalogue import form
from hengjian.rulebook.families import FAMILIES

# Columns that every fact has in the lake.
COMMON = frozenset(
    (
        *("leaf_index", "id", "kind", "subject", "subject_kind", "region", "occurred_on", "recorded_at", "ends_on"),
        *("source_unit", "supersedes", "retracts", "disclosure"),
    )
)
Problem = tuple[str, str]  # place and message


def declared_indicators(**_given: Any) -> list[CheckMessage]:
    """Django system check over all declared indicators."""
    known = catalogue.shipped()
    return [
        Error(f"indicator {code}, {place}: {told}", id="indicators.E001")
        for code, declared in known.items()
        for place, told in problems(declared, known)
    ]


def problems(declared: Definition, known: Mapping[str, Definition]) -> Iterator[Problem]:
    """What keeps a definition from being computed: (place, message in the reader's language)."""
    source = declared.source
    if declared.weights and declared.weights not in known:
        yield "weights", _("没有编号为“%(code)s”的指标。") % {"code": declared.weights}
    if declared.owner not in default_organisations().families:
        yield "owner", _("没有“%(family)s”这个职能族。") % {"family": declared.owner}
    if isinstance(source, FromFacts):
        yield from _measure("source.numerator", source.numerator)
        if source.denominator is not None:
            yield from _measure("source.denominator", source.denominator)
    elif isinstance(source, FromStanding):
        named = [condition.field for condition in (*source.where, *source.meets)]
        named += [name for name in (source.sum, source.date, source.region, *source.by.values()) if name]
        yield from _fields("source", source.kinds, named)
    elif isinstance(source, FromFactValue):
        named = [condition.field for condition in source.where]
        named += [source.value, source.numerator, source.denominator, source.low, source.high, source.size]
        named += [source.region, source.period, *source.by.values()]
        yield from _fields("source", [source.facts], [name for name in named if name])
    elif isinstance(source, FromReturn):
        yield from _form(source)
    elif isinstance(source, FromIndicators):
        yield from _derived(declared, source, known)


def _measure(place: str, measure: Measure) -> Iterator[Problem]:
    yield from _fields(place, measure.kinds, measure.fields())


def _fields(place: str, kinds: Sequence[str], names: Sequence[str]) -> Iterator[Problem]:
    """Kinds that are not registered, and fields that none of the kinds has."""
    models = []
    for name in kinds:
        try:
            models.append(kind_of(name).payload)
        except UnknownKind:
            yield place, _("没有登记“%(kind)s”这种事实。") % {"kind": name}
    if len(models) < len(kinds):
        return
    for name in dict.fromkeys(names):
        plain = name.removeprefix("payload.")
        if plain == name and name in COMMON:
            continue
        if not any(_has(model, plain.split(".")) for model in models):
            told = {"field": name, "kinds": "、".join(kinds)}
            yield place, _("%(kinds)s 没有字段“%(field)s”。") % told


def _has(model: type[BaseModel], path: Sequence[str]) -> bool:
    field = model.model_fields.get(path[0])
    if field is None:
        return False
    if len(path) == 1:
        return True
    inner = field.annotation
    return isinstance(inner, type) and issubclass(inner, BaseModel) and _has(inner, path[1:])


def _form(source: FromReturn) -> Iterator[Problem]:
    try:
        declared = form(source.form)
    except LookupError:
        yield "source.form", _("没有编号为“%(form)s”的统计报表。") % {"form": source.form}
        return
    # Rows that come from a code list change with it and are not checked here.
    rows = {row.code for row in declared.rows} if declared.rows_from is None else None
    columns = {column.code for column in declared.columns}
    cells = [name.strip() for text in (source.numerator, source.denominator) if text for name in text.split("+")]
    for name in (*cells, *source.by.values()):
        row, _dot, column = name.partition(".")
        if column not in columns or (rows is not None and row not in rows and row != "*"):
            yield "source", _("报表“%(form)s”没有单元格“%(cell)s”。") % {"form": source.form, "cell": name}


def _derived(declared: Definition, source: FromIndicators, known: Mapping[str, Definition]) -> Iterator[Problem]:
    if source.method not in derived.methods():
        told = {"method": source.method, "known": "、".join(derived.methods())}
        yield "source.method", _("没有“%(method)s”这种合成方法；可用：%(known)s。") % told
    if source.rule and source.rule not in FAMILIES:
        yield "source.rule", _("规则库没有“%(family)s”这一族。") % {"family": source.rule}
    missing = [code for code in source.inputs.values() if code not in known]
    for code in missing:
        yield "source.inputs", _("没有编号为“%(code)s”的指标。") % {"code": code}
    try:
        in_order([known[code] for code in _reached(declared, known)])
    except Circle as error:
        yield "source.inputs", _("指标互相引用，无法计算：%(codes)s。") % {"codes": " → ".join(error.codes)}


def _reached(declared: Definition, known: Mapping[str, Definition]) -> list[str]:
    """The indicator and all that it is made of."""
    found: dict[str, None] = {}
    todo = [declared.code]
    while todo:
        code = todo.pop()
        if code in found or code not in known:
            continue
        found[code] = None
        source = known[code].source
        if isinstance(source, FromIndicators):
            todo += source.inputs.values()
    return list(found)
