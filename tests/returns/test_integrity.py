"""The checks of the regime, prefilling, sums and burden."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from hengjian.demo.clock import at
from hengjian.ledger.actions import append
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.methods.periods import parse_period
from hengjian.parties.models import Region
from hengjian.returns import catalogue
from hengjian.returns.actions import CorrectReturn, DeclareNoChange, ExplainProblem, RefillCells
from hengjian.returns.burden import asked_twice, burden_by_unit, burden_of
from hengjian.returns.consolidating import consolidate
from hengjian.returns.declarations import Form
from hengjian.returns.hints import hints_for
from hengjian.returns.integrity import CHECKS, check_named
from hengjian.returns.integrity.running import run_checks, run_nightly
from hengjian.returns.models import Cell, Finding, IntegrityRun
from hengjian.returns.opening import open_period
from hengjian.returns.reading import past_of, sheet_of
from tests.returns.conftest import GOOD, Q1, Q2, TRIAL, World, complete, fill, reported

TODAY = date(2026, 7, 20)


def moment(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


def found(today: date = TODAY) -> dict[str, set[str]]:
    """check → regions (or cells) that it found."""
    run_checks(today, timezone.now())
    result: dict[str, set[str]] = {}
    for one in Finding.objects.filter(cleared_at=None).select_related("region"):
        place = f".{one.row}.{one.column}" if one.row else ""
        result.setdefault(one.check_code, set()).add(f"{one.region.code}{place}")
        assert "%" not in str(check_named(one.check_code).sentence) % one.values
    return result


def history(world: World, count: int = 5, **figures: Any) -> None:
    """Earlier quarters of the first county and of the others, a little different each time."""
    for step in range(count, 0, -1):
        for number, entry in enumerate(world.open(Q2.shift(-step))):
            moved = {f"{row}__{column}": value + 3 * step + number for (row, column), value in base(number).items()}
            reported(entry, **(moved | figures))


def base(number: int) -> dict[tuple[str, str], int]:
    return {("one", "all"): 300 + number, ("one", "good"): 280, ("two", "all"): 150, ("two", "good"): 140}


def test_missing_and_late(world: World) -> None:
    entries = world.open()
    with at(moment("2026-07-18 09:00")):
        reported(entries[0])
    reported(entries[1])
    result = found()
    assert result["missing"] == {f"99030{n}" for n in (3, 4, 5, 6)}
    assert result["late"] == {"990301"}
    fill(entries[2], None, GOOD)
    complete(entries[2])
    assert "990303" not in found()["missing"]
    assert Finding.objects.get(check_code="missing", region__code="990303").cleared_at is not None


def test_copied_figures_and_declared_no_change(world: World) -> None:
    five = {"one__all": 10, "one__good": 9}
    trial = {**TRIAL, "form": "copied", "rows": [*TRIAL["rows"], {"code": "three", "title": "丙"}]}
    world.form = catalogue.register(Form.model_validate(trial))
    try:
        for period in (Q1.shift(-1), Q1):
            for entry in world.open(period)[:2]:
                reported(entry, three__all=7, three__good=7, **five)
        entries = world.open(Q2)
        reported(entries[0], three__all=7, three__good=7, **five)
        DeclareNoChange(user=None, system="test", entry=entries[1]).execute()
        complete(entries[1])
        assert found()["unchanged"] == {"990301"}
    finally:
        catalogue.forget("copied")


def test_units_jumps_and_thin_returns(world: World) -> None:
    history(world)
    entries = world.open(Q2)
    usual = {f"{row}__{column}": value for (row, column), value in base(0).items()}
    reported(entries[0], **{**usual, "one__all": 31_000})
    reported(entries[1], **{**usual, "two__all": 900})
    for entry in entries[2:5]:
        reported(entry, **usual)
    fill(entries[5], None, {"one.all": 300})
    complete(entries[5])
    result = found()
    assert result["unit"] == {"990301.one.all"}
    assert result["jump"] == {"990302.two.all"}
    assert result["sparse"] == {"990306"}
    hints = hints_for(sheet_of(entries[0]), past_of(entries[0]))
    assert "填错单位" in hints["one", "all"].text


def test_zero_series(world: World) -> None:
    for period in (Q1.shift(-1), Q1, Q2):
        for number, entry in enumerate(world.open(period)):
            reported(entry, two__all=0 if number == 0 else 40 + number, two__good=0 if number == 0 else 30)
    assert found()["zero"] == {"990301.two.all", "990301.two.good"}


def test_heaped_digits(world: World) -> None:
    rows = [{"code": f"r{n}", "title": f"行{n}"} for n in range(15)]
    world.form = catalogue.register(Form.model_validate({**TRIAL, "form": "heaped", "rows": rows, "checks": []}))
    try:
        entries = world.open()
        fill(entries[0], None, {f"r{n}.{column}": 100 + 5 * n for n in range(15) for column in ("all", "good")})
        fill(entries[1], None, {f"r{n}.{column}": 101 + 7 * n for n in range(15) for column in ("all", "good")})
        for entry in entries[:2]:
            complete(entry)
        assert found()["digits"] == {"990301"}
    finally:
        catalogue.forget("heaped")


@pytest.fixture
def second_form() -> Iterator[None]:
    yield
    catalogue.forget("second")


def test_one_concept_on_two_forms(world: World, second_form: None) -> None:
    catalogue.forget("trial")
    columns = [{**TRIAL["columns"][0], "concept": "batches"}, *TRIAL["columns"][1:]]
    rows = [{"code": "one", "title": "甲"}]
    same = {**TRIAL, "rows": rows, "columns": columns, "checks": []}
    world.form = catalogue.register(Form.model_validate(same))
    first = world.open()[0]
    other = catalogue.register(Form.model_validate({**same, "form": "second", "title": "另一张表"}))
    opening = open_period(other, Q2, timezone.now())
    assert opening is not None
    second = opening.returns.get(region=world.counties[0])
    # `found` looks from the form whose code comes first.
    for entry, value in ((second, 11), (first, 10)):
        fill(entry, None, {"one.all": value})
        complete(entry)
    assert found()["concepts"] == {"990301.one.all"}
    (twice,) = {
        item.there.code: item for item in asked_twice(world.form, TODAY) if item.there.code == "second"
    }.values()
    assert not twice.prefilled


def test_levels_add_up_where_the_upper_one_includes_the_lower(world: World) -> None:
    catalogue.forget("trial")
    levels = {"families": ["market_regulation"], "levels": ["county", "provincial"]}
    world.form = catalogue.register(Form.model_validate({**TRIAL, "includes_lower": True, "reporters": levels}))
    entries = world.open()
    top = next(entry for entry in entries if entry.region == world.province)
    lower = [entry for entry in entries if entry != top]
    for entry in lower:
        fill(entry, None, GOOD)
        complete(entry)
    fill(top, None, {"one.all": 600, "one.good": 570, "two.all": 299, "two.good": 300})
    ExplainProblem(user=None, system="test", entry=top, check_code="within", row="two", text="口径不同").execute()
    complete(top)
    assert found()["levels"] == {"990000.two.all"}
    result = consolidate(top.opening, entries, approved_only=False)
    assert result.total.here(("one", "all")) == 600, "the parts are inside the whole"


def test_the_night_runs_once(world: World) -> None:
    world.open(Q1)
    with at(moment("2026-07-20 01:00")):
        assert run_nightly(timezone.now()) == 0
    with at(moment("2026-07-20 03:00")):
        assert run_nightly(timezone.now()) == 1
        assert run_nightly(timezone.now()) == 0
    assert IntegrityRun.objects.get().looked_at == 6


def test_a_return_under_correction_counts_with_its_approved_figures(world: World) -> None:
    entry = reported(world.open()[0])
    CorrectReturn(user=world.officer, entry=entry, reason="漏计").execute()
    fill(entry, world.officer, {"one.all": 999})
    result = consolidate(entry.opening, [entry], approved_only=True)
    assert result.total.here(("one", "all")) == 100
    assert result.total.here(("sum", "all")) == 150


def test_prefilled_from_the_last_period_and_other_forms(world: World) -> None:
    yearly = {
        **TRIAL,
        "form": "yearly",
        "frequency": "year",
        "reporting": "statistics-yearly",
        "rows": [{"code": "value_row", "title": "全年批次", "prefill": {"form": "trial", "cell": "sum.all"}}],
        "columns": [{"code": "all", "title": "总数", "type": "count"}],
        "checks": [],
    }
    form = catalogue.register(Form.model_validate(yearly))
    try:
        for quarter in parse_period("2025").split("quarter")[:3]:
            reported(world.open(quarter)[0])
        opening = open_period(form, parse_period("2025"), timezone.now())
        assert opening is not None
        entry = opening.returns.get(region=world.counties[0])
        assert not entry.cells.exists(), "three quarters are no year"
        reported(world.open(parse_period("2025-Q4"))[0], one__all=101)
        assert RefillCells(user=world.officer, entry=entry).execute() == 1
        cell = entry.cells.get()
        assert (cell.value, cell.origin, cell.source) == (Decimal(601), Cell.Origin.PREFILLED, "form:trial")
    finally:
        catalogue.forget("yearly")


def test_prefilled_from_facts_and_registers(world: World) -> None:
    city = Region.objects.create(code="990300", name="朔安市", level=Region.Level.PREFECTURE, parent=world.province)
    world.market.pk = None
    world.market.key, world.market.region, world.market.level = "city-market", city, city.level
    world.market.save()
    for day, aqi in ((1, 40), (2, 60), (3, 180)):
        payload = {
            "register_code": "air_day", "key": f"2026-06-0{day}", "title": "朔安", "status": "measured", "version": 1,
            "values": {"city": "朔安", "aqi": aqi},
        }  # fmt: skip
        append(
            FactDraft(
                kind="air_day.entered", subject=f"entry:air_day:{day}", payload=payload, region="990300",
                occurred_on=date(2026, 6, day), source=Source(system="test"),
            )
        )  # fmt: skip
    opening = open_period(catalogue.form("air_days"), parse_period("2026-06"), timezone.now())
    assert opening is not None
    entry = opening.returns.get()
    values = {cell.row: cell.value for cell in entry.cells.all()}
    assert values == {"excellent": 1, "good": 1, "light": 0, "medium": 1, "heavy": 0, "severe": 0}
    capacity = open_period(catalogue.form("nqi_capacity"), parse_period("2025"), timezone.now())
    assert capacity is not None
    cell = Cell.objects.get(owner__opening=capacity, owner__region=city, row="laboratories")
    assert (cell.value, cell.source) == (0, "register:institution")


def test_burden_is_counted(world: World) -> None:
    world.open()
    mine = burden_of(world.form, TODAY)
    assert (mine.cells, mine.by_hand, mine.a_year) == (4, 4, 16)
    units = burden_by_unit(date(2026, 7, 20))
    assert {item.unit for item in units} == set(world.units)
    assert units[0].cells == 16


def test_checks_have_codes_of_their_own() -> None:
    codes = [check.code for check in CHECKS]
    assert len(codes) == len(set(codes)) == 10
    with pytest.raises(KeyError):
        check_named("nothing")
