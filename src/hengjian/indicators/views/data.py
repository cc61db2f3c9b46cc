"""Open data: the values of an indicator as CSV or JSON with what they mean, for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from hengjian.documents.sheets import write_csv
from hengjian.indicators.declarations import Definition
from hengjian.indicators.models import Observation
from hengjian.indicators.queries import observations
from hengjian.indicators.views.common import find_definition

# Codes of the SDMX concepts that the columns stand for.
COLUMNS = (
    "INDICATOR", "REF_AREA", "REF_AREA_NAME", "FREQ", "TIME_PERIOD", "DIMENSIONS", "OBS_VALUE", "NUMERATOR",
    "DENOMINATOR", "LOW", "HIGH", "OBS_COUNT", "UNIT_MEASURE", "OBS_STATUS", "ASSUMPTIONS", "DEFINITION_VERSION",
    "RULE", "FACT",
)  # fmt: skip
FREQUENCIES = {"month": "M", "quarter": "Q", "half": "S", "year": "A"}
STATUSES = {"provisional": "P", "approved": "A", "withdrawn": "M"}


def records(rows: Any) -> Iterator[dict[str, Any]]:
    """Values with codes, numbers as exact decimal text."""
    for row in rows:
        yield {
            "INDICATOR": row.indicator,
            "REF_AREA": row.region.code,
            "REF_AREA_NAME": row.region.name,
            "FREQ": FREQUENCIES[row.frequency],
            "TIME_PERIOD": row.period,
            "DIMENSIONS": row.dimensions,
            "OBS_VALUE": _text(row.value),
            "NUMERATOR": _text(row.numerator),
            "DENOMINATOR": _text(row.denominator),
            "LOW": _text(row.low),
            "HIGH": _text(row.high),
            "OBS_COUNT": row.n,
            "UNIT_MEASURE": row.definition.body.get("unit", ""),
            "OBS_STATUS": STATUSES[row.status],
            "ASSUMPTIONS": "；".join(mark["title"] for mark in row.assumptions),
            "DEFINITION_VERSION": row.definition.number,
            "RULE": row.rule,
            "FACT": str(row.fact or ""),
        }


def _text(value: Any) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def metadata(declared: Definition) -> dict[str, Any]:
    """The definition as open data: both languages, no more than the page says."""
    return declared.model_dump(mode="json", exclude={"source"}) | {"source_kind": declared.source.kind}


def _rows(request: HttpRequest, code: str) -> Any:
    rows = (
        observations(request.user).filter(indicator=code).order_by("region__code", "first", "frequency", "dimensions")
    )
    region = request.GET.get("region", "")
    return rows.filter(region__code=region[:12]) if region else rows


@require_safe
def csv(request: HttpRequest, code: str) -> HttpResponse:
    declared = find_definition(request, code)
    found = list(records(_rows(request, code)))
    response = HttpResponse(
        write_csv(COLUMNS, [[row[name] for name in COLUMNS] for row in found]), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{declared.code}.csv"'
    response["Link"] = f'<{request.build_absolute_uri("data.json")}>; rel="describedby"'
    return response


@require_safe
def json(request: HttpRequest, code: str) -> HttpResponse:
    declared = find_definition(request, code)
    rows: list[Observation] = list(_rows(request, code))
    data = {"indicator": metadata(declared), "columns": COLUMNS, "values": list(records(rows))}
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False})
