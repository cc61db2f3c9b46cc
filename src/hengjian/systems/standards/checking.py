"""What the registers engine asks this room: readers of numbers and tables, checks, computed columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hengjian.methods.line_tables import LineError
from hengjian.methods.standard_numbers import StandardNumber, StandardNumberError, parse_standard_number
from hengjian.registers.hooks import register_check, register_saved
from hengjian.registers.parsing import register_parser
from hengjian.systems.standards import rules
from hengjian.systems.standards.models import Standard, StandardDeclaration

SEPARATORS = ";；、，,\n"


def read_number(text: str) -> StandardNumber:
    """ValueError says what is wrong in the user's language."""
    try:
        return parse_standard_number(text)
    except StandardNumberError as error:
        english = (get_language() or "").startswith("en")
        raise ValueError(error.message_en if english else error.message_zh) from None


def standard_number(text: str) -> str:
    return read_number(text).text


def own_standard_number(text: str) -> str:
    """A number of an enterprise standard; others must be picked from the directory."""
    number = read_number(text)
    if number.kind != "enterprise":
        raise ValueError(_("“%(number)s”不是企业标准，请在“执行标准”中从目录选取。") % {"number": number.text})
    return number.text


def split_numbers(text: str) -> list[str]:
    """The numbers in a list, whatever separates them."""
    for mark in SEPARATORS:
        text = text.replace(mark, ";")
    return [part.strip() for part in text.split(";") if part.strip()]


def standard_numbers(text: str) -> str:
    """Several numbers, each in its normal form and once."""
    return "; ".join(dict.fromkeys(standard_number(part) for part in split_numbers(text)))


def indicator_table(text: str) -> str:
    """A table of indicators in its one way of writing."""
    try:
        lines = rules.read_indicators(text)
    except LineError as error:
        raise ValueError(
            _("第 %(line)d 行写法不对：“%(text)s”。每行写“名称 | 要求 | 检验方法”，用竖线隔开。")
            % {"line": error.line, "text": error.text}
        ) from None
    names = [line.name for line in lines]
    if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        raise ValueError(_("指标“%(name)s”写了两次。") % {"name": twice[0]})
    return "\n".join(line.text for line in lines)


# ---- the directory


def complete_standard(entry: Standard) -> None:
    """Level, nature and base follow from the number; the mark tells the job that its end has changed."""
    number = parse_standard_number(entry.key)
    entry.level, entry.nature, entry.base = number.kind, number.nature, number.base
    ended = entry.ended_on
    entry.end_mark = f"{entry.status}:{ended.isoformat()}" if ended is not None else ""


def check_standard(values: Mapping[str, Any], on: date) -> dict[str, str]:
    found = {}
    issued, effective, ended = values.get("issued_on"), values.get("effective_on"), values.get("withdrawn_on")
    if issued and effective and effective < issued:
        found["effective_on"] = _("实施日期早于发布日期。")
    if issued and ended and ended < issued:
        found["withdrawn_on"] = _("废止日期早于发布日期。")
    if values.get("adoption_degree") and not values.get("adopted_number"):
        found["adopted_number"] = _("填写了采用程度，请同时填写采用的国际标准编号。")
    return found


# ---- declarations


def find_standards(numbers: Iterable[str]) -> dict[str, Standard]:
    """The directory's entries by number; numbers it does not have are left out."""
    return {row.key: row for row in Standard.objects.filter(register="standard", key__in=list(numbers))}


def undercut(values: Mapping[str, Any]) -> list[str]:
    """Indicators that promise less than the recommended standard which the declaration names or follows."""
    wanted = values.get("below_standard") or values.get("executes")
    if not wanted or not values.get("indicators"):
        return []
    standard = find_standards([wanted]).get(wanted)
    if standard is None or standard.is_mandatory or not standard.value("indicators"):
        return []
    return [item.name for item in rules.compared(values["indicators"], standard.value("indicators")) if item.below]


def check_declaration(values: Mapping[str, Any], on: date) -> dict[str, str]:
    below = undercut(values)
    words = {
        "none": _("请从目录选取执行的标准，或填写企业标准编号。"),
        "both": _("目录标准和企业标准只填一项；引用的标准填在“引用标准”中。"),
        "name": _("请填写企业标准名称。"),
        "empty": _("企业标准须公开功能指标和性能指标，或上传标准文本。"),
        "undercut": _("这些指标低于推荐性标准：%(names)s。请写明低于的内容，或提高指标。")
        % {"names": "、".join(below)},
        "which": _("请选取低于的是哪一项推荐性标准。"),
    }
    found = {field: words[fault] for field, fault in rules.faults(values, below).items()}
    executed = values.get("executes")
    standard = find_standards([executed]).get(executed) if executed else None
    if standard is not None and standard.is_mandatory and values.get("indicators") and standard.value("indicators"):
        short = [item.name for item in rules.compared(values["indicators"], standard.value("indicators")) if item.below]
        if short:
            found["indicators"] = _("这些指标低于强制性标准 %(number)s，不得低于：%(names)s。") % {
                "number": standard.key,
                "names": "、".join(short),
            }
    return found


def numbers_of(entry: StandardDeclaration) -> list[str]:
    """What a declaration follows and cites."""
    named = [entry.executes, entry.own_number, entry.value("below_standard") or ""]
    return [number for number in dict.fromkeys([*named, *split_numbers(entry.value("cites") or "")]) if number]


def complete_declaration(entry: StandardDeclaration) -> None:
    """The index of cited standards, and from when the declaration is flagged."""
    numbers = numbers_of(entry)
    entry.cited = f";{';'.join(numbers)};" if numbers else ""
    flag(entry, find_standards(numbers))


def flag(entry: StandardDeclaration, standards: Mapping[str, Standard]) -> None:
    """Set from which day a cited standard no longer holds. Does not save."""
    cited = [number for number in entry.cited.split(";") if number in standards]
    first = rules.first_ending(rules.Ending(number, standards[number].ended_on) for number in cited)
    entry.flagged_on = first.ended_on if first else None
    entry.ended_standard = first.number if first else ""


def register() -> None:
    """Called when the app is ready."""
    register_parser("standard_number", standard_number)
    register_parser("standard_numbers", standard_numbers)
    register_parser("own_standard_number", own_standard_number)
    register_parser("indicator_table", indicator_table)
    register_check("standard", check_standard)
    register_saved("standard", complete_standard)
    register_check("standard_declaration", check_declaration)
    register_saved("standard_declaration", complete_declaration)
