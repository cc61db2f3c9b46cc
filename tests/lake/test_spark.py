"""The same expressions on Spark: every figure equal, to the last digit."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from django.db import connection

from hengjian.lake.measures import Condition, Standing
from hengjian.lake.queries import Ask, BehindPage, facts_behind, tally_many
from hengjian.lake.standings import StandingAsk, standing_many
from hengjian.ledger.actions import append, append_many, retract
from hengjian.ledger.drafts import Source
from hengjian.ledger.models import Fact
from tests.conftest import require
from tests.lake.conftest import TREE, draft, make_regions
from tests.lake.test_tally import MEASURES


@pytest.mark.slow
@pytest.mark.django_db
def test_spark_agrees() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the run on SQLite does this: engines read the lake's files, not the database")
    require("Java")
    make_regions()
    random = Random(7)
    append_many(
        draft(
            random.choice(["test.checked", "test.noted"]),
            subject=f"enterprise:{random.randrange(40)}",
            region=random.choice(list(TREE)),
            occurred_on=date(2025, 6, 1) + timedelta(random.randrange(400)),
            payload={"lots": random.randrange(1, 4), "result": random.choice(["pass", "fail"])},
        )
        for _ in range(300)
    )
    append(
        draft(
            payload={
                "tags": ["红,", "红"],
                "share": 0.1,
                "sampled_on": "2026-02-28",
                "region": "990102",
                "values": {"amount": "12345678901234567890123456.123456789012", "category": "y"},
                "result": "fail",
            }
        )
    )
    append(draft(subject="lift:1", payload={"result": "fail", "values": {"amount": "0.000000000001"}}))
    first = Fact.objects.get(leaf_index=0)
    retract(first, "录入有误", Source(system="tests"))
    second = Fact.objects.get(leaf_index=1)
    append(draft(second.kind, subject=second.subject, supersedes=second.id, region="990201", payload={"lots": 3}))

    asks = [Ask(measure, "quarter", "county") for measure in MEASURES if measure.kinds[0] == "test.checked"]
    asks.append(Ask(MEASURES[1], "quarter", "county", ("result", "urgent")))
    here = tally_many(asks, regions=["990000"])
    assert all(here), f"every measure has something to compare: {[len(found) for found in here]}"
    there = tally_many(asks, regions=["990000"], engine="spark")
    assert there == here
    one = next(one for one in here[-1] if one.facts > 1)

    def behind(engine: str) -> BehindPage:
        asked = {"frequency": "quarter", "level": "county", "limit": 2, "engine": engine}
        return facts_behind(MEASURES[1], one.region, one.period, one.dimensions, **asked)  # type: ignore[arg-type]

    assert behind("spark") == behind("duckdb")
    assert behind("duckdb").total == one.facts and len(behind("duckdb").facts) == 2

    lots = Standing(kinds=("test.checked",), sum="lots", meets=(Condition(field="sampled_on", op="le", value="@end"),))
    stood = [
        standing_many(
            [StandingAsk(lots, "quarter", "county")], first=date(2025, 8, 1), last=date(2026, 6, 30), engine=engine
        )
        for engine in ("duckdb", "spark")
    ]
    assert stood[0] == stood[1] and any(one.part for one in stood[0][0])
