"""What the endpoints share: regions, units, people, dated texts."""

from __future__ import annotations

from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field, StringConstraints

from hengjian.api.lists import Strict
from hengjian.api.problems import Problem
from hengjian.parties.models import Region, Unit, User

Light = Annotated[str, Field(description="red, orange, amber, green, blue or grey (no light yet).", examples=["amber"])]
UnitKey = Annotated[str, StringConstraints(max_length=80), Field(description="Key of a unit.", examples=["market"])]
RegionCode = Annotated[
    str,
    StringConstraints(pattern=r"^\d{6}(\d{3}){0,2}$"),
    Field(description="GB/T 2260 code of 6, 9 or 12 digits.", examples=["990000"]),
]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
Percent = Annotated[int, Field(ge=0, le=100, description="Percent, 0 to 100.", examples=[60])]


class UnitRef(Schema):
    """A unit, briefly."""

    key: str = Field(description="Stays the same through renamings.", examples=["market"])
    name: str = Field(examples=["市场监管局"])


class RegionRef(Schema):
    """A region, briefly."""

    code: str = Field(description="GB/T 2260 code.", examples=["990000"])
    name: str = Field(examples=["澜川自治区"])


class Reason(Strict):
    """The change note; it goes into the log of actions and, where the room says so, into the ledger."""

    reason: Note = Field("", description="Why; required where the action needs a change note.", examples=["文件调整"])


def masked(user: User | None) -> str:
    """A person's name with its middle covered; empty for the system itself."""
    return user.masked_name if user is not None else ""


def unit_by_key(key: str) -> Unit:
    """The unit.

    Raises:
        Problem: 422, no such unit.
    """
    unit = Unit.objects.select_related("region").filter(key=key).first()
    if unit is None:
        raise _unknown("unit", key)
    return unit


def region_of_code(code: str) -> Region:
    """The region.

    Raises:
        Problem: 422, no such region.
    """
    region = Region.objects.filter(code=code).first()
    if region is None:
        raise _unknown("region", code)
    return region


def _unknown(field: str, value: Any) -> Problem:
    sentence = _("没有“%(value)s”这个编号。") % {"value": value}
    errors = [{"field": f"body.{field}", "message": sentence, "code": "unknown"}]
    return Problem(422, "validation", sentence, _("请先查询单位或地区的编号。"), errors)
