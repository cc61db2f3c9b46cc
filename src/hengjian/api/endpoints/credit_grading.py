"""Grades and classes of enterprises, with their reasons."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from hengjian.api.auth import anyone
from hengjian.api.problems import not_found
from hengjian.credit.grading.models import Classification
from hengjian.credit.grading.packs import QUALITY
from hengjian.credit.grading.queries import explained
from hengjian.credit.records.looks import log_look
from hengjian.credit.sharing import use
from hengjian.enterprises.queries import by_code, by_key
from hengjian.parties.policies import visible

router = Router(tags=["credit"])


class GradeFeatureOut(Schema):
    """One item of a score."""

    code: str
    title: str
    value: str
    points: Decimal | None = Field(description="Empty where the records behind it were sealed.")
    reason: str
    facts: list[str] = Field(description="Ids of the facts behind the value.")


class GradeOut(Schema):
    """The grade of an enterprise today."""

    pack: str
    rule: str = Field(description="Id in the rulebook.")
    grade: str
    title: str
    score: Decimal
    since: date
    adjusted: bool = Field(description="Set by two persons instead of the computed grade.")
    limits: list[str]
    assumed: list[str] = Field(description="What no public source fixes; show it wherever the grade is shown.")
    features: list[GradeFeatureOut]


class GradeQuery(Schema):
    """By which pack, and why."""

    pack: Annotated[str, Field(max_length=40)] = QUALITY
    purpose: Annotated[str, Field(max_length=200, description="Needed for packs that are not public; logged.")] = ""


@router.get("/{ident}", response=GradeOut, auth=anyone(), summary="The grade of an enterprise with reasons")
def get_grade(request: HttpRequest, ident: str, asked: Query[GradeQuery]) -> GradeOut:
    """Grades of public packs are for everybody, without the facts behind them. Classes of other packs, and the facts,
    need a token with `grading.view` that reaches the region of the enterprise; each look is logged."""
    use.check(request)
    enterprise = by_code(ident) or by_key(ident)
    if enterprise is not None:
        use.count(request, [enterprise.pk])
    rows = Classification.objects.filter(enterprise=enterprise, pack=asked.pack, until=None)
    row = rows.select_related("enterprise", "adjustment").first() if enterprise is not None else None
    if row is None or enterprise is None:
        raise not_found(_("没有这家企业，或它没有这个规则包的等级。"))
    grade = explained(row)
    inside = visible(request.user, rows).exists()
    if not grade.public:
        if not inside or not asked.purpose.strip():
            raise not_found(_("没有这家企业，或它没有这个规则包的等级。"))
        log_look(request.user, enterprise, asked.purpose, f"{grade.pack} {grade.grade}")
    return GradeOut(
        pack=grade.pack,
        rule=grade.rule,
        grade=grade.grade,
        title=grade.title,
        score=grade.score,
        since=grade.since,
        adjusted=grade.adjusted,
        limits=list(grade.limits),
        assumed=list(grade.assumed),
        features=[
            GradeFeatureOut(
                code=one.code,
                title=one.title,
                value=one.value,
                points=one.points,
                reason=one.reason,
                facts=list(one.facts) if inside else [],
            )
            for one in grade.features
        ],
    )
