"""Selections: programmes, published calls and results for everybody, applications for those whom they concern."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from hengjian.api.auth import anyone, needs
from hengjian.api.lists import Page, Window, page
from hengjian.api.problems import not_found
from hengjian.parties.policies import can, visible
from hengjian.programmes.actions.base import declaration
from hengjian.programmes.catalogue import programmes
from hengjian.programmes.declarations import Programme
from hengjian.programmes.models import Application, Edition
from hengjian.programmes.publicity import winners

router = Router(tags=["programmes"])
MOST_ID = 2**63


class ProgrammeOut(Schema):
    """A programme that is called again and again."""

    code: str
    version: int
    title: str
    title_en: str
    area: str
    stages: list[str]
    levels: list[dict[str, str]] = Field(description="Code and name of what can be won, highest first.")


class EditionOut(Schema):
    """A published call with its dates."""

    id: int
    programme: str
    title: str
    year: int
    unit: str = Field(description="Key of the unit that calls.")
    region: str
    state: Literal["open", "notice", "decided"]
    opens_on: date
    closes_on: date
    quota: int | None
    notice_from: date | None
    notice_to: date | None
    decided_on: date | None
    decision: str = Field(description="Number of the document of the decision.")


class Winner(Schema):
    """Who was awarded and may still be named in public today."""

    holder: str
    holder_code: str
    level: str
    rank: int | None
    entry: str = Field(description="Reference of the entry in the register of honours.")


class EditionDetail(EditionOut):
    call: str
    contact: str
    winners: list[Winner] = Field(description="Empty until the edition is decided.")


class ApplicationOut(Schema):
    """An application as the caller may see it."""

    id: int
    edition: int
    programme: str
    state: Literal["draft", "submitted"]
    unit: str
    region: str
    holder: str
    holder_code: str
    submitted_at: datetime | None
    case: int | None = Field(description="The case that follows it, once it is handed in.")
    case_state: str
    outcome: str
    level: str
    total: Decimal | None = Field(description="For organisers only.")
    rank: int | None = Field(description="For organisers only.")


class ApplicationDetail(ApplicationOut):
    values: dict[str, Any] = Field(description="What was applied with; sealed personal data are left out.")


class EditionQuery(Window):
    programme: str = Field("", max_length=60, description="Only editions of this programme.")
    state: Literal["", "open", "notice", "decided"] = ""
    region: str = Field("", max_length=12, description="Only editions of this region.")


class ApplicationQuery(Window):
    edition: int | None = Field(None, ge=1, lt=MOST_ID, description="Only applications to this edition.")
    state: Literal["", "draft", "submitted"] = ""


def programme_out(declared: Programme) -> dict[str, Any]:
    names = ("code", "version", "title", "title_en", "area")
    return {
        **{name: getattr(declared, name) for name in names},
        "stages": [str(stage) for stage in declared.stages],
        "levels": [{"code": level.code, "title": level.title, "title_en": level.title_en} for level in declared.levels],
    }


@router.get("/programmes", response=list[ProgrammeOut], auth=anyone(), summary="Programmes")
def list_programmes(request: HttpRequest) -> Any:
    return [programme_out(declared) for declared in programmes()]


def published() -> QuerySet[Edition]:
    return Edition.objects.exclude(state=Edition.State.DRAFT).select_related("unit", "region")


def edition_out(edition: Edition) -> dict[str, Any]:
    names = (
        "programme", "title", "year", "state", "opens_on", "closes_on", "quota", "notice_from", "notice_to",
        "decided_on", "decision",
    )  # fmt: skip
    shown: dict[str, Any] = {name: getattr(edition, name) for name in names}
    return {"id": edition.pk, **shown, "unit": edition.unit.key, "region": edition.region.code}


@router.get("/editions", response=Page[EditionOut], auth=anyone(), summary="Published calls and results")
def list_editions(request: HttpRequest, query: Query[EditionQuery]) -> Any:
    """Newest first. Drafts are in no answer."""
    wanted = {"programme": query.programme, "state": query.state, "region__code": query.region}
    rows = published().filter(**{name: value for name, value in wanted.items() if value})
    return page(rows.order_by("-year", "-opens_on", "-pk"), query, edition_out)


@router.get("/editions/{pk}", response=EditionDetail, auth=anyone(), summary="A call and its result")
def get_edition(request: HttpRequest, pk: int) -> Any:
    edition = published().filter(pk=min(pk, MOST_ID - 1)).first()
    if edition is None:
        raise not_found()
    won = [
        {
            "holder": row.holder,
            "holder_code": row.holder_code,
            "level": row.level,
            "rank": row.rank,
            "entry": entry.ref,
        }
        for row, entry in winners(edition)
    ]
    return {**edition_out(edition), "call": edition.call, "contact": edition.contact, "winners": won}


def applications(user: Any) -> QuerySet[Application]:
    """Those of the caller's unit, and those handed in to editions that it organises. Drafts are their unit's alone."""
    rows = visible(user, Application.objects.select_related("edition__unit", "unit", "region", "case"))
    return rows.filter(Q(state=Application.State.SUBMITTED) | Q(unit=user.unit_id))


def application_out(user: Any, row: Application) -> dict[str, Any]:
    inside = bool(can(user, "programmes.organise", row))
    return {
        "id": row.pk,
        "edition": row.edition_id,
        "programme": row.edition.programme,
        "state": row.state,
        "unit": row.unit.key,
        "region": row.region.code,
        "holder": row.holder,
        "holder_code": row.holder_code,
        "submitted_at": row.submitted_at,
        "case": row.case_id,
        "case_state": row.case.state if row.case else "",
        "outcome": row.case.outcome if row.case else "",
        "level": row.level if inside or (row.case and row.case.closed_at) else "",
        # What the panels made of it is for the organisers; an applicant learns the outcome.
        "total": row.total if inside else None,
        "rank": row.rank if inside else None,
    }


@router.get("/applications", response=Page[ApplicationOut], auth=needs("programmes.view"), summary="Applications")
def list_applications(request: Any, query: Query[ApplicationQuery]) -> Any:
    """Own ones, and those handed in to the editions that the caller's unit organises; newest first."""
    rows = applications(request.user)
    if query.edition is not None:
        rows = rows.filter(edition=query.edition)
    if query.state:
        rows = rows.filter(state=query.state)
    return page(rows.order_by("-pk"), query, lambda row: application_out(request.user, row))


@router.get("/applications/{pk}", response=ApplicationDetail, auth=needs("programmes.view"), summary="An application")
def get_application(request: Any, pk: int) -> Any:
    row = applications(request.user).filter(pk=min(pk, MOST_ID - 1)).first()
    if row is None:
        raise not_found()
    given = row.case.data if row.case else row.draft
    plain = {spec.code for spec in declaration(row.edition).fields if not spec.personal}
    values = {code: value for code, value in given.items() if code in plain}
    return {**application_out(request.user, row), "values": values}
