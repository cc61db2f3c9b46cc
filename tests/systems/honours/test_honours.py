"""Brands, indications, groups and valuations: the acceptance cases and the pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hengjian import rulebook
from hengjian.clocks.calendar import current_calendar
from hengjian.clocks.rules import Term, due
from hengjian.demo.clock import at
from hengjian.parties.models import Region, RoleGrant, Unit, User
from hengjian.parties.verbs import ActionRefused
from hengjian.programmes import catalogue
from hengjian.publishing.actions import DecideObjection, FileObjection
from hengjian.registers import jobs as register_jobs
from hengjian.registers.actions import CreateEntry, DoneRecurrence, SetStatus
from hengjian.registers.catalogue import register_type, register_types
from hengjian.registers.models import EntryBase
from hengjian.registers.queries import entries, find, valid_count
from hengjian.rulebook.parameters.score_sheets import ScoreSheets
from hengjian.rulebook.parameters.terms import Terms
from hengjian.systems.honours import jobs
from hengjian.systems.honours.indications import AnnounceIndication


@dataclass
class World:
    region: Region
    unit: Unit
    officer: User
    head: User
    stranger: User
    citizen: User


@pytest.fixture
def world(db: None) -> Iterator[World]:
    region = Region.objects.create(code="990000", name="澜川自治区", short_name="澜川", level=Region.Level.PROVINCIAL)
    city = Region.objects.create(code="990100", name="望川市", level=Region.Level.PREFECTURE, parent=region)

    def unit(key: str, name: str, place: Region) -> Unit:
        return Unit.objects.create(key=key, name=name, region=place, level=place.level, family="market_regulation")

    def person(name: str, where: Unit | None, role: str = "") -> User:
        user = User.objects.create_user(name, password="correct-horse-9", display_name=name, unit=where)
        if role:
            RoleGrant.objects.create(user=user, role=role, unit=where)
        return user

    top, other = unit("top", "市场监管局", region), unit("other", "望川市市场监管局", city)
    yield World(
        region, top, person("officer", top, "officer"), person("head", top, "unit_head"),
        person("stranger", other, "officer"), person("citizen", None),
    )  # fmt: skip


def moment(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, 9))


def enter(world: World, register: str, on: date, **more: object) -> EntryBase:
    values = more.pop("values")
    return CreateEntry(
        user=world.officer, register=register, unit=world.unit, region=world.region, values=values, on=on, **more
    ).execute()  # type: ignore[arg-type]


FAMOUS = {"product": "棉纱", "enterprise": "第一纺织有限公司", "level": "province", "sector": "industry"}


def test_a_famous_brand_dated_after_the_end_is_refused_with_the_law(world: World) -> None:
    with pytest.raises(ActionRefused, match="国市监质〔2018〕208号"):
        enter(world, "famous_brand", date(2018, 11, 8), key="MP-2", valid_from="2018-11-08", values=FAMOUS)
    enter(world, "famous_brand", date(2018, 11, 7), key="MP-1", valid_from="2018-11-07", values=FAMOUS)


def test_titles_in_stock_lapse_at_their_end_and_history_still_counts(world: World) -> None:
    entry = enter(world, "famous_brand", date(2016, 1, 1), key="MP-1", valid_from="2016-01-01", values=FAMOUS)
    assert entry.valid_to == date(2018, 12, 31)
    day = moment(date(2019, 1, 1))
    with at(day):
        register_jobs.run_due(day)
    assert find("famous_brand", "MP-1").status == "lapsed"  # type: ignore[union-attr]
    assert valid_count("famous_brand", date(2017, 6, 30)) == 1
    assert valid_count("famous_brand", date(2018, 12, 31)) == 1
    assert valid_count("famous_brand", date(2019, 1, 1)) == 0
    client = Client()
    client.force_login(world.officer)
    assert "工业 1" in client.get(reverse("honours:brands"), {"on": "2017-06-30"}).text
    assert client.get(reverse("honours:brands"), {"on": "gestern"}).status_code == 200


def test_objections_to_an_indication_are_taken_for_two_months() -> None:
    spec = rulebook.at("terms", "990000", date(2020, 12, 21), variant="gi-objection").typed(Terms).term
    assert spec is not None
    assert due(date(2020, 12, 21), Term.of(spec), current_calendar("990000")).day == date(2021, 2, 22)


@pytest.mark.parametrize("decision", ["", "rejected", "upheld"])
def test_an_indication_is_valid_when_its_window_passes_without_an_upheld_objection(world: World, decision: str) -> None:
    start = moment(date(2025, 3, 3))
    with at(start):
        entry = enter(
            world, "geographical_indication", date(2025, 3, 3), key="GI-1", status="notice",
            values={"name": "望川大枣", "scheme": "unified", "applicant": "望川市红枣协会"},
        )  # fmt: skip
        world.officer.grants.create(role="unit_head", unit=world.unit)
        with pytest.raises(ActionRefused, match="另一人"):
            AnnounceIndication(user=world.officer, entry=entry).execute()
        notice = AnnounceIndication(user=world.head, entry=entry).execute()
        assert notice.objections_until == date(2025, 5, 6)
        if decision:
            filed = FileObjection(
                notice=notice, text="产地范围与事实不符，请核实。", identity={"name": "某人"}
            ).execute()
            DecideObjection(
                user=world.head, objection=filed.objection, decision=decision, answer="已经核实处理。"
            ).execute()
    with at(moment(date(2025, 5, 6))):
        assert jobs.run_due(moment(date(2025, 5, 6))) == 0
    with at(moment(date(2025, 5, 7))):
        jobs.run_due(moment(date(2025, 5, 7)))
    expected = "notice" if decision == "upheld" else "valid"
    assert find("geographical_indication", "GI-1").status == expected  # type: ignore[union-attr]
    assert valid_count("geographical_indication", date(2025, 5, 7)) == (expected == "valid")


def test_a_group_without_activity_for_six_months_is_cancelled(world: World) -> None:
    start = date(2026, 1, 10)
    with at(moment(start)):
        values = {"name": "精益小组", "enterprise": "第一纺织有限公司", "founded_on": "2026-01-10", "members": 6}
        entry = enter(world, "qc_group", start, valid_from="2026-01-10", values=values)
    assert entry.extras["next_activity"] == "2026-07-10"
    with at(moment(date(2026, 5, 20))):
        DoneRecurrence(user=world.officer, entry=entry, recurrence="activity", on=date(2026, 5, 20)).execute()
    with at(moment(date(2026, 7, 11))):
        assert jobs.run_due(moment(date(2026, 7, 11))) == 0
    with at(moment(date(2026, 11, 21))):
        assert jobs.run_due(moment(date(2026, 11, 21))) == 1
    found = find("qc_group", entry.key)
    assert found is not None and found.status == "cancelled"
    assert valid_count("qc_group", date(2026, 10, 1)) == 1


def test_a_project_without_progress_for_a_year_leaves_the_library(world: World) -> None:
    start = date(2024, 5, 6)
    entry = CreateEntry(
        user=None, system="programmes", register="upgrade_project", unit=world.unit, region=world.region, on=start,
        values={"name": "喷涂线改造", "enterprise": "第一纺织有限公司", "investment": "1200",
                "started_on": "2024-05-06"},
    ).execute()  # fmt: skip
    SetStatus(user=None, system="programmes", entry=entry, status="funded", on=date(2024, 8, 1)).execute()
    with at(moment(date(2025, 5, 8))):
        jobs.run_due(moment(date(2025, 5, 8)))
    found = find("upgrade_project", entry.key)
    assert found is not None and found.status == "out"


def test_the_sheet_of_the_award_has_a_thousand_points_as_its_programme_says() -> None:
    for code in ("gov_quality_award", "chairman_quality_award"):
        for review in catalogue.programme(code).reviews:
            if review.sheet:
                sheet = rulebook.at("score_sheets", "990000", date(2026, 1, 1), variant=review.sheet)
                points = sum(item.points for group in sheet.typed(ScoreSheets).groups for item in group.items)
                assert points == review.points == 1000


INPUTS = {
    "profits": "1200、1300、1400、1500、1600", "current": "2000", "non_current": "5000", "short_rate": "4.35",
    "long_rate": "4.9", "share": "30", "industry": "8", "strength": "1", "growth": "3",
}  # fmt: skip


def test_a_valuation_is_explained_saved_and_computed_again(world: World) -> None:
    client = Client()
    client.force_login(world.officer)
    page = reverse("honours:valuation")
    assert client.get(page).status_code == 200
    shown = client.get(page, INPUTS).text
    for figure in ("6594.09", "1260.87", "5333.21", "80.88", "18601.27", "3600.87"):
        assert figure in shown, figure
    refused = client.get(page, {**INPUTS, "growth": "8"})
    assert refused.status_code == 422 and "不高于长期增长率" in refused.text
    client.cookies["django_language"] = "en"
    assert "is not above the growth" in client.get(page, {**INPUTS, "growth": "8"}).text
    client.cookies["django_language"] = "zh-hans"
    assert client.get(page, {**INPUTS, "profits": "多"}).status_code == 422
    saving = {**INPUTS, "brand": "澜川绣", "enterprise": "第一纺织有限公司", "base_on": "2026-06-30"}
    for _repeat in range(2):
        assert client.post(page, saving).status_code == 302
    first, second = entries("brand_value").order_by("pk")
    assert (first.status, second.status) == ("superseded", "current")
    answer = client.get(reverse("honours:valuation_entry", args=[second.pk]))
    assert "6594.09" in answer.text and "结果一致" in answer.text
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert client.post(page, {**saving, "base_on": tomorrow}).status_code == 422


def test_other_people_and_the_pages_of_the_room(world: World) -> None:
    client = Client()
    client.force_login(world.officer)
    client.post(reverse("honours:valuation"), {
        **INPUTS, "brand": "澜川绣", "enterprise": "第一纺织有限公司", "base_on": "2026-06-30",
    })  # fmt: skip
    entry = entries("brand_value").get()
    enter(world, "quality_activity", timezone.localdate(), values={
        "name": "质量月启动仪式", "campaign": "quality_month", "host": "市场监管局", "starts_on": "2026-09-01",
        "ends_on": "2026-09-30", "reach": "1200",
    })  # fmt: skip
    for language in ("en", "zh-hans"):
        client.cookies["django_language"] = language
        for name in ("brands", "valuation", "calendar"):
            assert client.get(reverse(f"honours:{name}")).status_code == 200
    assert "质量月启动仪式" in client.get(reverse("honours:calendar"), {"year": "2026"}).text
    stranger = Client()
    stranger.force_login(world.stranger)
    assert stranger.get(reverse("honours:valuation_entry", args=[entry.pk])).status_code == 404
    assert "质量月启动仪式" not in stranger.get(reverse("honours:calendar"), {"year": "2026"}).text
    citizen = Client()
    citizen.force_login(world.citizen)
    assert citizen.get(reverse("honours:valuation_entry", args=[entry.pk])).status_code == 404
    assert Client().get(reverse("honours:calendar")).status_code == 302


def test_activities_end_after_they_begin_and_topics_start_in_their_year(world: World) -> None:
    with pytest.raises(ActionRefused, match="结束日期早于开始日期"):
        enter(world, "quality_activity", timezone.localdate(), values={
            "name": "开放日", "campaign": "open_day", "host": "质检院", "starts_on": "2026-09-02",
            "ends_on": "2026-09-01",
        })  # fmt: skip


def test_the_registers_of_the_room_are_all_there() -> None:
    codes = {item.code for item in register_types()}
    assert {
        "famous_brand", "well_known_trademark", "geographical_indication", "time_honoured", "regional_brand",
        "brand_value", "chief_quality_officer", "quality_expert", "social_supervisor", "quality_volunteer",
        "quality_talent", "qc_group", "qc_topic", "quality_activity", "innovation_body", "upgrade_project",
        "incentive_policy", "incentive_grant", "honour",
    } <= codes  # fmt: skip
    assert register_type("well_known_trademark").closed_on is not None
