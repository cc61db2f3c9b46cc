"""Lasting ids of bodies: what was linked yesterday keeps its id today, and every merge and split is told."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Assigned:
    """Ids after an update.

    Attributes:
        entity: record id → id of its body.
        merged: id that is given up → id that its records carry now.
        split: id that stays → new ids of the parts that left it.
        created: ids that are new, those of splits among them.
    """

    entity: Mapping[str, str]
    merged: Mapping[str, str]
    split: Mapping[str, tuple[str, ...]]
    created: tuple[str, ...]


def assign(
    records: Sequence[str],
    clusters: Sequence[int],
    known: Mapping[str, str] | None = None,
    new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
) -> Assigned:
    """Give each cluster an id: that of the body most of whose records it holds, or a new one.

    An id never names two clusters; where two clusters hold parts of one body, the one with more of its records keeps
    the id (equal: the one with the smallest record id).

    Args:
        records, clusters: record ids and the number of the cluster of each.
        known: record id → id, as returned before; records that are gone from `records` keep theirs.
    """
    before = dict(known or {})
    members: dict[int, list[str]] = defaultdict(list)
    for record, cluster in zip(records, clusters, strict=True):
        members[cluster].append(record)
    claims = []
    for cluster, those in members.items():
        for entity, count in Counter(before[record] for record in those if record in before).items():
            claims.append((-count, min(record for record in those if before.get(record) == entity), entity, cluster))
    owner: dict[str, int] = {}
    given: dict[int, str] = {}
    for _count, _first, entity, cluster in sorted(claims):
        if entity not in owner and cluster not in given:
            owner[entity], given[cluster] = cluster, entity
    created = []
    merged: dict[str, str] = {}
    split: dict[str, list[str]] = defaultdict(list)
    entity_of = dict(before)
    for cluster, those in members.items():
        old = {before[record] for record in those if record in before}
        if cluster not in given:
            given[cluster] = new_id()
            created.append(given[cluster])
        for entity in sorted(old - {given[cluster]}):
            if entity in owner:
                split[entity].append(given[cluster])
            else:
                merged[entity] = given[cluster]
        entity_of.update(dict.fromkeys(those, given[cluster]))
    return Assigned(entity_of, merged, {entity: tuple(parts) for entity, parts in split.items()}, tuple(created))
