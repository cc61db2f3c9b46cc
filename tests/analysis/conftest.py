"""A province with four prefectures and values of real indicators over three years."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from hengjian.indicators.catalogue import definition
from hengjian.indicators.keys import dimensions_key
from hengjian.indicators.models import Observation
from hengjian.indicators.versions import version_of
from hengjian.methods.periods import parse_period
from hengjian.parties.models import Region, RoleGrant, Unit, User
from tests.places import person

PARTS = {"990100": "望澜市", "990300": "朔安市", "990500": "丰泽市", "990800": "金滩市"}


@dataclass
class World:
    top: Region
    parts: dict[str, Region]
    unit: Unit
    part_unit: Unit
    other_unit: Unit
    analyst: User
    reviewer: User
    head: User
    other: User
    county: User
    citizen: User
    values: list[Observation] = field(default_factory=list)

    def value(
        self, code: str, region: Region, period: str, value: Any, *, approved: bool = True, **more: Any
    ) -> Observation:
        """One value; numerator and denominator by name, break-down by `dimensions`."""
        when, declared = parse_period(period), definition(code)
        row = Observation.objects.create(
            indicator=code,
            definition=version_of(declared),
            region=region,
            unit=more.pop("unit", self.unit),
            period=period,
            frequency=when.frequency,
            first=when.first,
            last=when.last,
            dimensions=dimensions_key(more.pop("dimensions", {})),
            value=None if value is None else Decimal(str(value)),
            origin=more.pop("origin", Observation.Origin.FACTS),
            status=Observation.Status.APPROVED if approved else Observation.Status.PROVISIONAL,
            public=more.pop("public", declared.public),
            **{name: Decimal(str(given)) if name in DECIMALS else given for name, given in more.items()},
        )
        self.values.append(row)
        return row

    def rate(self, code: str, region: Region, period: str, passed: int, seen: int, **more: Any) -> Observation:
        """A percentage from its counts."""
        value = (Decimal(passed) * 100 / seen).quantize(Decimal("0.0001"))
        return self.value(code, region, period, value, numerator=passed, denominator=seen, **more)


DECIMALS = {"numerator", "denominator", "low", "high"}


def correct(row: Observation, value: Any, **more: Any) -> Observation:
    """The next version of a value."""
    row.current = False
    row.save(update_fields=["current"])
    copy = Observation.objects.get(pk=row.pk)
    copy.pk, copy.current, copy.version, copy.previous = None, True, row.version + 1, row
    copy.value = Decimal(str(value))
    for name, given in more.items():
        setattr(copy, name, given)
    copy.save()
    return copy


@pytest.fixture
def world(db: None) -> World:
    top = Region.objects.create(code="990000", name="澜川自治区", short_name="澜川", level=Region.Level.PROVINCIAL)
    parts = {
        code: Region.objects.create(
            code=code, name=name, short_name=name[:2], level=Region.Level.PREFECTURE, parent=top
        )
        for code, name in PARTS.items()
    }
    unit = Unit.objects.create(
        key="market", name="澜川自治区市场监督管理局", region=top, level=top.level, family="market_regulation"
    )
    shuoan = parts["990300"]
    part_unit = Unit.objects.create(key="shuoan", name="朔安市市场监督管理局", region=shuoan, level=shuoan.level)
    other_unit = Unit.objects.create(key="tourism", name="澜川自治区文化和旅游厅", region=top, level=top.level)
    return World(
        top, parts, unit, part_unit, other_unit,
        analyst=person("analyst", unit, "analyst"),
        reviewer=person("reviewer", unit, "reviewer"),
        head=person("head", unit, "unit_head"),
        other=person("other", other_unit, "officer"),
        county=person("county", part_unit, "officer", "unit_head"),
        citizen=person("citizen", None),
    )  # fmt: skip


@pytest.fixture
def filled(world: World) -> World:
    """Supervision rates of three years in all regions, with fields; project acceptance of one year, provisional."""
    RoleGrant.objects.create(user=world.analyst, role="analyst", region=world.top)
    RoleGrant.objects.create(user=world.head, role="unit_head", region=world.top)
    counts = {"990100": (930, 1000), "990300": (450, 500), "990500": (276, 300), "990800": (17, 20)}
    for year, shift in (("2023", 20), ("2024", 10), ("2025", 0)):
        total = [0, 0]
        for code, (passed, seen) in counts.items():
            lower = passed - shift * seen // 1000
            world.rate("engineering.first_time", world.parts[code], year, lower, seen, unit=world.part_unit)
            total = [total[0] + lower, total[1] + seen]
        world.rate("engineering.first_time", world.top, year, *total)
        world.rate("pass_rate.supervision", world.top, year, 24789 - 40 * shift, 28265)
    for name, passed, seen in (("生产", 14948, 16021), ("流通", 9841, 12244)):
        world.rate("pass_rate.supervision", world.top, "2025", passed, seen, dimensions={"field": name})
    world.rate("pass_rate.supervision", world.top, "2024", 14000, 15200, dimensions={"field": "生产"})
    world.value(
        "qci",
        world.top,
        "2025",
        "84.78",
        assumptions=[{"what": "weight", "title": "权重为假定", "title_en": "Weights are assumed"}],
    )
    world.rate("engineering.accepted", world.top, "2025", 198, 200, approved=False)
    return world
