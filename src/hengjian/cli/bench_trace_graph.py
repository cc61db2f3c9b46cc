"""Benchmark of the trace graph: traces over ten million lots, appending, and a recall scope of a hundred thousand."""

from __future__ import annotations

import statistics
import time
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from hengjian.cli._bench import BenchRow, row, seconds
from hengjian.methods.trace_graph.happenings import Level, Move
from hengjian.methods.trace_graph.index import TraceIndex
from hengjian.methods.trace_graph.network import PROCESS, Network
from hengjian.methods.trace_graph.scope import recall_scope
from hengjian.methods.trace_graph.tables import Array, Names

LOTS, LAYERS, FAN_OUT = 10_000_000, 10, 2.5
TRACES = 2_000
APPENDED = 10_000
SCOPE = 100_000
SITES, PARTIES, SEED = 3_000, 700, 20261121


def run(console: Console) -> list[BenchRow]:
    """Measure and return the rows."""
    return [*_traces(console), *_scope(console)]


def _traces(console: Console) -> list[BenchRow]:
    """Two graphs of one size: in the first every path is in order of time, in the second times overlap between the
    layers, as they do where lots of different age are used, so that a trace has to correct what it found."""
    found = []
    for name, overlap in (("", 1), (", overlapping times", 3)):
        sources, targets, times = layered(LOTS, overlap)
        console.print(f"{LOTS:,} lots, {sources.size:,} edges{name}")
        began = time.perf_counter()
        index = TraceIndex.build(sources, targets, times, LOTS)
        built = time.perf_counter() - began
        draw = np.random.default_rng(SEED)
        index.back([0])  # compiled
        seeds = draw.integers(0, LOTS // LAYERS * 8, TRACES).tolist()
        ends = draw.integers(LOTS // LAYERS * 2, LOTS, TRACES).tolist()
        index.forward(seeds[:100])  # as in a process that has answered before: the memory to search in is there
        if overlap == 1:
            found.append(row(f"build the index, {sources.size:,} edges", built, "s"))
            found.append(row("memory of the index", index.memory / 2**20, "MB", 400, "less"))
        for way, trace, begins in (("forward", index.forward, seeds), ("back", index.back, ends)):
            taken, largest = [], 0
            for seed in begins:
                began = time.perf_counter()
                reached = trace([seed])
                taken.append((time.perf_counter() - began) * 1000)
                largest = max(largest, reached.nodes.size)
            median = statistics.median(taken)
            # The target is for where things went: where one of ten million lots came from may be thousands of lots.
            found.append(
                row(f"trace {way}{name}, median of {TRACES:,}", median, "ms", 0.2 if way == "forward" else None, "less")
            )
            label = f"trace {way}{name}, worst ({largest:,} nodes in the largest)"
            found.append(row(label, max(taken), "ms", 20, "less"))
        if overlap == 1:
            more = draw.integers(0, LOTS, (2, APPENDED))
            added = seconds(lambda: index.append(more[0], more[1], np.full(APPENDED, 10**6)), repeat=1)  # noqa: B023
            found.append(row(f"append {APPENDED:,} edges without a new build", added * 1000, "ms"))
    return found


def layered(lots: int, overlap: int = 1) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Edges between lots in layers; how often a lot is used follows a Zipf law (exponent 2.2).

    Args:
        overlap: over the times of how many layers the edges of one are spread; 1: every path is in order of time.
    """
    draw = np.random.default_rng(SEED)
    width = lots // LAYERS
    fan = np.minimum(draw.zipf(2.2, width * (LAYERS - 1)), 200)
    wanted = int(lots * FAN_OUT)
    sources = np.repeat(np.arange(fan.size, dtype=np.int32), fan)
    while sources.size < wanted:
        sources = np.concatenate((sources, draw.integers(0, fan.size, wanted - sources.size, dtype=np.int32)))
    sources = sources[draw.permutation(sources.size)[:wanted]]
    layer = sources // width
    targets = ((layer + 1) * width + draw.integers(0, width, sources.size, dtype=np.int32)).astype(np.int32)
    times = (layer * 1000 + draw.integers(0, overlap * 1000, sources.size, dtype=np.int32)).astype(np.int32)
    return sources, targets, times


def _scope(console: Console) -> list[BenchRow]:
    network, first = tree(SCOPE)
    found = recall_scope(network, [first])
    assert found.keys and found.total()[0].made > Decimal(0)
    console.print(f"recall scope of {len(found.keys):,} lots at {len(found.places):,} places")
    taken = seconds(lambda: recall_scope(network, [first]), repeat=5)
    return [row(f"recall scope, {len(found.keys):,} lots with names and quantities", taken * 1000, "ms", 100, "less")]


def tree(lots: int) -> tuple[Network, str]:
    """A network in which one lot went into `lots` others, ten in each process, with three movements each."""
    draw = np.random.default_rng(SEED)
    processes = (lots + 9) // 10
    things = np.arange(1, lots + 1, dtype=np.int32)
    steps = np.arange(lots + 1, lots + 1 + processes, dtype=np.int32)
    made_by = np.repeat(steps, 10)[:lots]
    used = ((np.arange(processes) * 10 - 9).clip(0) // 10).astype(np.int32)
    depth = (np.log10(np.arange(processes) + 1) * 1000).astype(np.int32)
    network = Network()
    names = Names()
    for number in range(lots + 1):
        names.number(f"https://id.gs1.org/01/09990000000012/10/{number:07}")
    for number in range(processes):
        names.number(f"{PROCESS}{number}")
    network.names = names
    network._levels = bytearray([Level.LOT] * (lots + 1) + [Level.PROCESS] * processes)
    for number in range(SITES):
        network.places.number(f"https://id.gs1.org/414/{number:013}")
        network.owners[number] = number % PARTIES
    network.units.number("KGM")
    sources = np.concatenate((used, made_by))
    targets = np.concatenate((steps, things))
    when = np.concatenate((depth, np.repeat(depth, 10)[:lots]))
    network.index = TraceIndex.build(sources, targets, when, lots + 1 + processes)
    kinds = np.tile(np.array([Move.MADE, Move.SHIPPED, Move.RECEIVED], np.int8), lots)
    count = kinds.size
    sites = draw.integers(0, SITES, count, dtype=np.int32)
    moves: dict[str, Array] = {
        "time": np.repeat(when[processes:], 3),
        "site": sites,
        "holder": sites % PARTIES,
        "other": draw.integers(0, PARTIES, count, dtype=np.int32),
        "other_site": draw.integers(0, SITES, count, dtype=np.int32),
        "kind": kinds,
        "micro": np.full(count, 10_000_000, np.int64),
        "unit": np.zeros(count, np.int16),
        "event": np.arange(count, dtype=np.int64),
    }
    network.moves = type(network.moves)(network.moves.columns, _stored(np.repeat(things, 3), moves))
    flows: dict[str, Array] = {
        "node": np.concatenate((used, things)),
        "time": np.concatenate((depth, np.repeat(depth, 10)[:lots])),
        "micro": np.full(processes + lots, 10_000_000, np.int64),
        "unit": np.zeros(processes + lots, np.int16),
        "out": np.concatenate((np.zeros(processes, np.int8), np.ones(lots, np.int8))),
    }
    network.flows = type(network.flows)(network.flows.columns, _stored(np.concatenate((steps, made_by)), flows))
    return network, network.names[0]


def _stored(keys: NDArray[np.int32], columns: dict[str, Array]) -> dict[str, Array]:
    order = np.argsort(keys, kind="stable")
    unique, begins = np.unique(keys[order], return_index=True)
    grouped: dict[str, Array] = {"keys": unique, "starts": np.append(begins, keys.size)}
    return grouped | {name: column[order] for name, column in columns.items()}
