"""GS1 Digital Link web URIs, read from any domain and written in the constrained canonical form.

Source: GS1 Digital Link URI Syntax 1.2: section 4.4–4.9 (keys, qualifiers and their order), 4.11 (canonical form);
CBV 2.0 section 8.9 for the constrained form (finest level only, no query string).
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from hengjian.methods.gs1.keys import SCHEMES, Identifier, IdentifierError, Scheme, check_text, has_check_digit

CANONICAL_DOMAIN = "https://id.gs1.org"
_URI = re.compile(r"https?://[^/?#\s]+(/[^?#\s]*)", re.IGNORECASE)
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ESCAPED = re.compile(r"[^A-Za-z0-9\-._~';=]")
SHORT_NAMES = {
    "gtin": "01", "itip": "8006", "cpid": "8010", "gln": "414", "party": "417", "gsrnp": "8017", "gsrn": "8018",
    "gcn": "255", "sscc": "00", "gdti": "253", "ginc": "401", "gsin": "402", "grai": "8003", "giai": "8004",
}  # fmt: skip
_SHORT_QUALIFIERS = {"cpv": "22", "lot": "10", "ser": "21"}
PRIMARY: dict[str, Scheme] = {
    scheme.ai: scheme for scheme in SCHEMES.values() if scheme.name not in {"sgtin", "lgtin", "upui", "litip"}
}
ORDER = {"01": ("22", "10", "21", "235"), "8006": ("22", "10", "21"), "414": ("254", "7040"), "8010": ("8011",)}
"""Qualifiers each key may have, in the order in which they may stand."""
_LIMITS = {"22": 20, "10": 20, "21": 20, "235": 28, "254": 20, "8011": 12, "7040": 4}
_QUALIFIERS = {*_LIMITS, *_SHORT_QUALIFIERS}
_FINEST = (("21", "sgtin"), ("235", "upui"), ("10", "lgtin"))


def parse_digital_link(uri: str, *, check: bool = True) -> Identifier:
    """The identifier behind a Digital Link of any domain and path stem; raises `IdentifierError`.

    `check` False leaves check digits unverified, as the event hash does: a wrong code hashes the same everywhere.
    """
    match = _URI.match(uri)
    if match is None:
        raise _no_key(uri)
    segments = match[1].split("/")[1:]
    if segments and not segments[-1]:
        segments.pop()
    start = _find_key(uri, segments)
    name, text = segments[start], segments[start + 1]
    if start >= 2 and segments[start - 2] in _QUALIFIERS and segments[start - 2] not in PRIMARY:
        raise IdentifierError("qualifier_order", uri, "限定符应在主标识之后", "a qualifier stands before its key")
    scheme = PRIMARY[SHORT_NAMES.get(name, name)]
    qualifiers = _read_qualifiers(uri, scheme.ai, segments[start + 2 :])
    identifier = _identifier(uri, scheme, _decode(uri, text), qualifiers)
    if check:
        check_key(identifier, uri)
    return identifier


def check_key(identifier: Identifier, uri: str) -> None:
    """Check digit, piece and total of an identifier that was read from `uri`; raises `IdentifierError`."""
    scheme, key = SCHEMES[identifier.scheme], identifier.key
    if scheme.ai == "8006" and not "01" <= key[14:16] <= key[16:18]:
        raise IdentifierError("piece_total", uri, "件序号应在 1 与总件数之间", "the piece lies between 1 and the total")
    if scheme.checked and not has_check_digit(key[: scheme.key_length]):
        raise IdentifierError("check_digit", uri, "校验码不符", "the check digit is wrong")


def to_digital_link(identifier: Identifier, domain: str = CANONICAL_DOMAIN) -> str:
    """The constrained Digital Link of an identifier under `domain`: key and its finest qualifier, no query string."""
    scheme = SCHEMES[identifier.scheme]
    if scheme.joined:
        return f"{domain}/{scheme.ai}/{_encode(identifier.key + identifier.serial)}"
    if not identifier.serial:
        return f"{domain}/{scheme.ai}/{_encode(identifier.key)}"
    return f"{domain}/{scheme.ai}/{_encode(identifier.key)}/{scheme.qualifier}/{_encode(identifier.serial)}"


def can_name_key(head: str) -> bool:
    """Whether the last segment of a path that ends in "/" is the name of a primary key, whose value may follow."""
    segment = head[:-1].rpartition("/")[2]
    return SHORT_NAMES.get(segment, segment) in PRIMARY


def _find_key(uri: str, segments: list[str]) -> int:
    """Index of the segment that names the primary key: the first one followed by a value that key can have."""
    for index, segment in enumerate(segments[:-1]):
        scheme = PRIMARY.get(SHORT_NAMES.get(segment, segment))
        if scheme is not None and _plausible(scheme, segments[index + 1]):
            return index
    raise _no_key(uri)


def _plausible(scheme: Scheme, value: str) -> bool:
    if scheme.body is None:
        return value[:4].isdigit() and value.isascii()
    digits = value[: scheme.key_length]
    if scheme.ai == "01":
        return value.isdigit() and value.isascii() and len(value) in {8, 12, 13, 14}
    if scheme.ai == "8006":
        return value.isdigit() and value.isascii() and len(value) == 18
    if not (digits.isdigit() and digits.isascii() and len(digits) == scheme.key_length):
        return False
    return scheme.joined or len(value) == scheme.key_length


def _read_qualifiers(uri: str, ai: str, segments: list[str]) -> dict[str, str]:
    if len(segments) % 2:
        raise IdentifierError(
            "qualifier", uri, "主标识之后的路径不成对", "the path behind the key is not made of pairs"
        )
    allowed = ORDER.get(ai, ())
    found: dict[str, str] = {}
    position = 0
    for name, value in zip(segments[::2], segments[1::2], strict=True):
        name = _SHORT_QUALIFIERS.get(name, name)
        if name not in allowed:
            raise IdentifierError(
                "qualifier", uri, f"主标识 {ai} 没有限定符 {name}", f"key {ai} has no qualifier {name}"
            )
        if allowed.index(name) < position:
            raise IdentifierError("qualifier_order", uri, "限定符的次序有误", "the qualifiers stand in a wrong order")
        position = allowed.index(name) + 1
        text = _decode(uri, value)
        check_text(text, _LIMITS[name], uri, digits=name == "8011")
        found[name] = text
    return found


def _identifier(uri: str, scheme: Scheme, text: str, qualifiers: dict[str, str]) -> Identifier:
    name, serial = scheme.name, ""
    if scheme.ai == "01":
        key = text.zfill(14)
        name, serial = next(((kind, qualifiers[ai]) for ai, kind in _FINEST if ai in qualifiers), ("gtin", ""))
    elif scheme.body is None:
        key = text
        check_text(key, scheme.limit, uri, upper=scheme.upper)
        serial = qualifiers.get("8011", "")
    elif scheme.joined:
        key, serial = text[: scheme.key_length], text[scheme.key_length :]
        if serial:
            check_text(serial, scheme.serial_limit, uri, digits=scheme.serial_digits)
    elif scheme.ai == "8006":
        key, serial = text, qualifiers.get("21", "")
        if not serial and "10" in qualifiers:
            name, serial = "litip", qualifiers["10"]
    else:
        key, serial = text, qualifiers.get(scheme.qualifier, "")
    return Identifier(name, key, serial)


def _decode(uri: str, text: str) -> str:
    if "%" not in text:
        return text
    if _BAD_ESCAPE.search(text):
        raise IdentifierError("percent_encoding", uri, "百分号编码有误", "a broken percent-encoding")
    return unquote(text)


def _encode(text: str) -> str:
    if text.isalnum() and text.isascii():
        return text
    return _ESCAPED.sub(lambda match: f"%{ord(match[0]):02X}", text)


def _no_key(uri: str) -> IdentifierError:
    return IdentifierError("not_gs1", uri, "网址中没有 GS1 主标识", "no GS1 key in this web address")
