"""Tests for `hengjian.methods.fictional`."""

from __future__ import annotations

import csv
from importlib import resources
from random import Random

import pytest

from hengjian.methods import fictional
from hengjian.methods.fictional import PLACES, TRADES

CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def test_the_places_are_those_of_the_demonstration() -> None:
    text = (resources.files("hengjian.demo") / "data" / "regions.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert {row["code"]: row["short_name"] for row in rows} == dict(PLACES)
    for row in rows[1:]:
        assert row["name"] in fictional.address(Random(1), row["code"])


def test_names_and_codes_are_used_once_and_the_codes_are_valid() -> None:
    roster = fictional.roster()
    assert len({item.code for item in roster}) == len({item.name for item in roster}) == len(roster)
    for item in roster:
        assert len(item.code) == 18
        assert item.code.startswith(f"91{item.region}")
        # GB 32100-2015: the weighted sum over all eighteen characters is a multiple of 31.
        assert sum(CHARACTERS.index(sign) * pow(3, place) for place, sign in enumerate(item.code[:17])) % 31 == (
            -CHARACTERS.index(item.code[17]) % 31
        )


def test_the_same_seed_gives_the_same_enterprises() -> None:
    assert fictional.enterprises(Random(7), 40) == fictional.enterprises(Random(7), 40)
    assert fictional.enterprises(Random(7), 40) != fictional.enterprises(Random(8), 40)


def test_a_region_and_trades_narrow_the_choice() -> None:
    found = fictional.enterprises(Random(1), 6, "990300", trades=("供热",))
    assert {item.trade for item in found} == {"供热"}
    assert {item.region for item in found} <= {"990300", "990302", "990321", "990322"}


@pytest.mark.parametrize(
    ("n", "region", "trades", "said"),
    [(1, "110000", (), "110000"), (1, "990000", ("渔业",), "渔业"), (99, "990321", ("供热",), "only 2")],
)
def test_what_there_is_not_is_refused(n: int, region: str, trades: tuple[str, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        fictional.enterprises(Random(1), n, region, trades=trades)


def test_every_trade_is_there_in_every_place() -> None:
    assert {(item.region, item.trade) for item in fictional.roster()} == {
        (place, trade) for place in PLACES if place != "990000" for trade in TRADES
    }


def test_people_are_recognisably_invented() -> None:
    random = Random(3)
    assert all(2 <= len(fictional.person(random)) <= 3 for _ in range(50))
    assert all(fictional.phone(random).startswith("1990000") for _ in range(50))
