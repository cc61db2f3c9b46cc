"""One body: what is held of it, who says so, what became of it; correction, merge, split, a look at sealed names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from hengjian import rulebook
from hengjian.enterprises.actions.identity import (
    CorrectEnterprise,
    MergeEnterprises,
    SplitEnterprise,
    UndoIdentity,
)
from hengjian.enterprises.fields import BY_CODE, FIELDS
from hengjian.enterprises.models import Enterprise, EntityEvent, ReviewPair, SourceRecord
from hengjian.enterprises.provenance import FAMILY, live
from hengjian.enterprises.queries import ValueSource, by_code, by_key, values_of
from hengjian.enterprises.views.listing import standing
from hengjian.ledger import vault
from hengjian.ledger.errors import VaultError
from hengjian.ledger.queries import facts_by_ref
from hengjian.pages.errors import UserError
from hengjian.pages.forms import HengjianForm
from hengjian.parties.policies import can, require, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused

CORRECTABLE = ("name", "code", "kind", "status", "region", "registered_on", "address", "industry", "representative")
ROOM = "enterprises"


class CorrectionForm(HengjianForm):
    """What should be held instead; fields left as they are stay untouched."""

    def __init__(self, *args: Any, current: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.current = current
        for code in CORRECTABLE:
            item = BY_CODE[code]
            made: forms.Field
            if item.form == "choice":
                choices = Enterprise.Kind.choices if code == "kind" else Enterprise.Status.choices
                made = forms.ChoiceField(choices=[("", "—"), *(c for c in choices if c[0] != "void")])
            elif item.form == "date":
                made = forms.DateField()
            else:
                made = forms.CharField(max_length=item.longest)
            made.required, made.label = False, str(item.title)
            made.initial = "" if item.personal else current.get(code, "")
            self.fields[code] = made
            if item.form == "date":
                made.widget.input_type = "date"
                made.widget.attrs["class"] = "in-m"

    def changed(self) -> dict[str, str]:
        """Field → new text."""
        found = {}
        for code in CORRECTABLE:
            value = self.cleaned_data.get(code)
            text = value.isoformat() if isinstance(value, date) else str(value or "").strip()
            if text and text != self.current.get(code, ""):
                found[code] = text
        return found


@dataclass(frozen=True)
class Shown:
    """One field: the value that counts, its source, and what others say."""

    title: str
    value: str
    claim: ValueSource
    others: Sequence[tuple[str, ValueSource]]


def word(field: str, value: str) -> str:
    """A stored value in words."""
    if field == "kind":
        return str(dict(Enterprise.Kind.choices).get(value, value))
    if field == "status":
        return str(dict(Enterprise.Status.choices).get(value, value))
    return value


def shown_values(claims: Sequence[ValueSource]) -> list[Shown]:
    """Fields in the order of `FIELDS`, each with what other sources say differently."""
    found = []
    for item in FIELDS:
        mine = [claim for claim in claims if claim.field == item.code]
        if mine:
            others = [(word(item.code, one.value), one) for one in mine[1:] if one.value != mine[0].value]
            found.append(Shown(str(item.title), word(item.code, mine[0].value), mine[0], others))
    return found


def find(request: UserRequest, key: str) -> Enterprise:
    """The body, if the reader may see it; keys of merged ones lead to what is left."""
    enterprise = by_key(key) or by_code(key)
    if enterprise is None or not can(request.user, "enterprises.view", enterprise):
        raise Http404(_("没有这个主体，或不在您的查看范围内。"))
    return enterprise


@login_required
@never_cache
def page(request: UserRequest, key: str) -> HttpResponse:
    enterprise = find(request, key)
    if key.upper() != enterprise.key:
        return redirect(enterprise)
    form: CorrectionForm | None = None
    revealed: tuple[int, dict[str, str]] | None = None
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do == "reveal":
            revealed = _reveal(request, enterprise)
        elif do == "correct":
            form = _correction(enterprise, request.POST)
            if form.is_valid() and _correct(request, enterprise, form):
                return redirect(enterprise)
        else:
            _act(request, enterprise, do)
            return redirect(enterprise)
    context = _context(request, enterprise)
    context |= {"form": form or context["form"], "revealed": revealed, "correcting": form is not None}
    return render(request, "enterprises/enterprise.html", context, status=422 if form is not None else 200)


def _correction(enterprise: Enterprise, data: Any = None) -> CorrectionForm:
    current = {claim.field: claim.value for claim in reversed(values_of(enterprise))}
    current.setdefault("region", enterprise.region.code)
    return CorrectionForm(data, current=current, auto_id="correct-%s")


def _correct(request: UserRequest, enterprise: Enterprise, form: CorrectionForm) -> bool:
    changed = form.changed()
    if not changed:
        form.add_error(None, _("没有改动任何一项。"))
        return False
    try:
        CorrectEnterprise(
            user=request.user, enterprise=enterprise, values=changed, reason=request.POST.get("reason", "")
        ).execute()
    except ActionRefused as error:
        form.add_error(None, f"{error.message}{error.next_step}")
        return False
    messages.success(request, _("已更正，各部门原来的说法仍保留在“来源”中。"))
    return True


def _act(request: UserRequest, enterprise: Enterprise, do: str) -> None:
    reason = request.POST.get("reason", "")
    if do == "merge":
        named = request.POST.get("other", "").strip()
        other = by_key(named) or by_code(named)
        if other is None:
            raise ActionRefused(_("没有找到“%(key)s”。") % {"key": named[:40]}, _("请填写主体标识或代码。"), status=400)
        MergeEnterprises(user=request.user, enterprise=enterprise, other=other, reason=reason).execute()
        messages.success(request, _("已合并，原主体标识继续有效。"))
    elif do == "split":
        records = [int(pk) for pk in request.POST.getlist("record") if pk.isdigit()]
        SplitEnterprise(user=request.user, enterprise=enterprise, records=records, reason=reason).execute()
        messages.success(request, _("已拆分，以后的比对不再把两者归为一个主体。"))
    elif do == "undo":
        event = EntityEvent.objects.filter(
            Q(enterprise=enterprise) | Q(other=enterprise), pk=_number(request.POST.get("event", ""))
        ).first()
        if event is None:
            raise UserError(_("没有这次操作。"), _("请刷新页面后重试。"), status=404)
        UndoIdentity(user=request.user, event=event, reason=reason).execute()
        messages.success(request, _("已撤销。"))
    else:
        raise ActionRefused(_("没有“%(do)s”这一步。") % {"do": do[:40]}, _("请返回页面重新操作。"), status=400)


def _number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 19 else 0


def _reveal(request: UserRequest, enterprise: Enterprise) -> tuple[int, dict[str, str]]:
    """Names and numbers of one record, for a stated purpose; the vault logs the look."""
    require(request.user, "enterprises.reveal", enterprise)
    records = SourceRecord.objects.filter(live(), enterprise=enterprise, pk=_number(request.POST.get("record", "")))
    record = records.exclude(sealed="").first()
    if record is None:
        raise UserError(_("没有可以查看的内容。"), _("请刷新页面后重试。"), status=404)
    unit = request.user.unit
    reader = vault.Reader(user=request.user.ref, unit=unit.ref if unit is not None else "", room=ROOM)
    try:
        found = vault.reveal(record.sealed, by=reader, purpose=request.POST.get("purpose", ""))
    except VaultError as error:
        raise UserError(str(error), status=400) from None
    return record.pk, {str(BY_CODE[code].title): text for code, text in found.items() if code in BY_CODE}


def _context(request: UserRequest, enterprise: Enterprise) -> dict[str, Any]:
    user = request.user
    claims = values_of(enterprise)
    may_decide = bool(can(user, "enterprises.decide", enterprise))
    records = SourceRecord.objects.filter(live(), enterprise=enterprise).select_related("source", "batch")
    own = enterprise.account_id is not None and enterprise.account_id == user.unit_id
    seen = records if may_decide else visible(user, records)
    events = EntityEvent.objects.filter(Q(enterprise=enterprise) | Q(other=enterprise))
    pairs = ReviewPair.objects.filter(Q(one=enterprise) | Q(other=enterprise), state__in=("open", "later"))
    rule = rulebook.at(FAMILY, enterprise.region.code, enterprise.updated_at.date())
    level: Any = "internal" if may_decide else "shared"
    return {
        "title": enterprise.name,
        "enterprise": enterprise,
        "standing": standing(enterprise),
        "rows": shown_values(claims),
        "sources": sorted({claim.source.name for claim in claims}),
        "rule": rule,
        "records": seen.order_by("-received_at", "-pk")[:100],
        "own": own,
        "codes": enterprise.codes.all(),
        "names": enterprise.names.all(),
        "events": events.select_related("enterprise", "other", "by", "undone_by")[:100],
        "merged": Enterprise.objects.filter(merged_into=enterprise).order_by("key"),
        "pairs": visible(user, pairs).select_related("one", "other")[:20],
        "facts": facts_by_ref(f"enterprise:{enterprise.key}", disclosure=level)[:30],
        "may_decide": may_decide,
        "may_reveal": bool(can(user, "enterprises.reveal", enterprise)),
        "form": _correction(enterprise),
    }
