"""Recall scopes and balances with the amounts of a small chain, added up by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from hengjian.methods.trace_graph.answers import balance_answer, scope_answer
from hengjian.methods.trace_graph.balance import lot_balance
from hengjian.methods.trace_graph.happenings import Move
from hengjian.methods.trace_graph.network import Network
from hengjian.methods.trace_graph.scope import COLUMNS, FIGURES, recall_scope
from hengjian.methods.trace_graph.units import UNKNOWN, amount, decimal
from tests.methods.trace_graph.story import (
    DEPOT,
    FARM,
    GROWER,
    MAKER,
    PALLET,
    PLANT,
    SELLER,
    SHOP,
    amounts,
    by,
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


def rows(of: dict[str, float], uom: str = "KGM") -> dict[str, Any]:
    return {"quantityList": amounts(of, uom), "epcList": []}


def chain() -> Network:
    """100 kg of A and 300 kg of B become 380 kg of C; 200 kg of it go out on a pallet, 150 kg arrive loose."""
    return network(
        seen("01T08", FARM, "commissioning", **rows({"A": 100})),
        seen("01T09", FARM, "shipping", **rows({"A": 100}), **to(MAKER), **sent(GROWER)),
        seen("01T12", PLANT, "receiving", **rows({"A": 100}), **by(MAKER), **sent(GROWER)),
        seen("01T12", PLANT, "commissioning", **rows({"B": 0.3}, "TNE")),
        made("02T08", PLANT, {"A": 100, "B": 300}, {"C": 380}),
        packed("03T08", PALLET, [], childQuantityList=amounts({"C": 200})),
        seen("04T08", PLANT, "shipping", [PALLET], **to(SELLER), **sent(MAKER)),
        seen("05T08", SHOP, "receiving", [PALLET], **by(SELLER), **sent(MAKER)),
        packed("05T09", PALLET, [], "DELETE"),
        seen("06T08", SHOP, "retail_selling", **rows({"C": 80})),
        seen(
            "07T08", PLANT, "shipping", **rows({"C": 150}), destinationList=[{"type": "location", "destination": DEPOT}]
        ),
        seen("08T08", SHOP, "destroying", **rows({"C": 20})),
    )


def test_the_scope_says_what_where_how_much_and_whom_to_call() -> None:
    scope = recall_scope(chain(), [key(lot("A"))])
    lots = {one.key: one for one in scope.lots()}
    assert set(lots) == {key(lot("A")), key(lot("C"))}
    made_of_a = lots[key(lot("C"))]
    assert (made_of_a.share, made_of_a.contained, made_of_a.at_most) == (
        (Decimal(95), Decimal(380)),
        Decimal(95),
        Decimal(380),
    )
    places = {place.site: place.figures for place in scope.places if place.figures.unit == "KGM"}
    shop, plant = places[site(SHOP)], places[site(PLANT)]
    assert [int(x) for x in (shop.received, shop.sold, shop.destroyed, shop.on_hand)] == [200, 80, 20, 100]
    assert [int(x) for x in (plant.made, plant.received, plant.used, plant.shipped)] == [380, 100, 100, 350]
    assert plant.on_hand == 30
    parties = {one.party: one for one in scope.parties}
    assert {key(GROWER), key(MAKER), key(SELLER)} <= parties.keys()
    assert parties[key(SELLER)].sites == (site(SHOP),)


def test_a_shipment_that_never_arrived_says_whom_to_ask() -> None:
    graph = network(
        seen("01T08", PLANT, "commissioning", **rows({"C": 10})),
        seen("02T08", PLANT, "shipping", **rows({"C": 10}), **to(SELLER), **sent(MAKER)),
    )
    waiting = {one.party: one.expected for one in recall_scope(graph, [key(lot("C"))]).parties}
    assert waiting == {key(MAKER): 0, key(SELLER): 1}


def test_a_window_at_a_site_is_a_source_too() -> None:
    graph = chain()
    found = recall_scope(graph, [], sites=[site(FARM)])
    assert set(found.keys) == {key(lot("A")), key(lot("C"))}
    assert recall_scope(graph, [], sites=[site(SHOP)], since=day(graph, "07T08")).keys == [key(lot("C"))]


def day(graph: Network, text: str) -> int:
    from tests.methods.trace_graph.test_network import graph_time

    return graph_time(text)


def test_shares_are_not_made_up() -> None:
    unknown = made("02T08", PLANT, {"A": 5}, {"C": 5})
    unknown["inputQuantityList"].append({"epcClass": lot("B")})
    graph = network(unknown, made("03T08", PLANT, {"C": 5}, {"D": 5}))
    shares = {one.key: one.share for one in recall_scope(graph, [key(lot("A"))]).lots()}
    assert shares[key(lot("C"))] is None and shares[key(lot("D"))] is None
    circle = network(made("02T08", PLANT, {"A": 1, "R": 1}, {"R": 2}))
    assert {one.key: one.share for one in recall_scope(circle, [key(lot("A"))]).lots()}[key(lot("R"))] is None


def test_shares_mix_over_several_steps() -> None:
    graph = network(
        made("02T08", PLANT, {"A": 1, "B": 3}, {"C": 4}), made("03T08", PLANT, {"C": 2, "B": 2}, {"D": 4}),
        made("04T08", PLANT, {"B": 4}, {"D": 4}),
    )  # fmt: skip
    lots = {one.key: one for one in recall_scope(graph, [key(lot("A"))]).lots()}
    assert lots[key(lot("C"))].contained == 1
    assert lots[key(lot("D"))].at_most == 8
    assert lots[key(lot("D"))].contained == Decimal("0.5")  # an eighth of the first half


def test_the_answer_is_the_same_from_stored_arrays() -> None:
    graph = chain()
    assert scope_answer(recall_scope(Network(graph.arrays()), [key(lot("A"))]), {}) == scope_answer(
        recall_scope(graph, [key(lot("A"))]), {}
    )


# ---- balance


def test_a_balance_names_each_site_and_process() -> None:
    found = lot_balance(chain(), key(lot("C")))
    sites = {one.site: (one.verdict, one.residual) for one in found.sites}
    assert sites == {site(PLANT): ("stock", Decimal(30)), site(SHOP): ("stock", Decimal(100))}
    assert [(one.verdict, one.put_in, one.came_out) for one in found.processes] == [
        ("fits", Decimal(400), Decimal(380))
    ]
    assert found.transit == (("KGM", Decimal(150)),)
    counted = lot_balance(chain(), key(lot("C")), stocks={site(SHOP): Decimal(40)}, tolerance=Decimal("0.01"))
    assert [one.verdict for one in counted.sites if one.site == site(SHOP)] == ["missing"]


@pytest.mark.parametrize(
    ("out", "high", "verdict"),
    [(101, "1", "above"), (100, "1", "fits"), (49, "1", "below"), (150, "1.5", "fits")],
)
def test_the_yield_has_a_band(out: float, high: str, verdict: str) -> None:
    graph = network(made("02T08", PLANT, {"A": 100}, {"C": out}))
    found = lot_balance(graph, key(lot("C")), usual=(Decimal("0.5"), Decimal(high)))
    assert [one.verdict for one in found.processes] == [verdict]


def test_more_left_than_came() -> None:
    graph = network(
        seen("01T08", SHOP, "receiving", **rows({"C": 10})), seen("02T08", SHOP, "retail_selling", **rows({"C": 10.5})),
    )  # fmt: skip
    assert [one.verdict for one in lot_balance(graph, key(lot("C"))).sites] == ["short"]
    assert [one.verdict for one in lot_balance(graph, key(lot("C")), tolerance=Decimal("0.05")).sites] == ["even"]
    assert balance_answer(lot_balance(graph, key(lot("C"))), {})["gaps"] == 1
    assert not lot_balance(graph, "urn:x:unheard").known


# ---- amounts


@pytest.mark.parametrize(
    ("quantity", "uom", "micro", "unit"),
    [
        ("2.5", "TNE", 2_500_000_000, "KGM"),
        (1, "LBR", 453_592, "KGM"),
        (3, "", 3_000_000, "H87"),
        (2, "DZN", 24_000_000, "H87"),
        (5, "XBX", 5_000_000, "XBX"),
        (None, "KGM", UNKNOWN, "KGM"),
        ("many", "KGM", UNKNOWN, "KGM"),
        (-1, "KGM", UNKNOWN, "KGM"),
        (1e300, "KGM", UNKNOWN, "KGM"),
    ],
)
def test_amounts(quantity: object, uom: str, micro: int, unit: str) -> None:
    assert amount(quantity, uom) == (micro, unit)


def test_amounts_are_shown_plainly() -> None:
    assert [str(decimal(one)) for one in (1_500_000, 10_000_000, 1, 0)] == ["1.5", "10", "0.000001", "0"]
    assert decimal(UNKNOWN) is None


# ---- against adding up row by row


def random_chain(number: int, most: int = 5_000) -> Network:
    """Forty lots that are made of each other, moved between three places, packed and unpacked; some amounts untold."""
    random = Random(number)
    lots, places = [lot(f"L{one}") for one in range(40)], [FARM, PLANT, SHOP]
    parties = {FARM: GROWER, PLANT: MAKER, SHOP: SELLER}
    events = []
    for one in range(150):
        when, place = f"{1 + one // 8:02}T{8 + one % 8:02}", random.choice(places)
        some = {
            name.rpartition(".")[2]: random.choice([random.randrange(1, most), random.randrange(1, 99) / 8])
            for name in random.sample(lots, random.randrange(1, 4))
        }
        uom = random.choice(["KGM", "KGM", "TNE", "H87"])
        quantities = amounts(some, uom)
        if random.random() < 0.2:
            quantities[0].pop("quantity")
        told: dict[str, Any] = {"quantityList": quantities, "epcList": []}
        other = random.choice(places)
        kind = random.randrange(7)
        if kind == 0:
            events.append(made(when, place, some, {f"L{random.randrange(40)}": random.randrange(1, most)}))
        elif kind == 1:
            events.append(packed(when, PALLET, [], childQuantityList=quantities))
        elif kind == 2:
            events.append(packed(when, PALLET, [], "DELETE"))
        elif kind == 3:
            events.append(seen(when, place, "shipping", [PALLET], **to(parties[other]), **sent(parties[place])))
        else:
            step = random.choice(["commissioning", "shipping", "receiving", "retail_selling", "destroying"])
            ways: dict[str, Any] = {**sent(parties[place]), **to(parties[other])} if random.random() < 0.7 else {}
            events.append(seen(when, place, step, **told, **ways))
    return network(*events)


@pytest.mark.parametrize("number", range(8))
@pytest.mark.parametrize("most", [5_000, 4 * 10**12])
def test_places_and_parties_are_the_sums_of_the_rows(number: int, most: int) -> None:
    graph = random_chain(number, most)
    found = recall_scope(graph, [key(lot(f"L{one}")) for one in range(6)])
    columns = zip(*(column.tolist() for column in found.rows.values()), strict=True)
    rows = [dict(zip(found.rows, values, strict=True)) for values in columns]
    names, owners, column = graph.places, graph.owners, dict(COLUMNS)
    places: dict[tuple[str, str], dict[str, Any]] = {}
    has: dict[str, set[int]] = {}
    coming: dict[str, set[int]] = {}
    sites: dict[str, set[str]] = {}
    for row in rows:
        holder = names[row["holder"]] or names[owners.get(row["site"], names.number(""))]
        if holder:
            has.setdefault(holder, set()).add(row["of"])
            sites.setdefault(holder, set()).add(names[row["site"]])
        if row["kind"] == Move.SHIPPED:
            receiver = names[row["other"]] or names[owners.get(row["other_site"], names.number(""))]
            coming.setdefault(receiver, set()).add(row["of"])
        if row["kind"] == Move.LEFT:
            continue
        place = places.setdefault(
            (names[row["site"]], graph.units[row["unit"]]), {"lots": set(), "untold": 0} | dict.fromkeys(FIGURES, 0)
        )
        place["lots"].add(row["of"])
        figure = column.get(row["kind"])
        if figure and row["micro"] == UNKNOWN:
            place["untold"] += 1
        elif figure:
            place[figure] += (-1 if row["kind"] == Move.UNSHIPPED else 1) * Fraction(row["micro"], 10**6)
    assert found.rows["of"].size > 40
    assert {
        (one.site, one.figures.unit): {"lots": one.lots, "untold": one.figures.untold}
        | {name: Fraction(getattr(one.figures, name)) for name in FIGURES}
        for one in found.places
    } == {where: values | {"lots": len(values["lots"])} for where, values in places.items()}
    assert {one.party: (one.lots, one.expected, set(one.sites)) for one in found.parties} == {
        party: (
            len(has.get(party, ())),
            len(coming.get(party, set()) - has.get(party, set())),
            {site for site in sites.get(party, ()) if site},
        )
        for party in {*has, *coming} - {""}
    }
    again = recall_scope(Network(graph.arrays()), [key(lot(f"L{one}")) for one in range(6)])
    assert scope_answer(again, {}) == scope_answer(found, {})
