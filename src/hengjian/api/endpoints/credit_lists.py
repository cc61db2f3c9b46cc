"""Credit lists: what there are, on which an enterprise stands, which measures hold in a matter."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from hengjian.api.auth import anyone, needs
from hengjian.api.problems import not_found
from hengjian.api.schemas import UnitRef
from hengjian.credit.lists.catalogue import list_kinds
from hengjian.credit.lists.queries import PUBLIC, language, measures_for, memberships
from hengjian.credit.records.looks import log_look
from hengjian.credit.sharing import use
from hengjian.enterprises.models import Enterprise
from hengjian.enterprises.queries import by_code, by_key
from hengjian.parties.models import User

router = Router(tags=["credit"])
Ident = Annotated[str, Field(min_length=8, max_length=20, description="Unified code, or key of the enterprise.")]


class ListKindOut(Schema):
    """A declared list."""

    code: str
    title: str
    weight: Literal["serious", "ordinary", "good"]
    in_force_from: date
    in_force_to: date | None
    criteria: list[str]
    public: bool


class ListMembershipOut(Schema):
    """An enterprise on a list today."""

    list: str
    title: str
    number: str
    ground: str
    document: str
    organ: UnitRef
    entered_on: date
    until: date | None


class ListMeasureOut(Schema):
    """What a list entry means in a matter."""

    code: str
    title: str
    effect: str
    basis: str
    kind: Literal["punish", "reward"]
    list: str
    entry: str
    until: date | None
    to_verify: bool = Field(description="The catalogue was not checked against the official text.")


class MeasureQuery(Schema):
    """Which enterprise, for what, and why."""

    enterprise: Ident
    purpose: Annotated[str, Field(min_length=2, max_length=200, description="Logged; the enterprise can see it.")]
    matter: Annotated[str, Field(max_length=40, description="Code of a matter; empty: all.")] = ""


def _enterprise(ident: str) -> Enterprise:
    found = by_code(ident) or by_key(ident)
    if found is None:
        raise not_found(_("主体库中没有这个统一社会信用代码。"))
    return found


@router.get("/kinds", response=list[ListKindOut], auth=anyone(), summary="Declared lists")
def list_credit_lists(request: HttpRequest) -> list[ListKindOut]:
    """All lists that everybody may see."""
    return [
        ListKindOut(
            code=kind.code,
            title=kind.said(language()),
            weight=kind.weight,
            in_force_from=kind.in_force_from,
            in_force_to=kind.in_force_to,
            criteria=[criterion.said(language()) for criterion in kind.criteria],
            public=kind.disclosure == PUBLIC,
        )
        for kind in list_kinds()
        if kind.disclosure == PUBLIC
    ]


@router.get(
    "/memberships/{ident}",
    response=list[ListMembershipOut],
    auth=anyone(),
    summary="Lists on which an enterprise stands",
)
def list_memberships(request: HttpRequest, ident: Ident) -> list[ListMembershipOut]:
    """What the public sees; lists shared between departments need a token with `lists.view`. Entries that left are
    shown to nobody."""
    use.check(request)
    enterprise = _enterprise(ident)
    use.count(request, [enterprise.pk])
    reader = request.user if isinstance(request.user, User) else PUBLIC
    return [
        ListMembershipOut(
            list=one.list,
            title=one.title,
            number=one.number,
            ground=one.ground,
            document=one.document,
            organ=UnitRef.from_orm(one.organ),
            entered_on=one.entered_on,
            until=one.until,
        )
        for one in memberships(enterprise, reader=reader)
    ]


@router.get(
    "/measures",
    response=list[ListMeasureOut],
    auth=needs("lists.check"),
    summary="Measures that hold for an enterprise in a matter",
)
def check_measures(request: HttpRequest, asked: Query[MeasureQuery]) -> list[ListMeasureOut]:
    """May this enterprise get a permit, an award, a subsidy …? An empty list: nothing stands against it. Every question
    is logged with its purpose."""
    use.check(request)
    enterprise = _enterprise(asked.enterprise)
    use.count(request, [enterprise.pk])
    log_look(request.user, enterprise, asked.purpose, f"measures {asked.matter}".strip())
    return [
        ListMeasureOut(
            code=one.code,
            title=one.title,
            effect=one.effect,
            basis=one.basis,
            kind="reward" if one.reward else "punish",
            list=one.list_title,
            entry=one.entry.number,
            until=one.until,
            to_verify=one.to_verify,
        )
        for one in measures_for(enterprise, asked.matter)
    ]
