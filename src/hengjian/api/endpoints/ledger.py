"""The ledger: kinds with their schemas, facts of a subject, proofs, checkpoints, consistency."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any, Literal

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from hengjian.api.auth import anyone
from hengjian.api.lists import Page, Strict, Window, page
from hengjian.api.problems import Problem, not_found
from hengjian.ledger import kinds
from hengjian.ledger.checkpoints import latest_checkpoint, verifier_key
from hengjian.ledger.drafts import DISCLOSURES, PUBLIC, Disclosure
from hengjian.ledger.log import LogReader, log_size
from hengjian.ledger.models import Fact
from hengjian.ledger.proofs import Proof
from hengjian.ledger.proving import prove
from hengjian.ledger.queries import fact_by_id, in_effect, timeline
from hengjian.parties.policies import may_anywhere, require, visible
from hengjian.plans.models import Duty, Plan, Task

router = Router(tags=["ledger"])
SHARED_VERB = "ledger.read_shared"
# Subjects whose rows have a policy: what is not public about them is for those who may see the row.
ROWS: dict[str, type[models.Model]] = {"plan": Plan, "task": Task, "duty": Duty}


class KindOut(Schema):
    """A kind of fact."""

    name: str = Field(examples=["plan.progress"])
    title: str
    subject: str = Field(description="The type its subjects have; empty: any.", examples=["duty"])
    disclosure: Literal["public", "shared", "internal"] = Field(description="The widest disclosure.")
    payload: dict[str, Any] = Field(description="JSON Schema (2020-12) of the payload.")


class FactSource(Schema):
    unit: str
    user: str
    system: str


class FactOut(Schema):
    """A quality fact. It is never changed; a correction is a new fact that supersedes or retracts it."""

    id: uuid.UUID
    index: int = Field(description="Place in the log, from 0.")
    kind: str
    title: str = Field(description="Name of the kind in the language of the request.")
    subject: str = Field(examples=["duty:12"])
    refs: dict[str, Any]
    region: str
    occurred_on: date = Field(description="Valid time: when it happened or takes effect.")
    recorded_at: datetime = Field(description="System time: when the ledger learnt it.")
    ends_on: date | None = Field(description="First day on which it is no longer shown.")
    source: FactSource
    payload: dict[str, Any] = Field(description="After the kind's schema.")
    evidence: list[str] = Field(description="Content hashes.")
    disclosure: Literal["public", "shared", "internal"]
    catalogue: str
    supersedes: uuid.UUID | None
    retracts: uuid.UUID | None
    leaf_hash: str = Field(description="SHA-256 of its leaf in the Merkle log, hexadecimal.")


class FactQuery(Window):
    subject: str = Field(max_length=200, pattern=r"^[a-z_]+:\S+$", description="`type:id`.", examples=["duty:12"])
    disclosure: Literal["public", "shared", "internal"] = Field("public", description="The widest level wanted.")
    kind: list[str] = Field([], max_length=20, description="Only these kinds; may be repeated.")
    known_at: datetime | None = Field(None, description="As the ledger knew it at this moment.")
    valid_on: date | None = Field(None, description="As it was on this day.")
    history: bool = Field(False, description="Also what was superseded, retracted or has expired.")


class CheckpointOut(Schema):
    """A signed statement that the log of this size had this root."""

    tree_size: int
    root_hash: str = Field(description="Hexadecimal.")
    signed_at: datetime
    note: str = Field(description="The signed note (C2SP tlog-checkpoint, Ed25519).")
    verifier_key: str = Field(description="The public key as outsiders keep it.")


class ConsistencyQuery(Strict):
    first: int = Field(ge=0, le=2**62, description="The older size.")
    second: int | None = Field(None, ge=0, le=2**62, description="The newer size; left out: the newest checkpoint's.")


class ConsistencyOut(Schema):
    """That the log of size `first` is a prefix of the log of size `second` (RFC 6962). Hashes are hexadecimal."""

    first: int
    second: int
    first_root: str
    second_root: str
    path: list[str]


def fact_out(fact: Fact) -> dict[str, Any]:
    names = (
        "id", "kind", "title", "subject", "refs", "region", "occurred_on", "recorded_at", "ends_on", "payload",
        "evidence", "disclosure", "catalogue", "supersedes", "retracts",
    )  # fmt: skip
    return {
        **{name: getattr(fact, name) for name in names},
        "index": fact.leaf_index,
        "source": {"unit": fact.source_unit, "user": fact.source_user, "system": fact.source_system},
        "leaf_hash": bytes(fact.leaf_hash).hex(),
    }


def level_for(user: Any, subject: str) -> Disclosure:
    """The widest level at which this reader may see facts about the subject.

    Facts about a plan, task or duty follow the row: whoever may see the row reads them all. About anything else units
    read what is shared, and nobody reads the internal ones here.
    """
    if not may_anywhere(user, SHARED_VERB):
        return PUBLIC
    kind, _sep, pk = subject.partition(":")
    model = ROWS.get(kind)
    if model is None:
        return "shared"
    known = pk.isdigit() and visible(user, model._default_manager.filter(pk=pk)).exists()
    return "internal" if known else PUBLIC


@router.get("/kinds", response=list[KindOut], auth=anyone(), summary="Kinds of facts")
def list_fact_kinds(request: HttpRequest) -> Any:
    return [_kind_out(kind) for kind in kinds.kinds()]


@router.get("/kinds/{name}", response=KindOut, auth=anyone(), summary="One kind of fact")
def get_fact_kind(request: HttpRequest, name: str) -> Any:
    return _kind_out(kinds.kind_of(name))


def _kind_out(kind: kinds.FactKind) -> dict[str, Any]:
    return {
        "name": kind.name,
        "title": str(kind.title),
        "subject": kind.subject,
        "disclosure": kind.disclosure,
        "payload": kinds.schema_of(kind),
    }


@router.get("/facts", response=Page[FactOut], auth=anyone(), summary="Facts of a subject")
def list_facts(request: HttpRequest, query: Query[FactQuery]) -> Any:
    """Oldest first. Public facts are for everyone; wider levels need the scope `ledger.read_shared`, and about plans,
    tasks and duties the sight of the row."""
    if query.disclosure != PUBLIC:
        require(request.user, SHARED_VERB)
        if DISCLOSURES.index(query.disclosure) > DISCLOSURES.index(level_for(request.user, query.subject)):
            raise Problem(
                403, "forbidden", _("这一对象的非公开事实不在您的查看范围内。"), _("请改用 disclosure=public。")
            )
    known_at = query.known_at
    if known_at is not None and timezone.is_naive(known_at):
        known_at = timezone.make_aware(known_at)
    rows = timeline(
        query.subject,
        disclosure=query.disclosure,
        known_at=known_at,
        valid_on=query.valid_on,
        kinds=query.kind or None,
        history=query.history,
    )
    return page(rows, query, fact_out)


@router.get("/facts/{uuid:fact_id}", response=FactOut, auth=anyone(), summary="One fact")
def get_fact(request: HttpRequest, fact_id: uuid.UUID) -> Any:
    """A fact in effect that the caller may see; any other does not exist (its hash can still be proved)."""
    fact = Fact.objects.filter(id=fact_id).first()
    level = level_for(request.user, fact.subject) if fact else PUBLIC
    found = fact_by_id(fact_id, disclosure=level)
    if not in_effect(found, disclosure=level):
        raise not_found(_("这条事实已被更正、撤回或已到期，不再展示。"))
    return fact_out(found)


@router.get("/facts/{uuid:fact_id}/proof", response=Proof, auth=anyone(), summary="Proof of a fact")
def get_proof(request: HttpRequest, fact_id: uuid.UUID) -> Any:
    """Inclusion in the newest signed checkpoint. Without the content (hash alone) where it may not be shown."""
    fact = Fact.everything.filter(id=fact_id).first()
    if fact is None:
        raise not_found(_("总账中没有这条事实。"))
    level = level_for(request.user, fact.subject)
    # An internal reader's proof would show what was repaired or has expired; here it stays hidden as in the list.
    return prove(fact, disclosure="shared" if level == "internal" else level)


@router.get("/checkpoint", response=CheckpointOut, auth=anyone(), summary="Newest checkpoint")
def get_checkpoint(request: HttpRequest) -> Any:
    newest = latest_checkpoint()
    if newest is None:
        raise not_found(_("还没有签名的检查点。"))
    return {
        "tree_size": newest.tree_size,
        "root_hash": bytes(newest.root_hash).hex(),
        "signed_at": newest.signed_at,
        "note": newest.note,
        "verifier_key": verifier_key(),
    }


@router.get("/consistency", response=ConsistencyOut, auth=anyone(), summary="Consistency of two sizes")
def get_consistency(request: HttpRequest, query: Query[ConsistencyQuery]) -> Any:
    """That nothing recorded before was altered or removed since."""
    newest = latest_checkpoint()
    second = query.second if query.second is not None else newest.tree_size if newest else 0
    if not query.first <= second <= log_size():
        raise Problem(
            422,
            "validation",
            _("两个规模须满足 first ≤ second ≤ 总账现有 %(size)s 条。") % {"size": log_size()},
            _("请核对检查点中的规模。"),
        )
    reader = LogReader()
    path = reader.consistency(query.first, second) if 0 < query.first < second else []
    return {
        "first": query.first,
        "second": second,
        "first_root": reader.root(query.first).hex(),
        "second_root": reader.root(second).hex(),
        "path": [part.hex() for part in path],
    }
