"""Messages out of the rows of a file, with every fault of every row at once; messages as JSON lines, XML and tables."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from hengjian.trace.exchange import tables, xml_files
from hengjian.trace.exchange.messages import Message, plain, read_message

FAULTS_OF_A_ROW = 30
FORMATS = ("jsonl", "xml", "xlsx", "csv")


@dataclass(frozen=True)
class Fault:
    """What is wrong: the line or row as the file counts it, the field as the file calls it, in words."""

    row: int
    field: str
    message: str


@dataclass
class ReadFile:
    """Messages with the row where each begins, all faults, and how many rows there were."""

    messages: list[tuple[int, Message]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    rows: int = 0


def checked(rows: Iterable[tuple[int, Any]]) -> ReadFile:
    """Each row as a message; a row that is a text instead of data says itself what is wrong with it."""
    result = ReadFile()
    for number, raw in rows:
        result.rows += 1
        if isinstance(raw, str):
            result.faults.append(Fault(number, "", raw))
            continue
        try:
            result.messages.append((number, read_message(raw)))
        except ValidationError as error:
            result.faults += [Fault(number, *told) for told in explain(error)[:FAULTS_OF_A_ROW]]
    return result


def explain(error: ValidationError) -> list[tuple[str, str]]:
    """(field, what is wrong) in the reader's language."""
    found = []
    places = [item["loc"] for item in error.errors()]
    for item in error.errors():
        loc = item["loc"]
        if item["type"] == "too_short" and any(len(one) > len(loc) and one[: len(loc)] == loc for one in places):
            continue  # a list whose only item is wrong is told once, at the item
        place = ".".join(str(part) for part in item["loc"][1:])
        field_name = tables.title_of(str(item["loc"][-1])) if len(item["loc"]) > 1 else _("信息类型")
        where = field_name if place.count(".") == 0 else f"{field_name}（{place}）"
        found.append((where, _reason(str(item["type"]), item.get("ctx", {}), item.get("input"))))
    return found


def _reason(kind: str, context: dict[str, Any], given: Any) -> str:
    shown = "" if isinstance(given, (dict, list)) else str(given)[:40]
    if kind == "missing":
        return _("没有填写。")
    if kind in {"union_tag_not_found", "union_tag_invalid"}:
        return _("没有这种信息：%(given)s。") % {"given": str(context.get("tag", ""))[:40] or "—"}
    if kind == "extra_forbidden":
        return _("没有这一项。")
    if kind == "literal_error":
        return _("应为 %(expected)s，现为 %(given)s。") % {"expected": context.get("expected", ""), "given": shown}
    if kind in {"greater_than", "greater_than_equal", "less_than_equal"}:
        return _("数值超出范围：%(given)s。") % {"given": shown}
    if kind.startswith("decimal") or kind.startswith("int_"):
        return _("不是可用的数字：%(given)s。") % {"given": shown}
    if kind.startswith("date"):
        return _("不是日期或时间：%(given)s。") % {"given": shown}
    if kind == "string_pattern_mismatch":
        return _("写法不符合规定：%(given)s。") % {"given": shown}
    if kind in {"string_too_long", "too_long"}:
        return _("过长。")
    if kind in {"string_too_short", "too_short"}:
        return _("没有填写或过短。")
    return {
        "credit_code": _("统一社会信用代码的校验位不对：%(given)s。") % {"given": shown},
        "lot_without_owner": _("没有供货商编号时，每个批次须写明所属主体，或使用商品条码。"),
        "part_above_whole": _("分子大于分母。"),
    }.get(str(context.get("error", "")), _("不符合要求：%(given)s。") % {"given": shown})


def write_file(messages: Iterable[Message], form: str) -> bytes:
    """The messages as jsonl, xml, xlsx or csv."""
    if form == "jsonl":
        lines = (json.dumps(plain(message), ensure_ascii=False, separators=(",", ":")) for message in messages)
        return "".join(f"{line}\n" for line in lines).encode()
    if form == "xml":
        return xml_files.write_xml(messages)
    return tables.write_table(messages, form)
