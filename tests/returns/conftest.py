"""A province with five counties that report a small quarterly form, and one person per duty."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
from django.utils import timezone

from hengjian.demo.clock import at
from hengjian.methods.periods import Period, parse_period
from hengjian.parties.models import Region, RoleGrant, Unit, User
from hengjian.returns import catalogue
from hengjian.returns.actions import CellInput, CompleteReturn, PassStage, SaveCells
from hengjian.returns.declarations import Form
from hengjian.returns.models import Return
from hengjian.returns.opening import open_period
from tests.places import person

TRIAL: dict[str, Any] = {
    "form": "trial",
    "title": "试报表",
    "title_en": "Trial form",
    "purpose": "用于测试",
    "legal": [{"document": "中华人民共和国统计法"}],
    "survey": {
        "number": "试〔2024〕1号",
        "organ": "统计局",
        "valid_from": date(2024, 1, 1),
        "valid_to": date(2027, 12, 31),
    },
    "frequency": "quarter",
    "reporting": "statistics-quarterly",
    "owner": "market_regulation",
    "reporters": {"families": ["market_regulation"], "levels": ["county"]},
    "stages": [
        {"code": "own", "title": "本单位审核", "by": "own"},
        {"code": "province", "title": "自治区核定", "by": "provincial"},
    ],
    "no_change": True,
    "columns": [
        {"code": "all", "title": "总数", "type": "count", "unit": "批"},
        {"code": "good", "title": "合格", "type": "count", "unit": "批"},
        {"code": "rate", "title": "合格率", "type": "percent", "unit": "%", "formula": "100 * good / all"},
    ],
    "rows": [
        {"code": "head", "title": "产品", "heading": True},
        {"code": "one", "title": "甲"},
        {"code": "two", "title": "乙"},
        {"code": "sum", "title": "合计", "formula": "sum(*)"},
    ],
    "checks": [
        {
            "code": "within",
            "title": "合格不大于总数",
            "each": "row",
            "expression": "good <= all",
            "instruction": "核对合格与总数是否填反。",
        },
        {
            "code": "steady",
            "title": "总数与上期相近",
            "expression": "abs(sum.all - prev(sum.all)) <= 0.5 * prev(sum.all)",
            "severity": "warning",
            "instruction": "请在备注中说明。",
        },
    ],
}
Q1, Q2 = parse_period("2026-Q1"), parse_period("2026-Q2")


@dataclass
class World:
    province: Region
    counties: list[Region]
    market: Unit
    units: list[Unit]
    officer: User
    head: User
    approver: User
    approver2: User
    other: User
    office: User
    citizen: User
    form: Form

    def open(self, period: Period = Q2) -> list[Return]:
        """The returns of the counties, by region."""
        opening = open_period(self.form, period, timezone.now())
        assert opening is not None
        return list(opening.returns.order_by("region__code").select_related("opening", "unit", "region"))


def fill(entry: Return, user: User | None, figures: dict[str, Any]) -> Any:
    """Save figures written as {"row.column": text}."""
    known = {(cell.row, cell.column): cell.version for cell in entry.cells.all()}
    cells = []
    for key, text in figures.items():
        row, _dot, column = key.partition(".")
        cells.append(CellInput(row, column, str(text), known.get((row, column), 0)))
    return SaveCells(user=user, entry=entry, cells=cells, system="" if user else "test").execute()


def complete(entry: Return, user: User | None = None) -> Return:
    return CompleteReturn(user=user, entry=entry, system="" if user else "test").execute()


def pass_all(entry: Return, *users: User) -> Return:
    """Pass every stage, by the people given or by the system."""
    for number, approval in enumerate(entry.approvals.order_by("order")):
        user = users[number] if users else None
        PassStage(user=user, approval=approval, system="" if user else "test").execute()
    entry.refresh_from_db()
    return entry


GOOD = {"one.all": 100, "one.good": 95, "two.all": 50, "two.good": 50}


def reported(entry: Return, **figures: Any) -> Return:
    """A return that went all the way."""
    fill(entry, None, {**GOOD, **{key.replace("__", "."): value for key, value in figures.items()}})
    complete(entry)
    return pass_all(entry)


@pytest.fixture
def trial() -> Iterator[Form]:
    yield catalogue.register(Form.model_validate(TRIAL))
    catalogue.forget("trial")


def make_world(form: Form) -> World:
    """A province, six counties, their market regulation and the people."""
    province = Region.objects.create(code="990000", name="澜川自治区", level=Region.Level.PROVINCIAL)
    counties = [
        Region.objects.create(code=f"99030{n}", name=f"第{n}县", level=Region.Level.COUNTY, parent=province)
        for n in range(1, 7)
    ]

    def unit(region: Region) -> Unit:
        return Unit.objects.create(
            key=f"{region.code}-market",
            name=f"{region.name}市场监管局",
            family="market_regulation",
            region=region,
            level=region.level,
        )

    market, units = unit(province), [unit(region) for region in counties]
    office = person("office", market)
    RoleGrant.objects.create(user=office, role="office", region=province)
    return World(
        province, counties, market, units,
        officer=person("county-officer", units[0], "officer"),
        head=person("county-head", units[0], "unit_head"),
        approver=person("approver", market, "unit_head"),
        approver2=person("approver2", market, "reviewer"),
        other=person("other", units[1], "officer", "unit_head"),
        office=office,
        citizen=person("citizen", None),
        form=form,
    )  # fmt: skip


@pytest.fixture
def world(db: None, trial: Form) -> Iterator[World]:
    with at(timezone.make_aware(datetime(2026, 7, 2, 10))):
        yield make_world(trial)
