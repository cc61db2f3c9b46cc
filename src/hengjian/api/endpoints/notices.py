"""What is published: notices on show, public lists and their snapshots, random draws. For everybody."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from hengjian.api.auth import anyone
from hengjian.api.lists import Page, Window, page
from hengjian.api.problems import not_found
from hengjian.draws.models import Draw, Drawn
from hengjian.draws.queries import checks, exchange, public_draws, published_result
from hengjian.publishing import queries
from hengjian.publishing.lists import PublicList, public_list, public_lists
from hengjian.publishing.models import ListSnapshot, Notice

router = Router(tags=["publications"])


class NoticeOut(Schema):
    """A notice on show. When its time is over it is in no answer any more."""

    id: int
    kind: str = Field(examples=["publicity"])
    title: str
    body: str
    contact: str
    unit: str = Field(description="Key of the publishing unit.")
    region: str
    subject: str = Field(description="What it is about, as a reference; may be empty.")
    published_at: datetime
    objections_until: date | None = Field(description="Last day for objections.")
    shown_until: datetime | None = Field(description="First moment at which it is no longer shown.")
    sha256: str = Field(description="Digest of what it says; the fact in the ledger has the same.")
    fact: str | None


class ListOut(Schema):
    """A public list that a rule generates."""

    code: str
    title: str
    columns: list[dict[str, str]]
    key: str = Field(description="Column that identifies a row.")
    count: int = Field(description="Rows in force today.")


class ListRows(Schema):
    """The rows of a list that are in force today; a row that left the list is gone at once."""

    code: str
    total: int
    limit: int
    offset: int
    items: list[dict[str, str]]


class SnapshotOut(Schema):
    """A list as it was published on a day."""

    id: int
    code: str
    as_of: date
    count: int
    sha256: str
    published_at: datetime
    fact: str | None


class SnapshotRow(Schema):
    """A row with what its digest is made of; of a row that left the list only the digest."""

    hash: str
    salt: str | None = None
    values: dict[str, str] | None = None


class SnapshotRows(SnapshotOut):
    rows: list[SnapshotRow]


class DrawOut(Schema):
    """A random draw of targets and inspectors."""

    id: int
    title: str
    matter: str
    unit: str
    region: str
    state: str = Field(examples=["drawn"])
    prepared_at: datetime
    drawn_at: datetime | None
    seed_source: str = Field(description="Which public value is the seed, announced beforehand.")
    seed: str
    commitment: str = Field(description="Digest of all lists, published before the seed.")
    result_hash: str


class CheckOut(Schema):
    """A drawn target; the result once it is published."""

    target: str
    name: str
    stratum: str
    reserve: bool = Field(description="Took the place of another one.")
    inspectors: list[str] = Field(description="Numbers, never names.")
    result: str | None = Field(description="Code of the result.")
    ended_on: date | None
    published_at: datetime | None


class DrawRows(DrawOut):
    checks: list[CheckOut]


class NoticeQuery(Window):
    kind: str = Field("", max_length=20, description="Only notices of this kind.")
    region: str = Field("", max_length=12, description="Only notices of this region.")


class SnapshotQuery(Window):
    on: date | None = Field(None, description="Only snapshots of this day or before.")


def notice_out(notice: Notice) -> dict[str, Any]:
    names = (
        "id", "kind", "title", "body", "contact", "subject", "published_at", "objections_until", "shown_until",
        "sha256",
    )  # fmt: skip
    shown: dict[str, Any] = {name: getattr(notice, name) for name in names}
    fact = str(notice.fact) if notice.fact else None
    return {**shown, "unit": notice.unit.key, "region": notice.region.code, "fact": fact}


@router.get("/notices", response=Page[NoticeOut], auth=anyone(), summary="Notices on show")
def list_notices(request: HttpRequest, query: Query[NoticeQuery]) -> Any:
    """Newest first."""
    rows = queries.public_notices()
    if query.kind:
        rows = rows.filter(kind=query.kind)
    if query.region:
        rows = rows.filter(region__code=query.region)
    return page(rows, query, notice_out)


@router.get("/notices/{pk}", response=NoticeOut, auth=anyone(), summary="A notice on show")
def get_notice(request: HttpRequest, pk: int) -> Any:
    notice = queries.public_notices().filter(pk=pk).first()
    if notice is None:
        raise not_found()
    return notice_out(notice)


def find_list(code: str) -> PublicList:
    declared = public_list(code)
    if declared is None:
        raise not_found()
    return declared


@router.get("/lists", response=list[ListOut], auth=anyone(), summary="Public lists")
def list_lists(request: HttpRequest) -> Any:
    return [
        {
            "code": declared.code,
            "title": str(declared.title),
            "columns": [{"code": c.code, "title": c.title, "title_en": c.title_en} for c in declared.columns],
            "key": declared.key,
            "count": len(queries.current_rows(declared)),
        }
        for declared in public_lists()
    ]


@router.get("/lists/{code}", response=ListRows, auth=anyone(), summary="Rows of a public list")
def get_list(request: HttpRequest, code: str, window: Query[Window]) -> Any:
    """What is in force today."""
    rows = queries.current_rows(find_list(code))
    items = rows[window.offset : window.offset + window.limit]
    return {"code": code, "total": len(rows), "limit": window.limit, "offset": window.offset, "items": items}


def snapshot_out(snapshot: ListSnapshot) -> dict[str, Any]:
    names = ("id", "code", "as_of", "count", "sha256", "published_at")
    shown: dict[str, Any] = {name: getattr(snapshot, name) for name in names}
    return {**shown, "fact": str(snapshot.fact) if snapshot.fact else None}


@router.get(
    "/lists/{code}/snapshots", response=Page[SnapshotOut], auth=anyone(), summary="Dated snapshots of a public list"
)
def list_snapshots(request: HttpRequest, code: str, query: Query[SnapshotQuery]) -> Any:
    """Newest first."""
    rows = queries.snapshots(find_list(code).code)
    return page(rows.filter(as_of__lte=query.on) if query.on else rows, query, snapshot_out)


@router.get("/lists/{code}/snapshots/{pk}", response=SnapshotRows, auth=anyone(), summary="A snapshot with its rows")
def get_snapshot(request: HttpRequest, code: str, pk: int) -> Any:
    """Everything that its digest is made of. Rows that left the list since are digests alone."""
    snapshot = queries.snapshots(find_list(code).code).filter(pk=pk).first()
    if snapshot is None:
        raise not_found()
    rows = [{name: row.get(name) for name in ("hash", "salt", "values")} for row in queries.public_rows(snapshot)]
    return {**snapshot_out(snapshot), "rows": rows}


def draw_out(draw: Draw) -> dict[str, Any]:
    names = (
        "id", "title", "matter", "state", "prepared_at", "drawn_at", "seed_source", "seed", "commitment", "result_hash",
    )  # fmt: skip
    shown: dict[str, Any] = {name: getattr(draw, name) for name in names}
    return {**shown, "unit": draw.unit.key, "region": draw.region.code}


def find_draw(pk: int) -> Draw:
    draw = public_draws().filter(pk=pk).first()
    if draw is None:
        raise not_found()
    return draw


@router.get("/draws", response=Page[DrawOut], auth=anyone(), summary="Random draws")
def list_draws(request: HttpRequest, window: Query[Window]) -> Any:
    """Newest first; every draw is here from the moment its lists are frozen."""
    return page(public_draws().order_by("-prepared_at", "-pk"), window, draw_out)


@router.get("/draws/{pk}", response=DrawRows, auth=anyone(), summary="A random draw with its published results")
def get_draw(request: HttpRequest, pk: int) -> Any:
    draw = find_draw(pk)
    return {**draw_out(draw), "checks": [check_out(drawn) for drawn in checks(draw) if in_play(drawn)]}


def in_play(drawn: Drawn) -> bool:
    return drawn.state not in (Drawn.State.RESERVE, Drawn.State.REPLACED)


def check_out(drawn: Drawn) -> dict[str, Any]:
    result = published_result(drawn)
    return {
        "target": drawn.target,
        "name": drawn.name,
        "stratum": drawn.stratum,
        "reserve": drawn.reserve,
        "inspectors": [pairing.inspector for pairing in drawn.pairings.all()],
        "result": result.code if result else None,
        "ended_on": result.ended_on if result else None,
        "published_at": result.published_at if result else None,
    }


@router.get("/draws/{pk}/file", response=dict[str, Any], auth=anyone(), summary="The file to compute a draw again")
def get_draw_file(request: HttpRequest, pk: int) -> Any:
    """Lists, commitment, seed and result; `hengjian draws replay` reads it."""
    return exchange(find_draw(pk))
