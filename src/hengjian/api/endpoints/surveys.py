"""Satisfaction surveys: published results for everybody, waves for officers, answers that were collected elsewhere."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from hengjian.api.auth import anyone, needs
from hengjian.api.lists import Page, Strict, Window, page
from hengjian.api.problems import Problem, not_found
from hengjian.parties.policies import visible
from hengjian.surveys.actions import ConfirmAnswerImport, StartAnswerImport
from hengjian.surveys.field import report_of
from hengjian.surveys.models import Wave
from hengjian.surveys.queries import approved_result, published_waves
from hengjian.surveys.results import Reading
from hengjian.surveys.sheets import checked
from hengjian.surveys.words import language, sector_title

router = Router(tags=["surveys"])
MOST_ID = 2**63
MOST_ROWS = 2000
State = Literal["prepared", "running", "closed", "computed", "concluded"]


class WaveOut(Schema):
    """A survey carried out once, in one region about one sector."""

    id: int
    survey: str = Field(description="Code of the questionnaire.")
    version: int
    title: str
    sector: str = Field(description="What is asked about, in the language of the request.")
    period: str = Field(examples=["2026-H2"])
    unit: str = Field(description="Key of the unit that carries it out.")
    region: str
    state: State
    starts_on: date
    ends_on: date
    published_at: datetime | None


class SurveyItem(Schema):
    """A question answered on the scale."""

    code: str
    text: str
    lowest: int
    highest: int


class SurveyOption(Schema):
    code: str
    title: str
    ends: bool = Field(description="Whoever answers so does not belong to those asked.")


class SurveyQuestion(Schema):
    """A question of choice."""

    code: str
    text: str
    options: list[SurveyOption]


class SurveyStratum(Schema):
    """A part of those asked."""

    code: str
    title: str
    size: int = Field(description="How many belong to it.")
    complete: int = Field(description="Complete answers so far.")


class WaveDetail(WaveOut):
    """With the questionnaire, and how the field work stands; no answer of anybody."""

    items: list[SurveyItem]
    questions: list[SurveyQuestion]
    strata: list[SurveyStratum]
    complete: int
    approached: int | None = Field(description="How many were asked; unknown where an open link is used.")
    index: Decimal | None = Field(description="Of the approved result, 0 to 100.")


class LatentOut(Schema):
    """One latent variable; indices run from 0 to 100."""

    code: str
    name: str
    index: Decimal | None
    low: Decimal | None = Field(description="Lower end of the interval.")
    high: Decimal | None


class StratumOut(Schema):
    """One stratum; figures of groups that are too small are left out."""

    name: str
    size: int
    n: int | None
    index: Decimal | None
    low: Decimal | None
    high: Decimal | None


class SurveyResultOut(Schema):
    """A published result; the method and its terms are named by the rule."""

    wave: WaveOut
    index: Decimal | None = Field(description="0 to 100; left out when the model has no valid solution.")
    low: Decimal | None
    high: Decimal | None
    confidence: str = Field(examples=["95%"])
    n: int = Field(description="Answers that count.")
    latents: list[LatentOut]
    strata: list[StratumOut]
    cautions: list[str]
    marks: list[str] = Field(description="What it rests on that no official source fixes.")
    rule: str
    fact: str = Field(description="Id of the fact in the ledger.")


class WaveQuery(Window):
    survey: str = Field("", max_length=60)
    period: str = Field("", max_length=10)
    region: str = Field("", max_length=12)
    state: State | None = None


class SurveyAnswerIn(Strict):
    """One anonymous questionnaire. Give no name, number or address of anybody, not in the comment either."""

    stratum: str = Field("", max_length=200, description="Code or name; may be left out where there is only one.")
    items: dict[str, int | None] = Field(description="Code of a question → answer on the scale; null: did not know.")
    choices: dict[str, str] = Field({}, description="Code of a question of choice → code of the answer.")
    seconds: int | None = Field(None, ge=0, le=86_400, description="How long it took.")
    day: date | None = None
    comment: str = Field("", max_length=2000, description="Kept apart from the answers.")


class AnswersIn(Strict):
    answers: list[SurveyAnswerIn] = Field(min_length=1, max_length=MOST_ROWS)
    name: str = Field("", max_length=200, description="What the delivery is called.")
    approached: int | None = Field(None, ge=1, le=2**31 - 1, description="How many were asked for these answers.")


class AnswerBatchOut(Schema):
    """What was entered; it can be taken back as a whole on the page of the wave."""

    id: int
    answers: int


def wave_out(wave: Wave) -> dict[str, Any]:
    names = ("survey", "version", "period", "state", "starts_on", "ends_on", "published_at")
    return {
        "id": wave.pk,
        "title": wave.said(language()),
        "sector": sector_title(wave),
        "unit": wave.unit.key,
        "region": wave.region.code,
        **{name: getattr(wave, name) for name in names},
    }


def narrowed(rows: Any, query: WaveQuery) -> Any:
    wanted = {
        "survey": query.survey,
        "period": query.period,
        "region__code": query.region,
        "state": query.state,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    return rows.select_related("unit", "region").order_by("-starts_on", "-pk")


@router.get("/results", response=Page[SurveyResultOut], auth=anyone(), summary="Published results")
def list_survey_results(request: HttpRequest, query: Query[WaveQuery]) -> Any:
    """Newest first. Groups that are too small are left out, as on the public pages."""
    return page(narrowed(published_waves(), query), query, result_out)


def result_out(wave: Wave) -> dict[str, Any]:
    result = approved_result(wave)
    assert result is not None  # only what was approved is published
    result.wave = wave
    reading = Reading(result, public=True)
    shown = reading.shows_index
    bounds = ("index", "low", "high")
    return {
        "wave": wave_out(wave),
        **{name: getattr(result, name) if shown else None for name in bounds},
        "confidence": reading.confidence,
        "n": result.n,
        "latents": [
            {name: getattr(row, name) for name in ("code", "name", *bounds)} for row in reading.latents if shown
        ],
        "strata": [
            {
                **{name: getattr(row, name) for name in ("name", "size", "n")},
                **{name: getattr(row, name) if shown else None for name in bounds},
            }
            for row in reading.strata
        ],
        "cautions": reading.cautions,
        "marks": reading.marks,
        "rule": f"{result.rule_id}@{result.rule_version}",
        "fact": str(result.fact or ""),
    }


@router.get("", response=Page[WaveOut], auth=needs("surveys.view"), summary="Waves")
def list_waves(request: Any, query: Query[WaveQuery]) -> Any:
    """Within the caller's reach, the newest first."""
    return page(narrowed(visible(request.user, Wave.objects.all()), query), query, wave_out)


def found(request: Any, pk: int) -> Wave:
    """The wave, where the caller may see it."""
    rows = visible(request.user, Wave.objects.filter(pk=min(pk, MOST_ID - 1)))
    wave = rows.select_related("unit", "region").first()
    if wave is None:
        raise not_found(_("没有这次调查，或不在您的查看范围内。"))
    return wave


@router.get("/{pk}", response=WaveDetail, auth=needs("surveys.view"), summary="A wave with its questionnaire")
def get_wave(request: Any, pk: int) -> Any:
    """What is asked of whom, how many answered, and the index once it is approved."""
    wave = found(request, pk)
    declared, tongue, sector = wave.declared, language(), sector_title(wave)
    report, result = report_of(wave), approved_result(wave)
    scale = {"lowest": declared.scale.lowest, "highest": declared.scale.highest}
    return {
        **wave_out(wave),
        "items": [{"code": item.code, "text": item.said(tongue, sector), **scale} for item in declared.items],
        "questions": [
            {
                "code": one.code,
                "text": one.said(tongue, sector),
                "options": [
                    {"code": option.code, "title": option.said(tongue), "ends": option.ends} for option in one.options
                ],
            }
            for one in declared.questions
        ],
        "strata": [
            {
                "code": layer.code,
                "title": layer.said(tongue),
                "size": layer.size,
                "complete": report["strata"].get(layer.code, 0),
            }
            for layer in wave.layers
        ],
        "complete": report["complete"],
        "approached": report["approached"],
        "index": result.index if result is not None else None,
    }


@router.post("/{pk}/answers", response={201: AnswerBatchOut}, auth=needs("surveys.run"), summary="Bring answers in")
def bring_survey_answers(request: Any, pk: int, body: AnswersIn) -> Any:
    """All answers or none: every mistake of every answer is told at once (422)."""
    wave = found(request, pk)
    read = checked(wave, [_values(one) for one in body.answers], range(1, len(body.answers) + 1))
    unknown = _unknown(wave, body)
    # A question that nobody of a delivery answered is odd in a file with a wrong heading; here the names are checked.
    faults = [*unknown, *(fault for fault in read.errors if fault["row"])]
    if faults:
        errors = [
            {"field": f"body.answers.{fault['row'] - 1}", "message": _said(fault), "code": "value"} for fault in faults
        ]
        told = _("有 %(n)d 处不符合要求，没有导入任何数据。") % {"n": len(errors)}
        raise Problem(422, "validation", told, _("请按 errors 逐项改正。"), errors)
    with transaction.atomic():
        start = StartAnswerImport(
            user=request.user, wave=wave, name=body.name or "API", rows=read.rows, approached=body.approached
        )
        batch = ConfirmAnswerImport(user=request.user, batch=start.execute()).execute()
    return Status(201, {"id": batch.pk, "answers": batch.count})


def _values(given: SurveyAnswerIn) -> dict[str, Any]:
    """The answer as a row of a sheet."""
    items = {code: None if value is None else str(value) for code, value in given.items.items()}
    fixed = {"stratum": given.stratum or None, "seconds": given.seconds, "day": given.day, "comment": given.comment}
    return {**given.choices, **items, **fixed}


def _unknown(wave: Wave, body: AnswersIn) -> list[dict[str, Any]]:
    """Questions that the questionnaire does not have."""
    items = {item.code for item in wave.declared.items}
    questions = {one.code for one in wave.declared.questions}
    return [
        {"row": number, "column": code, "message": _("问卷没有这道题。")}
        for number, one in enumerate(body.answers, 1)
        for code in sorted((one.items.keys() - items) | (one.choices.keys() - questions))
    ]


def _said(fault: dict[str, Any]) -> str:
    return f"{fault['column']}：{fault['message']}" if fault["column"] else str(fault["message"])
