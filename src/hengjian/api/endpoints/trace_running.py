"""How tracing runs, for programs: coverage, missing links, certificates of conformity."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from hengjian.api.auth import anyone, needs
from hengjian.api.lists import Page, Strict, Window, page
from hengjian.api.problems import Problem, not_found
from hengjian.api.schemas import RegionCode, RegionRef
from hengjian.methods.periods import Period, parse_period
from hengjian.parties.models import Region
from hengjian.parties.policies import visible
from hengjian.rulebook.parameters.trace_evaluation import TraceEvaluation
from hengjian.trace.exchange.models import ConformityCertificate
from hengjian.trace.exchange.statistics import by_region, evaluation_rule, missing

router = Router(tags=["trace"])
REPORT = "trace.report"


class TraceCoverageQuery(Strict):
    """Which month and region."""

    period: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}$")] | None = Field(
        None, description="Month; left out: the running one.", examples=["2026-10"]
    )
    region: RegionCode | None = Field(None, description="Inside the caller's own region; left out: all of that.")


class CoverageShareOut(Schema):
    """A share of the evaluation with its parts."""

    code: str
    part: int
    whole: int


class CoverageRowOut(Schema):
    """One region; `score` out of 100, null where nothing can be judged."""

    region: str
    name: str
    score: str | None
    shares: list[CoverageShareOut]
    lookups: int


class CoverageOut(Schema):
    """Coverage of a month by region."""

    period: str
    rule: str = Field(description="Id of the rule with weights and hours.")
    assumptions: list[str] = Field(description="What no document fixes.")
    rows: list[CoverageRowOut]


class MissingLinkOut(Schema):
    """A lot that was sent and that nobody received."""

    key: str
    sender: str
    region: RegionRef
    sent_at: datetime
    quantity: str | None


class CertificateOut(Schema):
    """A certificate of conformity as anybody may see it."""

    number: str
    product: str
    lot_number: str
    lot: str = Field(description="Canonical identifier of the lot, as events and labels have it.")
    holder: str
    holder_name: str
    region: RegionRef
    issued_on: date
    status: str = Field(description="valid, reissued, withdrawn …: as the register has it.")


def certificate_out(row: ConformityCertificate) -> dict[str, Any]:
    names = ("product", "lot_number", "lot", "holder", "holder_name", "region", "issued_on", "status")
    return {"number": row.key, **{name: getattr(row, name) for name in names}}


def _asked(request: Any, query: TraceCoverageQuery) -> tuple[Period, Region]:
    code = query.period or timezone.localdate().strftime("%Y-%m")
    try:
        period = parse_period(code)
    except ValueError:
        raise _wrong("period", _("没有这个月份。")) from None
    if period.first > timezone.localdate():
        raise _wrong("period", _("这个月份还没有开始。"))
    unit = request.user.unit
    if unit is None:
        raise _wrong("region", _("您的账号没有所属单位。"))
    if query.region is None:
        return period, unit.region
    root = Region.objects.within(unit.region).filter(code=query.region).first()
    if root is None:
        raise not_found()
    return period, root


def _wrong(field: str, told: str) -> Problem:
    errors = [{"field": f"query.{field}", "message": told, "code": "invalid"}]
    return Problem(422, "validation", told, _("请按 errors 逐项改正。"), errors)


@router.get("/coverage", response=CoverageOut, auth=needs(REPORT), summary="Coverage of a month")
def read_trace_coverage(request: HttpRequest, query: Query[TraceCoverageQuery]) -> Any:
    """Upload rate, timeliness, completeness of chains and clean rows by region, each with its parts."""
    period, root = _asked(request, query)
    rule = evaluation_rule(root.code, period.last)
    items = [item.code for item in rule.typed(TraceEvaluation).items]
    rows = by_region(period, root)
    return {
        "period": period.code,
        "rule": rule.id,
        "assumptions": list(rule.assumptions),
        "rows": [
            {
                "region": row.code,
                "name": row.name,
                "score": None if row.score is None else str(row.score),
                "shares": [
                    {"code": code, "part": part, "whole": whole}
                    for code, (part, whole) in zip(items, row.shares, strict=True)
                ],
                "lookups": row.figures.lookups,
            }
            for row in rows
        ],
    }


@router.get("/coverage/missing", response=list[MissingLinkOut], auth=needs(REPORT), summary="Missing links of a month")
def list_missing_links(request: HttpRequest, query: Query[TraceCoverageQuery]) -> Any:
    """What was sent in the month and never received, oldest first, at most 500."""
    period, root = _asked(request, query)
    rows = missing(period, list(Region.objects.within(root).values_list("pk", flat=True)))
    return [
        {
            "key": row.key,
            "sender": row.event.party.name,
            "region": row.event.party.region,
            "sent_at": row.event.event_time,
            "quantity": None if row.quantity is None else f"{Decimal(repr(row.quantity)):f}",
        }
        for row in rows
    ]


@router.get("/certificates", response=Page[CertificateOut], auth=needs("registers.view"), summary="Certificates")
def list_trace_certificates(request: HttpRequest, window: Query[Window]) -> Any:
    """Issued or collected by the caller's enterprise; for offices those of their region. Newest first."""
    rows = visible(request.user, ConformityCertificate.objects.select_related("region")).distinct()
    return page(rows.order_by("-issued_on", "-pk"), window, certificate_out)


@router.get("/certificates/{number}", response=CertificateOut, auth=anyone(), summary="Check a certificate")
def check_trace_certificate(request: HttpRequest, number: str) -> Any:
    """Whether a certificate of conformity is genuine and in force; public, as on the page behind its code."""
    row = (
        ConformityCertificate.objects.filter(key=number[:60].upper(), confidentiality=0)
        .select_related("region")
        .first()
    )
    if row is None:
        raise not_found()
    return certificate_out(row)
