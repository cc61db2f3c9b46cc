"""Sheets of permits and penalties in the record layout that 信用中国 receives (双公示 of legal persons):
headings, order, amounts in 10,000 yuan, several kinds parted by semicolons.

What this platform does not hold, and what names a person (legal representative, identity papers), stays empty: the
column is there, so that a program that reads by position finds the others. Number and state of the record follow last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from hengjian.credit.records.layouts import layout
from hengjian.credit.records.models import CreditRecord
from hengjian.enterprises.models import Enterprise

#: What a row of `bulk` says, by code, as text; and the record itself.
Cell = Callable[[Mapping[str, str], CreditRecord], str]
TEN_THOUSAND = Decimal(10_000)


def _said(code: str) -> Cell:
    return lambda row, record: row.get(code, "")


def _nothing(row: Mapping[str, str], record: CreditRecord) -> str:
    return ""


def _kind(row: Mapping[str, str], record: CreditRecord) -> str:
    return "个体工商户" if record.enterprise.kind == Enterprise.Kind.SOLE_TRADER else "法人及非法人组织"


def _old_code(row: Mapping[str, str], record: CreditRecord) -> str:
    """The organisation code that stands inside a unified code."""
    code = record.enterprise.code
    return f"{code[8:16]}-{code[16]}" if len(code) == 18 else ""


def _amount(code: str) -> Cell:
    def amount(row: Mapping[str, str], record: CreditRecord) -> str:
        try:
            value = Decimal(row.get(code) or "x") / TEN_THOUSAND
        except InvalidOperation:
            return ""
        return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"

    return amount


def _kinds(row: Mapping[str, str], record: CreditRecord) -> str:
    spec = layout(record.category).field("measures")
    titles = {choice.code: choice.title for choice in spec.choices} if spec is not None else {}
    return ";".join(titles.get(code, code) for code in record.values.get("measures") or ())


PARTY: tuple[tuple[str, Cell], ...] = (
    ("行政相对人名称", _said("party")),
    ("行政相对人类别", _kind),
    ("行政相对人代码_1(统一社会信用代码)", _said("party_code")),
    ("行政相对人代码_2(工商注册号)", _nothing),
    ("行政相对人代码_3(组织机构代码)", _old_code),
    ("行政相对人代码_4(税务登记号)", _nothing),
    ("行政相对人代码_5(事业单位证书号)", _nothing),
    ("行政相对人代码_6(社会组织登记证号)", _nothing),
    ("法定代表人", _nothing),
    ("法定代表人证件类型", _nothing),
    ("法定代表人证件号码", _nothing),
    ("证件类型", _nothing),
    ("证件号码", _nothing),
)
SOURCE: tuple[tuple[str, Cell], ...] = (
    ("数据来源单位", _said("organ")),
    ("数据来源单位统一社会信用代码", _nothing),
    ("备注", _nothing),
    ("记录编号", _said("id")),
    ("记录状态", _said("state")),
)
LAYOUTS: dict[str, tuple[tuple[str, Cell], ...]] = {
    "penalty": (
        *PARTY,
        ("行政处罚决定书文号", _said("document")),
        ("违法行为类型", _said("offence")),
        ("违法事实", _said("facts")),
        ("处罚依据", _said("basis")),
        ("处罚类别", _kinds),
        ("处罚内容", _said("content")),
        ("罚款金额(万元)", _amount("amount")),
        ("没收违法所得、没收非法财物的金额(万元)", _amount("confiscated")),
        ("暂扣或吊销证照名称及编号", _nothing),
        ("处罚决定日期", _said("decided_on")),
        ("处罚有效期", _nothing),
        ("公示截止期", _said("until")),
        ("处罚机关", _said("organ")),
        ("处罚机关统一社会信用代码", _nothing),
        *SOURCE,
    ),
    "permit": (
        *PARTY,
        ("行政许可决定文书名称", _said("title")),
        ("行政许可决定文书号", _said("document")),
        ("许可类别", _said("kind")),
        ("许可证书名称", _said("certificate")),
        ("许可编号", _said("certificate_number")),
        ("许可内容", _said("content")),
        ("许可决定日期", _said("decided_on")),
        ("有效期自", _said("valid_from")),
        ("有效期至", _said("valid_until")),
        ("许可机关", _said("organ")),
        ("许可机关统一社会信用代码", _nothing),
        ("当前状态", _nothing),
        *SOURCE,
    ),
}


def headings(category: str) -> list[str]:
    return [heading for heading, _cell in LAYOUTS[category]]


def cells(category: str, row: Mapping[str, str], record: CreditRecord) -> list[str]:
    """One line of the sheet."""
    return [cell(row, record) for _heading, cell in LAYOUTS[category]]


def ended(category: str, key: Any) -> list[str]:
    """The line for a record that is to be thrown away: its number, nothing else."""
    said = {"记录编号": str(key), "记录状态": "停止使用"}
    return [said.get(heading, "") for heading in headings(category)]
