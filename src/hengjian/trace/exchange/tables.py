"""Messages as tables: one row per line of goods; rows with the same head are one message."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from hengjian.documents.sheets import SheetColumn, write_csv, write_xlsx
from hengjian.documents.uploads import UploadRefused
from hengjian.trace.exchange.messages import Message, plain

#: Kind of message → what tables call it.
KIND_WORDS = {
    "subject": "主体备案",
    "product": "产品",
    "production": "生产批",
    "paper": "凭证",
    "arrival": "进场",
    "trade": "交易",
    "test": "检测结果",
    "disposal": "召回处置",
    "evaluation": "运行评价",
}
#: Field → headings, the first is written.
COLUMNS: dict[str, tuple[str, ...]] = {
    "kind": ("信息类型",),
    "node": ("节点编号", "市场编号", "企业编号", "节点类型"),
    "node_name": ("节点名称", "市场名称", "企业名称"),
    "at": ("时间", "进场日期", "交易日期", "生产日期", "日期"),
    "supplier": ("供货商编号",),
    "supplier_name": ("供货商名称", "供货商"),
    "buyer": ("买方编号", "零售商编号"),
    "buyer_name": ("买方名称", "买方", "零售商名称"),
    "ticket": ("交易凭证号", "追溯码"),
    "destination": ("去向",),
    "quarantine": ("动物产品检疫合格证号", "检疫证号"),
    "inspection": ("肉品品质检验合格证号", "检验证号"),
    "role": ("批次方向",),
    "goods_code": ("商品编码",),
    "goods_name": ("商品名称",),
    "batch": ("批次号", "批号"),
    "minted_by": ("批次所属主体",),
    "quantity": ("重量或数量", "重量", "数量"),
    "uom": ("单位", "计量单位"),
    "price": ("单价",),
    "origin_code": ("产地编码",),
    "origin": ("产地", "产地名称"),
    "farm_inputs": ("农资追溯码",),
    "expires_on": ("保质期至",),
    "paper": ("凭证种类",),
    "number": ("编号", "凭证编号", "主体编号"),
    "issuer": ("出具单位",),
    "verdict": ("结论",),
    "items": ("检测项目清单",),
    "sample": ("样品编号",),
    "item": ("检测项目",),
    "value": ("检测值",),
    "limit": ("限量",),
    "act": ("处置方式",),
    "order": ("处置文号",),
    "name": ("名称", "产品名称"),
    "holder": ("统一社会信用代码",),
    "region": ("行政区划代码",),
    "address": ("地址",),
    "licences": ("许可证号",),
    "code": ("产品编码",),
    "maker": ("生产企业代码",),
    "maker_name": ("生产企业名称",),
    "unit": ("产品计量单位",),
    "spec": ("规格",),
    "category": ("产品类别",),
    "shelf_days": ("保质期天数",),
    "period": ("月份",),
    "subjects": ("备案主体数",),
    "uploading": ("上传主体数",),
    "events": ("上传条数",),
    "timely": ("及时条数",),
    "shipped": ("发出批次数",),
    "matched": ("已衔接批次数",),
    "lookups": ("查询次数",),
}
REASON = "问题"
"""The column that reports of wrong rows add; left aside when such a sheet comes back."""
MOST_KEPT = 100_000
"""Rows that are kept while further rows of their message may come."""
LINE = ("goods_code", "goods_name", "batch", "minted_by", "quantity", "uom", "price", "origin_code", "origin")
MANY = {"production", "arrival", "trade"}
ONE = {"paper", "test", "disposal"}
_NOT_HEAD = {*LINE, "role", "farm_inputs", "expires_on"}
WORDS: dict[str, dict[str, str]] = {
    "kind": {word: code for code, word in KIND_WORDS.items()},
    "uom": {
        "千克": "KGM", "公斤": "KGM", "kg": "KGM", "克": "GRM", "g": "GRM", "吨": "TNE", "t": "TNE", "升": "LTR",
        "L": "LTR", "件": "EA", "个": "H87",
    },
    "verdict": {"合格": "passed", "不合格": "failed"},
    "act": {"召回": "recalled", "退回": "returned", "销毁": "destroyed"},
    "paper": {
        "承诺达标合格证": "conformity", "动物检疫合格证明": "quarantine", "肉品品质检验合格证": "meat",
        "检测报告": "test", "产地证明": "origin",
    },
    "role": {"入库": "input", "出库": "output"},
}  # fmt: skip
SPOKEN = {name: {code: word for word, code in reversed(words.items())} for name, words in WORDS.items()}
_PLACES = {title: name for name, titles in reversed(COLUMNS.items()) for title in titles}


def title_of(name: str) -> str:
    """What tables call a field; lists of goods, which have no column of their own, in the same words."""
    return (
        COLUMNS[name][0] if name in COLUMNS else {"lines": "货物", "line": "货物", "inputs": "入库批次"}.get(name, name)
    )


def messages_of(read: Callable[[], Iterator[Sequence[Any]]]) -> Iterator[tuple[int, Any]]:
    """(row, raw message) of a table: rows with the same head are one message, wherever they stand.

    Args:
        read: gives the table's rows from the beginning; called twice, so that only messages whose last row is still to
            come need to be kept.

    Raises:
        UploadRefused: rows of the same messages lie so far apart that too many would have to be kept.
    """
    found = next(((at, row) for at, row in enumerate(islice(read(), 15)) if "信息类型" in map(_stripped, row)), None)
    if found is None:
        yield 1, _("找不到“信息类型”一列；请使用本页下载的模板。")
        return
    head, titles = found[0], [_stripped(cell) for cell in found[1]]
    unknown = [title for title in titles if title and title not in _PLACES and title != REASON]
    if unknown:
        yield head + 1, _("不认识的列：%(columns)s。") % {"columns": "、".join(unknown[:10])}

    def rows() -> Iterator[tuple[int, dict[str, Any]]]:
        for number, cells in enumerate(islice(read(), head + 1, None), start=head + 2):
            row = {
                _PLACES[title]: _cell(_PLACES[title], cell)
                for title, cell in zip(titles, cells, strict=False)
                if title in _PLACES and _stripped(cell)
            }
            if row:
                yield number, row

    keys = array("q", (hash(_key(row)) for _number, row in rows() if row.get("kind") in MANY))
    last = _last(keys)
    at = kept = 0
    groups: dict[tuple[Any, ...], tuple[int, int, dict[str, Any]]] = {}
    for number, row in rows():
        kind = row.get("kind", "")
        role = row.pop("role", "output")
        if "farm_inputs" in row:
            row["farm_inputs"] = [word for word in str(row["farm_inputs"]).replace(",", "、").split("、") if word]
        if kind not in MANY:
            if kind in ONE:
                row["line"] = {name: row.pop(name) for name in LINE if name in row}
            yield number, row
            continue
        key = _key(row)
        line = {name: row.pop(name) for name in LINE if name in row}
        first, lines, message = groups.get(key) or (number, 0, {**row, "lines": []})
        groups[key] = (first, lines + 1, message)
        if kind == "production" and role == "input":
            message.setdefault("inputs", []).append(line)
        else:
            message["lines"].append(line)
            message |= {name: row[name] for name in ("farm_inputs", "expires_on") if name in row}
        kept += 1
        if kept > MOST_KEPT:
            raise UploadRefused(
                "too_large",
                _("同一条信息的各行相隔太远，或一条信息超过 %(most)d 行。") % {"most": MOST_KEPT},
                _("请按时间和节点排序后重新上传。"),
            )
        if last[at]:
            kept -= lines + 1
            del groups[key]
            yield first, message
        at += 1
    for first, _lines, message in groups.values():  # two different heads with the same hash
        yield first, message


def _stripped(cell: Any) -> str:
    return str(cell).strip()


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    """What rows of one message have in common."""
    return tuple(sorted((name, str(value)) for name, value in row.items() if name not in _NOT_HEAD))


def _last(keys: array[int]) -> Any:
    """For each place whether its key does not come again."""
    found = np.zeros(len(keys), dtype=bool)
    _values, back = np.unique(np.frombuffer(keys, dtype=np.int64)[::-1], return_index=True)
    found[len(keys) - 1 - back] = True
    return found


def _cell(name: str, cell: Any) -> Any:
    if isinstance(cell, (datetime, date)):
        return cell.isoformat()
    if isinstance(cell, float):
        cell = int(cell) if cell.is_integer() else repr(cell)
    text = str(cell).strip()
    return WORDS.get(name, {}).get(text, text)


def write_table(messages: Iterable[Message], form: str) -> bytes:
    """The messages as .xlsx or .csv; only columns that are used, in their order."""
    rows = [row for message in messages for row in _rows(message)]
    used = [name for name in COLUMNS if any(name in row for row in rows)] or ["kind"]
    columns = [SheetColumn(COLUMNS[name][0]) for name in used]
    cells = [[row.get(name, "") for name in used] for row in rows]
    return write_csv(columns, cells) if form == "csv" else write_xlsx(columns, cells, sheet="追溯信息")


def _rows(message: Message) -> Iterator[dict[str, Any]]:
    data = plain(message)
    lines = [("output", line) for line in data.pop("lines", [])]
    inputs = [("input", line) for line in data.pop("inputs", [])]
    if "line" in data:
        lines = [("", data.pop("line"))]
    if "farm_inputs" in data:
        data["farm_inputs"] = "、".join(data["farm_inputs"])
    for role, line in [*inputs, *lines] or [("", {})]:
        row = {**data, **line}
        if role and data["kind"] == "production":
            row["role"] = role
        yield {name: SPOKEN.get(name, {}).get(str(value), value) for name, value in row.items()}


def template(kind: str) -> bytes:
    """An empty table for one kind of message, with the columns that it has."""
    from hengjian.trace.exchange.messages import KINDS

    model = KINDS[kind]
    fields = [name for name in model.model_fields if name not in {"lines", "line", "inputs", "kind"}]
    names = ["kind", *fields, *(LINE if kind in MANY | ONE else ()), *(["role"] if kind == "production" else [])]
    columns = [SheetColumn(COLUMNS[name][0], width=16) for name in COLUMNS if name in names]
    return write_xlsx(columns, [], sheet=KIND_WORDS[kind])
