"""Every shipped indicator that the lake counts, on both engines: equal to the last digit."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest
from django.db import connection

from hengjian.indicators import catalogue
from hengjian.indicators.computing import counting, standing
from hengjian.indicators.declarations import FromFacts, FromStanding
from hengjian.lake.queries import Ask, tally_many
from hengjian.lake.standings import StandingAsk, standing_many
from hengjian.ledger.actions import append_many
from tests.conftest import require
from tests.indicators.synthetic import facts
from tests.lake.conftest import TREE, make_regions

FIRST, LAST = date(2025, 11, 1), date(2026, 3, 31)


@pytest.mark.slow
@pytest.mark.django_db
def test_spark_agrees_about_every_indicator() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the run on SQLite does this: engines read the lake's files, not the database")
    require("Java")
    make_regions()
    counted: list[Ask] = []
    stood: list[StandingAsk] = []
    for item in catalogue.shipped().values():
        # With all break-downs at once and by month: questions about the same kinds then share their passes.
        counted += {
            repr(one.measure): Ask(one.measure, "month", "county", tuple(one.measure.dimensions))
            for one in counting.asks(item)
        }.values()
        stood += [
            StandingAsk(one.standing, "month", "county", tuple(one.standing.dimensions))
            for one in standing.asks(item)[:1]
        ]
    served = [item for item in catalogue.shipped().values() if isinstance(item.source, FromFacts | FromStanding)]
    assert len(counted) + len(stood) >= len(served) > 40
    named = [*(one.measure for one in counted), *(one.standing for one in stood)]
    append_many(facts(named, list(TREE), Random(23), each=20))

    here = tally_many(counted)
    assert all(here), [one.measure for one, rows in zip(counted, here, strict=True) if not rows]
    assert tally_many(counted, engine="spark") == here

    states = standing_many(stood, first=FIRST, last=LAST)
    bare = [one.standing for one, rows in zip(stood, states, strict=True) if not any(row.part for row in rows)]
    assert not bare
    assert standing_many(stood, first=FIRST, last=LAST, engine="spark") == states
