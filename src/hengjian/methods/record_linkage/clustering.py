"""From pairs to bodies, without ever joining two different valid codes."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

I32 = NDArray[np.int32]


@njit(cache=True)
def _find(parent: I32, node: int) -> int:
    root = node
    while parent[root] != root:
        root = parent[root]
    while parent[node] != root:
        parent[node], node = root, parent[node]
    return root


@njit(cache=True)
def _unite(parent: I32, code: I32, body: I32, first: I32, second: I32) -> NDArray[np.bool_]:
    """Join pairs in the order given; True where a join was refused because the two sides hold different codes, or are
    different bodies that were known."""
    refused = np.zeros(first.size, dtype=np.bool_)
    for pair in range(first.size):
        one, other = _find(parent, first[pair]), _find(parent, second[pair])
        if one == other:
            continue
        if code[one] >= 0 and code[other] >= 0 and code[one] != code[other]:
            refused[pair] = True
            continue
        if body[one] >= 0 and body[other] >= 0:
            refused[pair] = True
            continue
        # The smaller number stays: the answer does not depend on the order of equal scores.
        low, high = min(one, other), max(one, other)
        parent[high] = low
        code[low] = max(code[low], code[high])
        body[low] = max(body[low], body[high])
    return refused


@njit(cache=True)
def _roots(parent: I32) -> I32:
    found = np.empty(parent.size, dtype=np.int32)
    for node in range(parent.size):
        found[node] = _find(parent, node)
    return found


def components(
    nodes: int, codes: I32, first: I32, second: I32, start: I32 | None = None, known: int = 0
) -> tuple[I32, NDArray[np.bool_]]:
    """(smallest node of each node's component, which pairs were refused).

    Args:
        codes: shape (nodes,): number of the node's code, -1 for none.
        first, second: pairs in the order in which they are joined: the surest first.
        start: components that exist already, as returned before.
        known: how many of the first nodes are in components that must stay apart from each other.
    """
    parent = np.arange(nodes, dtype=np.int32) if start is None else start.astype(np.int32).copy()
    held = codes.astype(np.int32).copy() if start is None else held_codes(parent, codes)
    body = np.full(nodes, -1, dtype=np.int32)
    body[parent[:known]] = parent[:known]
    refused = _unite(parent, held, body, first.astype(np.int32), second.astype(np.int32))
    return _roots(parent), refused


def held_codes(clusters: I32, codes: I32) -> I32:
    """Shape (nodes,): for the smallest node of each component, the number of the code that it holds, -1 for none."""
    held = np.full(clusters.size, -1, dtype=np.int32)
    np.maximum.at(held, clusters, codes.astype(np.int32))
    return held
