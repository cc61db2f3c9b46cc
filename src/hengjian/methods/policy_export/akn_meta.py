"""The `meta` block of an Akoma Ntoso plan: identification, references, and duties, deadlines, targets as own data."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from lxml import etree

from hengjian.methods.policy_export.fields import ROLE_NAMES, Fields, target_text

AKN = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
PLAN = "urn:hengjian:plan:1"  # namespace of the proprietary entries
_UNKNOWN_DATE = "0001-01-01"  # FRBRdate is compulsory; named "unknown" where the text gives no date
_SOURCE = "#hengjian"


def _tag(name: str) -> str:
    return f"{{{AKN}}}{name}"


def _slug(text: str) -> str:
    """Text as one step of an IRI: letters and digits of any script, the rest as single hyphens."""
    return re.sub(r"[^\w.]+", "-", unicodedata.normalize("NFKC", text)).strip("-_") or "untitled"


class References:
    """Units and cited documents of one plan with their ids, and the entries for `proprietary`."""

    def __init__(self, data: Fields) -> None:
        self._units: dict[str, str] = {}
        self._written = 0
        self.known_author = bool(data.get("issuer"))
        self._entries: list[tuple[str, Fields]] = []
        self.citations = [c for c in data.get("citations") or () if c.get("role") != "self"]

    def unit(self, duty: Fields) -> dict[str, str]:
        """Attributes of the `organization` element that names this duty's unit."""
        self._written += 1
        return {"eId": f"organization_{self._written}", "refersTo": f"#{self.unit_id(duty['name'])}"}

    def unit_id(self, name: str) -> str:
        """Id of the unit's entry in `references`."""
        return self._units.setdefault(name, f"unit_{len(self._units) + 1}")

    def citation_marks(self, text: str) -> list[tuple[str, str, dict[str, str]]]:
        """Inline `ref` elements for the cited documents that `text` names."""
        marks = [(f"《{c['title']}》", "ref", {"href": citation_iri(c)}) for c in self.citations]
        return [mark for mark in marks if mark[0] in text]

    def note(self, eid: str, entry: Fields) -> None:
        """Remember the duties, deadlines and targets of the element `eid`."""
        if any(entry.get(key) for key in ("duties", "deadlines", "targets")):
            self._entries.append((eid, entry))

    def element(self) -> etree._Element:
        """`references`: the software, the cited documents, the units, the roles."""
        block = etree.Element(_tag("references"), source=_SOURCE)
        for k, citation in enumerate(self.citations, start=1):
            attributes = {"eId": f"cite_{k}", "href": citation_iri(citation), "showAs": f"《{citation['title']}》"}
            etree.SubElement(block, _tag("activeRef"), attributes)
        software = {"eId": "hengjian", "href": "/akn/ontology/organization/hengjian", "showAs": "衡鉴 Hengjian"}
        etree.SubElement(block, _tag("TLCOrganization"), software)
        if not self.known_author:
            unknown = {"eId": "unknown_author", "href": "/akn/ontology/organization/cn/unknown", "showAs": "未载明"}
            etree.SubElement(block, _tag("TLCOrganization"), unknown)
        for name, eid in self._units.items():
            href = f"/akn/ontology/organization/cn/{_slug(name)}"
            etree.SubElement(block, _tag("TLCOrganization"), {"eId": eid, "href": href, "showAs": name})
        for role, name in {**ROLE_NAMES, "author": "发文机关"}.items():
            attributes = {"eId": f"role_{role}", "href": f"/akn/ontology/role/{role}", "showAs": name}
            etree.SubElement(block, _tag("TLCRole"), attributes)
        return block

    def proprietary(self) -> etree._Element | None:
        """Duties, deadlines and targets per element, in the namespace `PLAN`; None when there are none."""
        if not self._entries:
            return None
        block = etree.Element(_tag("proprietary"), {"source": _SOURCE}, nsmap={"plan": PLAN})
        for eid, entry in self._entries:
            holder = etree.SubElement(block, f"{{{PLAN}}}entry", {"href": f"#{eid}"})
            if entry.get("duty_mode"):
                holder.set("dutyMode", entry["duty_mode"])
                holder.set("openList", str(bool(entry.get("open_list"))).lower())
            for duty in entry.get("duties", ()):
                unit = self.unit_id(duty["name"])
                attributes = {"role": f"#role_{duty['role']}", "unit": f"#{unit}", "written": duty["organisation"]}
                if duty.get("collective"):
                    attributes["collective"] = "true"
                etree.SubElement(holder, f"{{{PLAN}}}duty", attributes)
            for deadline in entry.get("deadlines", ()):
                etree.SubElement(holder, f"{{{PLAN}}}deadline", _attributes(deadline, "phrase", "due", "strength"))
            for target in entry.get("targets", ()):
                keys = ("indicator", "operator", "value", "unit", "year", "direction", "strength", "scope")
                etree.SubElement(holder, f"{{{PLAN}}}target", _attributes(target, *keys)).text = target_text(target)
        return block


def _attributes(entry: Mapping[str, Any], *keys: str) -> dict[str, str]:
    values = {key: entry.get(key) for key in keys}
    return {
        key: " ".join(map(str, value)) if isinstance(value, list) else str(value)
        for key, value in values.items()
        if value is not None
    }


def citation_iri(citation: Fields) -> str:
    """IRI of a cited document, by its number where it has one: /akn/cn/doc/2015/国办发-2015-77号."""
    number = citation.get("number") or ""
    year = re.search(r"〔(\d{4})〕", number)
    return f"/akn/cn/doc/{year.group(1) if year else 'undated'}/{_slug(number or citation['title'])}"


def build_meta(data: Fields, references: References) -> etree._Element:
    """The whole `meta` element; call it after the body, which collects the units."""
    meta = etree.Element(_tag("meta"))
    identification = etree.SubElement(meta, _tag("identification"), source=_SOURCE)
    issued = data.get("issued_on") or data.get("published_on")
    name = data.get("number") or data.get("plan_title") or data.get("title") or data.get("document") or "untitled"
    work = f"/akn/cn/doc/plan/{issued or 'undated'}/{_slug(name)}"
    expression, manifestation = f"{work}/zho@", f"{work}/zho@/main.xml"
    date_name = "issued" if data.get("issued_on") else "published" if issued else "unknown"
    author = str(data.get("issuer") or "")
    for level, iri in (("FRBRWork", work), ("FRBRExpression", expression), ("FRBRManifestation", manifestation)):
        block = etree.SubElement(identification, _tag(level))
        this = manifestation if level == "FRBRManifestation" else f"{iri}/!main"
        etree.SubElement(block, _tag("FRBRthis"), value=this)
        etree.SubElement(block, _tag("FRBRuri"), value=iri)
        etree.SubElement(block, _tag("FRBRdate"), date=issued or _UNKNOWN_DATE, name=date_name)
        written = level != "FRBRManifestation"
        href = (f"#{references.unit_id(author)}" if author else "#unknown_author") if written else _SOURCE
        etree.SubElement(block, _tag("FRBRauthor"), {"href": href, "as": "#role_author"})
        if level == "FRBRWork":
            etree.SubElement(block, _tag("FRBRcountry"), value="cn")
            etree.SubElement(block, _tag("FRBRsubtype"), value="plan")
            if data.get("number"):
                etree.SubElement(block, _tag("FRBRnumber"), value=data["number"])
            etree.SubElement(block, _tag("FRBRname"), value=str(data.get("plan_title") or data.get("title") or name))
        elif level == "FRBRExpression":
            etree.SubElement(block, _tag("FRBRlanguage"), language="zho")
        else:
            etree.SubElement(block, _tag("FRBRformat"), value="application/akn+xml")
    if data.get("published_on"):
        attributes = {"date": data["published_on"], "name": "发布", "showAs": "发布日期"}
        etree.SubElement(meta, _tag("publication"), attributes)
    own = references.proprietary()
    meta.append(references.element())
    if own is not None:
        meta.append(own)
    return meta
