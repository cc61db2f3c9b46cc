"""GS1 keys as data: their parts, how long those are, how they are written as EPC URN and GS1 Digital Link.

Sources: GS1 General Specifications 7.9.1 (check digits) and 7.11 (character sets), EPC Tag Data Standard 2.0
section 6 (URN), GS1 Digital Link URI Syntax 1.2 section 4 (web URI).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Level = Literal[
    "instance", "lot", "class", "logistic_unit", "location", "party", "asset", "document", "shipment", "person"
]

_CHARACTERS_82 = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]+")
_CHARACTERS_39 = re.compile(r"[#\-/0-9A-Z]+")
_DIGITS = re.compile(r"[0-9]+")
PREFIX_LENGTHS = range(6, 13)
"""Digits a company prefix may have in an EPC URN (12 leaves no room for a reference of a GLN)."""


class IdentifierError(ValueError):
    """A text that is not the identifier it claims to be.

    `reason` is stable: malformed, unknown_scheme, not_gs1, company_prefix, length, digits, characters, check_digit,
    percent_encoding, qualifier_order, qualifier, piece_total, prefix_unknown.
    """

    def __init__(self, reason: str, uri: str, message_zh: str, message_en: str) -> None:
        super().__init__(f"{message_en}: {uri[:200]}")
        self.reason, self.uri, self.message_zh, self.message_en = reason, uri, message_zh, message_en


def check_digit(digits: str) -> str:
    """The check digit that follows `digits` (GS1 General Specifications 7.9.1: weights 3, 1, 3 … from the right)."""
    codes = digits.encode("ascii")
    odd, even = codes[::-2], codes[-2::-2]
    total = 3 * (sum(odd) - 48 * len(odd)) + sum(even) - 48 * len(even)
    return str(-total % 10)


def has_check_digit(key: str) -> bool:
    """Whether the last digit of an all-digit key is its check digit; False for anything that is not all digits."""
    return len(key) > 1 and _DIGITS.fullmatch(key) is not None and check_digit(key[:-1]) == key[-1]


@dataclass(frozen=True, slots=True)
class Scheme:
    """How one kind of key is built.

    `body`: digits of company prefix and reference together; None where the reference is free text (`limit`
    characters in all). `lead`: digits of the reference that stand before the company prefix in the key (indicator,
    extension digit); `filler`: a fixed digit before the company prefix. `checked`: a check digit follows. `joined`: the
    serial follows the key directly; otherwise it is a path segment under `qualifier`. `serial_limit` 0: no serial.
    """

    name: str
    ai: str
    level: Level
    body: int | None
    lead: int = 0
    filler: str = ""
    checked: bool = True
    joined: bool = False
    qualifier: str = ""
    serial_limit: int = 0
    serial_digits: bool = False
    limit: int = 0
    upper: bool = False
    whole: bool = False
    """Whether the key without serial is an identifier by itself (SGLN without extension), not a class."""

    @property
    def key_length(self) -> int:
        """Characters of the key itself, without serial, piece and total; 0 where it varies."""
        return 0 if self.body is None else len(self.filler) + self.body + (1 if self.checked else 0)


SCHEMES: dict[str, Scheme] = {
    scheme.name: scheme
    for scheme in (
        Scheme("sgtin", "01", "instance", 13, lead=1, qualifier="21", serial_limit=20),
        Scheme("lgtin", "01", "lot", 13, lead=1, qualifier="10", serial_limit=20),
        Scheme("upui", "01", "instance", 13, lead=1, qualifier="235", serial_limit=28),
        Scheme("gtin", "01", "class", 13, lead=1),
        Scheme("itip", "8006", "instance", 13, lead=1, qualifier="21", serial_limit=20),
        Scheme("litip", "8006", "lot", 13, lead=1, qualifier="10", serial_limit=20),
        Scheme("sscc", "00", "logistic_unit", 17, lead=1, whole=True),
        Scheme("sgln", "414", "location", 12, qualifier="254", serial_limit=20, whole=True),
        Scheme("pgln", "417", "party", 12, whole=True),
        Scheme("grai", "8003", "asset", 12, filler="0", joined=True, serial_limit=16),
        Scheme("giai", "8004", "asset", None, checked=False, limit=30, whole=True),
        Scheme("gsrn", "8018", "person", 17, whole=True),
        Scheme("gsrnp", "8017", "person", 17, whole=True),
        Scheme("gdti", "253", "document", 12, joined=True, serial_limit=17),
        Scheme("sgcn", "255", "document", 12, joined=True, serial_limit=12, serial_digits=True),
        Scheme(
            "cpi",
            "8010",
            "instance",
            None,
            checked=False,
            qualifier="8011",
            serial_limit=12,
            serial_digits=True,
            limit=30,
            upper=True,
        ),
        Scheme("ginc", "401", "shipment", None, checked=False, limit=30, whole=True),
        Scheme("gsin", "402", "shipment", 16, whole=True),
    )
}


@dataclass(frozen=True, slots=True)
class Identifier:
    """One GS1 key, independent of how it was written.

    `key`: the primary key with check digit (GTIN always 14 digits; ITIP with piece and total). `serial`: the decoded
    serial, lot or extension; empty at class level. `prefix_length`: digits of the company prefix, None when read from a
    Digital Link, which does not carry it.
    """

    scheme: str
    key: str
    serial: str = ""
    prefix_length: int | None = None

    @property
    def level(self) -> Level:
        """What the identifier names; a key without its serial is a class, unless the key is complete by itself."""
        scheme = SCHEMES[self.scheme]
        return scheme.level if self.serial or scheme.whole else "class"

    @property
    def company_prefix(self) -> str | None:
        """The company prefix, where its length is known."""
        if self.prefix_length is None:
            return None
        start = SCHEMES[self.scheme].lead + len(SCHEMES[self.scheme].filler)
        return self.key[start : start + self.prefix_length]


def check_text(text: str, limit: int, uri: str, *, digits: bool = False, upper: bool = False) -> None:
    """Length and characters of a decoded serial or reference; raises `IdentifierError`."""
    if not 0 < len(text) <= limit:
        raise IdentifierError(
            "length",
            uri,
            f"序列、批号或参考部分应为 1 至 {limit} 个字符",
            f"the serial, lot or reference has 1 to {limit} characters",
        )
    allowed = _DIGITS if digits else _CHARACTERS_39 if upper else _CHARACTERS_82
    if allowed.fullmatch(text) is None:
        raise IdentifierError(
            "characters", uri, "含有 GS1 标识不允许的字符", "characters that GS1 identifiers do not allow"
        )
