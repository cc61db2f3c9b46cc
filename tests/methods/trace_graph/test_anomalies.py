"""Every code of the anomaly rules, told and not told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hengjian.methods.trace_graph.anomalies import CODES, examine, find_anomalies
from hengjian.methods.trace_graph.happenings import seconds
from hengjian.methods.trace_graph.steps import Limits, distance
from tests.methods.trace_graph.story import (
    FARM,
    MAKER,
    PALLET,
    PLANT,
    SELLER,
    SHOP,
    amounts,
    by,
    item,
    key,
    lot,
    made,
    network,
    packed,
    seen,
    sent,
    site,
    to,
)

# Some 1,030 km apart.
WHERE = {site(PLANT): (43.8, 87.6), site(SHOP): (39.5, 76.0)}
MOVED = {**sent(MAKER), **to(SELLER)}
BORN = seen("01T08", PLANT, "commissioning", [item(1)])
SHIPPED = seen("02T08", PLANT, "shipping", [item(1)], **MOVED)
RECEIVED = seen("03T08", SHOP, "receiving", [item(1)], **sent(MAKER), **by(SELLER))
SOLD = seen("04T08", SHOP, "retail_selling", [item(1)])
WHOLE = (BORN, SHIPPED, RECEIVED, SOLD)


def codes(*events: dict[str, Any], **more: Any) -> list[tuple[str, str]]:
    return [(one.code, one.why) for one in find_anomalies(network(*events), places=WHERE, **more)]


def test_a_whole_chain_tells_nothing() -> None:
    assert codes(*WHOLE) == []
    whole = examine(network(*WHOLE))[1]
    assert (whole.things, whole.whole, whole.links, whole.matched) == (1, 1, 2, 2)


ENDED, DESTROYED = (seen("05T08", SHOP, step, [item(1)]) for step in ("decommissioning", "destroying"))
STAYS = [seen("01T12", FARM, "storing", [item(1)]), seen("01T14", PLANT, "storing", [item(1)])]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ([seen("01T12", FARM, "commissioning", [item(1)])], ("cloned_code", "commissioned_twice")),
        ([seen("03T08", FARM, "inspecting", [item(1)])], ("cloned_code", "two_places_at_once")),
        ([seen("05T08", FARM, "retail_selling", [item(1)])], ("cloned_code", "sold_twice")),
        (STAYS, ("cloned_code", "overlapping_stays")),
        ([ENDED, seen("06T08", SHOP, "storing", [item(1)])], ("event_after_decommission", "ended")),
        ([DESTROYED, seen("06T08", SHOP, "storing", [item(1)])], ("event_after_decommission", "destroyed")),
    ],
)
def test_signs_on_an_item(more: list[dict[str, Any]], expected: tuple[str, str]) -> None:
    assert expected in codes(*WHOLE, *more)


def test_faster_than_anything_moves() -> None:
    quick = seen("02T09", SHOP, "receiving", [item(1)], **sent(MAKER), **by(SELLER))
    found = find_anomalies(network(BORN, SHIPPED, quick), places=WHERE)
    assert [one.code for one in found] == ["impossible_travel"]
    assert found[0].details["km"] == pytest.approx(distance(*WHERE.values()), abs=0.1)
    assert codes(BORN, SHIPPED, quick, limits=Limits(speed=2000)) == []


def test_distance_is_the_great_circle() -> None:
    assert distance((0, 0), (0, 90)) == pytest.approx(10_007.56, abs=0.1)


def test_links_of_a_shipment() -> None:
    late, soon = seconds("2026-06-01T00:00:00Z"), seconds("2026-05-03T00:00:00Z")
    assert codes(BORN, SHIPPED, now=late) == [("shipped_not_received", "")]
    assert codes(BORN, SHIPPED, now=soon) == []
    known = seen("01T08", PLANT, "storing", [item(2)], **by(MAKER))
    assert ("received_not_shipped", "") in codes(known, RECEIVED)
    assert codes(RECEIVED) == []  # nothing says that the sender tells its movements


def test_links_of_what_travels_on_a_pallet() -> None:
    pack = packed("01T09", PALLET, [item(1)])
    pallet_out = seen("02T08", PLANT, "shipping", [PALLET], **MOVED)
    late = seconds("2026-06-01T00:00:00Z")
    assert codes(BORN, pack, pallet_out, RECEIVED, now=late) == []
    assert codes(BORN, pack, pallet_out, now=late) == [("shipped_not_received", "")]


def test_amounts_and_processes() -> None:
    assert codes(made("02T08", PLANT, {"A": 10}, {"C": 11})) == [("quantity_above_input", "process")]
    assert codes(made("02T08", PLANT, {"A": 10}, {"C": 11}), limits=Limits(highest_yield=1.2)) == []
    assert codes(made("02T08", PLANT, {}, {"C": 11}, transformationID="urn:uuid:9")) == [("output_without_input", "")]
    came = seen("01T08", SHOP, "receiving", [], quantityList=amounts({"C": 10}))
    gone = [seen(f"0{day}T08", SHOP, "retail_selling", [], quantityList=amounts({"C": 6})) for day in (2, 3)]
    assert codes(came, *gone) == [("quantity_above_input", "site")]


def test_nothing_told_where_it_came_from() -> None:
    assert codes(seen("02T08", SHOP, "retail_selling", [item(1)])) == [("no_origin", "")]


def test_use_after_the_last_day() -> None:
    born = seen("01T08", PLANT, "commissioning", [item(1)], ilmd={"cbvmda:itemExpirationDate": "2026-05-02"})
    sold = [seen(f"0{day}T23", PLANT, "retail_selling", [item(1)]) for day in (2, 4)]
    assert codes(born, sold[0]) == []
    assert codes(born, sold[1]) == [("use_after_expiry", "sold")]


def test_findings_name_events_and_figures() -> None:
    found = find_anomalies(network(*WHOLE, seen("05T08", FARM, "retail_selling", [item(1)])))
    clone = next(one for one in found if one.code == "cloned_code")
    assert (clone.key, clone.site, clone.events, clone.details) == (
        key(item(1)),
        site(FARM),
        (3, 4),
        {"first_site": site(SHOP)},
    )
    assert clone.code in CODES


def test_some_things_only() -> None:
    graph = network(made("02T08", PLANT, {"A": 10}, {"C": 11}), made("02T08", PLANT, {"X": 10}, {"Y": 11}))
    some = np.array([graph.names.find(key(lot("A")))], np.int32)
    assert [one.key for one in find_anomalies(graph, some)] == [key(lot("C"))]
