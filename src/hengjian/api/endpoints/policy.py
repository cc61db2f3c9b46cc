"""Reading and comparing policy texts as pure functions: nothing is stored."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import File, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from hengjian.api.auth import needs
from hengjian.api.lists import Strict
from hengjian.methods.policy_cascade import align_policies
from hengjian.methods.policy_text import read_policy
from hengjian.plans.import_forms import LONGEST_PASTE

router = Router(tags=["policy texts"])


class TextIn(Strict):
    text: str = Field(min_length=1, max_length=LONGEST_PASTE, description="The whole text.")
    filename: str = Field("", max_length=255, description="Only names the document in the answer.")


class PairIn(Strict):
    parent: TextIn = Field(description="The plan of the level above.")
    child: TextIn = Field(description="The plan that takes it up.")


class PolicyOut(Schema):
    """A plan as read: the fields of `hengjian policy parse --json`. Spans are [start, end) in `text`; confidence runs
    from 0 to 1."""

    document: str
    format: str = Field(description="txt, docx, html or pdf.")
    title: str | None
    plan_title: str | None
    number: str | None
    issuer: str | None
    issued_on: str | None = Field(description="ISO date.")
    published_on: str | None = Field(description="ISO date.")
    addressees: list[str] | None
    copy_to: list[str] | None
    header_spans: dict[str, list[int]]
    citations: list[dict[str, Any]]
    notice_deadlines: list[dict[str, Any]]
    sections: list[dict[str, Any]] = Field(
        description="Sections with items; items with duties, targets, deadlines and measures."
    )
    notice: list[dict[str, Any]]
    preamble: dict[str, Any] | None
    closing: dict[str, Any] | None
    unread: list[dict[str, Any]] = Field(description="What could not be placed; never dropped silently.")
    warnings: list[dict[str, Any]] = Field(description="Doubts about the whole.")
    text: str = Field(description="The normalised text.")


class AlignmentOut(Schema):
    """How the child takes up the parent: the fields of `hengjian policy align --json`. Numbers of items and measures
    count from 1; scores run from 0 to 1."""

    parent: str
    child: str
    index_base: int
    totals: dict[str, Any]
    measures: list[dict[str, Any]] = Field(description="kept, adapted, dropped, added; with edits word by word.")
    units: list[dict[str, Any]] = Field(description="same, counterpart, split, lost, gained; per item.")
    items: list[dict[str, Any]]


@router.post("/parse", response=PolicyOut, auth=needs("plans.view"), summary="Read a text")
def parse_policy(request: HttpRequest, body: TextIn) -> Any:
    return read_policy(body.text, body.filename).to_dict()


@router.post("/parse/file", response=PolicyOut, auth=needs("plans.view"), summary="Read a file")
def parse_policy_file(request: HttpRequest, file: File[UploadedFile]) -> Any:
    """.txt, .docx, .html or .pdf with a text layer."""
    return read_policy(file.read(), file.name or "").to_dict()


@router.post("/align", response=AlignmentOut, auth=needs("plans.view"), summary="Compare two texts")
def align_policy_texts(request: HttpRequest, body: PairIn) -> Any:
    parent, child = (read_policy(side.text, side.filename) for side in (body.parent, body.child))
    return align_policies(parent, child).to_dict()
