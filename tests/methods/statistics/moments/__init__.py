"""Published examples as sums and cross-products: all that the methods need, and no answers of anybody."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def moments(name: str) -> tuple[list[str], Array, Array, int]:
    """(names, covariance with divisor n − 1, mean, n) of a published example."""
    lines = (Path(__file__).parent / f"{name}.csv").read_text(encoding="utf-8").splitlines()[1:]
    n = int(lines[0].split(",")[1])
    rows = [line.split(",") for line in lines[2:]]
    products = np.zeros((len(rows), len(rows)))
    for place, row in enumerate(rows):
        products[place, : place + 1] = products[: place + 1, place] = np.array(row[2].split(), dtype=float)
    mean = np.array([float(row[1]) for row in rows]) / n
    return [row[0] for row in rows], (products - n * np.outer(mean, mean)) / (n - 1), mean, n
