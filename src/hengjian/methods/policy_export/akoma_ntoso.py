"""A plan as Akoma Ntoso 3.0 (OASIS LegalDocML, Akoma Ntoso Version 1.0 Part 2, standard of 29 August 2018).

The document is a `doc` named `plan`. 一、 is a `section`, a middle level a `subsection`, （一） a `paragraph`, each
action sentence an `hcontainer` named `measure`; the responsibility bracket is the paragraph's `wrapUp`. Element ids
follow the Akoma Ntoso Naming Convention (`sec_1__para_2__hcontainer_3`). Units are `organization`, due dates `date`,
cited documents `ref`. What the format has no element for (roles, targets, strength of commitment) is in `proprietary`,
pointing back by `href`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

from hengjian.methods.policy_export.akn_meta import AKN, References, build_meta
from hengjian.methods.policy_export.fields import ROLE_NAMES, Fields, HasDict, fields_of

_ILLEGAL = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NUMERALS = "零一二三四五六七八九"


def to_akoma_ntoso(document: HasDict | Fields) -> bytes:
    """UTF-8 XML, valid against the OASIS schema; the same document always gives the same bytes."""
    data = _legal(fields_of(document))
    references = References(data)
    root = etree.Element(_tag("akomaNtoso"), nsmap={None: AKN})
    doc = _add(root, "doc", name="plan")
    body = _Body(references, str(data.get("text") or ""))
    body_element = body.build(data)
    doc.append(build_meta(data, references))
    _front(doc, data, references)
    doc.append(body_element)
    _back(doc, data)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _tag(name: str) -> str:
    return f"{{{AKN}}}{name}"


def _add(parent: etree._Element, tag: str, text: str | None = None, /, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, _tag(tag), attributes)
    element.text = text
    return element


def _legal(value: Any) -> Any:
    """The same data with a space for each character that XML 1.0 does not allow; lengths, and so the spans, stay."""
    if isinstance(value, str):
        return _ILLEGAL.sub(" ", value)
    if isinstance(value, Mapping):
        return {key: _legal(entry) for key, entry in value.items()}
    return [_legal(entry) for entry in value] if isinstance(value, list | tuple) else value


def _plain(text: str) -> str:
    return "".join(text.split())


def chinese_numeral(number: int) -> str:
    """1 to 99 as in headings: 一, 十, 十二, 二十."""
    tens, ones = divmod(number, 10)
    if not 0 < number < 100:
        return str(number)
    head = "" if not tens else "十" if tens == 1 else f"{_NUMERALS[tens]}十"
    return head + (_NUMERALS[ones] if ones else "")


def _front(doc: etree._Element, data: Fields, references: References) -> None:
    titles = [t for t in dict.fromkeys((data.get("title"), data.get("plan_title"))) if t]
    if titles or data.get("number") or data.get("addressees"):
        preface = _add(doc, "preface")
        for title in titles:
            _add(_add(preface, "p"), "docTitle", title)
        if data.get("number"):
            _add(_add(preface, "p"), "docNumber", data["number"])
        if data.get("addressees"):
            _add(preface, "p", "，".join(data["addressees"]) + "：", **{"class": "addressees"})
    if data.get("preamble"):
        preamble = _add(doc, "preamble")
        for line in data["preamble"]["text"].splitlines():
            if line.strip():
                _fill(_add(preamble, "p"), line.strip(), [], references)


def _back(doc: etree._Element, data: Fields) -> None:
    closing = data.get("closing")
    if not (closing or data.get("issuer") or data.get("issued_on") or data.get("copy_to")):
        return
    conclusions = _add(doc, "conclusions")
    for line in (closing or {"text": ""})["text"].splitlines():
        if line.strip():
            _add(conclusions, "p", line.strip())
    if data.get("issuer"):
        _add(conclusions, "p", data["issuer"], **{"class": "issuer"})
    if data.get("issued_on"):
        _add(_add(conclusions, "p"), "date", data["issued_on"], date=data["issued_on"])
    if data.get("copy_to"):
        _add(conclusions, "p", "抄送：" + "，".join(data["copy_to"]), **{"class": "copyTo"})


def _fill(
    element: etree._Element, text: str, marks: Sequence[tuple[str, str, dict[str, str]]], references: References
) -> None:
    """Put `text` into `element`; the first occurrence of each mark (words, element name, attributes) becomes inline."""
    found: list[tuple[int, int, str, dict[str, str]]] = []
    for words, name, attributes in [*marks, *references.citation_marks(text)]:
        start = text.find(words)
        while start >= 0 and any(start < b and a < start + len(words) for a, b, _, _ in found):
            start = text.find(words, start + 1)
        if words and start >= 0:
            found.append((start, start + len(words), name, attributes))
    at, last = 0, None
    for start, end, name, attributes in sorted(found):
        between = text[at:start]
        if last is None:
            element.text = between
        else:
            last.tail = between
        last = _add(element, name, text[start:end], **attributes)
        at = end
    if last is None:
        element.text = text
    else:
        last.tail = text[at:]


class _Body:
    """Builds `mainBody`, and tells the references which entry of the plan became which element."""

    def __init__(self, references: References, source: str) -> None:
        self._references = references
        self._source = source

    def build(self, data: Fields) -> etree._Element:
        body = etree.Element(_tag("mainBody"))
        for place, section in enumerate(data["sections"], start=1):
            self._section(body, section, place)
        for passage in data.get("unread") or ():
            _add(body, "p", passage["text"], **{"class": "unread"})
        if not len(body):
            _add(body, "p")
        return body

    def _section(self, body: etree._Element, section: Fields, place: int) -> None:
        eid = f"sec_{place}"
        element = _add(body, "section", eId=eid)
        if section.get("number"):
            _add(element, "num", f"{chinese_numeral(section['number'])}、")
        if section.get("title"):
            _add(element, "heading", section["title"])
        self._references.note(eid, {key: section.get(key, ()) for key in ("deadlines", "targets")})
        holder = "intro" if section["items"] else "content"
        if section.get("text") or not section["items"]:
            _add(_add(element, holder, eId=f"{eid}__{holder}_1"), "p", section.get("text") or "")
        groups = {group["number"]: group for group in section.get("groups", ())}
        opened: dict[int, etree._Element] = {}
        for item in section["items"]:
            parent, group = element, groups.get(item.get("group"))
            if group is not None:
                number = group["number"]
                if number not in opened:
                    opened[number] = _add(element, "subsection", eId=f"{eid}__subsec_{len(opened) + 1}")
                    _add(opened[number], "num", f"（{chinese_numeral(number)}）")
                    _add(opened[number], "heading", group["title"])
                parent = opened[number]
            self._item(parent, item, grouped=group is not None)

    def _item(self, parent: etree._Element, item: Fields, grouped: bool) -> None:
        paragraphs = parent.findall(_tag("paragraph"))
        eid = f"{parent.get('eId')}__para_{len(paragraphs) + 1}"
        element = _add(parent, "paragraph", eId=eid)
        if item.get("number"):
            _add(element, "num", f"{item['number']}." if grouped else f"（{chinese_numeral(item['number'])}）")
        _add(element, "heading", item["title"])
        dated = [d for d in item.get("deadlines", ()) if d.get("due")]
        for index, measure in enumerate(item["measures"], start=1):
            own = f"{eid}__hcontainer_{index}"
            container = _add(element, "hcontainer", name="measure", eId=own)
            content = _add(container, "content", eId=f"{own}__content_1")
            mine = [d for d in dated if _plain(measure).startswith(_plain(d.get("sentence") or d["phrase"]))]
            marks = [(d["phrase"], "date", {"date": d["due"]}) for d in mine]
            _fill(_add(content, "p"), measure + self._stop(item, index), marks, self._references)
        duties = item.get("duties", ())
        if duties:
            wrap = _add(element, "wrapUp", eId=f"{eid}__wrapup_1")
            spoken = self._tail(item)
            missing = [d for d in duties if d["organisation"] not in spoken]
            for text, some in ((spoken, [d for d in duties if d not in missing]), (_spell(missing, item), missing)):
                if some:
                    names = [(d["organisation"], "organization", self._references.unit(d)) for d in some]
                    _fill(_add(wrap, "p"), text, names, self._references)
        self._references.note(eid, item)

    def _stop(self, item: Fields, index: int) -> str:
        """The mark that ended a measure (1-based), as printed where there is a source text."""
        spans = item.get("measure_spans")
        mark = self._source[spans[index - 1][1] :][:1] if self._source and spans else ""
        return mark if mark in ("；", ";") else "。"

    def _tail(self, item: Fields) -> str:
        """The responsibility as printed: what follows the last measure in the source; empty without a source."""
        spans, span = item.get("measure_spans"), item.get("span")
        if not (self._source and spans and span):
            return ""
        return "".join(self._source[spans[-1][1] : span[1]].split()).lstrip("。；;.")


def _spell(duties: Sequence[Fields], item: Fields) -> str:
    """The responsibility in words, for entries that are not in the printed bracket."""
    parts = []
    for role, name in ROLE_NAMES.items():
        units = [duty["organisation"] for duty in duties if duty["role"] == role]
        if units:
            parts.append("、".join(units) + ("等" if item.get("open_list") and role != "lead" else "") + name)
    return f"（{'，'.join(parts)}）"
