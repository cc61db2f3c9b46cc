"""Compressed GS1 Digital Links: element strings packed into bits, written in the URI-safe alphabet of Base64.

Source: GS1 Digital Link Standard: Compression 1.2 (bit layout, formats of Application Identifiers, combinations). Links
are read in full, also such with a key left uncompressed in front; what is written avoids the two combinations whose
order of values differs between the standard's table and GS1's own toolkit, so that every reader reads the same.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from hengjian.methods.gs1.attributes import FORMATS, is_allowed
from hengjian.methods.gs1.digital_link import ORDER, PRIMARY, SHORT_NAMES, parse_digital_link
from hengjian.methods.gs1.keys import IdentifierError

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_SEGMENT = re.compile(r"[A-Za-z0-9_-]{3,512}")
_URI = re.compile(r"(https?://[^/?#\s]+)((?:/[^/?#\s]*)*)/([^/?#\s]+)/?(\?[^#\s]*)?(?:#\S*)?", re.IGNORECASE)
_HEX = "0123456789ABCDEF"
_DIGITS = re.compile(r"[0-9]+")


_LENGTHS = {name[:2]: len(name) for name in FORMATS}
"""Digits of an Application Identifier by its first two."""
COMBINATIONS: dict[str, tuple[str, ...]] = {
    "0A": ("01", "22"), "0B": ("01", "10"), "0C": ("01", "21"), "0D": ("01", "17"), "0E": ("01", "7003"),
    "0F": ("01", "30"), "1A": ("01", "10", "21", "17"), "1B": ("01", "15"), "1C": ("01", "11"), "1D": ("01", "16"),
    "1E": ("01", "91"), "1F": ("01", "10", "15"), "9A": ("8010", "8011"), "9B": ("8017", "8019"),
    "9C": ("8018", "8019"), "9D": ("414", "254"),
    **{f"2{letter}": ("01", f"310{place}") for place, letter in enumerate("ABCDEF")},
    **{f"3{letter}": ("01", f"320{place}") for place, letter in enumerate("ABCDEF")},
    **{f"A{place}": ("01", f"392{place}") for place in range(10)},
    **{f"C{place}": ("255", f"390{place}") for place in range(10)},
    **{f"C{letter}": ("255", f"394{place}") for place, letter in enumerate("ABCD")},
}  # fmt: skip
_CONTESTED = {"1A", "9D"}


class Unpacked(ValueError):
    """The bits do not make element strings."""


class _Bits:
    """A text of the alphabet as bits, read from the left."""

    def __init__(self, text: str) -> None:
        value = 0
        for letter in text:
            value = value << 6 | ALPHABET.index(letter)
        self.value, self.left = value, 6 * len(text)

    def take(self, width: int) -> int:
        if width > self.left:
            raise Unpacked("too short")
        self.left -= width
        return self.value >> self.left & (1 << width) - 1

    @property
    def padding(self) -> bool:
        """Whether only the zeros are left that fill up the last characters."""
        return self.left < 8 and self.value & (1 << self.left) - 1 == 0


def _number_bits(digits: int) -> int:
    return math.ceil(digits * math.log2(10) + 0.01) if digits else 0


def _take_text(bits: _Bits, length: int, coding: int) -> str:
    if coding == 0:
        number = str(bits.take(_number_bits(length))) if length else ""
        if len(number) > length:
            raise Unpacked("number too large")
        return number.zfill(length)
    if coding in (1, 2):
        text = "".join(_HEX[bits.take(4)] for _ in range(length))
        return text.lower() if coding == 1 else text
    if coding == 3:
        return "".join(ALPHABET[bits.take(6)] for _ in range(length))
    if coding == 4:
        return "".join(chr(bits.take(7)) for _ in range(length))
    raise Unpacked("unknown coding")


def _take_value(bits: _Bits, name: str) -> str:
    found = ""
    for part in FORMATS[name]:
        if part.digits:
            length = part.length if part.fixed else bits.take(part.length.bit_length())
            coding = 0
        else:
            coding = bits.take(3)
            length = part.length if part.fixed else bits.take(part.length.bit_length())
        if length > part.length:
            raise Unpacked("longer than allowed")
        found += _take_text(bits, length, coding)
    return found


def _take_elements(text: str, sort: bool) -> dict[str, str]:
    bits, found = _Bits(text), dict[str, str]()
    while not bits.padding:
        head = _HEX[bits.take(4)] + _HEX[bits.take(4)]
        if head.isdigit():
            length = _LENGTHS.get(head, 0)
            name = head + "".join(_HEX[bits.take(4)] for _ in range(length - 2))
            names: Iterable[str] = (name,)
        elif head in COMBINATIONS:
            names = sorted(COMBINATIONS[head]) if sort else COMBINATIONS[head]
        elif head[0] == "F":
            length = (int(head[1], 16) << 3) + bits.take(3)
            name = "".join(ALPHABET[bits.take(6)] for _ in range(length))
            coding = bits.take(3)
            found[name] = _take_text(bits, bits.take(7), coding)
            continue
        else:
            raise Unpacked("unknown combination")
        for name in names:
            if name not in FORMATS:
                raise Unpacked("unknown application identifier")
            value = _take_value(bits, name)
            if not value or found.setdefault(name, value) != value:
                raise Unpacked("empty or contradictory")
            if not is_allowed(name, value):
                raise Unpacked("not allowed")
    return found


def decompress(segment: str) -> list[dict[str, str]]:
    """Readings of a compressed segment as {application identifier or other name: value}; none: it is not one.

    Two only where a combination is contested and both readings hold together.
    """
    if _SEGMENT.fullmatch(segment) is None:
        return []
    found: list[dict[str, str]] = []
    for sort in (False, True):
        try:
            elements = _take_elements(segment, sort)
        except Unpacked:
            continue
        if elements not in found:
            found.append(elements)
    return found


def expand(uri: str) -> str | None:
    """The uncompressed Digital Link of a compressed one; None when it is none with a well-formed key.

    Domain, path stem and the query of the link stay; unpacked attributes come first in the query.
    """
    match = _URI.fullmatch(uri)
    if match is None:
        return None
    domain, stem, segment, query = match.groups()
    for elements in decompress(segment):
        before, given = stem, dict(elements)
        parts = stem.split("/")
        if not PRIMARY.keys() & given.keys() and len(parts) > 2:
            name = SHORT_NAMES.get(parts[-2], parts[-2])
            if name in PRIMARY:
                given, before = {name: parts[-1], **given}, "/".join(parts[:-2])
        link = link_of(given, domain + before)
        if link is None:
            continue
        try:
            parse_digital_link(link)
        except IdentifierError:
            continue
        rest = (query or "").removeprefix("?")
        return f"{link}{'&' if '?' in link else '?'}{rest}" if rest else link
    return None


def link_of(elements: Mapping[str, str], stem: str = "https://id.gs1.org") -> str | None:
    """The Digital Link of element strings: key, qualifiers in their order, the rest as query; None without one key."""
    keys = [name for name in elements if name in PRIMARY]
    if len(keys) != 1:
        return None
    path = [keys[0], *(name for name in ORDER.get(keys[0], ()) if name in elements)]
    link = stem + "".join(f"/{name}/{quote(elements[name], safe='')}" for name in path)
    rest = [f"{quote(name)}={quote(value, safe='')}" for name, value in elements.items() if name not in path]
    return link + ("?" + "&".join(rest) if rest else "")


# ---- writing


def compress(elements: Mapping[str, str]) -> str:
    """The compressed segment of element strings {application identifier: value}.

    Raises:
        ValueError: an unknown application identifier, or a value that its format does not allow.
    """
    bits, left = "", dict(elements)
    best = max(
        (
            (len("".join(names)), code)
            for code, names in COMBINATIONS.items()
            if code not in _CONTESTED and set(names) <= left.keys()
        ),
        default=(0, ""),
    )[1]
    if best:
        bits += f"{int(best, 16):08b}" + "".join(_put(name, left.pop(name)) for name in COMBINATIONS[best])
    for name, value in left.items():
        if name not in FORMATS:
            raise ValueError(f"unknown application identifier {name}")
        bits += "".join(f"{int(digit):04b}" for digit in name) + _put(name, value)
    bits += "0" * (-len(bits) % 6)
    return "".join(ALPHABET[int(bits[place : place + 6], 2)] for place in range(0, len(bits), 6))


def _put(name: str, value: str) -> str:
    found, rest = "", value
    for part in FORMATS[name]:
        text, rest = (rest[: part.length], rest[part.length :]) if part.fixed else (rest, "")
        numeric = _DIGITS.fullmatch(text) is not None
        if (
            len(text) > part.length
            or (part.fixed and len(text) < part.length)
            or (part.digits and text and not numeric)
        ):
            raise ValueError(f"{name} does not allow {value!r}")
        length = "" if part.fixed else f"{len(text):0{part.length.bit_length()}b}"
        coding = 0 if numeric or not text else _coding(text)
        found += length if part.digits else f"{coding:03b}{length}"
        if text:
            found += _put_text(text, coding)
    if rest:
        raise ValueError(f"{name} does not allow {value!r}")
    return found


def _coding(text: str) -> int:
    if set(text) <= set("0123456789abcdef"):
        return 1
    if set(text) <= set(_HEX):
        return 2
    return 3 if set(text) <= set(ALPHABET) else 4


def _put_text(text: str, coding: int) -> str:
    if coding == 0:
        return f"{int(text):0{_number_bits(len(text))}b}"
    if coding in (1, 2):
        return "".join(f"{_HEX.index(letter):04b}" for letter in text.upper())
    if coding == 3:
        return "".join(f"{ALPHABET.index(letter):06b}" for letter in text)
    if not text.isascii():
        raise ValueError(f"only ASCII can be packed: {text!r}")
    return "".join(f"{ord(letter):07b}" for letter in text)
