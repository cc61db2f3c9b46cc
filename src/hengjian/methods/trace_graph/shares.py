"""Which share of each lot is expected to come from the source: proportional mixing along the processes.

A process gives each output the share of its inputs until then, weighted by their amounts. That is computed in one pass
in topological order; on a circle, or where an amount is missing or of another unit, the share is not computable (NaN)
and the whole lot counts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hengjian.methods.trace_graph.happenings import Level
from hengjian.methods.trace_graph.network import Network, Traced
from hengjian.methods.trace_graph.units import UNKNOWN

NAN = float("nan")


def shares(network: Network, traced: Traced, amounts: dict[int, int]) -> NDArray[np.float64]:
    """Share of every node of the trace, 1 for what it began with; processes get NaN.

    Args:
        amounts: millionths that were made of each thing, by processes outside the trace, too.
    """
    seeds = set(traced.nodes[traced.origin == -1].tolist())
    levels = network.levels
    own = levels[traced.nodes]
    processes = traced.nodes[own == Level.PROCESS]
    result = np.full(traced.nodes.size, NAN)
    place = {node: row for row, node in enumerate(traced.nodes.tolist())}
    for seed in seeds:
        result[place[seed]] = 1.0
    if not processes.size:
        return result
    flows = network.flows.gather(processes)
    columns = (flows["of"], flows["node"], flows["time"], flows["micro"], flows["unit"], flows["out"])
    inputs: dict[int, list[tuple[int, int, int, int]]] = {}
    made: dict[int, list[tuple[int, int, int, int]]] = {}
    uses: dict[int, list[int]] = {}
    for of, node, time, micro, unit, out in zip(*(column.tolist() for column in columns), strict=True):
        if out:
            made.setdefault(node, []).append((of, time, micro, unit))
        else:
            inputs.setdefault(of, []).append((node, time, micro, unit))
            uses.setdefault(node, []).append(of)
    outputs: dict[int, set[int]] = {}
    for node, rows in made.items():
        for row in rows:
            outputs.setdefault(row[0], set()).add(node)
    # How many processes that the trace reached make a lot; how many inputs of a process are still to be decided.
    awaited = {
        node: len({row[0] for row in rows}) for node, rows in made.items() if node in place and node not in seeds
    }
    open_inputs = {process: sum(1 for node, *_rest in rows if node in awaited) for process, rows in inputs.items()}
    known: dict[int, float] = dict.fromkeys(seeds, 1.0)
    ready = [process for process in range(processes.size) if not open_inputs.get(process)]
    while ready:
        process = ready.pop()
        for node in outputs.get(process, ()):
            if node not in awaited:
                continue
            awaited[node] -= 1
            if awaited[node]:
                continue
            known[node] = _mixed(made[node], amounts.get(node, UNKNOWN), inputs, known, place)
            for following in uses.get(node, ()):
                open_inputs[following] -= 1
                if not open_inputs[following]:
                    ready.append(following)
    for node, share in known.items():
        result[place[node]] = share
    return result


def _mixed(
    made: list[tuple[int, int, int, int]],
    whole: int,
    inputs: dict[int, list[tuple[int, int, int, int]]],
    known: dict[int, float],
    place: dict[int, int],
) -> float:
    """The share of a lot over all processes that made it, weighted by what each made of the `whole`."""
    total = weighted = 0.0
    for process, time, micro, unit in made:
        going_in = [row for row in inputs.get(process, ()) if row[1] <= time]
        units = {row[3] for row in going_in}
        if len(units) != 1 or any(row[2] == UNKNOWN for row in going_in) or (len(made) > 1 and micro == UNKNOWN):
            return NAN
        amount = sum(row[2] for row in going_in)
        if not amount or {row[3] for row in made} != {unit}:
            return NAN
        affected = sum(row[2] * (known.get(row[0], NAN) if row[0] in place else 0.0) for row in going_in)
        weight = 1.0 if micro == UNKNOWN else float(micro)
        total += weight
        weighted += weight * affected / amount
    return weighted / max(total, float(whole)) if total else NAN
