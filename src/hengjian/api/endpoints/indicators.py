"""Indicators: what they mean, their values with parts and marks, targets, values brought in by programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from hengjian.api.auth import anyone, needs
from hengjian.api.lists import Page, Strict, Window, page
from hengjian.api.problems import Problem, not_found
from hengjian.api.schemas import unit_by_key
from hengjian.indicators import tracking
from hengjian.indicators.actions import ConfirmImport, ImportValues
from hengjian.indicators.catalogue import UnknownIndicator, definition, definitions
from hengjian.indicators.declarations import Definition
from hengjian.indicators.models import Target
from hengjian.indicators.queries import observations
from hengjian.indicators.views.common import officer
from hengjian.indicators.views.data import metadata, records
from hengjian.methods.periods import parse_period
from hengjian.parties.policies import visible

router = Router(tags=["indicators"])
MOST_ROWS = 5000


class IndicatorOut(Schema):
    """An indicator in short; the definition has its own address."""

    code: str = Field(examples=["pass_rate.supervision"])
    title: str
    title_en: str
    theme: str
    family: str = Field(description="Values of different families never share a column or chart.")
    scale: str
    unit: str
    direction: str
    frequency: str
    source: str = Field(description="facts, standing, return, fact_value, import or derived.")
    assumed: bool = Field(description="Whether it rests on something that no official source fixes.")


class ValueOut(Schema):
    """A value with its parts. Numbers are exact decimal text; a percentage is as read (93.5 is 93.5 %)."""

    INDICATOR: str
    REF_AREA: str = Field(description="Code of the region.", examples=["990000"])
    REF_AREA_NAME: str
    FREQ: str = Field(description="M month, Q quarter, S half year, A year.")
    TIME_PERIOD: str = Field(examples=["2026-Q3"])
    DIMENSIONS: str = Field(description="`name=code;name=code`; empty for the whole.")
    OBS_VALUE: str | None
    NUMERATOR: str | None
    DENOMINATOR: str | None
    LOW: str | None = Field(description="Lower end of the 95 % interval.")
    HIGH: str | None
    OBS_COUNT: int | None = Field(description="How many facts, answers or cells stand behind it.")
    UNIT_MEASURE: str
    OBS_STATUS: str = Field(description="A approved, P provisional.")
    ASSUMPTIONS: str = Field(description="What it rests on that no official source fixes.")
    DEFINITION_VERSION: int
    RULE: str
    FACT: str = Field(description="Id of the fact in the ledger, once approved.")


class ValueQuery(Window):
    """Which values."""

    region: str = Field("", max_length=12, description="Code of a region.")
    first: str = Field("", max_length=8, description="First period, e.g. 2024-Q1.")
    last: str = Field("", max_length=8, description="Last period.")
    frequency: str = Field("", pattern="^(|month|quarter|half|year)$")
    breakdown: bool = Field(False, description="Also values broken down.")
    known_at: datetime | None = Field(None, description="As known at this moment.")


class IndicatorTargetOut(Schema):
    """A target and where it stands."""

    id: int
    indicator: str
    region: str
    period: str
    operator: str
    value: str
    actual: str | None
    actual_period: str | None
    reached: bool
    light: str
    forecast: float | None
    forecast_low: float | None
    forecast_high: float | None
    probability: float | None


class RowIn(Strict):
    """One value; numbers as text, so that no digit changes on the way."""

    indicator: str = Field(max_length=80)
    region: str = Field(max_length=12)
    period: str = Field(max_length=8)
    dimensions: str = Field("", max_length=200)
    value: str = Field("", max_length=40)
    numerator: str = Field("", max_length=40)
    denominator: str = Field("", max_length=40)


class RowsIn(Strict):
    """Values of indicators that are imported."""

    rows: list[RowIn] = Field(min_length=1, max_length=MOST_ROWS)
    unit: str = Field("", max_length=80, description="Key of the importing unit; left out: the caller's.")
    publisher: str = Field("", max_length=200)


class IndicatorBatchOut(Schema):
    """What was taken over; the values wait for approval by another person."""

    id: int
    total: int
    warnings: list[str]


def _declared(request: HttpRequest, code: str) -> Definition:
    try:
        found = definition(code)
    except UnknownIndicator as error:
        raise not_found(error.message) from None
    if not found.public and not officer(request):
        raise not_found()
    return found


@router.get("", response=list[IndicatorOut], auth=anyone(), summary="Indicators")
def list_indicators(request: HttpRequest, theme: str = "") -> Any:
    """All indicators by theme; public ones need no log-in."""
    names = ("code", "title", "title_en", "theme", "family", "scale", "unit", "direction", "frequency", "assumed")
    return [
        {**{name: getattr(item, name) for name in names}, "source": item.source.kind}
        for item in definitions(theme)
        if item.public or officer(request)
    ]


@router.get("/targets", response=Page[IndicatorTargetOut], auth=needs("indicators.view"), summary="Targets")
def list_indicator_targets(request: HttpRequest, window: Query[Window], indicator: str = "") -> Any:
    """Targets within the caller's reach, the next due first."""
    rows = visible(request.user, Target.objects.filter(state=Target.State.ACTIVE)).select_related("region", "owner")
    rows = rows.filter(indicator=indicator) if indicator else rows
    answer = page(rows.order_by("due_on", "id"), window)
    answer["items"] = [_target(one) for one in tracking.standings(answer["items"], request.user)]
    return answer


def _target(one: tracking.Standing) -> dict[str, Any]:
    forecast = one.tracking.forecast if one.tracking else None
    latest = one.latest
    return {
        "id": one.target.pk,
        "indicator": one.target.indicator,
        "region": one.target.region.code,
        "period": one.target.period,
        "operator": one.target.operator,
        "value": f"{one.target.value.normalize():f}",
        "actual": f"{latest.value.normalize():f}" if latest is not None and latest.value is not None else None,
        "actual_period": latest.period if latest is not None else None,
        "reached": one.reached,
        "light": one.light.colour,
        "forecast": forecast.value if forecast else None,
        "forecast_low": forecast.low if forecast else None,
        "forecast_high": forecast.high if forecast else None,
        "probability": one.tracking.probability if one.tracking else None,
    }


@router.post("/values", response={201: IndicatorBatchOut}, auth=needs("indicators.import"), summary="Bring values in")
def import_indicator_values(request: Any, body: RowsIn) -> Any:
    """All rows or none: every mistake of every row is told at once (422). The values wait for another's approval."""
    unit = unit_by_key(body.unit) if body.unit else request.user.unit
    if unit is None:
        raise Problem(422, "validation", _("没有写明导入单位。"), _("请在 unit 中给出单位标识。"))
    rows = [row.model_dump() for row in body.rows]
    with transaction.atomic():
        batch = ImportValues(user=request.user, unit=unit, rows=rows, publisher=body.publisher).execute()
        errors = [
            {"field": f"body.rows.{row['number'] - 1}", "message": message, "code": "value"}
            for row in batch.rows
            for message in row["errors"]
        ]
        if errors:
            told = _("有 %(n)d 处不符合要求，没有导入任何数据。") % {"n": len(errors)}
            raise Problem(422, "validation", told, _("请按 errors 逐项改正。"), errors)
        ConfirmImport(user=request.user, batch=batch).execute()
    warnings = [message for row in batch.rows for message in row["warnings"]]
    return 201, {"id": batch.pk, "total": batch.total, "warnings": warnings}


@router.get("/{code}", response=dict[str, Any], auth=anyone(), summary="Definition of an indicator")
def get_indicator(request: HttpRequest, code: str) -> Any:
    """Numerator, denominator, population, scale, assumptions, legal basis …, in both languages."""
    return metadata(_declared(request, code))


@router.get("/{code}/values", response=Page[ValueOut], auth=anyone(), summary="Values of an indicator")
def list_indicator_values(request: HttpRequest, code: str, query: Query[ValueQuery]) -> Any:
    """Current values within the caller's reach: approved public ones for everybody. Columns follow SDMX concepts."""
    _declared(request, code)
    known_at = query.known_at
    if known_at is not None and timezone.is_naive(known_at):
        known_at = timezone.make_aware(known_at)
    rows = observations(request.user, known_at=known_at).filter(indicator=code)
    if query.region:
        rows = rows.filter(region__code=query.region)
    if query.frequency:
        rows = rows.filter(frequency=query.frequency)
    if not query.breakdown:
        rows = rows.filter(dimensions="")
    try:
        rows = rows.filter(first__gte=parse_period(query.first).first) if query.first else rows
        rows = rows.filter(last__lte=parse_period(query.last).last) if query.last else rows
    except ValueError:
        message = _("期间请写 2026、2026-H1、2026-Q1 或 2026-03。")
        raise Problem(
            422, "validation", message, "", [{"field": "query.first", "message": message, "code": "value"}]
        ) from None
    answer = page(rows.order_by("region__code", "first", "frequency", "dimensions", "pk"), query)
    answer["items"] = list(records(answer["items"]))
    return answer
