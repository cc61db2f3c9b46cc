"""Pages of a grower, dealer or shop: received, produced, sold; certificates. Made for a phone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hengjian.documents.qr import qr_svg
from hengjian.ledger import vault
from hengjian.ledger.errors import VaultError
from hengjian.methods import statutory_codes
from hengjian.pages.errors import UserError
from hengjian.pages.numbers import whole
from hengjian.parties.models import Unit
from hengjian.parties.policies import can, require, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.actions import EntryRefused
from hengjian.trace.exchange import policies
from hengjian.trace.exchange.certificates import (
    CheckCertificate,
    CollectCertificate,
    IssueCertificate,
    SellLot,
    WithdrawCertificate,
    keep_until,
)
from hengjian.trace.exchange.forms import CertificateForm, CheckForm, ReasonForm, ReceiveForm, SellForm
from hengjian.trace.exchange.labels import DEFAULT, LAYOUTS, sheets
from hengjian.trace.exchange.models import CollectedCertificate, ConformityCertificate
from hengjian.trace.exchange.stock import stock
from hengjian.trace.exchange.words import choice_words

LAST = 20
MOST_LABELS = 240
KEPT = ("product", "category", "uom", "origin", "place_code", "bases", "product_code")


def own_unit(request: UserRequest) -> Unit:
    """The enterprise that the person acts for."""
    require(request.user, policies.CERTIFY)
    if request.user.unit is None:
        raise PermissionDenied(_("您的账号没有对应的企业。"))
    return request.user.unit


@login_required
@require_safe
def home(request: UserRequest) -> HttpResponse:
    """Three taps, what is in stock, the last certificates."""
    unit = own_unit(request)
    mine = ConformityCertificate.objects.filter(filer=unit).order_by("-issued_on", "-pk")
    taken = CollectedCertificate.objects.filter(unit=unit).select_related("certificate")
    context = {
        "title": _("追溯记录与合格证"),
        "unit": unit,
        "held": stock(unit)[:LAST],
        "certificates": mine[:LAST],
        "collected": taken[:LAST],
    }
    return render(request, "trace_exchange/home.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def produce(request: UserRequest) -> HttpResponse:
    """Produced: the certificate of a lot; with amounts of other lots, issued anew for a mixed or repacked one."""
    unit = own_unit(request)
    last = ConformityCertificate.objects.filter(filer=unit).order_by("-pk").first()
    held = stock(unit) if request.GET.get("mix") else []
    form = CertificateForm(
        request.POST or None,
        initial=_prefilled(unit, last),
        region=unit.region.code,
        kept_contact=last is not None,
        held=held,
    )
    if request.method == "POST" and form.is_valid():
        if held and not form.sources():
            form.add_error(None, _("没有填写用了哪些来源批次。"))
        else:
            made = _issue(request, unit, form, last)
            if made is not None:
                messages.success(request, _("合格证 %(number)s 已开具。") % {"number": made.key})
                return redirect("trace_exchange:certificate", made.pk)
    context = {
        "title": _("混装分装后重新开具") if held or request.GET.get("mix") else _("生产了一批"),
        "form": form,
        "held": held,
        "mix": bool(request.GET.get("mix")),
    }
    return render(request, "trace_exchange/produce.html", context)


def _prefilled(unit: Unit, last: ConformityCertificate | None) -> dict[str, Any]:
    today = timezone.localdate()
    given: dict[str, Any] = {"lot_number": next_lot_number(unit, today), "uom": "KGM", "bases": ["control"]}
    if last is not None:
        given |= {name: last.value(name) for name in KEPT if last.value(name)}
    return given


def next_lot_number(unit: Unit, day: date) -> str:
    """The next free lot number of a day: 20260315-1."""
    head = f"{day:%Y%m%d}-"
    taken = set(
        ConformityCertificate.objects.filter(filer=unit, lot_number__startswith=head).values_list(
            "lot_number", flat=True
        )
    )
    number = len(taken) + 1
    while f"{head}{number}" in taken:
        number += 1
    return f"{head}{number}"


def _issue(
    request: UserRequest, unit: Unit, form: CertificateForm, last: ConformityCertificate | None
) -> ConformityCertificate | None:
    inputs = _farm_inputs(form)
    if inputs is None:
        return None
    values: dict[str, Any] = {name: form.cleaned_data[name] or None for name in (*KEPT, "lot_number", "quantity")}
    values["contact"] = form.cleaned_data["contact"] or _contact(request, last, _("沿用到新的合格证"))
    try:
        return IssueCertificate(
            user=request.user, unit=unit, values=values, sources=form.sources(), farm_inputs=inputs
        ).execute()
    except EntryRefused as error:
        for code, told in error.errors.items():
            form.add_error(code if code in form.fields else None, told)
    except ActionRefused as error:
        form.add_error(None, f"{error.message}{error.next_step}")
    return None


def _farm_inputs(form: CertificateForm) -> list[str] | None:
    """The codes in their normal form; None with an error in the form when one is none."""
    found = []
    for line in form.cleaned_data["farm_inputs"].splitlines():
        if not line.strip():
            continue
        read = [code for code in statutory_codes.candidates(line) if code.scheme in {"pesticide", "veterinary", "ean"}]
        if not read:
            form.add_error("farm_inputs", _("认不出农资追溯码：%(code)s。") % {"code": line.strip()[:60]})
            return None
        found.append(read[0].code)
    return found


def _contact(request: UserRequest, certificate: ConformityCertificate | None, purpose: str) -> str:
    """The sealed telephone number of an own certificate; the look is logged. Not inside a transaction."""
    ref = certificate.extras.get("contact") if certificate is not None else None
    if not ref:
        return ""
    reader = vault.Reader(user=request.user.ref, unit=request.user.unit.ref if request.user.unit else "")
    try:
        return str(vault.reveal(ref, by=reader, purpose=purpose).get("value", ""))
    except VaultError:
        return ""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def receive(request: UserRequest) -> HttpResponse:
    """Received: goods with their certificate."""
    unit = own_unit(request)
    form = ReceiveForm(request.POST or None, initial={"code": request.GET.get("code", "")[:300]})
    if request.method == "POST" and form.is_valid():
        number = unquote(form.cleaned_data["code"].strip().rstrip("/").rpartition("/")[2]).upper()
        found = ConformityCertificate.objects.filter(key=number, confidentiality=0).first()
        if found is None:
            form.add_error("code", _("没有这张合格证；请核对编号，不要收购没有合格证的产品。"))
        else:
            try:
                CollectCertificate(
                    user=request.user, unit=unit, certificate=found, quantity=form.cleaned_data["quantity"]
                ).execute()
            except ActionRefused as error:
                form.add_error(None, f"{error.message}{error.next_step}")
            else:
                messages.success(
                    request,
                    _("已收取 %(product)s 的合格证 %(number)s。") % {"product": found.product, "number": number},
                )
                return redirect("trace_exchange:home")
    return render(request, "trace_exchange/receive.html", {"title": _("收到了一批"), "form": form})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sell(request: UserRequest) -> HttpResponse:
    """Sold: from a lot in stock."""
    unit = own_unit(request)
    held = stock(unit)
    form = SellForm(request.POST or None, held=held, initial={"lot": whole(request.GET.get("lot", ""))})
    if request.method == "POST" and form.is_valid():
        chosen = next(row.certificate for row in held if row.certificate.pk == form.cleaned_data["lot"])
        given = {name: form.cleaned_data[name] for name in ("quantity", "buyer", "buyer_name")}
        try:
            SellLot(user=request.user, unit=unit, certificate=chosen, **given).execute()
        except ActionRefused as error:
            form.add_error(None, f"{error.message}{error.next_step}")
        else:
            messages.success(request, _("已登记卖出 %(product)s。") % {"product": chosen.product})
            return redirect("trace_exchange:home")
    return render(request, "trace_exchange/sell.html", {"title": _("卖出了一批"), "form": form, "held": held})


def find_certificate(request: UserRequest, pk: int) -> ConformityCertificate:
    rows = visible(request.user, ConformityCertificate.objects.select_related("unit", "region", "filer"))
    return get_object_or_404(rows, pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def certificate(request: UserRequest, pk: int) -> HttpResponse:
    """One certificate: what it says, its sources and successors, who took it in; withdraw, check."""
    found = find_certificate(request, pk)
    mine = request.user.unit_id == found.filer_id and bool(can(request.user, policies.CERTIFY))
    checks = bool(can(request.user, policies.CHECK, found))
    do = request.POST.get("do", "")
    form = CheckForm(request.POST if do == "check" else None) if checks else None
    reason = ReasonForm(request.POST if do == "withdraw" else None) if mine else None
    if request.method == "POST" and _act(request, found, do, form, reason):
        return redirect("trace_exchange:certificate", found.pk)
    context = {
        "title": found.product,
        "certificate": found,
        "rows": certificate_rows(found),
        "qr": qr_svg(public_address(request, found)),
        "public_url": reverse("trace_own", args=["certificate", found.key]),
        "sources": found.source_links.select_related("source"),
        "successors": found.successor_links.select_related("certificate") if mine or checks else [],
        "collected": visible_collections(request, found, mine or checks),
        "check_form": form if found.status != "withdrawn" else None,
        "withdraw_form": reason if found.status != "withdrawn" else None,
        "mine": mine,
    }
    return render(request, "trace_exchange/certificate.html", context)


def visible_collections(request: UserRequest, found: ConformityCertificate, everything: bool) -> Any:
    """Who took it in: the issuer and the offices see all buyers, a buyer only itself."""
    rows = found.collections.select_related("unit")
    return rows if everything else rows.filter(unit=request.user.unit_id)


def _act(
    request: UserRequest, found: ConformityCertificate, do: str, form: CheckForm | None, reason: ReasonForm | None
) -> bool:
    try:
        if do == "check" and form is not None and form.is_valid():
            CheckCertificate(
                user=request.user,
                certificate=found,
                verdict=form.cleaned_data["verdict"],
                reason=form.cleaned_data["reason"],
            ).execute()
            messages.success(request, _("核查结果已记录。"))
            return True
        if do == "withdraw" and reason is not None and reason.is_valid():
            WithdrawCertificate(user=request.user, certificate=found, reason=reason.cleaned_data["reason"]).execute()
            messages.success(request, _("合格证已撤回，扫码页已提示消费者。"))
            return True
    except ActionRefused as error:
        raise UserError(str(error.message), str(error.next_step), status=error.status) from None
    return False


def certificate_rows(found: ConformityCertificate) -> list[tuple[str, str]]:
    """What a certificate says, in the order of the form that the measures prescribe; without the telephone number."""
    kept = keep_until(found.region.code, found.issued_on)
    return [
        (_("产品名称"), found.product),
        (_("数量或重量"), f"{Decimal(found.extras['quantity']).normalize():f} {choice_words(found, 'uom')}"),
        (_("产地"), str(found.extras.get("origin") or "")),
        (_("承诺依据"), choice_words(found, "bases")),
        (_("承诺主体"), found.holder_name),
        (_("生产批次"), found.lot_number),
        (_("开具日期"), found.issued_on.isoformat()),
        (_("保存至少到"), kept.isoformat()),
    ]


def public_address(request: HttpRequest, found: ConformityCertificate) -> str:
    """The address in the QR code: this site's own, so that a phone opens it."""
    return request.build_absolute_uri(reverse("trace_own", args=["certificate", found.key]))


@login_required
@require_safe
def labels(request: UserRequest, pk: int) -> HttpResponse:
    """A sheet of labels to print: what the certificate says, with the words that the law wants, and the code."""
    found = find_certificate(request, pk)
    if request.user.unit_id != found.filer_id:
        raise PermissionDenied(_("只有开具合格证的主体可以打印标签。"))
    if found.status == "withdrawn":
        raise UserError(_("合格证已撤回，不能再打印。"), _("请重新开具。"), status=409)
    layout = LAYOUTS.get(request.GET.get("layout", ""), LAYOUTS[DEFAULT])
    number = min(max(whole(request.GET.get("n", "")) or layout.per_sheet, 1), MOST_LABELS)
    first = min(max(whole(request.GET.get("first", "")) or 1, 1), layout.per_sheet)
    context = {
        "title": _("打印合格证标签"),
        "certificate": found,
        "rows": certificate_rows(found)[:-1],
        "contact": _contact(request, found, _("打印合格证")) if layout.full else "",
        "qr": qr_svg(public_address(request, found)),
        "sheets": sheets(layout, number, first),
        "layout": layout,
        "layouts": LAYOUTS.values(),
        "n": number,
        "first": first,
        "most": MOST_LABELS,
    }
    return render(request, "trace_exchange/labels.html", context)
