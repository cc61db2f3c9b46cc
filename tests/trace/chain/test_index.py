"""The derived index: extended, stored, made again, always the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.template import Context, Template

from hengjian.trace.chain import index, queries
from hengjian.trace.chain.index import current_index, rebuild, refresh
from hengjian.trace.chain.queries import balance, effect, responsible, scope, trace
from tests.methods.trace_graph.story import PLANT, SHOP, by, item, made, seen, sent
from tests.trace.chain.conftest import CANS, CASE, SCOPE, Chain, capture, key, lot, site


def names(found: object) -> set[str]:
    network = current_index().network
    return {name for name in network.names.texts(found.nodes) if not name.startswith("process:")}  # type: ignore[attr-defined]


def test_the_planted_lot_has_exactly_its_scope(chain: Chain) -> None:
    found = scope([key(lot("M1"))])
    assert set(found.keys) == SCOPE
    places = {place.site: place.figures for place in found.places if place.figures.unit == "H87"}
    shop = places[site(SHOP)]
    assert [int(one) for one in (shop.received, shop.sold, shop.on_hand)] == [4, 2, 2]
    assert {one.party for one in found.parties} == {
        f"unit:{unit.key}" for unit in (chain.farm, chain.plant, chain.shop)
    }
    assert names(trace([key(CANS[0])], "back")) >= {key(lot("M1")), key(lot("M2")), key(lot("P1"))}


def test_a_stored_index_is_extended_and_shared(chain: Chain) -> None:
    before = set(scope([key(lot("M1"))]).keys)
    refresh()
    generation = current_index().generation
    assert generation
    index.forget()
    assert set(scope([key(lot("M1"))]).keys) == before
    assert current_index().generation == generation
    capture(chain.plant, made("07T08", PLANT, {"P1": 10}, {"P2": 10}))
    assert key(lot("P2")) in scope([key(lot("M1"))]).keys
    assert set(rebuild().network.names) == set(current_index().network.names)


def test_a_broken_or_foreign_generation_is_made_again(chain: Chain) -> None:
    refresh()
    manifest = index.folder() / index.MANIFEST
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"origin": "0" * 64}))
    index.forget()
    assert set(scope([key(lot("M1"))]).keys) == SCOPE
    manifest.write_text("{")
    index.forget()
    assert set(scope([key(lot("M1"))]).keys) == SCOPE


def test_killed_while_it_is_stored_the_former_generation_stays(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    refresh()
    former = json.loads((index.folder() / index.MANIFEST).read_text())
    capture(chain.plant, made("07T08", PLANT, {"P1": 10}, {"P2": 10}))
    save, written = index.np.save, []

    def killed(path: Path, array: Any) -> None:
        written.append(path)
        if len(written) == 5:
            raise KeyboardInterrupt
        save(path, array)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(index.np, "save", killed)
        rebuild()
    index.forget()
    assert json.loads((index.folder() / index.MANIFEST).read_text()) == former
    assert set(scope([key(lot("M1"))]).keys) == SCOPE | {key(lot("P2"))}
    assert current_index().generation == former["generation"]


def test_events_that_come_while_it_is_stored_are_not_lost(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    save, late = index.np.save, [made("07T08", PLANT, {"P1": 10}, {"P2": 10})]

    def meanwhile(path: Path, array: Any) -> None:
        if late:
            capture(chain.plant, late.pop())
        save(path, array)

    monkeypatch.setattr(index.np, "save", meanwhile)
    rebuild()
    index.forget()
    assert set(scope([key(lot("M1"))]).keys) == SCOPE | {key(lot("P2"))}


def test_an_error_declaration_takes_effect_at_once(chain: Chain) -> None:
    wrong = made("08T08", PLANT, {"P1": 10}, {"P3": 10}, eventID="urn:uuid:11111111-1111-4111-8111-111111111111")
    capture(chain.plant, wrong)
    assert key(lot("P3")) in scope([key(lot("M1"))]).keys
    declared = {"declarationTime": "2026-05-09T08:00:00+08:00", "reason": "did_not_occur"}
    capture(chain.plant, wrong | {"errorDeclaration": declared})
    assert key(lot("P3")) not in scope([key(lot("M1"))]).keys
    index.forget()
    assert key(lot("P3")) not in scope([key(lot("M1"))]).keys


def test_an_error_declaration_is_heard_by_a_stored_index_and_by_the_next(chain: Chain) -> None:
    wrong = made("08T08", PLANT, {"P1": 10}, {"P3": 10}, eventID="urn:uuid:11111111-1111-4111-8111-111111111111")
    capture(chain.plant, wrong)
    refresh()
    index.forget()
    declared = {"declarationTime": "2026-05-09T08:00:00+08:00", "reason": "did_not_occur"}
    capture(chain.plant, wrong | {"errorDeclaration": declared})
    for _turn in range(2):
        found = scope([key(lot("M1"))])
        assert set(found.keys) == SCOPE
        index.store(current_index())
        index.forget()


def test_what_is_rolled_back_leaves_nothing(chain: Chain) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        capture(chain.plant, made("08T08", PLANT, {"P1": 10}, {"X1": 10}))
        assert key(lot("X1")) in scope([key(lot("M1"))]).keys
        raise RuntimeError
    capture(chain.plant, made("08T08", PLANT, {"P1": 10}, {"X2": 10}))
    keys = scope([key(lot("M1"))]).keys
    assert key(lot("X2")) in keys and key(lot("X1")) not in keys


def test_who_answers_for_a_can(chain: Chain) -> None:
    found = responsible(key(CANS[3]))
    assert found is not None
    assert (found.unit, found.region, found.authority) == (chain.plant, chain.county, chain.county_market)
    assert (found.made, found.sources) == (True, (f"unit:{chain.farm.key}",))
    assert responsible("urn:x:unheard") is None


def test_the_effect_counts_what_came_back_of_what_was_shipped(chain: Chain) -> None:
    capture(chain.shop, seen("07T08", SHOP, "shipping", [CANS[2]], disposition="returned"))
    returned = seen("08T08", PLANT, "receiving", [CANS[2]], disposition="returned", **sent(SHOP), **by(PLANT))
    capture(chain.plant, returned)
    found = effect(scope([key(lot("M1"))]))
    assert found is not None
    assert (int(found.shipped), int(found.recovered), found.unit) == (4, 1, "H87")


def test_a_balance_of_the_powder(chain: Chain) -> None:
    found = balance(key(lot("P1")))
    assert [one.verdict for one in found.sites] == ["stock"]
    assert found.sites[0].residual == 496
    assert not balance(key(item("unheard"))).known


def test_containers_are_things_too(chain: Chain) -> None:
    assert set(scope([key(CASE)]).keys) == {key(CASE), *(key(can) for can in CANS)}


def test_after_many_events_at_once_pages_answer_and_say_what_is_missing(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker was away while a large file came: nobody waits for all of it, and nothing is kept from the reader."""
    refresh()
    capture(chain.plant, made("07T08", PLANT, {"P1": 10}, {"P2": 10}))
    capture(chain.plant, made("07T09", PLANT, {"P2": 10}, {"P3": 10}))
    monkeypatch.setattr(queries, "IN_REQUEST", 1)
    assert key(lot("P2")) in scope([key(lot("M1"))]).keys
    index.forget()
    events, last, behind = queries.freshness()
    assert (behind, last is not None) == (1, True)
    page = Template("{% load trace_chain %}{% fresh %}")
    monkeypatch.setattr(queries, "IN_REQUEST", 0)
    assert "1 个刚采集的事件还没有计入" in page.render(Context())
    assert refresh(0) == 1
    assert refresh() == 0
    assert queries.freshness()[::2] == (events + 1, 0)
    assert "还没有计入" not in page.render(Context())
    assert key(lot("P3")) in scope([key(lot("M1"))]).keys
