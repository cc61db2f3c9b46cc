"""A wave at every stage, with answers from a planted model."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.utils import timezone

from hengjian.demo import clock
from hengjian.surveys.actions import (
    ApproveResult,
    CloseWave,
    ComputeResult,
    ConfirmAnswerImport,
    CreateWave,
    OpenWave,
    StartAnswerImport,
)
from hengjian.surveys.models import AnswerBatch, Evaluated, Wave
from hengjian.surveys.planting import Planted, draw_answers
from hengjian.surveys.rules import Design, Stratum
from tests.places import Place, make_place

MONDAY = "2026-09-14 10:00"
PLANTED = Planted(
    latents={"image": 3, "expectation": 3, "quality": 4, "value": 2, "satisfaction": 3, "loyalty": 2},
    paths={
        ("image", "expectation"): 0.5,
        ("expectation", "quality"): 0.35,
        ("image", "quality"): 0.3,
        ("quality", "value"): 0.5,
        ("quality", "satisfaction"): 0.45,
        ("value", "satisfaction"): 0.3,
        ("satisfaction", "loyalty"): 0.6,
    },
    means={"image": 7.4, "expectation": 7.6, "quality": 7.0, "value": 6.2, "satisfaction": 6.9, "loyalty": 7.1},
)


def at(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


@pytest.fixture
def place(db: None) -> Place:
    return make_place()


def made(place: Place, **more: Any) -> Wave:
    given: dict[str, Any] = {
        "unit": place.market,
        "region": place.region,
        "survey": "service_satisfaction",
        "sector": "medical",
        "period": "2026-H2",
        "title": "2026年下半年医疗服务满意度调查",
        "title_en": "Medical care: satisfaction",
        "starts_on": date(2026, 9, 1),
        "ends_on": date(2026, 9, 30),
        "strata": [Stratum("s1", "望澜市", 600_000, "Wanglan"), Stratum("s2", "朔安市", 400_000, "Shuoan")],
        "design": Design(margin=0.1, least=10),
        "sizes_source": "人口普查",
        "open_link": True,
        "telephone": True,
    }
    return CreateWave(user=place.officer, **{**given, **more}).execute()


@pytest.fixture
def prepared(place: Place) -> Wave:
    with clock.at(at(MONDAY)):
        return made(place)


@pytest.fixture
def running(place: Place, prepared: Wave) -> Wave:
    with clock.at(at(MONDAY)):
        return OpenWave(user=place.officer, wave=prepared).execute()


def rows_of(wave: Wave, strata: list[str], seed: int = 3, planted: Planted = PLANTED) -> list[dict[str, Any]]:
    """Rows as an import takes them."""
    codes = [item.code for item in wave.declared.items]
    return [
        {
            "stratum": stratum,
            "items": dict(zip(codes, row, strict=True)),
            "choices": {"age": "a18" if place % 15 == 0 else "a30", "home": "urban"},
            "seconds": 20 if place == 0 else 200 + place,
            "day": "2026-09-14",
            "comment": f"意见{place}" if place % 40 == 0 else "",
        }
        for place, (stratum, row) in enumerate(zip(strata, draw_answers(planted, strata, {}, seed), strict=True))
    ]


def imported(place: Place, wave: Wave, rows: list[dict[str, Any]], approached: int | None = 200) -> AnswerBatch:
    start = StartAnswerImport(user=place.officer, wave=wave, name="答卷.xlsx", rows=rows, approached=approached)
    return ConfirmAnswerImport(user=place.officer, batch=start.execute()).execute()


@pytest.fixture
def closed(place: Place, running: Wave) -> Wave:
    with clock.at(at(MONDAY)):
        imported(place, running, rows_of(running, ["s1"] * 75 + ["s2"] * 45))
        return CloseWave(user=place.officer, wave=running).execute()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer replications than the rule asks for: what is tested here is the road, not the interval."""
    from hengjian.surveys.actions import concluding

    usual = concluding.limits_of

    def fewer(terms: Any) -> Any:
        from dataclasses import replace

        return replace(usual(terms), replications=40)

    monkeypatch.setattr(concluding, "limits_of", fewer)


@pytest.fixture
def computed(place: Place, closed: Wave, quick: None) -> Evaluated:
    with clock.at(at("2026-10-02 09:00")):
        ComputeResult(user=place.officer, wave=closed).execute()
    return closed.results.get()


@pytest.fixture
def concluded(place: Place, computed: Evaluated) -> Evaluated:
    with clock.at(at("2026-10-03 09:00")):
        return ApproveResult(user=place.head, result=computed).execute()
