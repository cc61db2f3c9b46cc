"""Sheets of records as departments deliver them: finding the headings, reading the rows, what each row would become."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengjian.credit.records.actions.recording import RecordCredit
from hengjian.credit.records.layouts import layout
from hengjian.credit.records.models import Delivery, DeliveryTemplate
from hengjian.documents.sheets import SheetColumn, write_xlsx
from hengjian.documents.sheets_in import read_table
from hengjian.parties.models import User
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.showing import language
from hengjian.registers.written import day_of

MOST_ROWS = 2000
HEADING_WITHIN = 15
NOISE = re.compile(r"[（(].*$|[\s*：:]")
# Fields that every record has, and how departments head their columns (信用中国 record layouts of 双公示).
COMMON: dict[str, tuple[Any, tuple[str, ...], bool]] = {
    "_subject": (
        gettext_lazy("统一社会信用代码"),
        (
            "统一社会信用代码",
            "社会信用代码",
            "信用代码",
            "行政相对人代码_1",
            "行政相对人代码",
            "相对人代码",
            "主体标识",
        ),
        True,
    ),
    "_document": (
        gettext_lazy("文书号"),
        ("文书号", "行政处罚决定书文号", "行政许可决定文书号", "决定书文号", "处罚决定书文号", "许可文书号", "文号"),
        False,
    ),
    "_decided_on": (
        gettext_lazy("决定日期"),
        ("决定日期", "处罚决定日期", "许可决定日期", "作出处罚决定日期", "处罚日期", "许可日期", "认定日期"),
        True,
    ),
    "_catalogue": (gettext_lazy("目录条目"), ("目录条目", "目录条目编号", "目录编号"), False),
    "_severity": (gettext_lazy("失信程度"), ("失信程度", "失信严重程度"), False),
    "_unfulfilled": (gettext_lazy("义务未履行"), ("义务未履行",), False),
}
# Other headings of declared fields.
ALIASES: dict[str, tuple[str, ...]] = {
    "offence": ("违法行为类型",),
    "facts": ("违法事实", "主要违法事实"),
    "basis": ("处罚依据", "法律依据"),
    "measures": ("处罚类别", "处罚种类", "行政处罚类别"),
    "content": ("处罚内容", "许可内容", "内容"),
    "amount": ("罚款金额", "罚款金额（元）"),
    "confiscated": ("没收违法所得、没收非法财物的金额", "没收金额"),
    "kind": ("许可类别", "审批类别"),
    "certificate": ("许可证书名称",),
    "certificate_number": ("许可编号", "证书编号"),
    "valid_from": ("有效期自", "有效期起"),
    "valid_until": ("有效期至", "有效期止"),
    "title": ("案件名称", "处罚名称", "许可名称", "行政许可决定文书名称", "项目名称", "事项名称"),
    "note": ("备注",),
}
SEVERITY_WORDS = {"轻微": "minor", "一般": "general", "严重": "serious"}
YES = frozenset({"是", "true", "1", "y", "yes"})


@dataclass(frozen=True)
class Sheet:
    """A table as it came: the headings, and (row number, {heading: text})."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]


def fields_for(category: str) -> list[tuple[str, str]]:
    """(field, name) of everything that a column can be."""
    found = [(code, str(title)) for code, (title, _names, _needed) in COMMON.items()]
    return found + [(spec.code, spec.said(language())) for spec in layout(category).fields]


def required_fields(category: str) -> list[str]:
    needed = [code for code, (_title, _names, must) in COMMON.items() if must]
    return needed + [spec.code for spec in layout(category).fields if spec.required]


def names_for(category: str) -> dict[str, str]:
    """Heading, without spaces and brackets → field."""
    names: dict[str, str] = {}
    for code, (_title, written, _needed) in COMMON.items():
        for name in written:
            names.setdefault(_plain(name), code)
    for spec in layout(category).fields:
        for name in (spec.title, spec.title_en, *ALIASES.get(spec.code, ()), spec.code):
            if name:
                names.setdefault(_plain(name), spec.code)
    return names


def _plain(heading: str) -> str:
    return NOISE.sub("", heading.strip()).lower()


def read(data: bytes, name: str, category: str) -> Sheet:
    """Read a sheet; the heading row is the one among the first fifteen that names most fields.

    Raises:
        UploadRefused: no table, damaged.
        ActionRefused: no rows, or too many.
    """
    table = [[_text(cell) for cell in row] for row in read_table(data, name)]
    known = names_for(category)
    scores = [sum(_plain(cell) in known for cell in row) for row in table[:HEADING_WITHIN]]
    if not table:
        raise ActionRefused(_("表格是空的。"), _("请检查后重新上传。"), status=400)
    # A department's own headings may all be unknown; then the first row with several cells is taken for them.
    at = (
        scores.index(max(scores))
        if max(scores)
        else next((number for number, row in enumerate(table[:HEADING_WITHIN]) if sum(map(bool, row)) > 1), 0)
    )
    headings = [cell or f"#{number + 1}" for number, cell in enumerate(table[at])]
    unique = tuple(f"{heading} {n}" if headings[:n].count(heading) else heading for n, heading in enumerate(headings))
    rows = tuple(
        (number, dict(zip(unique, cells, strict=False)))
        for number, cells in enumerate(table[at + 1 :], start=at + 2)
        if any(cells)
    )
    if not rows:
        raise ActionRefused(_("表格里没有数据行。"), _("请在列名下面填写数据后再上传。"), status=400)
    if len(rows) > MOST_ROWS:
        raise ActionRefused(
            _("表格有 %(count)d 行，每次最多 %(most)d 行。") % {"count": len(rows), "most": MOST_ROWS},
            _("请拆成几个文件分别上传，或通过接口报送。"),
            status=400,
        )
    return Sheet(unique, rows)


def guessed(headings: Sequence[str], category: str, template: Mapping[str, str]) -> dict[str, str]:
    """{heading: field} as the department's template says, else by the usual headings; each field once."""
    known, found = names_for(category), dict[str, str]()
    for heading in headings:
        code = template.get(heading) or known.get(_plain(heading), "")
        if code and code not in found.values():
            found[heading] = code
    return found


def template_of(delivery: Delivery) -> dict[str, str]:
    row = DeliveryTemplate.objects.filter(unit=delivery.unit, category=delivery.category).first()
    return dict(row.columns) if row is not None else {}


def missing(columns: Mapping[str, str], category: str) -> list[str]:
    """Names of required fields that no column gives."""
    names = dict(fields_for(category))
    return [names[code] for code in required_fields(category) if code not in columns.values()]


def action_of(delivery: Delivery, row: Mapping[str, str], user: User | None) -> RecordCredit:
    """What a row would record.

    Raises:
        ActionRefused: a common cell cannot be read.
    """
    given = {code: _in_yuan(heading, row.get(heading, "").strip()) for heading, code in delivery.columns.items()}
    severity = given.get("_severity", "")
    written = given.get("_decided_on", "")
    try:
        day = day_of(written) if written else None
    except ValueError as error:
        raise ActionRefused(f"{COMMON['_decided_on'][0]}：{error}", "", status=400) from None
    return RecordCredit(
        user=user,
        organ=delivery.unit,
        category=delivery.category,
        subject=f"enterprise:{given.get('_subject', '')}",
        catalogue=given.get("_catalogue", ""),
        document=given.get("_document", ""),
        decided_on=day,
        severity=SEVERITY_WORDS.get(severity, severity),
        unfulfilled=given.get("_unfulfilled", "").lower() in YES,
        values={code: text for code, text in given.items() if not code.startswith("_") and text},
        batch=delivery,
        quiet=True,
    )


def _in_yuan(heading: str, text: str) -> str:
    """The figure of a column headed 万元, as the layout of 双公示 has it, in yuan; other cells as they are."""
    if not re.search(r"[（(]\s*万元\s*[）)]", heading):
        return text
    try:
        return f"{(Decimal(text.replace(',', '').replace('，', '')) * 10_000).quantize(Decimal('0.01')):f}"
    except InvalidOperation:
        return text  # the check of the field says what is wrong


def check_rows(delivery: Delivery, user: User | None) -> dict[str, list[str]]:
    """{row number: what is wrong}; rows with nothing wrong are not in it."""
    faults: dict[str, list[str]] = {}
    seen: dict[str, int] = {}
    for number, row in delivery.rows:
        try:
            admitted = action_of(delivery, row, user).admitted()
        except ActionRefused as error:
            faults[str(number)] = [str(error.message), str(error.next_step)]
            continue
        first = seen.setdefault(admitted.identity, number)
        if first != number:
            faults[str(number)] = [_("与第 %(row)d 行是同一份决定。") % {"row": first}, _("请删去重复的行。")]
    return faults


def empty_sheet(category: str) -> bytes:
    """The template of a category: one row of headings, required ones marked."""
    needed = set(required_fields(category))
    titles = [f"{name}*" if code in needed else name for code, name in fields_for(category)]
    return write_xlsx([SheetColumn(title, 18, "text") for title in titles], [], title="")


def _text(cell: Any) -> str:
    if isinstance(cell, datetime):
        return (timezone.localtime(cell) if timezone.is_aware(cell) else cell).date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip() if cell is not None else ""
