"""The made-up registers of the benchmark, and how an answer about them is judged."""

from __future__ import annotations

from collections import Counter

import pytest

from hengjian.cli.bench_linkage import made_records, quality


@pytest.mark.parametrize(
    ("clusters", "truth", "expected"),
    [
        ([1, 1, 2, 3], [7, 7, 8, 9], (1.0, 1.0)),
        ([1, 1, 1], [7, 7, 8], (1 / 3, 1.0)),
        ([1, 2, 3], [7, 7, 8], (0.0, 0.0)),
        ([1, 1, 2, 2], [7, 7, 7, 7], (1.0, 1 / 3)),
    ],
)
def test_quality_counts_pairs(clusters: list[int], truth: list[int], expected: tuple[float, float]) -> None:
    assert quality(clusters, truth) == pytest.approx(expected)


def test_registers_are_the_same_each_time_and_differ_as_registers_do() -> None:
    rows = list(made_records(300))
    assert rows == list(made_records(300))
    assert len({row[0] for row in rows}) == len(rows)
    registers = Counter(row[0][0] for row in rows)
    assert registers["A"] == 300 and 180 < registers["B"] < 270 and 180 < registers["C"] < 270
    first = {row[5]: row for row in rows if row[0][0] == "A"}
    others = [row for row in rows if row[0][0] != "A"]
    for column, least in ((1, 0.2), (2, 0.3), (3, 0.1), (4, 0.05)):
        assert sum(row[column] != first[row[5]][column] for row in others) > least * len(others)
