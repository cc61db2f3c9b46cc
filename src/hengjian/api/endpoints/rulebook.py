"""The rulebook: dated rules with their legal source."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Query, Router, Schema
from pydantic import Field

from hengjian import rulebook
from hengjian.api.auth import signed_in
from hengjian.api.lists import Strict
from hengjian.api.problems import not_found
from hengjian.api.schemas import RegionCode
from hengjian.rulebook import Rule

router = Router(tags=["rulebook"])


class FamilyOut(Schema):
    """A kind of rule."""

    key: str = Field(examples=["traffic_lights"])
    title: str
    about: str
    parameters: dict[str, Any] = Field(description="JSON Schema of the parameters.")


class SourceOut(Schema):
    document: str
    number: str
    article: str
    url: str
    note: str = Field(description="What was read and what was not.")


class RuleOut(Schema):
    """One version of one rule; both ends of its period are inclusive."""

    id: str
    family: str
    variant: str
    title: str
    sources: list[SourceOut]
    region: str = Field(description="Code of the region; 000000 is the nation.")
    in_force_from: date
    in_force_to: date | None
    status: str = Field(description="verified or to_verify (待核).")
    version: str = Field(description="Digest of the parameters, 12 hexadecimal digits.")
    assumptions: list[str]
    parameters: dict[str, Any]
    sentences: list[str] = Field(description="The rule in words.")


class RuleQuery(Strict):
    family: str | None = Field(None, max_length=40)
    variant: str | None = Field(None, max_length=80)
    region: RegionCode | None = Field(None, description="Only rules of exactly this region.")
    on: date | None = Field(None, description="Only rules in force on this day.")


class AtQuery(Strict):
    family: str = Field(max_length=40, examples=["traffic_lights"])
    region: RegionCode
    on: date
    variant: str | None = Field(None, max_length=80, description="Left out: the region's default.")


def rule_out(rule: Rule) -> dict[str, Any]:
    names = ("id", "family", "variant", "title", "region", "in_force_from", "in_force_to", "version", "assumptions")
    return {
        **{name: getattr(rule, name) for name in names},
        "status": rule.status.value,
        "sources": [source.model_dump() for source in rule.sources],
        "parameters": rule.parameters.model_dump(mode="json"),
        "sentences": [sentence.text(gettext) for sentence in rulebook.explain(rule)],
    }


def _known(family: str) -> None:
    if family not in {known.key for known in rulebook.families()}:
        raise not_found()


@router.get("/families", response=list[FamilyOut], auth=signed_in(), summary="Families of rules")
def list_rule_families(request: HttpRequest) -> Any:
    return [
        {"key": row.key, "title": row.title, "about": row.about, "parameters": row.parameters.model_json_schema()}
        for row in rulebook.families()
    ]


@router.get("/rules", response=list[RuleOut], auth=signed_in(), summary="Rules")
def list_rules(request: HttpRequest, query: Query[RuleQuery]) -> Any:
    """All versions that fit, by family, variant, region and date."""
    if query.family is not None:
        _known(query.family)
    return [
        rule_out(rule)
        for rule in rulebook.all_rules()
        if query.family in (None, rule.family)
        and query.variant in (None, rule.variant)
        and query.region in (None, rule.region)
        and (query.on is None or rule.in_force(query.on))
    ]


@router.get("/rules/{rule_id}", response=RuleOut, auth=signed_in(), summary="One rule")
def get_rule(request: HttpRequest, rule_id: str) -> Any:
    return rule_out(rulebook.get(rule_id))


@router.get("/at", response=RuleOut, auth=signed_in(), summary="The rule that holds")
def rule_at(request: HttpRequest, query: Query[AtQuery]) -> Any:
    """The rule of a family in a region on a day: the most specific region wins, the nation is the last resort."""
    _known(query.family)
    return rule_out(rulebook.at(query.family, query.region, query.on, query.variant))
