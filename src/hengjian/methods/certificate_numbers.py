"""Numbers of accreditations and certificates: CMA, CCC, CNAS. What they must look like and what their parts say.

The code tables are data of the rulebook (family `codes`); they are handed in, because they change and the form of the
numbers does not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

MESSAGES: dict[str, tuple[str, str]] = {
    "cma_form": (
        "CMA 资质认定证书编号应为 12 位数字，“{text}”不是。",
        "A CMA number has 12 digits; “{text}” has not.",
    ),
    "cma_issuer": (
        "CMA 编号“{text}”第 3、4 位（发证机关代码 {part}）不存在，请核对证书。",
        "Digits 3–4 of “{text}” (issuer {part}) do not exist; check the certificate.",
    ),
    "cma_field": (
        "CMA 编号“{text}”第 5、6 位（专业领域代码 {part}）不存在，请核对证书。",
        "Digits 5–6 of “{text}” (field {part}) do not exist; check the certificate.",
    ),
    "cma_line": (
        "CMA 编号“{text}”第 7、8 位（行业主管部门代码 {part}）不存在，请核对证书。",
        "Digits 7–8 of “{text}” (line ministry {part}) do not exist; check the certificate.",
    ),
    "serial": (
        "编号“{text}”的流水号全是 0，请核对证书。",
        "The serial number of “{text}” is all zeros; check the certificate.",
    ),
    "ccc_form": (
        "CCC 证书编号应为 16 位数字，“{text}”不是。",
        "A CCC certificate number has 16 digits; “{text}” has not.",
    ),
    "ccc_year": (
        "CCC 证书编号“{text}”前 4 位应为发证年份（2002 年起）。",
        "The first four digits of “{text}” must be the year of issue (from 2002).",
    ),
    "cnas_form": (
        "CNAS 认可编号由字母类别和数字组成，例如 L1234、IB0012、CB C001，“{text}”不是。",
        "A CNAS number is a class in letters and digits, such as L1234 or IB0012; “{text}” is not.",
    ),
}
CCC_SINCE = 2002
CMA_SINCE = 2000


class CertificateNumberError(ValueError):
    """The text is no such number. `code` is a key of `MESSAGES`."""

    def __init__(self, code: str, text: str, part: str = "") -> None:
        self.code = code
        self.message_zh, self.message_en = (message.format(text=text, part=part) for message in MESSAGES[code])
        super().__init__(self.message_zh)


@dataclass(frozen=True)
class CmaTables:
    """What the digits of a CMA number mean: two-digit code → name."""

    issuers: Mapping[str, str]
    fields: Mapping[str, str]
    lines: Mapping[str, str]


@dataclass(frozen=True)
class CmaNumber:
    """A number of an inspection body's or laboratory's approval (资质认定).

    Attributes:
        year: year of issue. issuer, field, line: two digits each. serial: four digits.
    """

    text: str
    year: int
    issuer: str
    field: str
    line: str
    serial: str


@dataclass(frozen=True)
class CccNumber:
    """A number of a compulsory product certificate: year, certification body, product class, serial."""

    text: str
    year: int
    body: str
    product_class: str
    serial: str


@dataclass(frozen=True)
class CnasNumber:
    """A CNAS accreditation: class ("L" laboratories, "IB" inspection bodies …) and number."""

    text: str
    kind: str
    serial: str


def plain(text: str) -> str:
    """ASCII digits and capitals without spaces and hyphens, as numbers are often written in groups.

    >>> plain("１７３１ 2111 0023")
    '173121110023'
    """
    return re.sub(r"[\s\-‐-―－·]+", "", unicodedata.normalize("NFKC", text)).upper()


def parse_cma(text: str, tables: CmaTables) -> CmaNumber:
    """Read a CMA number: digits 1-2 year, 3-4 issuer, 5-6 field, 7-8 line ministry, 9-12 serial.

    Raises:
        CertificateNumberError: wrong length, or a code that its table does not have.
    """
    digits = re.sub(r"^CMA(?=\d)", "", plain(text))
    if not re.fullmatch(r"[0-9]{12}", digits):
        raise CertificateNumberError("cma_form", text.strip())
    number = CmaNumber(digits, CMA_SINCE + int(digits[:2]), digits[2:4], digits[4:6], digits[6:8], digits[8:])
    for code, part, table in (
        ("cma_issuer", number.issuer, tables.issuers),
        ("cma_field", number.field, tables.fields),
        ("cma_line", number.line, tables.lines),
    ):
        if part not in table:
            raise CertificateNumberError(code, digits, part)
    if number.serial == "0000":
        raise CertificateNumberError("serial", digits)
    return number


def parse_ccc(text: str) -> CccNumber:
    """Read a CCC number: digits 1-4 year, 5-6 body, 7-10 product class, 11-16 serial.

    Raises:
        CertificateNumberError: wrong length, or a year before compulsory certification began.
    """
    digits = plain(text)
    if not re.fullmatch(r"[0-9]{16}", digits):
        raise CertificateNumberError("ccc_form", text.strip())
    number = CccNumber(digits, int(digits[:4]), digits[4:6], digits[6:10], digits[10:])
    if not CCC_SINCE <= number.year <= 2099:
        raise CertificateNumberError("ccc_year", digits)
    if int(number.serial) == 0:
        raise CertificateNumberError("serial", digits)
    return number


def parse_cnas(text: str) -> CnasNumber:
    """Read a CNAS number; "CNAS" in front may stand or not.

    Raises:
        CertificateNumberError: it has another form.
    """
    found = re.fullmatch(r"(?:CNAS)?(?P<kind>[A-Z]{1,2})(?P<serial>[0-9]{3,6})(?:M)?", plain(text))
    if found is None:
        raise CertificateNumberError("cnas_form", text.strip())
    return CnasNumber(f"CNAS {found['kind']}{found['serial']}", found["kind"], found["serial"])
