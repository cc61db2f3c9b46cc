"""Messages as XML with the names of the circulation platforms of the Ministry of Commerce (2010).

`…_in_info_base` with `…_in_info_detail` is an arrival, `…_tran_info_summ` with `…_tran_info_detail` a trade; the word
in front (meat, veg …) may be any and is written `market`. Their published element names are used where they are known
(`tran_id`, `batch_id`, `goods_code`, `goods_name`, `weight`, `price`, `in_date`, `dest`), our own field names for the
rest and for the other messages (`<message kind="…">`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from lxml import etree

from hengjian.documents.uploads import UploadRefused
from hengjian.trace.exchange.messages import Message, plain

ROOT = "trace_messages"
MOST_ELEMENTS = 200_000
"""Elements of one message."""
_LISTS = {"lines", "inputs", "farm_inputs"}
_ITEM = {"lines": "line", "inputs": "input", "farm_inputs": "code"}
_HEAD = {
    "arrival": {
        "node": "market_id", "node_name": "market_name", "at": "in_date", "supplier": "supplier_id",
        "ticket": "tran_id", "quarantine": "quarantine_id", "inspection": "inspection_id",
    },
    "trade": {
        "node": "seller_id", "node_name": "seller_name", "at": "tran_date", "buyer": "buyer_id", "ticket": "tran_id",
        "destination": "dest",
    },
}  # fmt: skip
_DETAIL = {"batch": "batch_id", "quantity": "weight", "origin_code": "area_origin_id", "origin": "area_origin_name"}
_NAMES = {
    "arrival": ("market_in_info_base", "market_in_info_detail"),
    "trade": ("market_tran_info_summ", "market_tran_info_detail"),
}
_ENDINGS = {"in_info_base": "arrival", "tran_info_summ": "trade"}


def read_xml(stream: BinaryIO, name: str) -> Iterator[tuple[int, Any]]:
    """(line in the file, raw message), one message in memory at a time.

    Raises:
        UploadRefused: no XML, one with a document type (entities could hide in it), or one message is too large.
    """
    events = etree.iterparse(
        stream, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    root: Any = None
    within = 0
    try:
        for event, element in events:
            if root is None:
                root = element
                if root.getroottree().docinfo.doctype:
                    raise UploadRefused(
                        "dtd",
                        _("“%(name)s”带有文档类型声明，不予接收。") % {"name": name[:80]},
                        _("请去掉 DOCTYPE 后再上传。"),
                    )
                continue
            within += event == "start"
            if within > MOST_ELEMENTS:
                raise UploadRefused(
                    "too_large",
                    _("“%(name)s”中有一条信息超过 %(most)d 个元素。") % {"name": name[:80], "most": MOST_ELEMENTS},
                    _("请拆成几条后重新上传。"),
                )
            if event == "end" and element.getparent() is root:
                if isinstance(element.tag, str):
                    yield int(element.sourceline or 0), _message(element)
                element.clear()
                while element.getprevious() is not None:
                    del root[0]
                within = 0
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UploadRefused(
            "damaged",
            _("“%(name)s”不是可以读取的 XML：%(reason)s") % {"name": name[:80], "reason": str(error)[:120]},
            _("请检查后重新上传。"),
        ) from None


def _message(element: Any) -> Any:
    tag = etree.QName(element).localname
    kind = next((found for ending, found in _ENDINGS.items() if tag.endswith(ending)), "")
    if not kind:
        if tag != "message":
            return _("没有这种信息：%(given)s。") % {"given": tag[:40]}
        return {"kind": element.get("kind", ""), **_fields(element, {})}
    back = {there: here for here, there in _HEAD[kind].items()}
    raw: dict[str, Any] = {"kind": kind, "lines": []}
    for child in element.iterchildren(etree.Element):
        name = etree.QName(child).localname
        if name.endswith("_detail"):
            raw["lines"].append(_fields(child, {there: here for here, there in _DETAIL.items()}))
        else:
            raw[back.get(name, name)] = (child.text or "").strip()
    return raw


def _fields(element: Any, names: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in element.iterchildren(etree.Element):
        name = names.get(etree.QName(child).localname, etree.QName(child).localname)
        if name in _LISTS:
            items = child.iterchildren(etree.Element)
            found[name] = [_fields(item, names) if len(item) else (item.text or "").strip() for item in items]
        elif len(child):
            found[name] = _fields(child, names)
        else:
            found[name] = (child.text or "").strip()
    return found


def write_xml(messages: Iterable[Message]) -> bytes:
    """All messages in one document."""
    root = etree.Element(ROOT)
    for message in messages:
        data = plain(message)
        kind = data.pop("kind")
        if kind not in _NAMES:
            _write(etree.SubElement(root, "message", kind=kind), data)
            continue
        base, detail = _NAMES[kind]
        element = etree.SubElement(root, base)
        lines = data.pop("lines")
        _write(element, {_HEAD[kind].get(name, name): value for name, value in data.items()})
        for line in lines:
            _write(etree.SubElement(element, detail), {_DETAIL.get(name, name): value for name, value in line.items()})
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _write(element: Any, data: dict[str, Any]) -> None:
    for name, value in data.items():
        child = etree.SubElement(element, name)
        if isinstance(value, dict):
            _write(child, value)
        elif isinstance(value, list):
            for item in value:
                inner = etree.SubElement(child, _ITEM[name])
                if isinstance(item, dict):
                    _write(inner, item)
                else:
                    inner.text = str(item)
        else:
            child.text = str(value)
