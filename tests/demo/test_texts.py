"""The invented plans in every month of the year: always the same structure, with dates inside the period."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hengjian.demo.texts import data, demo_year, plan_text
from hengjian.demo.world import CITY_FAMILIES, MEMBERS, REGION_FAMILIES, read_accounts
from hengjian.methods.organisations import default_organisations
from hengjian.methods.policy_cascade import align_policies
from hengjian.methods.policy_text import read_policy

PROVINCES = """
北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 广西 海南 重庆 四川
贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆 台湾 香港 澳门
"""


@pytest.mark.parametrize("year", [2024, 2026, 2031])
def test_at_least_half_of_the_period_lies_behind_on_every_day(year: int) -> None:
    day = date(year, 1, 1)
    while day.year == year:
        period = demo_year(day)
        assert period.start <= day <= period.end
        assert (period.end - period.start).days in (364, 365)
        assert (day - period.start).days / (period.end - period.start).days >= 0.49
        day += timedelta(days=1)


@pytest.mark.parametrize("today", [date(2026, 11, 20), date(2027, 2, 3)])
def test_the_reader_finds_what_was_written(today: date) -> None:
    year = demo_year(today)
    region = read_policy(plan_text("region", year, year.issued))
    city = read_policy(plan_text("city", year, year.followed))
    assert (region.header.number, region.header.issued_on) == (
        f"澜政办发〔{year.issued.year}〕14号",
        year.issued.isoformat(),
    )
    assert region.header.plan_title == f"澜川自治区质量强区建设{year.label}行动计划"
    assert [len(region.items), sum(len(item.measures) for item in region.items)] == [18, 100]
    assert [len(city.items), sum(len(item.measures) for item in city.items)] == [14, 46]
    dues = [line.due for document in (region, city) for item in document.items for line in item.deadlines]
    assert len(dues) == 32
    assert all(due and year.issued < date.fromisoformat(due) <= year.end for due in dues)
    assert not region.unread
    assert {duty.role for item in region.items for duty in item.duties} == {"lead", "support", "joint"}
    assert len([target for item in region.items for target in item.targets]) >= 12


def test_the_city_keeps_adapts_drops_and_adds() -> None:
    year = demo_year(date(2026, 11, 20))
    region, city = (read_policy(plan_text(name, year, year.issued)) for name in ("region", "city"))
    rows = align_policies(region, city).totals["measures"]
    # Written so: 25 sentences word for word, 17 changed, 4 of the city's own.
    assert (rows["kept"], rows["adapted"], rows["added"]) == (25, 17, 4)
    assert rows["dropped"] == 100 - 42


def test_the_text_that_waits_for_checking_has_doubts() -> None:
    year = demo_year(date(2026, 11, 20))
    draft = read_policy(plan_text("draft", year, year.start))
    doubts = [line for item in draft.items for line in item.deadlines if line.reason]
    assert [line.phrase for line in doubts] == ["1年内"]


def test_nothing_names_a_real_province() -> None:
    for name in ("region.txt", "city.txt", "draft.txt", "regions.csv", "people.csv"):
        text = data(name)
        assert [place for place in PROVINCES.split() if place in text] == [], name


def test_families_and_accounts_fit_together() -> None:
    known = default_organisations().families
    assert set(REGION_FAMILIES) <= set(known)
    assert set(MEMBERS) <= set(REGION_FAMILIES)
    accounts = read_accounts()
    assert len({account.username for account in accounts}) == len(accounts) == len({one.name for one in accounts})
    officers = {account.unit for account in accounts if "officer" in account.roles}
    assert {f"990000-{family.replace('_', '-')}" for family in MEMBERS} <= officers
    # Every department of the city that the plan can name has somebody who answers for it.
    assert {f"990300-{family.replace('_', '-')}" for family in CITY_FAMILIES} <= officers
    roles = {role.partition("@")[0] for account in accounts if account.shown for role in account.roles}
    assert {"office", "unit_head", "officer", "reviewer", "viewer", "system_admin", "citizen"} <= roles
