"""Digital calibration certificates (DCC): what a certificate as XML says about item, laboratory, dates and results.

Reads the schema of PTB (https://ptb.de/dcc, versions 2 and 3): the rings administrative data and measurement results.
Names of persons are left out on purpose. The document is untrusted: no entity, no external reference, no network.
Source: S. Hackel et al., "The Digital Calibration Certificate", PTB-Mitteilungen 127 (2017) 4; schema of dcc v3.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

DCC = "{https://ptb.de/dcc}"
SI = "{https://ptb.de/si}"
MAX_BYTES = 20_000_000
MESSAGES: dict[str, tuple[str, str]] = {
    "too_large": ("文件超过 20 MB，请检查是否误传。", "The file is larger than 20 MB; check that it is the right one."),
    "doctype": (
        "文件含有文档类型声明，出于安全不予读取；请向出具机构索取标准格式的数字校准证书。",
        "The file has a document type declaration and is not read for safety; ask the laboratory for a plain DCC.",
    ),
    "xml": (
        "文件不是完整的 XML（{detail}），请重新下载后再传。",
        "The file is not well-formed XML ({detail}); download it again.",
    ),
    "root": (
        "文件是 XML，但不是数字校准证书：根元素应为 dcc:digitalCalibrationCertificate。",
        "The file is XML but no digital calibration certificate: the root must be dcc:digitalCalibrationCertificate.",
    ),
    "missing": (
        "数字校准证书缺少必备内容：{detail}。请联系出具机构更正。",
        "The certificate lacks required content: {detail}. Ask the laboratory to correct it.",
    ),
    "date": (
        "数字校准证书中的日期“{detail}”不是有效日期。",
        "The date “{detail}” in the certificate is no valid date.",
    ),
}


class CertificateError(Exception):
    """The file cannot be read as a certificate. `code` is a key of `MESSAGES`."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code
        self.message_zh, self.message_en = (message.format(detail=detail) for message in MESSAGES[code])
        super().__init__(self.message_zh)


@dataclass(frozen=True)
class Item:
    """A calibrated item; `identifiers`: (who gave it, number), such as ("manufacturer", "4711")."""

    name: str
    manufacturer: str
    model: str
    identifiers: tuple[tuple[str, str], ...]

    @property
    def serial(self) -> str:
        """The maker's number, else the first one there is."""
        by_issuer = dict(reversed(self.identifiers))
        return by_issuer.get("manufacturer") or (self.identifiers[0][1] if self.identifiers else "")


@dataclass(frozen=True)
class Quantity:
    """One result: numbers of one unit (SI notation of the certificate, such as "\\\\kelvin").

    Attributes:
        values, uncertainties: as many numbers; one uncertainty may stand for all; empty when none is given.
        coverage: coverage factor k of the expanded uncertainty.
    """

    result: str
    name: str
    values: tuple[Decimal, ...]
    unit: str
    uncertainties: tuple[Decimal, ...]
    coverage: Decimal | None


@dataclass(frozen=True)
class CalibrationCertificate:
    """What a certificate says.

    Attributes:
        identifier: unique within the laboratory. schema: version of the schema it was written in.
        laboratory_code: code of the accreditation, where given. performed_from, performed_to: days of calibration.
        sha256: of the file as it came.
    """

    identifier: str
    schema: str
    country: str
    laboratory: str
    laboratory_code: str
    customer: str
    received_on: date | None
    performed_from: date
    performed_to: date
    issued_on: date | None
    items: tuple[Item, ...]
    quantities: tuple[Quantity, ...]
    sha256: str

    @property
    def dated(self) -> date:
        """The day the certificate speaks of: issue, else end of calibration."""
        return self.issued_on or self.performed_to


def read_certificate(data: bytes) -> CalibrationCertificate:
    """Read the XML of a certificate.

    Raises:
        CertificateError: it is too large, unsafe, no XML, no DCC, or lacks identifier, laboratory, dates or item.
    """
    if len(data) > MAX_BYTES:
        raise CertificateError("too_large")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise CertificateError("xml", str(error).splitlines()[0][:120]) from None
    if root.getroottree().docinfo.doctype:
        raise CertificateError("doctype")
    if root.tag != f"{DCC}digitalCalibrationCertificate":
        raise CertificateError("root")
    core = _only(root, "administrativeData", "coreData")
    laboratory = _only(root, "administrativeData", "calibrationLaboratory")
    items = tuple(_item(node) for node in root.iterfind(f"{DCC}administrativeData/{DCC}items/{DCC}item"))
    if not items:
        raise CertificateError("missing", "dcc:item")
    return CalibrationCertificate(
        identifier=_needed(core, "uniqueIdentifier"),
        schema=root.get("schemaVersion", ""),
        country=_text(core, "countryCodeISO3166_1"),
        laboratory=_words(laboratory.find(f"{DCC}contact/{DCC}name")) or _lacks("dcc:calibrationLaboratory"),
        laboratory_code=_text(laboratory, "calibrationLaboratoryCode"),
        customer=_words(root.find(f"{DCC}administrativeData/{DCC}customer/{DCC}name")),
        received_on=_day(_text(core, "receiptDate")),
        performed_from=_day(_needed(core, "beginPerformanceDate")) or _lacks("dcc:beginPerformanceDate"),
        performed_to=_day(_needed(core, "endPerformanceDate")) or _lacks("dcc:endPerformanceDate"),
        issued_on=_day(_text(core, "issueDate")),
        items=items,
        quantities=tuple(_quantities(root)),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _only(root: Any, *path: str) -> Any:
    found = root.find("/".join(DCC + name for name in path))
    if found is None:
        raise CertificateError("missing", "dcc:" + path[-1])
    return found


def _lacks(name: str) -> Any:
    raise CertificateError("missing", name)


def _text(node: Any, name: str) -> str:
    return " ".join((node.findtext(DCC + name) or "").split())


def _needed(node: Any, name: str) -> str:
    return _text(node, name) or _lacks(f"dcc:{name}")


def _words(node: Any) -> str:
    """The content in Chinese where there is one, else in English, else the first."""
    if node is None:
        return ""
    contents = {item.get("lang", ""): " ".join("".join(item.itertext()).split()) for item in node.iter(f"{DCC}content")}
    return contents.get("zh") or contents.get("en") or next(iter(contents.values()), "")


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])  # xs:date may carry a time zone
    except ValueError:
        raise CertificateError("date", text) from None


def _item(node: Any) -> Item:
    identifiers = tuple(
        (_text(entry, "issuer"), value)
        for entry in node.iterfind(f"{DCC}identifications/{DCC}identification")
        if (value := _text(entry, "value"))
    )
    return Item(
        name=_words(node.find(f"{DCC}name")),
        manufacturer=_words(node.find(f"{DCC}manufacturer/{DCC}name")),
        model=_text(node, "model"),
        identifiers=identifiers,
    )


def _quantities(root: Any) -> Iterator[Quantity]:
    results = root.iterfind(f"{DCC}measurementResults/{DCC}measurementResult/{DCC}results/{DCC}result")
    for result in results:
        title = _words(result.find(f"{DCC}name"))
        for quantity in result.iter(f"{DCC}quantity"):
            name = _words(quantity.find(f"{DCC}name"))
            for number in quantity.iter(f"{SI}real", f"{SI}realListXMLList"):
                listed = "XMLList" if number.tag.endswith("XMLList") else ""
                values = _numbers(number.findtext(f"{SI}value{listed}"))
                if values:
                    unit = (number.findtext(f"{SI}unit{listed}") or "").split()
                    # Version 2 of the SI schema renamed the elements of expanded uncertainty.
                    spread = _first(number, f"uncertainty{listed}", f"valueExpandedMU{listed}")
                    factor = _numbers(_first(number, f"coverageFactor{listed}"))
                    yield Quantity(
                        title, name, values, unit[0] if unit else "", _numbers(spread), factor[0] if factor else None
                    )


def _first(node: Any, *names: str) -> str:
    return next((text for name in names for found in node.iter(SI + name) if (text := found.text)), "")


def _numbers(text: str | None) -> tuple[Decimal, ...]:
    found: list[Decimal] = []
    for word in (text or "").split():
        try:
            value = Decimal(word)
        except InvalidOperation:
            return ()
        if value.is_finite():
            found.append(value)
    return tuple(found)
