"""Checking a number, for everybody: what its parts say, and whether the register knows it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.methods.certificate_numbers import CertificateNumberError, parse_ccc, parse_cnas
from hengjian.parties.models import Confidentiality
from hengjian.registers.catalogue import register_type
from hengjian.registers.models import EntryBase
from hengjian.registers.queries import entries
from hengjian.systems.certification.checking import code_list, read_cma, said
from hengjian.systems.certification.forms import NumberForm

Parts = list[tuple[str, str]]


@require_safe
def number_page(request: HttpRequest) -> HttpResponse:
    """`?kind=cma&number=…`."""
    form = NumberForm(request.GET if "number" in request.GET else None)
    parts: Parts = []
    entry: EntryBase | None = None
    if form.is_bound and form.is_valid():
        try:
            parts, entry = read(form.cleaned_data["kind"], form.cleaned_data["number"])
        except ValueError as error:
            form.add_error("number", str(error))
    context: dict[str, Any] = {"title": _("证书编号核对"), "form": form, "parts": parts, "entry": entry}
    if entry is not None:
        status = register_type(entry.register).status(entry.status)
        context |= {
            "state": status.light,
            "word": status.said(get_language() or "zh"),
            "url": reverse("registers:public_entry", args=[entry.register, entry.pk]),
        }
    return render(request, "certification/number.html", context, status=422 if form.errors else 200)


def read(kind: str, text: str) -> tuple[Parts, EntryBase | None]:
    """The parts of a number in words, and the public entry that bears it.

    Raises:
        ValueError: it is no such number; the message says why.
    """
    if kind == "cma":
        number = read_cma(text)
        tables = (code_list(variant) for variant in ("cma-issuers", "cma-fields", "cma-ministries"))
        issuers, fields, lines = tables
        parts = [
            (_("发证年份"), str(number.year)),
            (_("发证机关"), issuers[number.issuer]),
            (_("专业领域"), fields[number.field]),
            (_("行业主管部门"), lines[number.line]),
            (_("流水号"), number.serial),
        ]
        return parts, known("institution", extras__cma=number.text)
    try:
        if kind == "ccc":
            ccc = parse_ccc(text)
            parts = [
                (_("发证年份"), str(ccc.year)),
                (_("认证机构代码"), ccc.body),
                (_("产品类别代码"), ccc.product_class),
                (_("流水号"), ccc.serial),
            ]
            return parts, known("certificate", key=ccc.text)
        cnas = parse_cnas(text)
    except CertificateNumberError as error:
        raise said(error) from None
    return [(_("认可类别"), cnas.kind), (_("流水号"), cnas.serial)], known("institution", extras__cnas=cnas.text)


def known(register: str, **condition: str) -> EntryBase | None:
    """The public entry, or None; what is not public is not told."""
    rows = entries(register).filter(confidentiality=Confidentiality.PUBLIC, **condition)
    found: EntryBase | None = rows.order_by("pk").first()
    return found
