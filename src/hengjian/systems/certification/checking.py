"""What the registers engine asks this room: readers of numbers, checks, computed columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hengjian import rulebook
from hengjian.methods.certificate_numbers import (
    CertificateNumberError,
    CmaNumber,
    CmaTables,
    parse_ccc,
    parse_cma,
    parse_cnas,
)
from hengjian.methods.line_tables import LineError
from hengjian.registers.hooks import register_check, register_saved
from hengjian.registers.models import EntryBase
from hengjian.registers.parsing import register_parser
from hengjian.registers.queries import entry_as_of, find
from hengjian.rulebook.parameters.codes import Codes
from hengjian.systems.certification import rules
from hengjian.systems.certification.models import Certificate, TestReport

CMA_LISTS = ("cma-issuers", "cma-fields", "cma-ministries")


def said(error: CertificateNumberError) -> ValueError:
    """The error in the user's language."""
    return ValueError(error.message_en if (get_language() or "").startswith("en") else error.message_zh)


def code_list(variant: str, on: date | None = None) -> dict[str, str]:
    """Code → name in the user's language."""
    rule = rulebook.at("codes", rulebook.NATIONAL, on or timezone.localdate(), variant)
    language = get_language() or "zh"
    return {item.code: item.said(language) for item in rule.typed(Codes).items}


def cma_tables() -> CmaTables:
    issuers, fields, lines = (code_list(variant) for variant in CMA_LISTS)
    return CmaTables(issuers, fields, lines)


def read_cma(text: str) -> CmaNumber:
    """ValueError says what is wrong with it."""
    try:
        return parse_cma(text, cma_tables())
    except CertificateNumberError as error:
        raise said(error) from None


def cma_number(text: str) -> str:
    return read_cma(text).text


def cnas_number(text: str) -> str:
    try:
        return parse_cnas(text).text
    except CertificateNumberError as error:
        raise said(error) from None


def ccc_number(text: str) -> str:
    try:
        return parse_ccc(text).text
    except CertificateNumberError as error:
        raise said(error) from None


def certificate_number(text: str) -> str:
    """Any certificate's number in one way of writing; sixteen digits are a CCC number and are checked as such."""
    folded = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper()
    if re.fullmatch(r"[0-9]{16}", folded):
        return ccc_number(folded)
    if re.fullmatch(r"[0-9A-Z\u4e00-\u9fff][0-9A-Z\u4e00-\u9fff()./_-]{2,59}", folded) is None:
        raise ValueError(_("“%(text)s”不像证书编号：应由字母、数字组成，3 至 60 位。") % {"text": text[:60]})
    return folded


def scope_table(text: str) -> str:
    try:
        return "\n".join(line.text for line in rules.read_scope(text))
    except LineError as error:
        raise ValueError(
            _("第 %(line)d 行写法不对：“%(text)s”。每行写“产品或项目 | 参数 | 方法标准 | 限制范围”，用竖线隔开。")
            % {"line": error.line, "text": error.text}
        ) from None


# ---- certificates and bodies


def check_institution(values: Mapping[str, Any], on: date) -> dict[str, str]:
    kind, found = values.get("kind"), {}
    if kind in ("testing", "both") and not values.get("cma"):
        found["cma"] = _("检验检测机构请填写资质认定证书编号。")
    if kind in ("certification", "both") and not values.get("approval"):
        found["approval"] = _("认证机构请填写批准号。")
    return found


def check_certificate(values: Mapping[str, Any], on: date) -> dict[str, str]:
    if not values.get("body") and not values.get("body_name"):
        return {"body_name": _("请选择认证机构，或填写机构名称。")}
    if values.get("scheme") == "ccc" and values.get("key"):
        try:
            parse_ccc(str(values["key"]))
        except CertificateNumberError as error:
            return {"key": str(said(error))}
    return {}


def complete_certificate(entry: Certificate) -> None:
    """Year from the number of a CCC certificate, name of a registered body."""
    entry.ccc_year = parse_ccc(entry.key).year if entry.scheme == "ccc" else None
    if entry.body:
        body = find("institution", entry.body)
        entry.body_name = body.title if body is not None else entry.body_name


# ---- reports


def entitlement(institution: EntryBase, on: date) -> rules.Entitlement | None:
    """How a body's approval stood on a day, from the versions of its entry."""
    version = entry_as_of(institution, on)
    if version is None:
        return None
    data = version.data
    start, end = (date.fromisoformat(data[name]) if data.get(name) else None for name in ("valid_from", "valid_to"))
    return rules.Entitlement(data["status"], start, end, data.get("cma") or "")


def complete_report(entry: TestReport) -> None:
    """Flag a report whose body was not entitled on the day it bears."""
    institution = find("institution", entry.institution)
    if institution is None:
        entry.flag = ""
        return
    then = entitlement(institution, entry.dated)
    if then is None and (institution.valid_from or entry.dated) <= entry.dated:
        # Registered here later than approved: its validity says what the versions cannot.
        then = rules.Entitlement(
            "valid", institution.valid_from, institution.valid_to, str(institution.value("cma") or "")
        )
    entry.flag = rules.report_flag(entry.dated, entry.cma, then)


def check_report(values: Mapping[str, Any], on: date) -> dict[str, str]:
    if (values.get("dated") or "") > timezone.localdate().isoformat():
        return {"dated": _("报告日期不能晚于今天。")}
    return {}


def register() -> None:
    """Called when the app is ready."""
    register_parser("cma_number", cma_number)
    register_parser("cnas_number", cnas_number)
    register_parser("ccc_number", ccc_number)
    register_parser("certificate_number", certificate_number)
    register_parser("scope_table", scope_table)
    register_check("institution", check_institution)
    register_check("certificate", check_certificate)
    register_saved("certificate", complete_certificate)
    register_check("test_report", check_report)
    register_saved("test_report", complete_report)
