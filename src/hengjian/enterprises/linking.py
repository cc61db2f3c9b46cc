"""Which body a delivered record is about: exact codes first, then the linkage model over candidates from the database.

Candidates share a blocking key with a new record (`LinkKey`), so the work grows with the delivery and not with the
register. Two different valid codes never become one body here, and what a person decided stays decided.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa
from django.db import connection
from django.db.models import Max, Q
from django.db.models.functions import Substr
from django.db.models.lookups import In

from hengjian.enterprises.models import Enterprise, EnterpriseCode, LinkKey, LinkWeights, ResolverEdge, SourceRecord
from hengjian.methods.company_names import compare_names
from hengjian.methods.record_linkage import Model, Records, extend, prepare
from hengjian.methods.record_linkage.comparing import LARGEST_BLOCK, keys_of
from hengjian.methods.record_linkage.model import learn

FEATURES = ("brand", "trade", "form", "kind", "branch", "place", "person", "street")
# Before there is something to learn from, a match among so many records is as rare as this says.
FEWEST = 100_000
CHUNK = 5_000


@dataclass(frozen=True)
class Fresh:
    """A new record: what it says of itself, and the body that its department's former record belongs to."""

    name: str
    code: str
    person: str
    address: str
    region: str
    organisation: str = ""
    registration: str = ""
    before: int | None = None


@dataclass(frozen=True)
class Doubt:
    """A pair that a person must look at: an index of a new record, a record id of an old one or another new index."""

    fresh: int
    old: int | None
    other: int | None
    probability: float
    reason: str


@dataclass
class Answer:
    """What linking found.

    Attributes:
        groups: per new record the number of its group; records of one group are about one body.
        enterprise: group → id of the known body; a group that is not there is a new body.
        bridges: (body, body) that the new records show to be one.
        doubts: pairs for people.
        clashes: index of a new record → body that holds the same code and is another one.
        features: per new record the texts of FEATURES.
        keys: per new record its blocking keys.
    """

    groups: list[int]
    enterprise: dict[int, int]
    bridges: list[tuple[int, int]] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    clashes: dict[int, int] = field(default_factory=dict)
    features: list[list[str]] = field(default_factory=list)
    keys: list[list[int]] = field(default_factory=list)


def weights() -> Model:
    """The model in use: the newest that was learnt, else the usual shares."""
    newest = LinkWeights.objects.first()
    if newest is not None:
        stored = newest.weights
        others = {name: tuple(levels) for name, levels in stored["others"].items()}
        return Model(stored["name"], others, stored["prior"], stored["labelled"])
    usual = learn({}, {}, {}, {}, records=0, with_codes=0)
    records = SourceRecord.objects.aggregate(most=Max("pk"))["most"] or 0
    return Model(usual.name, usual.others, 1 / max(records, FEWEST))


def features_of(fresh: Sequence[Fresh]) -> Records:
    """Features of new records, row by row."""
    table = pa.table(
        {
            "record_id": [f"n{number}" for number in range(len(fresh))],
            "name": [one.name for one in fresh],
            "code": [one.code for one in fresh],
            "representative": [one.person for one in fresh],
            "address": [one.address for one in fresh],
            "region": [one.region for one in fresh],
        }
    )
    return prepare(table, processes=1)


def hashed(key: str) -> int:
    """A blocking key as 63 bits."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest()) >> 1


def blocking(features: Sequence[str], code: str) -> list[int]:
    """Blocking keys of one record, hashed."""
    record = dict(zip(FEATURES, features, strict=True), code=code)
    return sorted({hashed(key) for key in keys_of(record)})


def known_codes(fresh: Sequence[Fresh]) -> dict[str, tuple[int, str]]:
    """Code as delivered → (body that has or had it, its current code); organisation and registration numbers, too."""
    found: dict[str, tuple[int, str]] = {}
    codes = {one.code for one in fresh if one.code}
    others = {value for one in fresh if not one.code for value in (one.organisation, one.registration) if value}
    for part in _parts(codes):
        rows = Enterprise.objects.filter(code__in=part).values_list("code", "pk", "merged_into", "merged_into__code")
        found.update((code, (merged or pk, merged_code or code)) for code, pk, merged, merged_code in rows)
    old: dict[str, set[tuple[int, str]]] = defaultdict(set)
    for part in _parts((codes | others) - found.keys()):
        for value, pk, code, merged, merged_code in EnterpriseCode.objects.filter(value__in=part).values_list(
            "value", "enterprise", "enterprise__code", "enterprise__merged_into", "enterprise__merged_into__code"
        ):
            old[value].add((merged or pk, merged_code if merged else code))
    for part in _parts({value for value in others if len(value) == 9}):
        bodies = Enterprise.objects.filter(merged_into=None).filter(In(Substr("code", 9, 9), part))
        for pk, code in bodies.values_list("pk", "code"):
            old[code[8:17]].add((pk, code))
    # A number that leads to two bodies leads nowhere.
    found.update((value, bodies.pop()) for value, bodies in old.items() if len(bodies) == 1)
    return found


def resolve(fresh: Sequence[Fresh], model: Model | None = None) -> Answer:
    """Decide for new records which body each is about; writes nothing."""
    if not fresh:
        return Answer([], {})
    codes = known_codes(fresh)
    # A former code, or another number of a known body, counts as that body's current code.
    by_number = [_by_number(one, codes) for one in fresh]
    spoken = [known[1] or one.code if known else one.code for one, known in zip(fresh, by_number, strict=True)]
    ready = features_of(fresh)
    ready = Records(
        ready.table.set_column(ready.table.schema.get_field_index("code"), "code", pa.array(spoken)), ready.ids
    )
    columns = [ready.table[name].to_pylist() for name in FEATURES]
    features = [list(values) for values in zip(*columns, strict=True)]
    block = [blocking(values, code) for values, code in zip(features, spoken, strict=True)]
    old, owners = _candidates(block)
    roots, review = _linked(old, owners, ready, block, model)
    shift = len(owners)
    clashing = {row["one"] for row in review if row["reason"] == "code_issued_twice"} | {
        row["other"] for row in review if row["reason"] == "code_issued_twice"
    }
    bodies: dict[int, list[int]] = defaultdict(list)
    for place in range(shift):
        if owners[place] not in bodies[roots[place]]:
            bodies[roots[place]].append(owners[place])
    answer = Answer([], {}, features=features, keys=block)
    names = _names({known[0] for known in by_number if known})
    for index, (one, known) in enumerate(zip(fresh, by_number, strict=True)):
        root = roots[shift + index]
        found = bodies[root]
        if known is not None and known[0] not in found:
            if shift + index not in clashing and _same_code(one, names.get(known[0], "")):
                # The code decides; what else the record resembles is told as a bridge.
                found.insert(0, known[0])
            elif one.code:
                answer.clashes[index] = known[0]
        if one.before is not None and one.before not in found:
            found.insert(len(found) if known else 0, one.before)
        answer.groups.append(root)
    answer.enterprise = {root: found[0] for root, found in bodies.items() if found}
    answer.bridges = [(found[0], other) for found in bodies.values() for other in found[1:]]
    answer.doubts = [
        doubt for row in review if (doubt := _doubt(row, shift, old.ids.to_pylist() if shift else [])) is not None
    ]
    return answer


def _linked(
    old: Records, owners: Sequence[int], new: Records, block: Sequence[Sequence[int]], model: Model | None
) -> tuple[list[int], list[dict[str, Any]]]:
    """(cluster of each old and then each new record, pairs to look at)."""
    count = len(owners) + len(block)
    shared = Counter(key for own in block for key in own)
    if not owners and max(shared.values(), default=0) < 2:
        return list(range(count)), []  # nothing resembles anything
    import ibis  # takes long to load

    engine = ibis.duckdb.connect(memory_limit="1100MB", threads=2)
    try:
        linked = extend(old, _clusters(owners), new, model or weights(), connection=engine, processes=1, bridge=True)
    finally:
        engine.disconnect()
    return linked.clusters.tolist(), linked.review.to_pylist()


def _by_number(one: Fresh, codes: dict[str, tuple[int, str]]) -> tuple[int, str] | None:
    if one.code:
        return codes.get(one.code)
    return codes.get(one.organisation) or codes.get(one.registration)


def _same_code(one: Fresh, name: str) -> bool:
    """Whether the holder of the record's code can be the record's body: one code on two kinds of bodies is two."""
    return not name or compare_names(one.name, name, one.code, one.code).verdict == "same" or not one.code


def _names(bodies: Iterable[int]) -> dict[int, str]:
    return {
        pk: name
        for part in _parts(bodies)
        for pk, name in Enterprise.objects.filter(pk__in=part).values_list("pk", "name")
    }


def _doubt(row: dict[str, Any], shift: int, ids: list[str]) -> Doubt | None:
    one, other = sorted((row["one"], row["other"]), reverse=True)
    if one < shift:
        return None  # both were there before
    old = int(ids[other]) if other < shift else None
    return Doubt(one - shift, old, other - shift if other >= shift else None, row["probability"], row["reason"])


def _clusters(owners: Sequence[int]) -> Any:
    first: dict[int, int] = {}
    return np.array([first.setdefault(owner, place) for place, owner in enumerate(owners)], dtype=np.int32)


def _candidates(block: Sequence[Sequence[int]]) -> tuple[Records, list[int]]:
    """Live records that share a key with a new one, with the body of each."""
    wanted = {key for keys_ in block for key in keys_}
    records: set[int] = set()
    with connection.cursor() as cursor:
        for part in _parts(wanted):
            marks = ",".join(str(int(key)) for key in part)  # whole numbers only
            cursor.execute(f"SELECT key, record_id FROM {LinkKey._meta.db_table} WHERE key IN ({marks})")
            shared: dict[int, list[int]] = defaultdict(list)
            for key, record in cursor.fetchall():
                shared[key].append(record)
            for those in shared.values():
                # Keys that too many share say too little; the methods leave them out as well.
                if len(those) < LARGEST_BLOCK:
                    records.update(those)
    rows: list[tuple[int, int, str, list[str]]] = []
    for part in _parts(sorted(records)):
        rows += [
            (pk, owner, code or own, features)
            for pk, owner, code, own, features in SourceRecord.objects.filter(
                pk__in=part, enterprise__isnull=False
            ).values_list("pk", "enterprise_id", "enterprise__code", "code", "features")
        ]
    ids = pa.chunked_array([pa.array([str(row[0]) for row in rows], pa.string())])
    return Records(_table([(row[3], row[2]) for row in rows]), ids), [row[1] for row in rows]


def _table(rows: Sequence[tuple[Sequence[str], str]]) -> pa.Table:
    """Stored (features, code) as the methods take them, with the columns in the order of `prepare`."""
    columns = {name: [features[place] for features, _code in rows] for place, name in enumerate(FEATURES)}
    columns["code"] = [code for _features, code in rows]
    names = ("brand", "trade", "form", "kind", "branch", "place", "code", "person", "street")
    row = pa.array(range(len(rows)), pa.int32())
    return pa.table({"row": row, **{name: pa.array(columns[name], pa.string()) for name in names}})


def decided_apart(pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Of pairs of bodies, those that a person has said are two; the smaller number stands first."""
    wanted = {(min(pair), max(pair)) for pair in pairs}
    edges = ResolverEdge.objects.filter(same=False, withdrawn_at=None)
    found: set[tuple[int, int]] = set()
    for part in _parts({body for pair in wanted for body in pair}):
        rows = edges.filter(Q(one__enterprise__in=part) | Q(other__enterprise__in=part))
        for one, other in rows.values_list("one__enterprise_id", "other__enterprise_id"):
            found.add((min(one or 0, other or 0), max(one or 0, other or 0)))
    return found & wanted


def _parts(items: Iterable[Any]) -> Iterable[list[Any]]:
    every = list(items)
    return (every[start : start + CHUNK] for start in range(0, len(every), CHUNK))
