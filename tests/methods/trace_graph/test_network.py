"""Events as a graph: what flows, what only links, what is inside what and until when."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from hengjian.methods.trace_graph.happenings import digest
from hengjian.methods.trace_graph.network import Network
from tests.methods.trace_graph.story import (
    CASE,
    DEPOT,
    FARM,
    PALLET,
    PLANT,
    amounts,
    event,
    item,
    key,
    lot,
    made,
    network,
    packed,
    reached,
    seen,
)


def keys(*uris: str) -> set[str]:
    return {key(uri) for uri in uris}


def test_transformations_carry_and_time_is_respected() -> None:
    graph = network(made("02T08", PLANT, {"A": 1}, {"C": 1}), made("01T08", PLANT, {"C": 1}, {"E": 1}))
    assert reached(graph, lot("A")) == keys(lot("C"))  # E was made before C
    assert reached(graph, lot("C"), "back") == keys(lot("A"))
    assert reached(graph, lot("E"), "back") == keys(lot("C"))


def test_one_transformation_id_is_one_process() -> None:
    one = {"transformationID": "urn:uuid:55"}
    graph = network(
        made("02T08", PLANT, {"A": 1}, {}, **one), made("02T10", PLANT, {}, {"B": 1}, **one),
        made("02T12", PLANT, {"C": 1}, {}, **one), made("02T14", PLANT, {}, {"D": 1}, **one),
    )  # fmt: skip
    assert reached(graph, lot("A")) == keys(lot("B"), lot("D"))
    assert reached(graph, lot("C")) == keys(lot("D"))  # B had come out before C went in


def test_what_happens_to_a_container_reaches_what_is_in_it_then() -> None:
    graph = network(
        packed("02T08", CASE, [item(1)]),
        event("TransformationEvent", "03T08", PLANT, inputQuantityList=amounts({"X": 1}), outputEPCList=[PALLET]),
        packed("04T08", PALLET, [CASE]),
        packed("05T08", CASE, [item(1)], "DELETE"),
        packed("06T08", CASE, [item(2)]),
        packed("07T08", PALLET, [], "DELETE"),
        packed("08T08", CASE, [item(3)]),
    )
    assert reached(graph, lot("X")) == keys(PALLET, CASE, item(1), item(2), item(3))
    assert reached(graph, PALLET, since=graph_time("05T09")) == keys(CASE, item(2), item(3))
    assert reached(graph, PALLET, since=graph_time("07T09")) == set()
    assert reached(graph, item(1)) == set()  # neighbours in a case are not mixed


def test_what_is_inside_goes_into_the_process_with_its_container() -> None:
    use = event("TransformationEvent", "04T08", PLANT, inputEPCList=[PALLET], outputQuantityList=amounts({"Z": 1}))
    graph = network(
        packed("02T08", CASE, [item(1), item(2)]), packed("02T09", PALLET, [CASE]),
        packed("03T08", CASE, [item(2)], "DELETE"), use,
    )  # fmt: skip
    assert reached(graph, item(1)) == keys(lot("Z"))
    assert reached(graph, item(2)) == set()
    assert reached(graph, lot("Z"), "back") == keys(PALLET, CASE, item(1))


def test_a_trace_back_from_a_container_begins_with_its_contents() -> None:
    graph = network(
        event("TransformationEvent", "01T08", PLANT, inputQuantityList=amounts({"A": 1}), outputEPCList=[item(1)]),
        packed("02T08", PALLET, [item(1)]),
    )
    assert keys(lot("A")) <= reached(graph, PALLET, "back")


def test_associations_and_documents_link_without_flow() -> None:
    graph = network(
        event("AssociationEvent", "02T08", PLANT, action="ADD", parentID=PALLET, childEPCs=[item(9)]),
        event(
            "TransactionEvent", "02T09", PLANT, action="ADD", parentID=PALLET, epcList=[item(1)], bizTransactionList=[]
        ),
    )
    assert reached(graph, PALLET) == reached(graph, item(1)) == set()


def test_a_circle_loses_nothing() -> None:
    graph = network(
        made("02T08", PLANT, {"d1": 1}, {"d2": 1}), made("02T08", PLANT, {"d2": 1}, {"d3": 1, "d4": 1}),
        made("02T08", PLANT, {"d3": 1}, {"d1": 1}),
    )  # fmt: skip
    assert reached(graph, lot("d1")) == keys(lot("d2"), lot("d3"), lot("d4"))
    assert reached(graph, lot("d3")) == keys(lot("d1"), lot("d2"), lot("d4"))


def test_a_class_without_lot_is_not_traced() -> None:
    broad = "urn:epc:idpat:sgtin:9990000.000001.*"
    use = event("TransformationEvent", "02T08", PLANT, inputQuantityList=[{"epcClass": broad}], outputEPCList=[item(1)])
    found = network(use).trace([key(broad), "urn:x:unheard"])
    assert (found.coarse, found.unknown, found.nodes.size) == ((key(broad),), ("urn:x:unheard",), 0)


def test_an_error_declaration_takes_the_event_back() -> None:
    wrong = made("02T08", PLANT, {"A": 1}, {"B": 1}, eventID="urn:uuid:1")
    right = made("02T08", PLANT, {"A": 1}, {"C": 1}, eventID="urn:uuid:2")
    declared = wrong | {
        "errorDeclaration": {"declarationTime": "2026-05-03T08:00:00Z", "correctiveEventIDs": ["urn:uuid:2"]}
    }
    assert reached(network(wrong, right, declared), lot("A")) == keys(lot("C"))
    graph = network(wrong)
    graph.remove(digest(wrong, 0))
    graph.add([digest(right, 1)])
    assert reached(graph, lot("A")) == keys(lot("C"))


def test_an_item_put_into_another_container_has_left_the_first() -> None:
    graph = network(packed("02T08", CASE, [item(1)]), packed("03T08", PALLET, [item(1)]))
    assert reached(graph, CASE, since=graph_time("04T08")) == set()
    assert reached(graph, PALLET) == keys(item(1))


def test_who_spells_a_key_otherwise_means_the_same() -> None:
    graph = network(made("02T08", PLANT, {"A": 1}, {"B": 1}))
    assert reached(graph, f"https://shop.example/gtin/{key(lot('A')).split('/')[4]}/lot/A") >= keys(lot("B"))


@pytest.mark.parametrize("seed", range(12))
def test_stored_extended_and_built_at_once_are_the_same(seed: int) -> None:
    """In pieces, with the network stored and restored between them, as in one go."""
    random = Random(seed)
    story = wild(random)
    whole = Network.of(digest(one, number) for number, one in enumerate(story))
    parts = Network()
    for start in range(0, len(story), 7):
        parts.add(digest(one, start + number) for number, one in enumerate(story[start : start + 7]))
        if random.random() < 0.5:
            parts = Network(parts.arrays())
    assert not parts.stale
    for uri in {uri for one in story for uri in (*one.get("childEPCs", ()), one.get("parentID", lot("1")))} | {
        lot("1")
    }:
        for direction in ("forward", "back"):
            assert reached(parts, uri, direction) == reached(whole, uri, direction)


def wild(random: Random) -> list[dict[str, Any]]:
    """Random events in order of time."""
    found: list[dict[str, Any]] = []
    for day in range(2, 27):
        time = f"{day:02}T{random.randrange(8, 18):02}"
        what = random.random()
        names = [str(random.randrange(1, 9)) for _turn in range(3)]
        if what < 0.35:
            found.append(made(time, PLANT, {names[0]: 2, names[1]: 1}, {names[2]: 3}))
        elif what < 0.75:
            action = random.choice(("ADD", "ADD", "DELETE"))
            found.append(packed(time, random.choice((CASE, PALLET)), [item(name) for name in names[:2]], action))
        elif what < 0.85:
            outputs = amounts({names[0]: 1})
            found.append(event("TransformationEvent", time, PLANT, inputEPCList=[CASE], outputQuantityList=outputs))
        else:
            found.append(seen(time, random.choice((FARM, DEPOT)), "storing", [item(names[0])]))
    return found


def graph_time(text: str) -> int:
    return digest(event("ObjectEvent", text)).time


def test_many_containers_are_packed_and_unpacked_in_time_that_grows_with_their_number() -> None:
    cans = [item(number) for number in range(3_000)]
    cases = [f"urn:epc:id:sscc:0614141.{number:010}" for number in range(300)]
    groups = [cans[first : first + 10] for first in range(0, len(cans), 10)]
    graph = Network(network(*(seen("01T08", PLANT, "commissioning", group) for group in groups)).arrays())
    looked = _counted(graph)
    graph.add(
        digest(packed("02T08", case, group), 1000 + at)
        for at, (case, group) in enumerate(zip(cases, groups, strict=True))
    )
    graph.add(digest(packed("03T08", case, [], "DELETE"), 2000 + at) for at, case in enumerate(cases))
    assert looked[0] <= 1, "rows that come are not sorted for each item"
    for case, group in list(zip(cases, groups, strict=True))[::60]:
        assert reached(graph, case, since=graph_time("02T09")) == {key(one) for one in group}
        assert not reached(graph, case, since=graph_time("03T09"))


def _counted(graph: Network) -> list[int]:
    """How often the rows of containment are sorted, counted from now on."""
    looked, sort = [0], graph.packs._sorted

    def count(*given: Any) -> Any:
        looked[0] += 1
        return sort(*given)

    graph.packs._sorted = count  # type: ignore[method-assign, assignment]
    return looked
