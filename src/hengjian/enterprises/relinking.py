"""The nightly run: weights learnt from all records, all of them compared, what is sure joined, the rest told.

Bodies are never taken apart here, and what a person decided stays decided: an update of the data must not move ids.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

import pyarrow as pa
from django.db import transaction
from django.utils import timezone

from hengjian.enterprises.doubting import Found, in_conflict, note_conflicts, note_pairs
from hengjian.enterprises.joining import join, obstacle
from hengjian.enterprises.linking import FEATURES, decided_apart
from hengjian.enterprises.models import Enterprise, LinkWeights, ReviewPair, SourceRecord
from hengjian.enterprises.provenance import live
from hengjian.enterprises.standing import Author
from hengjian.methods.record_linkage import Records
from hengjian.methods.record_linkage import link as link_records

SYSTEM = "enterprises.link"
CHUNK = 10_000


@dataclass
class Relinked:
    """What the run did: records compared, bodies merged, pairs and codes issued twice that were told."""

    records: int = 0
    merged: int = 0
    pairs: int = 0
    conflicts: int = 0


def _stored() -> tuple[Records, list[int], list[int]]:
    """All live records as the methods take them, with their numbers and bodies."""
    rows = SourceRecord.objects.filter(live(), enterprise__isnull=False).order_by("pk")
    columns: dict[str, list[str]] = defaultdict(list)
    ids: list[int] = []
    owners: list[int] = []
    values = rows.values_list("pk", "enterprise_id", "enterprise__code", "code", "features")
    for pk, owner, code, own, features in values.iterator(chunk_size=CHUNK):
        ids.append(pk)
        owners.append(owner or 0)
        columns["code"].append(code or own)
        for name, text in zip(FEATURES, features, strict=True):
            columns[name].append(text)
    names = ("brand", "trade", "form", "kind", "branch", "place", "code", "person", "street")
    table = pa.table(
        {
            "row": pa.array(range(len(ids)), pa.int32()),
            **{name: pa.array(columns[name], pa.string()) for name in names},
        }
    )
    return Records(table, pa.chunked_array([pa.array([str(pk) for pk in ids], pa.string())])), ids, owners


def relink(tell: Callable[[str], None] = lambda step: None) -> Relinked:
    """Compare all records with all; merges are events of their own and can be undone one by one."""
    records, ids, owners = _stored()
    found = Relinked(records=len(ids))
    if not ids:
        return found
    linked = link_records(records, tell=tell)
    now = timezone.now()
    author = Author(at=now, system=SYSTEM)
    model = asdict(linked.model)
    stored = {name: model[name] for name in ("name", "others", "prior", "labelled")}
    with transaction.atomic():
        LinkWeights.objects.create(learnt_at=now, records=len(ids), weights=stored)
        pairs: list[Found] = []
        for one, other in _sure(linked.clusters.tolist(), owners):
            found.merged += _join(one, other, author, pairs)
        twice: list[tuple[str, int]] = []
        review = linked.review.to_pylist()
        rows = SourceRecord.objects.in_bulk({ids[row[side]] for row in review for side in ("one", "other")})
        for row in review:
            pair = Found(rows[ids[row["one"]]], rows[ids[row["other"]]], row["probability"], row["reason"])
            if pair.reason == ReviewPair.Reason.TWICE:
                twice += [(record.code, record.enterprise_id or 0) for record in (pair.one, pair.other) if record.code]
            else:
                pairs.append(pair)
        found.pairs = note_pairs(pairs, now)
        found.conflicts = note_conflicts(twice, now)
    return found


def _sure(clusters: list[int], owners: list[int]) -> Iterator[tuple[int, int]]:
    """Pairs of bodies whose records are in one cluster."""
    bodies: dict[int, list[int]] = defaultdict(list)
    for cluster, owner in zip(clusters, owners, strict=True):
        if owner not in bodies[cluster]:
            bodies[cluster].append(owner)
    for those in bodies.values():
        yield from ((those[0], other) for other in those[1:])


def _join(one: int, other: int, author: Author, pairs: list[Found]) -> int:
    rows = Enterprise.objects.select_related("region", "merged_into__region").in_bulk([one, other])
    first, second = ((row.merged_into or row) for row in (rows[one], rows[other]))
    if first.pk == second.pk:
        return 0
    apart = bool(decided_apart([(first.pk, second.pk)]))
    if not apart and not obstacle(first, second) and not in_conflict(first.pk, second.pk):
        kept, gone = (second, first) if (not first.code, first.pk) > (not second.code, second.pk) else (first, second)
        join(kept, gone, author)
        return 1
    evidence = [SourceRecord.objects.filter(live(), enterprise=row).order_by("pk").first() for row in (first, second)]
    if evidence[0] is not None and evidence[1] is not None and not apart:
        pairs.append(Found(evidence[0], evidence[1], 1.0, ReviewPair.Reason.CODES))
    return 0
