"""The same records linked on Spark: the same bodies, the same pairs for a person to look at."""

from __future__ import annotations

import pytest

from hengjian.lake.engines import SparkSession
from hengjian.methods.record_linkage import extend, link, prepare
from tests.conftest import require
from tests.methods.record_linkage.registers import registers


@pytest.mark.slow
@pytest.mark.any_database
@pytest.mark.timeout(600)
def test_spark_finds_the_same_bodies() -> None:
    require("Java")
    records, _truth = registers(120)
    ready = prepare(records)
    spark = SparkSession().backend
    here, there = link(ready), link(ready, connection=spark)
    assert there.clusters.tolist() == here.clusters.tolist()
    assert len(set(here.clusters.tolist())) < len(records) * 0.6
    assert there.pairs == here.pairs
    # Weights are estimated from a sample of pairs that each engine draws in its own order.
    assert there.model.labelled == here.model.labelled
    late = registers(20, seed=2)[0]
    late = late.set_column(0, "record_id", [[f"N{number}" for number in range(len(late))]])
    more = [extend(ready, here.clusters, late, here.model, connection=engine) for engine in (None, spark)]
    assert more[0].clusters.tolist() == more[1].clusters.tolist()
    assert more[0].clusters[: len(ready.ids)].tolist() == here.clusters.tolist()
