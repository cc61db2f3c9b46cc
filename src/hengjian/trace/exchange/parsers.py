"""Checkers that the registers of this room name, and what they check over several fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hengjian.methods import gs1, statutory_codes
from hengjian.parties.models import Unit
from hengjian.registers.hooks import register_check, register_saved
from hengjian.registers.models import EntryBase
from hengjian.registers.parsing import register_parser
from hengjian.trace.events.models import PartyKey
from hengjian.trace.exchange.hosts import host
from hengjian.trace.exchange.lots import NODE, is_gtin, lot_parts, node_uri

BY_KIND = {"pesticide": "pesticide", "veterinary": "veterinary"}


def register() -> None:
    """Called before the declarations are read."""
    register_parser("trace_product_code", product_code)
    register_parser("farm_input_code", farm_input_code)
    register_parser("trace_lot", lot)
    register_check("farm_input", label_fits_kind)
    register_saved("trace_subject", known_to_events)


def product_code(text: str) -> str:
    """A GTIN in 14 digits, or the code of another scheme as it is; ValueError says what is wrong."""
    code = text.strip().upper()
    if code.isdigit() and len(code) in {12, 13, 14}:
        if not gs1.has_check_digit(code):
            raise ValueError(
                _("商品条码 %(code)s 的校验位应为 %(right)s。") % {"code": code, "right": gs1.check_digit(code[:-1])}
            )
        return code.zfill(14)
    if is_gtin(code):
        return code.zfill(14)
    if not NODE.fullmatch(code):
        raise ValueError(_("产品编码应为商品条码，或 4 至 40 位大写字母、数字和横线。"))
    return code


def farm_input_code(text: str) -> str:
    """A label's code in its normal form; what is no known code may only be a short unit code."""
    found = [code for code in statutory_codes.candidates(text) if code.scheme in {"pesticide", "veterinary", "seed"}]
    if len(found) == 1:
        return found[0].code
    if text.isascii() and text.isalnum() and len(text) <= 24:
        return text
    raise ValueError(_("不是农药（32 位）、兽药（24 位）的追溯码，也不是种子标签的内容或单元识别代码。"))


def label_fits_kind(values: Mapping[str, Any], on: date) -> Mapping[str, str]:
    """A pesticide carries a pesticide's code, a veterinary drug its own."""
    code, scheme = str(values.get("label_code") or ""), BY_KIND.get(str(values.get("kind")), "")
    if not code or not scheme:
        return {}
    problems = statutory_codes.read(code, scheme).problems
    english = (get_language() or "").startswith("en")
    return {"label_code": problems[0].message_en if english else problems[0].message_zh} if problems else {}


def lot(text: str) -> str:
    """The identifier of a lot in its canonical form: GTIN and lot, or one of a platform of our kind."""
    uri = gs1.canonical(text) or text
    if lot_parts(uri) is None:
        raise ValueError(_("不是批次标识；应为商品条码加批号的网址，或平台生成的批次网址。"))
    return uri


def known_to_events(entry: EntryBase) -> None:
    """The account of a trace subject is the reader of events that name the subject as source or destination."""
    holder = str(entry.value("holder") or "")
    unit = Unit.objects.filter(key__iexact=holder).first() if holder else None
    if unit is None:
        return
    with transaction.atomic():
        for key in {node_uri(host(), entry.key), *_gln_uris(str(entry.value("gln") or ""))}:
            PartyKey.objects.get_or_create(key=key, defaults={"unit": unit, "declared_at": timezone.now()})


def _gln_uris(gln: str) -> set[str]:
    if not gs1.has_check_digit(gln):
        return set()
    return {f"{gs1.CANONICAL_DOMAIN}/{ai}/{gln}" for ai in ("414", "417")}
