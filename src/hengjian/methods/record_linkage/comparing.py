"""Candidate pairs and how their records agree, as portable expressions: the same on DuckDB and on Spark.

Pairs come from keys that two records of one body will nearly always share one of. How a pair agrees is one small
number, its *pattern*; all statistics are taken over patterns, wherever the pairs were counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from hengjian.methods.later import later

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
else:
    ibis = later("ibis")


# Keys shared by more records than this say too little.
LARGEST_BLOCK = 60


@dataclass(frozen=True)
class Comparison:
    """One thing that is compared; level 0 is the best agreement."""

    name: str
    levels: tuple[str, ...]


COMPARISONS = (
    Comparison("brand", ("equal", "one_character", "different")),
    Comparison("trade", ("equal", "missing", "different")),
    Comparison("place", ("equal", "one_inside_the_other", "missing", "different")),
    Comparison("form", ("equal", "missing", "different")),
    Comparison("person", ("equal", "missing", "different")),
    Comparison("street", ("equal", "missing", "different")),
)


@dataclass(frozen=True)
class Key:
    """What two records of one body will nearly always share.

    Attributes:
        letter: tells keys of different kinds apart.
        parts: features that are joined; `county` is the place down to the prefecture.
        needs: features without which there is no such key.
        place: how long the division code must be at least.
        nameless: only for bodies without a name-giving word.
    """

    letter: str
    parts: tuple[str, ...]
    needs: tuple[str, ...]
    place: int = 0
    nameless: bool = False


KEYS = (
    Key("c", ("code",), ("code",)),
    Key("p", ("brand", "trade", "county"), ("brand",), place=4),
    # A name whose place is unknown meets those of its kind whose place is known only here.
    Key("n", ("brand", "trade"), ("brand",)),
    Key("b", ("brand", "person"), ("brand", "person")),
    Key("s", ("person", "street"), ("person", "street")),
    Key("t", ("trade", "street", "county"), ("trade", "street")),
    Key("w", ("brand", "street"), ("brand", "street")),
    Key("v", ("form", "trade", "place"), (), place=6, nameless=True),
)


def patterns() -> Iterator[tuple[int, tuple[int, ...]]]:
    """Every pattern number with the levels of `COMPARISONS` that it stands for."""
    yield from enumerate(product(*(range(len(one.levels)) for one in COMPARISONS)))


def candidates(left: ir.Table, right: ir.Table | None = None) -> ir.Table:
    """Distinct pairs of rows that share a key: `one` < `other`, or with `right` a row of `left` and any of `right`."""
    first = keys(left)
    whole = first if right is None else keys(right)
    if right is not None:
        whole = whole.semi_join(first, "key")
    sizes = whole.group_by("key").aggregate(size=whole.count())
    small = sizes.filter((sizes.size > 1) & (sizes.size <= LARGEST_BLOCK)).select("key")
    first = first.semi_join(small, "key")
    second = first.view() if right is None else whole
    pairs = first.join(second, first.key == second.key).select(one=first.row, other=second.row)
    # A pair of two new rows is met from both sides; the smaller number stands first.
    pairs = pairs.filter(pairs.one < pairs.other) if right is None else pairs.filter(pairs.one != pairs.other)
    return pairs.distinct()


def keys(table: ir.Table) -> ir.Table:
    """Blocking keys: one `row` and `key` per record and key; see `KEYS`."""
    columns = {name: table[name] for name in table.columns} | {"county": table.place.substr(0, 4)}
    tables = []
    for one in KEYS:
        joined = ibis.literal(one.letter)
        for part in one.parts:
            joined = joined + ibis.literal("|") + columns[part]
        there = table.place.length() >= one.place
        for name in one.needs:
            there = there & (columns[name] != "")
        if one.nameless:
            there = there & (table.brand == "")
        tables.append(table.filter(there).select(row=table.row, key=joined))
    return ibis.union(*tables)


def keys_of(record: Mapping[str, str]) -> list[str]:
    """The keys of one record, given by its features; the same as `keys` finds for it."""
    columns = {**record, "county": record["place"][:4]}
    return [
        "|".join((one.letter, *(columns[part] for part in one.parts)))
        for one in KEYS
        if len(columns["place"]) >= one.place
        and all(columns[name] for name in one.needs)
        and not (one.nameless and columns["brand"])
    ]


def compared(pairs: ir.Table, left: ir.Table, right: ir.Table | None = None) -> ir.Table:
    """Pairs with `pattern` and `codes` (0 equal, 1 one is missing, 2 different, 3 equal on a body and its branch or
    on two kinds of bodies), without those that cannot be one body.

    A branch is another body than its parent, and so is a body of another kind.
    """
    a = left.rename(lambda name: f"{name}_a")
    b = (right if right is not None else left.view()).rename(lambda name: f"{name}_b")
    t = pairs.inner_join(a, pairs.one == a.row_a).inner_join(b, pairs.other == b.row_b)
    same_kind = (t.kind_a == t.kind_b) | (t.form_a == "") | (t.form_b == "")
    one_code = (t.code_a != "") & (t.code_a == t.code_b)
    t = t.filter(one_code | (same_kind & (t.branch_a == t.branch_b)))
    levels = [
        ibis.cases((t.brand_a == t.brand_b, 0), (_one_off(t.brand_a, t.brand_b), 1), else_=2),
        # Two names without a word of trade agree in it.
        ibis.cases((t.trade_a == t.trade_b, 0), ((t.trade_a == "") | (t.trade_b == ""), 1), else_=2),
        ibis.cases(
            ((t.place_a == "") | (t.place_b == ""), 2),
            (t.place_a == t.place_b, 0),
            (t.place_a.startswith(t.place_b) | t.place_b.startswith(t.place_a), 1),
            else_=3,
        ),
        _plain(t.form_a, t.form_b),
        _plain(t.person_a, t.person_b),
        _plain(t.street_a, t.street_b),
    ]
    number: ir.Value = ibis.literal(0)
    for one, level in zip(COMPARISONS, levels, strict=True):
        number = number * len(one.levels) + level
    same_kind = (t.kind_a == t.kind_b) | (t.form_a == "") | (t.form_b == "")
    codes = ibis.cases(
        ((t.code_a == "") | (t.code_b == ""), 1),
        (t.code_a != t.code_b, 2),
        (same_kind & (t.branch_a == t.branch_b), 0),
        else_=3,
    )
    return t.select(one=t.one, other=t.other, pattern=number.cast("int32"), codes=codes.cast("int32"))


def _one_off(one: ir.StringValue, other: ir.StringValue) -> ir.BooleanValue:
    """Whether two brands of one length differ in one character."""
    return (one.length() == other.length()) & (one.length() > 1) & (one.levenshtein(other) == 1)


def _plain(one: ir.Value, other: ir.Value) -> ir.Value:
    """0 equal, 1 one is missing, 2 different."""
    return ibis.cases(((one == "") | (other == ""), 1), (one == other, 0), else_=2)


def random_pairs(table: ir.Table, rows: int, shifts: int = 4) -> ir.Table:
    """About `rows` × `shifts` pairs at random: each record with those some places further."""
    parts = []
    for shift in range(1, shifts + 1):
        step = rows * shift // (shifts + 1) + 1
        parts.append(table.select(one=table.row, other=((table.row + step) % rows).cast("int32")))
    pairs = ibis.union(*parts)
    return pairs.filter(pairs.one != pairs.other)
