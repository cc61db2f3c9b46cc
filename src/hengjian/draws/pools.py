"""Where the lists of a draw come from: providers that rooms register, or a sheet that somebody uploads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

from hengjian.documents.sheets import SheetError, SheetField, read_sheet
from hengjian.draws.rules import Exclusion, Target
from hengjian.parties.models import Region, RoleGrant, Unit

Text = str | Promise
#: (unit that draws, its region, day) → what may be drawn.
TargetProvider = Callable[[Unit, Region, date], Iterable[Target]]


@dataclass(frozen=True)
class Person:
    """An inspector with the name that stays inside the office; `user`: their account, where they have one."""

    id: str
    name: str = ""
    unit: str = ""
    user: int | None = None


@dataclass(frozen=True)
class Provider:
    code: str
    title: Text
    rows: TargetProvider


_providers: dict[str, Provider] = {}


def register_pool(code: str, title: Text, rows: TargetProvider) -> None:
    """Offer a list of targets for draws; called from a room's `AppConfig.ready`. A second call replaces the first."""
    _providers[code] = Provider(code, title, rows)


def providers() -> list[Provider]:
    return sorted(_providers.values(), key=lambda item: item.code)


def provider(code: str) -> Provider:
    """The registered provider; KeyError when there is none."""
    return _providers[code]


def inspectors_of(unit: Unit, on: date) -> list[Person]:
    """The people who hold the role of inspector in the unit, by their account."""
    grants = RoleGrant.objects.valid_on(on).filter(role="inspector", unit=unit, user__is_active=True)
    people = {grant.user_id: grant.user for grant in grants.select_related("user__unit").order_by("user_id")}
    return [
        Person(f"R{pk:04}", user.display_name or user.username, user.unit.key if user.unit else "", pk)
        for pk, user in people.items()
    ]


# Headings that are understood; the first is the one of the template sheet.
TARGET_FIELDS = (
    SheetField("id", ("对象编号", "编号", "统一社会信用代码", "id"), required=True),
    SheetField("name", ("对象名称", "名称", "企业名称", "name"), required=True),
    SheetField("stratum", ("类别", "风险类别", "风险等级", "stratum")),
    SheetField("unit", ("所属主体", "单位", "unit")),
    SheetField("weight", ("权重", "weight"), kind="integer"),
)
PEOPLE_FIELDS = (
    SheetField("id", ("人员编号", "编号", "执法证号", "id"), required=True),
    SheetField("name", ("姓名", "name"), required=True),
    SheetField("unit", ("所属单位", "单位", "unit")),
)
EXCLUSION_FIELDS = (
    SheetField("inspector", ("人员编号", "编号", "执法证号", "inspector"), required=True),
    SheetField("target", ("回避对象", "对象编号", "target")),
)


def read_targets(data: bytes, name: str) -> tuple[list[Target], list[SheetError]]:
    """The targets of a sheet, and all its faults. Raises UploadRefused when it is no table."""
    sheet = read_sheet(data, name, TARGET_FIELDS)
    rows = [
        Target(row["id"], row["name"], row.get("stratum") or "", row.get("unit") or "", row.get("weight") or 1)
        for row in sheet.rows
    ]
    return rows, sheet.errors


def read_people(data: bytes, name: str) -> tuple[list[Person], list[SheetError]]:
    """The inspectors of a sheet, and all its faults. Raises UploadRefused when it is no table."""
    sheet = read_sheet(data, name, PEOPLE_FIELDS)
    return [Person(row["id"], row["name"], row.get("unit") or "") for row in sheet.rows], sheet.errors


def read_exclusions(data: bytes, name: str) -> tuple[list[Exclusion], list[SheetError]]:
    """The conflicts of a sheet, and all its faults; an empty target excludes from all. Raises UploadRefused."""
    sheet = read_sheet(data, name, EXCLUSION_FIELDS)
    return [Exclusion(row["inspector"], row.get("target") or "") for row in sheet.rows], sheet.errors


def sizes(targets: Iterable[Target]) -> Mapping[str, int]:
    """Number of targets per stratum."""
    found: dict[str, int] = {}
    for target in targets:
        found[target.stratum] = found.get(target.stratum, 0) + 1
    return found
