"""The one-to-one assignment with the greatest total gain.

H. W. Kuhn, "The Hungarian method for the assignment problem", 1955, as shortest augmenting paths with potentials
(R. Jonker and A. Volgenant, 1987). Not scipy's: importing it costs more time than aligning two plans.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def best_assignment(gain: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Pairs (row, column), sorted; rows and columns without a pair of positive gain stay alone. O(n² m) for n <= m."""
    rows, columns = np.flatnonzero((gain > 0).any(axis=1)), np.flatnonzero((gain > 0).any(axis=0))
    if not len(rows):
        return []
    cost = -np.maximum(gain[np.ix_(rows, columns)], 0)
    tall = len(rows) > len(columns)
    pairs = [(i, j) for j, i in _cheapest(cost.T)] if tall else _cheapest(cost)
    # Every row gets a column; one of cost 0 means that it has no partner.
    return sorted((int(rows[i]), int(columns[j])) for i, j in pairs if cost[i, j] < 0)


def _cheapest(cost: NDArray[np.float64]) -> list[tuple[int, int]]:
    """A column for every row (n <= m) with the least total cost. Row and column 0 of the work arrays are sentinels."""
    n, m = cost.shape
    row_price, column_price = np.zeros(n + 1), np.zeros(m + 1)
    row_at = np.zeros(m + 1, dtype=np.intp)
    for row in range(1, n + 1):
        row_at[0], column = row, 0
        slack, before = np.full(m + 1, np.inf), np.zeros(m + 1, dtype=np.intp)
        seen = np.zeros(m + 1, dtype=bool)
        while True:
            seen[column] = True
            here = row_at[column]
            reduced = np.concatenate(([np.inf], cost[here - 1] - row_price[here] - column_price[1:]))
            better = ~seen & (reduced < slack)
            slack[better], before[better] = reduced[better], column
            nearest = int(np.argmin(np.where(seen, np.inf, slack)))
            step = slack[nearest]
            row_price[row_at[seen]] += step
            column_price[seen] -= step
            slack[~seen] -= step
            column = nearest
            if not row_at[column]:
                break
        while column:
            row_at[column], column = row_at[before[column]], int(before[column])
    return [(int(row_at[j]) - 1, j - 1) for j in range(1, m + 1) if row_at[j]]
