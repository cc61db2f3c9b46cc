"""The public verification of single facts, published checkpoints and schemas, and each user's own vault log."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from hengjian.ledger import kinds, vault
from hengjian.ledger.canonical import canonical
from hengjian.ledger.checkpoints import latest_checkpoint, verifier_key
from hengjian.ledger.drafts import PUBLIC
from hengjian.ledger.errors import LedgerDamaged, NotCovered, UnknownKind
from hengjian.ledger.forms import FactForm, ProofForm
from hengjian.ledger.log import LogReader, log_size
from hengjian.ledger.models import Fact
from hengjian.ledger.proofs import Checked, Proof, Step, check_proof
from hengjian.ledger.proving import prove
from hengjian.ledger.queries import in_effect
from hengjian.ledger.sealing import ground_of, seal_of

PER_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def index(request: HttpRequest) -> HttpResponse:
    """Ask for a fact by its number, or upload a proof document; shows the newest checkpoint."""
    fact_form, proof_form = FactForm(prefix=None), ProofForm()
    if request.method == "POST":
        proof_form = ProofForm(request.POST, request.FILES)
        if proof_form.is_valid():
            return _result(request, _checked_here(proof_form.cleaned_data["proof"]))
    elif "id" in request.GET:
        fact_form = FactForm(request.GET)
        if fact_form.is_valid():
            return HttpResponseRedirect(reverse("ledger:fact", args=[fact_form.cleaned_data["id"]]))
    invalid = (request.method == "POST") or bool(fact_form.errors)
    context = {
        "title": _("台账核验"),
        "fact_form": fact_form,
        "proof_form": proof_form,
        "checkpoint": latest_checkpoint(),
        "size": log_size(),
        "verifier_key": verifier_key(),
    }
    return render(request, "ledger/index.html", context, status=400 if invalid else 200)


@require_safe
@never_cache
def fact(request: HttpRequest, fact_id: UUID) -> HttpResponse:
    """One fact with its proof, checked on the spot. What is not public, or no longer, is proved by its hash alone."""
    found = _fact(fact_id)
    try:
        checked = check_proof(prove(found, disclosure=PUBLIC), verifier_key())
    except NotCovered as error:
        return _failed(request, _("尚未签名"), str(error))
    except LedgerDamaged as error:
        return _failed(request, _("无法核验"), str(error))
    return _result(request, checked, found)


@require_safe
@never_cache
def proof(request: HttpRequest, fact_id: UUID) -> HttpResponse:
    """The proof document as a file."""
    try:
        text = prove(_fact(fact_id), disclosure=PUBLIC).model_dump_json(indent=2)
    except (NotCovered, LedgerDamaged) as error:
        return _failed(request, _("尚未签名"), str(error))
    response = HttpResponse(text + "\n", content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="proof-{fact_id}.json"'
    return response


@require_safe
@never_cache
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest signed checkpoint as text, for witnesses and archives."""
    newest = latest_checkpoint()
    if newest is None:
        raise Http404(_("还没有签名的检查点。"))
    return HttpResponse(newest.note, content_type="text/plain; charset=utf-8")


@require_safe
def kind_list(request: HttpRequest) -> HttpResponse:
    """All fact kinds with their JSON Schemas."""
    return render(request, "ledger/kinds.html", {"title": _("事实种类"), "kinds": kinds.kinds()})


@require_safe
def schema(request: HttpRequest, name: str) -> JsonResponse:
    """JSON Schema of one kind's payload."""
    try:
        found = kinds.schema_of(kinds.kind_of(name))
    except UnknownKind as error:
        raise Http404(str(error)) from None
    return JsonResponse(found, json_dumps_params={"ensure_ascii": False, "indent": 2})


@require_safe
@login_required
@never_cache
def vault_log(request: HttpRequest) -> HttpResponse:
    """Who looked at the personal data of the user who asks."""
    looks = Paginator(vault.access_log(f"user:{request.user.pk}"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "ledger/vault_log.html", {"title": _("谁看过我的信息"), "page": looks})


def _fact(fact_id: UUID) -> Fact:
    found = Fact.everything.filter(id=fact_id).first()
    if found is None:
        raise Http404(_("总账中没有编号为 %(id)s 的事实。请核对编号。") % {"id": fact_id})
    return found


def _checked_here(document: Proof) -> Checked:
    """A foreign document, checked against this log's key and its present state."""
    checked = check_proof(document, verifier_key())
    try:
        reader = LogReader()
        node = reader.node(0, document.index).hex() if document.index < document.tree_size else ""
        same = node == document.leaf_hash
    except LedgerDamaged:
        same = False
    return Checked(document, (*checked.steps, Step("log", same, document.leaf_hash)))


def _result(request: HttpRequest, checked: Checked, found: Fact | None = None) -> HttpResponse:
    names = {
        "leaf": _("内容与哈希一致"),
        "path": _("哈希在检查点的总账中"),
        "signature": _("检查点的签名有效"),
        "key": _("由本系统的密钥签名"),
        "log": _("与现有总账一致"),
    }
    shown = found if found is not None and in_effect(found, disclosure=PUBLIC) else None
    seal = seal_of(found) if found is not None else None
    context: dict[str, Any] = {
        "title": _("核验结果"),
        "seal": seal,
        "seal_ground": ground_of(seal).title if seal else "",
        "checked": checked,
        "steps": [(names[step.step], step) for step in checked.steps],
        "fact": found,
        "shown": shown,
        "payload": _described(shown) if shown else [],
        "stated": [(name, _shown(value)) for name, value in (checked.fact or {}).items()],
    }
    return render(request, "ledger/result.html", context)


def _described(shown: Fact) -> list[tuple[str, str]]:
    """The payload as (label, text): fields are named by the title that their model gives them."""
    try:
        fields = kinds.kind_of(shown.kind).payload.model_fields
    except UnknownKind:
        fields = {}
    return [
        ((fields[name].title if name in fields else None) or name, _shown(value))
        for name, value in shown.payload.items()
    ]


def _shown(value: object) -> str:
    """A JSON value for people."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return canonical(value) if isinstance(value, dict | list) else str(value)


def _failed(request: HttpRequest, title: str, message: str) -> HttpResponse:
    return render(request, "ledger/failed.html", {"title": title, "message": message}, status=409)
