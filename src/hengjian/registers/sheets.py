"""The sheet of a register: its columns, the empty template with instructions, and what a filled-in row says."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.documents.sheets import SheetField
from hengjian.registers.declarations import RegisterType
from hengjian.registers.entering import key_label, name_of
from hengjian.registers.fields import FieldSpec
from hengjian.registers.forms import computed_fields, has_validity
from hengjian.registers.lookups import choices_of
from hengjian.registers.showing import language, unit_word

# An empty cell leaves what is there; this word empties it.
CLEAR = "清空"
COMMON = ("key", "title", "valid_from", "valid_to", "status", "region", "on")
TEMPLATE_ROWS = 5_000
LONGEST_LIST = 250  # characters of a drop-down list that spreadsheet programs take


@dataclass(frozen=True)
class SheetColumn:
    """One column: the common ones have no specification."""

    code: str
    title: str
    titles: tuple[str, ...]
    spec: FieldSpec | None = None
    required: bool = False


def columns_of(declared: RegisterType) -> list[SheetColumn]:
    """The columns in their order: identifier, name, fields, validity, status, place and day."""
    found: list[SheetColumn] = []

    def add(code: str, title: str, *others: str, spec: FieldSpec | None = None, required: bool = False) -> None:
        taken = {name for column in found for name in column.titles}
        if title in taken:
            # A field may be called like the identifier or another field; its code tells them apart.
            title = f"{title}（{code}）"
        names = tuple(dict.fromkeys(name for name in (title, *others, code) if name and name not in taken))
        found.append(SheetColumn(code, title, names, spec, required))

    add("key", key_label(declared), declared.key.label, declared.key.label_en, required=not declared.key.series)
    if not declared.title_field:
        add("title", name_of(declared, "title"), "名称")
    computed = computed_fields(declared)
    for spec in declared.fields:
        if spec.code not in computed and spec.type != "file":
            add(spec.code, spec.said(language()), spec.title, spec.title_en, spec=spec, required=spec.required)
    if has_validity(declared):
        needed = declared.validity.required
        add("valid_from", name_of(declared, "valid_from"), "有效期起", required=needed)
        add("valid_to", name_of(declared, "valid_to"), "有效期止", required=needed and not declared.validity.term)
    add("status", name_of(declared, "status"), "状态")
    add("region", name_of(declared, "region"), "地区")
    add("on", name_of(declared, "on"), "登记日期")
    return found


def fields_of(columns: Iterable[SheetColumn]) -> list[SheetField]:
    """The same columns for the reader of sheets; cells stay text, their meaning is read by `clean_values`."""
    return [SheetField(column.code, column.titles) for column in columns]


# ---- the empty sheet


def hint_of(column: SheetColumn, declared: RegisterType) -> str:
    """How a cell is filled in, in words."""
    spec = column.spec
    if column.code == "key":
        if declared.key.series:
            return _("留空由系统编号；变更已有登记时填写其编号。")
        return _("编号规则：%(pattern)s") % {"pattern": declared.key.pattern} if declared.key.pattern else ""
    if column.code in ("valid_from", "valid_to", "on"):
        text = _("日期，如 2026-07-31。")
        return text + (_("留空为今天。") if column.code == "on" else "")
    if column.code == "status":
        words = "、".join(status.said(language()) for status in declared.statuses)
        return _("可填：%(words)s；留空为“%(first)s”。") % {"words": words, "first": declared.initial.said(language())}
    if column.code == "region":
        return _("区划代码或全称；留空为登记单位所在地区。")
    if spec is None:
        return ""
    own = spec.help_en if language().startswith("en") and spec.help_en else spec.help
    return " ".join(part for part in (type_hint(spec), own) if part)


def type_hint(spec: FieldSpec) -> str:
    """What the type asks for."""
    if spec.type in ("choice", "multi_choice"):
        words = "、".join(choice.said(language()) for choice in choices_of(spec, timezone.localdate()))
        first = _("可填其中几项，用“、”隔开：") if spec.type == "multi_choice" else _("可填：")
        return first + words[:2000]
    hints = {
        "date": _("日期，如 2026-07-31。"),
        "datetime": _("时间，如 2026-07-31 09:30。"),
        "boolean": _("填“是”或“否”。"),
        "integer": _("整数。"),
        "percent": _("百分数，93.5 表示 93.5%。"),
        "region": _("区划代码或全称。"),
        "unit": _("单位全称。"),
        "enterprise": _("18 位统一社会信用代码。"),
        "point": _("经度,纬度，如 87.6168,43.8256。"),
        "phone": _("电话号码，导入后加密保存。"),
        "id_card": _("身份证号码，导入后加密保存。"),
    }
    number = _("数字，单位：%(unit)s。") % {"unit": unit_word(spec.unit)} if spec.unit else _("数字。")
    return hints.get(spec.type, number if spec.type in ("decimal", "money") else "")


def template(declared: RegisterType) -> bytes:
    """An empty workbook: a sheet to fill in, with drop-down lists, and one that explains every column."""
    output = io.BytesIO()
    book = xlsxwriter.Workbook(output)
    book.set_properties({"created": datetime(2000, 1, 1)})
    page = book.add_worksheet(_sheet_name(declared))
    guide = book.add_worksheet(_("填写说明"))
    head = book.add_format({"bold": True, "bg_color": "#F1F5FA", "bottom": 1, "text_wrap": True, "valign": "vcenter"})
    must = book.add_format(
        {
            "bold": True,
            "bg_color": "#F1F5FA",
            "bottom": 1,
            "text_wrap": True,
            "valign": "vcenter",
            "font_color": "#B3261E",
        }
    )
    text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"})
    wrap, bold = book.add_format({"text_wrap": True, "valign": "top"}), book.add_format({"bold": True})
    page.freeze_panes(1, 0)
    columns = columns_of(declared)
    for at, column in enumerate(columns):
        page.write_string(
            0, at, f"{column.title}*" if column.required else column.title, must if column.required else head
        )
        is_day = column.code in ("valid_from", "valid_to", "on") or (column.spec and column.spec.type == "date")
        # As text, long numbers keep their digits.
        page.set_column(at, at, max(12, 2 * len(column.title) + 4), day if is_day else text)
        if options := _options(column, declared):
            page.data_validation(
                1, at, TEMPLATE_ROWS, at, {"validate": "list", "source": options, "error_type": "warning"}
            )
    page.set_row(0, 30)
    guide.write_string(0, 0, declared.said(language()), bold)
    lines = [
        _("一行一项，第一行的列名不要改动；带 * 的列必填，不需要的列可以删去。"),
        _("编号已登记过的行按变更处理：空单元格保持原内容不变，要清空某一格请填“%(word)s”。") % {"word": CLEAR},
        _("上传后先核对，全部问题一次列出；确认之前不会写入任何内容，确认之后还可以整批撤销。"),
    ]
    for number, line in enumerate(lines, start=1):
        guide.write_string(number, 0, line)
    first = len(lines) + 2
    for at, title in enumerate((_("列名"), _("必填"), _("填写方法"))):
        guide.write_string(first, at, title, head)
    for number, column in enumerate(columns, start=first + 1):
        guide.write_string(number, 0, column.title, wrap)
        guide.write_string(number, 1, str(_("是")) if column.required else "", wrap)
        guide.write_string(number, 2, hint_of(column, declared), wrap)
    guide.set_column(0, 0, 26)
    guide.set_column(1, 1, 8)
    guide.set_column(2, 2, 90)
    book.close()
    return output.getvalue()


def _sheet_name(declared: RegisterType) -> str:
    return "".join(char for char in declared.said(language()) if char not in "[]:*?/\\'")[:31] or declared.code


def _options(column: SheetColumn, declared: RegisterType) -> list[str]:
    """The values of a drop-down list; none where the list would be too long for the file format."""
    words: list[str] = []
    if column.code == "status":
        words = [status.said(language()) for status in declared.statuses]
    elif column.spec is not None and column.spec.type == "choice":
        words = [choice.said(language()) for choice in choices_of(column.spec, timezone.localdate())]
    elif column.spec is not None and column.spec.type == "boolean":
        words = [str(_("是")), str(_("否"))]
    return words if words and len(",".join(words)) <= LONGEST_LIST and not any("," in word for word in words) else []


# ---- one row


@dataclass(frozen=True)
class SheetRow:
    """What one row says: texts by column, without the empty ones; cleared fields hold None."""

    number: int
    common: dict[str, str | None]
    values: dict[str, str | None]

    @property
    def key(self) -> str:
        return self.common.get("key") or ""


def split(number: int, cells: dict[str, Any]) -> SheetRow:
    """Common columns and fields apart."""
    common: dict[str, str | None] = {}
    values: dict[str, str | None] = {}
    for code, cell in cells.items():
        if cell is None:
            continue
        text = None if cell == CLEAR else str(cell)
        (common if code in COMMON else values)[code] = text
    return SheetRow(number, common, values)
