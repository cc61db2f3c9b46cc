"""The published example of COINr (51 economies, 49 indicators) as a table and a recipe, read from its data files."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hengjian.methods.composite.aggregation import Node, Tree
from hengjian.methods.composite.building import Recipe
from hengjian.methods.composite.treatment import denominate

Array = NDArray[np.float64]

#: From the package's documentation: unit → score of the index and of groups, to two decimals.
PUBLISHED: dict[str, dict[str, float]] = {
    "CHE": {
        "Index": 68.38, "Conn": 62.79, "Sust": 73.98, "Physical": 63.41, "ConEcFin": 32.87, "Political": 74.78,
        "Instit": 85.94, "P2P": 56.93, "Environ": 77.21, "Social": 87.85, "SusEcFin": 56.88,
    },
    "NLD": {"Index": 64.82}, "DNK": {"Index": 64.80}, "NOR": {"Index": 64.47}, "BEL": {"Index": 63.54},
    "SWE": {"Index": 63.00}, "IND": {"Index": 39.79, "Conn": 28.60, "Sust": 50.99},
}  # fmt: skip
#: Correlation of the index with its two halves.
PUBLISHED_CORRELATIONS = {"Conn": 0.93978, "Sust": 0.83829}
#: The same without filling what is missing, screened at 90 % of the raw data.
PUBLISHED_BARE = {"CHE": 68.33, "DNK": 64.47, "NLD": 64.46, "NOR": 64.23, "BEL": 63.11, "SWE": 62.82}
#: Skewness and kurtosis of raw indicators, points winsorised, and both again.
PUBLISHED_TREATMENT = {
    "Flights": (2.103287, 4.508879, 1, 1.900658, 3.336065),
    "Goods": (2.649973, 8.266610, 2, 1.140608, 0.157205),
}


class Asem:
    """The example: `raw` (51, 49) in the order of `codes`, `values` after division, `recipe` as COINr builds it."""

    def __init__(self, folder: Path) -> None:
        rows, meta = (self._read(folder / f"ASEM_{name}.csv") for name in ("iData", "iMeta"))
        indicators = [row for row in meta if row["Type"] == "Indicator"]
        self.units = [row["uCode"] for row in rows]
        self.codes = [row["iCode"] for row in indicators]
        self.raw = np.array([[self._number(row[code]) for code in self.codes] for row in rows])
        below = [
            [
                self._number(row[item["Denominator"]]) if item["Denominator"] not in ("", "NA") else 1.0
                for item in indicators
            ]
            for row in rows
        ]
        self.values = denominate(self.raw, below)
        nodes = [
            Node(group["iCode"], tuple(row["iCode"] for row in parts), tuple(float(row["Weight"]) for row in parts))
            for level in ("2", "3", "4")
            for group in meta
            if group["Level"] == level and group["Type"] == "Aggregate"
            for parts in [[row for row in meta if row["Parent"] == group["iCode"]]]
        ]
        self.recipe = Recipe(
            Tree(tuple(self.codes), tuple(nodes)),
            tuple(int(row["Direction"]) for row in indicators),
            filling="group_mean",
            groups=tuple(row["EurAsia_group"] for row in rows),
            least=0.9,
        )

    @staticmethod
    def _read(path: Path) -> list[dict[str, str]]:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    @staticmethod
    def _number(text: str) -> float:
        return float("nan") if text in ("", "NA") else float(text)
