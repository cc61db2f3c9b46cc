"""Which share of each lot is expected to come from the source: proportional mixing along the processes.

A process gives each output the share of its inputs until then, weighted by their amounts. That is computed in one pass
in topological order; on a circle, or where an amount is missing or of another unit, the share is not computable (NaN)
and the whole lot counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hengjian.methods.later import later
from hengjian.methods.trace_graph.happenings import Level
from hengjian.methods.trace_graph.network import Network, Traced
from hengjian.methods.trace_graph.tables import Array

if TYPE_CHECKING:
    from hengjian.methods.trace_graph import grouping, spreading
else:
    grouping = later("hengjian.methods.trace_graph.grouping")
    spreading = later("hengjian.methods.trace_graph.spreading")


def shares(network: Network, traced: Traced, whole: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share of every node of the trace, 1 for what it began with; processes get NaN.

    Args:
        whole: for every node of the trace the millionths that were made of it, by processes outside the trace, too;
            -1 unknown.
    """
    size = traced.nodes.size
    result = np.full(size, np.nan)
    seeds = traced.origin == -1
    result[seeds] = 1.0
    rows = np.flatnonzero(network.levels[traced.nodes] == Level.PROCESS)
    if not rows.size:
        return result
    flows = network.flows.gather(traced.nodes[rows])
    things = grouping.rows_of(traced.nodes, flows["node"])
    into, made = flows["out"] == 0, (flows["out"] == 1) & (things >= 0)
    inputs = _sorted(flows, into, flows["of"], things, rows.size)
    outputs = _sorted(flows, made, things, flows["of"], size)
    uses = _sorted(flows, into & (things >= 0), things, flows["of"], size)
    makes = _sorted(flows, made, flows["of"], things, rows.size)
    spreading.spread(result, seeds, whole, inputs, outputs, uses[:2], makes[:2])
    return result


def _sorted(
    flows: dict[str, Array], chosen: NDArray[np.bool_], keys: Array, others: Array, count: int
) -> tuple[Array, Array, Array, Array, Array]:
    """(starts by key, the other end, time, amount, unit) of the chosen rows."""
    picked = np.flatnonzero(chosen)
    starts, order = grouping.group(keys[picked], count)
    picked = picked[order]
    return starts, others[picked], flows["time"][picked], flows["micro"][picked], flows["unit"][picked]
