"""Quality credit for programs: search, enterprise, match, screenings, subscriptions, messages and receipts, bulk files.

Everything counts towards the caller's hour (`hengjian.credit.sharing.use`). Whoever is known and looks at one
enterprise states a purpose; the look is logged and visible to the enterprise.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote
from uuid import UUID

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from hengjian.api.auth import anyone, needs
from hengjian.api.endpoints.credit_sharing_schemas import (
    AlertOut,
    BulkIn,
    BulkStatement,
    CreditSubscriptionIn,
    CreditSubscriptionMade,
    CreditSubscriptionOut,
    EnterpriseMatchOut,
    FoundOut,
    MatchIn,
    PortfolioIn,
    PortfolioOut,
    ReceiptIn,
    ReceiptOut,
    RemovedOut,
    ScreeningIn,
    ScreeningOut,
    ScreeningRows,
    SearchIn,
    SubjectCreditOut,
)
from hengjian.api.lists import Page, Window, page
from hengjian.api.problems import Problem, not_found
from hengjian.credit.records.looks import log_look
from hengjian.credit.records.queries import records
from hengjian.credit.sharing import bulk, screening, telling, use
from hengjian.credit.sharing.actions import (
    AddToPortfolio,
    ConfirmReceipts,
    RemoveFromPortfolio,
    StartScreening,
    Subscribe,
)
from hengjian.credit.sharing.models import Screening, Subscription
from hengjian.credit.sharing.queries import alerts_of
from hengjian.enterprises.matching import Asked, match_many
from hengjian.enterprises.models import Enterprise
from hengjian.enterprises.queries import by_code, by_key
from hengjian.enterprises.search import search
from hengjian.parties.models import Region, Unit, User
from hengjian.parties.policies import can, visible
from hengjian.parties.verbs import ActionRefused

router = Router(tags=["credit"])
PURPOSE = "X-Purpose"


def subject(row: Enterprise) -> dict[str, Any]:
    return {
        "key": row.key, "code": row.code, "name": row.name, "kind": row.kind, "region": row.region.code,
        "status": row.status, "registered_on": row.registered_on,
    }  # fmt: skip


def purpose_of(request: HttpRequest, given: str) -> str:
    """The purpose that a known caller states, in the query or the header (percent-encoded).

    Raises:
        Problem: there is none.
    """
    text = (given or unquote(request.headers.get(PURPOSE, ""))).strip().replace("\0", "")
    if not text:
        raise Problem(
            400,
            "purpose_required",
            _("没有写明查询用途。"),
            _("请用参数 purpose 或请求头 X-Purpose 写明用途，会记入日志。"),
        )
    return text[:300]


@router.get("/enterprises", auth=anyone(), response=FoundOut, summary="Find enterprises")
def search_enterprises(request: HttpRequest, query: Query[SearchIn]) -> Any:
    """Best first: exact before beginning before brand before inside; existing ones before ended ones."""
    use.check(request)
    region = Region.objects.filter(code=query.region).first() if query.region else None
    if query.region and region is None:
        raise Problem(422, "region", _("没有这个区划代码：%(code)s。") % {"code": query.region}, _("请核对区划代码。"))
    found = search(query.q, region=region, kind=query.kind, status=query.status, limit=query.limit, offset=query.offset)
    use.count(request, [hit.enterprise.pk for hit in found.hits])
    items = [{**subject(hit.enterprise), "how": hit.how, "matched": hit.matched} for hit in found.hits]
    return {"items": items, "more": found.more}


@router.get("/enterprises/{ident}", auth=anyone(), response=SubjectCreditOut, summary="One enterprise and its records")
def show_enterprise(request: HttpRequest, ident: str, purpose: str = Query("", max_length=300)) -> Any:
    """By code or key. Without log-in the published records; with a token or session what its person may see, for which
    a purpose is needed and the look is logged."""
    use.check(request)
    row = by_key(ident) or by_code(ident)
    if row is None:
        raise not_found(_("没有这个主体。"))
    user = request.user if isinstance(request.user, User) else None
    # An enterprise is to another one what everybody is.
    stranger = user is not None and user.unit is not None and user.unit.kind == Unit.Kind.ENTERPRISE
    stranger = stranger and user is not None and row.account_id != user.unit_id
    known = user is not None and not stranger and bool(can(user, "credit.view"))
    said = purpose_of(request, purpose) if known else ""
    use.count(request, [row.pk])
    if known:
        log_look(user, row, said, _("信用记录（接口）"))
    rows = records(row, reader=user if known and user is not None else "public")
    return {
        **subject(row),
        "public_only": not known,
        "records": [
            {
                "id": one.key, "category": one.category, "title": one.title, "document": one.document,
                "organ": one.organ.name, "severity": one.severity, "decided_on": one.decided_on,
                "published_from": one.published_from, "min_until": one.min_until, "max_until": one.max_until,
                "state": one.state, "disputed": one.disputed_since is not None,
            }
            for one in rows[:500]
        ],
    }  # fmt: skip


@router.post("/match", auth=needs("sharing.match"), response=EnterpriseMatchOut, summary="Match up to 100 bodies")
def match_bodies(request: HttpRequest, data: MatchIn) -> Any:
    """Which enterprises are meant, with score, verdict and reasons."""
    use.check(request)
    asked = [Asked(one.name, one.code, one.region, one.address, former=tuple(one.former)) for one in data.bodies]
    found = match_many(asked, data.limit)
    # Only the best one counts: who matches a list of theirs names the bodies, the others are by-catch.
    use.count(request, [candidates[0].enterprise.pk for candidates in found if candidates])
    return {"results": [[screening.candidate_row(one) for one in candidates] for candidates in found]}


@router.post("/screenings", auth=needs("sharing.match"), response={201: ScreeningOut}, summary="Screen a long list")
def start_screening(request: HttpRequest, data: ScreeningIn) -> Any:
    """Up to 50,000 rows; the worker compares them, `GET` tells how far it is."""
    use.check(request)
    rows = [{"name": one.name, "code": one.code, "region": one.region, "address": one.address} for one in data.bodies]
    made = StartScreening(
        user=_user(request), unit=_unit(request), title=data.title, purpose=data.purpose, rows=rows
    ).execute()
    return 201, _screening(made)


@router.get("/screenings", auth=needs("sharing.match"), response=Page[ScreeningOut], summary="The unit's screenings")
def list_screenings(request: HttpRequest, window: Query[Window]) -> Any:
    """Newest first."""
    return page(visible(_user(request), Screening.objects.defer("rows", "answers")), window, _screening)


@router.get(
    "/screenings/{screening_key}", auth=needs("sharing.match"), response=ScreeningRows, summary="Answers of a screening"
)
def screening_rows(request: HttpRequest, screening_key: UUID, window: Query[Window]) -> Any:
    """The candidates of each row, as far as it is done."""
    row = visible(_user(request), Screening.objects.all()).filter(key=screening_key).first()
    if row is None:
        raise not_found()
    part = row.answers[window.offset : window.offset + window.limit]
    return {"total": row.total, "done": row.done, "offset": window.offset, "items": part}


@router.get(
    "/subscriptions",
    auth=needs("sharing.view"),
    response=Page[CreditSubscriptionOut],
    summary="The unit's subscriptions",
)
def list_credit_subscriptions(request: HttpRequest, window: Query[Window]) -> Any:
    """Newest first."""
    rows = visible(_user(request), Subscription.objects.select_related("region"))
    return page(rows, window, _subscription)


@router.post(
    "/subscriptions", auth=needs("sharing.subscribe"), response={201: CreditSubscriptionMade}, summary="Subscribe"
)
def subscribe_credit(request: HttpRequest, data: CreditSubscriptionIn) -> Any:
    """Messages come to the address, signed, and into the product."""
    region = Region.objects.filter(code=data.region).first() if data.region else None
    if data.region and region is None:
        raise Problem(422, "region", _("没有这个区划代码：%(code)s。") % {"code": data.region}, _("请核对区划代码。"))
    made = Subscribe(
        user=_user(request), unit=_unit(request), title=data.title, purpose=data.purpose, events=data.events,
        region=region, kind=data.kind, url=data.url,
    ).execute()  # fmt: skip
    return 201, {**_subscription(made), "secret": made.secret}


@router.post(
    "/subscriptions/{subscription_key}/portfolio",
    auth=needs("sharing.subscribe"), response=PortfolioOut, summary="Watch enterprises",
)  # fmt: skip
def add_to_portfolio(request: HttpRequest, subscription_key: UUID, data: PortfolioIn) -> Any:
    """By code or key; what is not found is named."""
    row = _own(request, subscription_key)
    done = AddToPortfolio(user=_user(request), subscription=row, codes=data.codes).execute()
    return {"added": done.added, "known": done.known, "missing": list(done.missing)}


@router.delete(
    "/subscriptions/{subscription_key}/portfolio/{key}",
    auth=needs("sharing.subscribe"), response=RemovedOut, summary="Stop watching an enterprise",
)  # fmt: skip
def remove_from_portfolio(request: HttpRequest, subscription_key: UUID, key: str) -> Any:
    """By key."""
    row = _own(request, subscription_key)
    return {"removed": RemoveFromPortfolio(user=_user(request), subscription=row, keys=[key]).execute()}


@router.get("/alerts", auth=needs("sharing.view"), response=Page[AlertOut], summary="Messages to the unit")
def list_credit_alerts(
    request: HttpRequest, window: Query[Window], open: bool = Query(False, description="Only those to be confirmed.")
) -> Any:
    """Newest first."""
    rows = alerts_of(_user(request))
    if open:
        rows = rows.filter(due__isnull=False, confirmed_at__isnull=True)
    return page(rows, window, telling.body_of)


@router.post(
    "/subscriptions/{subscription_key}/receipts",
    auth=needs("sharing.confirm"), response=ReceiptOut, summary="Confirm that ended records are not used any more",
)  # fmt: skip
def confirm_receipts(request: HttpRequest, subscription_key: UUID, data: ReceiptIn) -> Any:
    """For the messages with `stop_use`."""
    row = _own(request, subscription_key)
    done = ConfirmReceipts(user=_user(request), subscription=row, alerts=data.alerts, note=data.note).execute()
    return {"confirmed": done}


@router.get("/bulk", auth=anyone(), summary="Published permits or penalties as a file")
def bulk_file(request: HttpRequest, query: Query[BulkIn]) -> Any:
    """The layout of 双公示 as CSV, or JSON lines; sealed records are never in it. After the rows come the keys of those
    that ended since: they must not be used any more."""
    use.check(request)
    response = StreamingHttpResponse(
        bulk.lines(query.category, query.since, query.format),
        content_type="text/csv; charset=utf-8" if query.format == "csv" else "application/x-ndjson",
    )
    response["Content-Disposition"] = f'attachment; filename="{query.category}.{query.format}"'
    return response


@router.get("/bulk/statement", auth=anyone(), response=BulkStatement, summary="What the file holds, with its digest")
def bulk_statement(request: HttpRequest, query: Query[BulkIn]) -> Any:
    """To be kept beside the file."""
    use.check(request)
    return bulk.statement(query.category, query.since, query.format)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _unit(request: HttpRequest) -> Unit:
    """The token's unit, or the person's."""
    user = _user(request)
    limited = user.limits.unit if user.limits else None
    unit = Unit.objects.filter(pk=limited).first() if limited else user.unit
    if unit is None:
        raise ActionRefused(_("您没有所属单位。"), _("请用单位的令牌或单位人员的账号。"), status=403)
    return unit


def _own(request: HttpRequest, key: UUID) -> Subscription:
    row = visible(_user(request), Subscription.objects.all()).filter(key=key).first()
    if row is None:
        raise not_found()
    return row


def _screening(row: Screening) -> dict[str, Any]:
    return {
        "id": row.key, "title": row.title, "state": row.state, "total": row.total, "done": row.done,
        "created_at": row.created_at,
    }  # fmt: skip


def _subscription(row: Subscription) -> dict[str, Any]:
    return {
        "id": row.key, "title": row.title, "purpose": row.purpose, "events": row.events,
        "region": row.region.code if row.region else "", "kind": row.kind, "url": row.url, "active": row.active,
        "watched": row.portfolio.count(),
    }  # fmt: skip
