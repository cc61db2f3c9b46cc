"""Reads over the chain: traces, recall scopes, balances, by keys in canonical form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hengjian.methods.trace_graph.happenings import EPOCH
from hengjian.methods.trace_graph.network import Direction, Network, Traced
from hengjian.methods.trace_graph.scope import Scope, recall_scope
from hengjian.trace.chain.index import current_index


def network() -> Network:
    """The graph with every event that is captured now."""
    return current_index().network


def trace(
    keys: Sequence[str],
    direction: Direction = "forward",
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 0,
) -> Traced:
    """What can have come from the things (forward) or gone into them (back)."""
    return network().trace(keys, direction, since=_number(since), until=_number(until), limit=limit)


def scope(
    keys: Sequence[str],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    sites: Sequence[str] = (),
    limit: int = 0,
) -> Scope:
    """What a recall of the things has to reach; with `sites`, also of everything that was there in the window."""
    return recall_scope(network(), keys, since=_number(since), until=_number(until), sites=sites, limit=limit)


def _number(moment: datetime | None) -> int | None:
    return None if moment is None else int((moment - EPOCH).total_seconds() // 1)
