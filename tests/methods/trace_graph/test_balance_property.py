"""Balances and anomalies against sums that are written down independently, and what hostile events do to them."""

from __future__ import annotations

import time
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.methods.trace_graph.anomalies import examine
from hengjian.methods.trace_graph.balance import lot_balance
from hengjian.methods.trace_graph.happenings import digest
from hengjian.methods.trace_graph.network import Network
from hengjian.methods.trace_graph.scope import recall_scope
from tests.methods.trace_graph.story import DEPOT, FARM, PLANT, amounts, event, key, lot, made, network, seen, site

#: What an event of a step does to the stock of its site: into which figure, with which sign on hand.
STEPS = {
    "commissioning": ("made", 1),
    "receiving": ("received", 1),
    "shipping": ("shipped", -1),
    "retail_selling": ("sold", -1),
    "destroying": ("destroyed", -1),
    "sampling": ("used", -1),
    "inspecting": ("", 0),
}
KILOGRAMS = {"KGM": Decimal(1), "GRM": Decimal("0.001"), "TNE": Decimal(1000)}
rows = st.lists(
    st.tuples(
        st.sampled_from(sorted(STEPS)),
        st.sampled_from([FARM, PLANT, DEPOT]),
        st.integers(0, 10**9).map(lambda n: Decimal(n).scaleb(-3)),
        st.sampled_from([*KILOGRAMS, "LTR", "ZZ"]),
        st.integers(0, 23),
    ),
    max_size=12,
)


def happened(step: str, place: str, amount: Decimal, uom: str, hour: int) -> dict[str, Any]:
    quantities = [{"epcClass": lot("A"), "quantity": float(amount), "uom": uom}]
    return seen(f"03T{hour:02}", place, step, epcList=None, quantityList=quantities)


@given(rows)
def test_what_is_on_hand_is_what_came_less_what_left_at_each_site_and_unit(given_rows: list[Any]) -> None:
    expected: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for step, place, amount, uom, _hour in given_rows:
        figure, sign = STEPS[step]
        if figure:
            unit, factor = ("KGM", KILOGRAMS[uom]) if uom in KILOGRAMS else (uom, Decimal(1))
            expected[site(place), unit][figure] += amount * factor
            expected[site(place), unit]["on_hand"] += sign * amount * factor
    balance = lot_balance(network(*(happened(*row) for row in given_rows)), key(lot("A")))
    found = {(one.site, one.figures.unit): one for one in balance.sites}
    assert found.keys() == expected.keys()
    for place, figures in expected.items():
        told = found[place]
        for name in ("made", "received", "shipped", "sold", "destroyed", "used", "on_hand"):
            assert getattr(told.figures, name) == figures[name], (place, name)
        left = figures["on_hand"]
        assert told.verdict == ("short" if left < 0 else "even" if left == 0 else "stock")
    moved: dict[str, Decimal] = defaultdict(Decimal)
    for (_site, unit), figures in expected.items():
        moved[unit] += figures["shipped"] - figures["received"]
    assert dict(balance.transit) == {unit: amount for unit, amount in moved.items() if amount}


@given(
    st.lists(st.integers(1, 10**6), min_size=1, max_size=6),
    st.lists(st.integers(0, 10**6), min_size=1, max_size=6),
)
def test_a_process_gives_no_more_than_it_takes(into: list[int], out: list[int]) -> None:
    graph = network(
        made("03T08", PLANT, {f"I{n}": x for n, x in enumerate(into)}, {f"O{n}": x for n, x in enumerate(out)})
    )
    (process,) = lot_balance(graph, key(lot("O0"))).processes
    assert (process.put_in, process.came_out) == (sum(into), sum(out))
    assert process.verdict == ("above" if sum(out) > sum(into) else "fits")
    codes = {one.code for one in examine(graph)[0]}
    assert ("quantity_above_input" in codes) == (Decimal(sum(out)) > Decimal(sum(into)) * Decimal("1.02"))


def test_amounts_beyond_64_bits_are_added_up() -> None:
    huge = 4_000_000_000_000
    graph = network(made("03T08", PLANT, {f"I{n}": huge for n in range(4)}, {"O": 1}))
    (process,) = lot_balance(graph, key(lot("O"))).processes
    assert (process.put_in, process.verdict) == (4 * huge, "fits")
    assert "quantity_above_input" not in {one.code for one in examine(graph)[0]}


@pytest.mark.parametrize("quantity", [-5, "x", 1e300, float("nan"), float("inf"), None, True, [], 10**40])
def test_amounts_that_are_none_are_untold_and_hide_nothing(quantity: Any) -> None:
    wrong = seen("04T08", FARM, "shipping", epcList=None, quantityList=[{**amounts({"A": 1})[0], "quantity": quantity}])
    graph = network(happened("commissioning", FARM, Decimal(5), "KGM", 8), wrong)
    (told,) = lot_balance(graph, key(lot("A"))).sites
    if quantity is not True:  # JSON has it for 1 in some hands; whatever it is, it is finite
        assert (told.verdict, told.figures.untold, told.figures.made) == ("untold", 1, 5)
    examine(graph)
    assert recall_scope(graph, [key(lot("A"))]).keys


def test_a_process_without_output_or_amounts_that_do_not_compare() -> None:
    nothing = made("03T08", PLANT, {"A": 5}, {})
    mixed = made("04T08", PLANT, {"B": 5}, {"C": 5})
    mixed["outputQuantityList"][0]["uom"] = "LTR"
    graph = network(nothing, mixed)
    verdicts = [one.verdict for name in "ABC" for one in lot_balance(graph, key(lot(name))).processes]
    assert verdicts == ["not_comparable"] * 3
    assert not {one.code for one in examine(graph)[0]} & {"quantity_above_input", "output_without_input"}


def test_a_circle_of_rework_ends_and_keeps_its_figures() -> None:
    hours = range(8, 20)
    ring = [made(f"03T{hour:02}", PLANT, {f"R{hour % 3}": 5}, {f"R{(hour + 1) % 3}": 5}) for hour in hours]
    same = [made("04T08", PLANT, {"S0": 5}, {"S1": 5}), made("04T08", PLANT, {"S1": 5}, {"S0": 5})]
    graph = network(*ring, *same)
    for name in ("R0", "R1", "R2", "S0", "S1"):
        assert len(recall_scope(graph, [key(lot(name))]).keys) == (3 if name[0] == "R" else 2)
        assert all(one.verdict == "fits" for one in lot_balance(graph, key(lot(name))).processes)


def test_time_zones_and_the_order_of_arrival_change_nothing() -> None:
    """The same moments written in other zones, captured backwards."""
    chain = [made("03T08", PLANT, {"A": 5}, {"B": 5}), made("03T09", PLANT, {"B": 5}, {"C": 5})]
    zoned = [
        chain[0] | {"eventTime": "2026-05-02T19:00:00-05:00", "eventTimeZoneOffset": "-05:00"},
        chain[1] | {"eventTime": "2026-05-03T06:45:00+05:45", "eventTimeZoneOffset": "+05:45"},
    ]
    for events in (chain, zoned, zoned[::-1], chain[::-1]):
        graph = network(*events)
        assert set(recall_scope(graph, [key(lot("A"))]).keys) == {key(lot(name)) for name in "ABC"}
    # What was stamped before its input cannot carry it.
    late = [chain[0] | {"eventTime": "2026-05-03T10:00:00+08:00"}, chain[1]]
    assert set(recall_scope(network(*late), [key(lot("A"))]).keys) == {key(lot("A")), key(lot("B"))}


def test_an_event_that_is_declared_wrong_takes_its_amounts_with_it_and_the_correction_counts() -> None:
    wrong = happened("commissioning", FARM, Decimal(500), "KGM", 8) | {"eventID": "urn:uuid:1"}
    declared = wrong | {"errorDeclaration": {"declarationTime": "2026-05-04T08:00:00Z", "reason": "incorrect_data"}}
    right = happened("commissioning", FARM, Decimal(50), "KGM", 8) | {"eventID": "urn:uuid:2"}
    for events in ([wrong, declared, right], [right, wrong, declared]):
        (told,) = lot_balance(network(*events), key(lot("A"))).sites
        assert told.figures.made == 50


def test_an_event_with_very_many_inputs_is_digested_in_time_that_grows_with_it() -> None:
    def used(count: int) -> float:
        inputs = [f"urn:epc:id:sgtin:9990000.000002.{n}" for n in range(count)]
        large = event("TransformationEvent", "03T08", PLANT, inputEPCList=inputs, outputQuantityList=amounts({"O": 5}))
        start = time.process_time()
        graph = Network.of([digest(large, 0)])
        found = graph.trace([key(lot("O"))], "back")
        assert len(found.nodes) >= count
        examine(graph)
        return time.process_time() - start

    used(100)  # compiles
    small, large = used(1_000), used(10_000)
    assert large < 40 * small + 1
