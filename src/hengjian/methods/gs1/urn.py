"""EPC URNs: `urn:epc:id:…` (instances), `urn:epc:class:lgtin:…` (lots), `urn:epc:idpat:…` (classes).

Source: EPC Tag Data Standard 2.0, section 6. The company prefix stands before the first full stop: its length is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from urllib.parse import unquote

from hengjian.methods.gs1.keys import (
    PREFIX_LENGTHS,
    SCHEMES,
    Identifier,
    IdentifierError,
    Scheme,
    check_digit,
    check_text,
)

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ESCAPED_IN_URN = re.compile(r"[\"#%&/<>?]")
_NUMERIC = re.compile(r"([0-9]{6,12})\.([0-9]*)(?:\.(.*))?", re.DOTALL)
_ITIP = re.compile(r"([0-9]{6,12})\.([0-9]*)\.([0-9]{2})\.([0-9]{2})\.(.*)", re.DOTALL)
_FREE = re.compile(r"([0-9]{6,12})\.(.*)", re.DOTALL)
_CPI = re.compile(r"([0-9]{6,12})\.(.*)\.([^.]*)", re.DOTALL)

_WITHOUT_URN = frozenset({"gtin", "litip"})

PrefixLengths = int | Mapping[str, int] | Callable[[str], int | None]
"""Digits of the company prefix: a number, a table {leading digits: length} (longest wins), or a function of the key."""


def parse_urn(uri: str) -> Identifier:
    """The identifier behind an EPC URN; raises `IdentifierError` with the reason.

    A pattern is read as class: only `…*` in place of the serial. Wider patterns are for `patterns.matcher`.
    """
    parts = uri.split(":", 4)
    if len(parts) != 5 or parts[0] != "urn" or parts[1] != "epc":
        raise IdentifierError("not_gs1", uri, "不是 EPC URN", "not an EPC URN")
    kind, name, body = parts[2], parts[3], parts[4]
    scheme = SCHEMES.get(name)
    if scheme is None or name in _WITHOUT_URN or kind not in {"idpat", "class" if name == "lgtin" else "id"}:
        raise IdentifierError(
            "unknown_scheme", uri, f"未知的 EPC 方案 {kind}:{name}", f"unknown EPC scheme {kind}:{name}"
        )
    pattern = kind == "idpat"
    if pattern and not scheme.serial_limit:
        raise IdentifierError("unknown_scheme", uri, f"{name} 没有类别模式", f"{name} has no class pattern")
    if name == "itip":
        return _itip(uri, scheme, body, pattern)
    if scheme.body is None:
        return _free(uri, scheme, body, pattern)
    match = _NUMERIC.fullmatch(body)
    if match is None:
        raise _malformed(uri)
    prefix, reference, tail = match.groups()
    key = _key(uri, scheme, prefix, reference)
    serial = _serial(uri, scheme, tail, pattern)
    if name == "sgln" and serial == "0":  # The extension 0 says: the location itself, no part of it.
        serial = ""
    if pattern and name in {"sgtin", "upui", "lgtin"}:
        name = "gtin"
    return Identifier(name, key, serial, len(prefix))


def to_urn(identifier: Identifier, prefix_length: PrefixLengths | None = None) -> str:
    """The EPC URN of an identifier; classes become patterns.

    A Digital Link does not carry the length of the company prefix: without it `IdentifierError` "prefix_unknown".
    """
    scheme = SCHEMES[identifier.scheme]
    if identifier.scheme == "litip":
        raise IdentifierError(
            "unknown_scheme", identifier.key, "批次级 ITIP 没有 EPC URN", "an ITIP with lot has no EPC URN"
        )
    key = identifier.key[len(scheme.filler) :]
    digits = identifier.prefix_length or _prefix_length(key[scheme.lead :], prefix_length)
    if digits is None:
        raise IdentifierError(
            "prefix_unknown", identifier.key, "厂商识别代码的长度未知", "the length of the company prefix is unknown"
        )
    lead, rest = key[: scheme.lead], key[scheme.lead :]
    prefix = rest[:digits]
    end = None if scheme.body is None else scheme.body - scheme.lead
    reference = lead + _escape(rest[digits:end])
    if digits not in PREFIX_LENGTHS or len(prefix) != digits or (scheme.body is None and not rest[digits:]):
        raise IdentifierError(
            "company_prefix", identifier.key, "厂商识别代码的长度不符", "the company prefix has a wrong length"
        )
    head = f"{prefix}.{reference}"
    if identifier.scheme == "itip":
        head += f".{identifier.key[14:16]}.{identifier.key[16:18]}"
    if identifier.scheme == "gtin":
        return f"urn:epc:idpat:sgtin:{head}.*"
    if not scheme.serial_limit:
        return f"urn:epc:id:{identifier.scheme}:{head}"
    if not identifier.serial:
        return f"urn:epc:id:sgln:{head}.0" if scheme.whole else f"urn:epc:idpat:{identifier.scheme}:{head}.*"
    kind = "class" if identifier.scheme == "lgtin" else "id"
    return f"urn:epc:{kind}:{identifier.scheme}:{head}.{_escape(identifier.serial)}"


def _prefix_length(digits: str, given: PrefixLengths | None) -> int | None:
    if given is None or isinstance(given, int):
        return given
    if isinstance(given, Mapping):
        return next((given[digits[:size]] for size in range(12, 0, -1) if digits[:size] in given), None)
    return given(digits)


def _key(uri: str, scheme: Scheme, prefix: str, reference: str) -> str:
    key = _whole_key(scheme.name, prefix, reference)
    if key is None:
        raise IdentifierError(
            "company_prefix",
            uri,
            f"厂商识别代码与参考代码合计应为 {scheme.body} 位数字",
            f"company prefix and reference together have {scheme.body} digits",
        )
    return key


@lru_cache(maxsize=1 << 12)
def _whole_key(name: str, prefix: str, reference: str) -> str | None:
    """The key with its check digit, None where the digits are not as many as the scheme has; thousands of serials
    share one."""
    scheme = SCHEMES[name]
    if len(prefix) + len(reference) != scheme.body:
        return None
    digits = f"{scheme.filler}{reference[: scheme.lead]}{prefix}{reference[scheme.lead :]}"
    return digits + check_digit(digits)


def _serial(uri: str, scheme: Scheme, tail: str | None, pattern: bool) -> str:
    if not scheme.serial_limit:
        if tail is not None:
            raise _malformed(uri)
        return ""
    if tail is None:
        raise _malformed(uri)
    if pattern:
        if tail != "*":
            raise _malformed(uri)
        return ""
    serial = _decode(uri, tail)
    check_text(serial, scheme.serial_limit, uri, digits=scheme.serial_digits)
    return serial


def _itip(uri: str, scheme: Scheme, body: str, pattern: bool) -> Identifier:
    match = _ITIP.fullmatch(body)
    if match is None:
        raise _malformed(uri)
    prefix, reference, piece, total, tail = match.groups()
    if not "01" <= piece <= total:
        raise IdentifierError("piece_total", uri, "件序号应在 1 与总件数之间", "the piece lies between 1 and the total")
    key = _key(uri, scheme, prefix, reference) + piece + total
    return Identifier("itip", key, _serial(uri, scheme, tail, pattern), len(prefix))


def _free(uri: str, scheme: Scheme, body: str, pattern: bool) -> Identifier:
    match = (_CPI if scheme.serial_limit else _FREE).fullmatch(body)
    if match is None:
        raise _malformed(uri)
    prefix = match[1]
    reference = _decode(uri, match[2])
    if not reference:
        raise _malformed(uri)
    key = prefix + reference
    check_text(key, scheme.limit, uri, upper=scheme.upper)
    serial = _serial(uri, scheme, match[3], pattern) if scheme.serial_limit else ""
    return Identifier(scheme.name, key, serial, len(prefix))


def _decode(uri: str, text: str) -> str:
    if "%" not in text:
        return text
    if _BAD_ESCAPE.search(text):
        raise IdentifierError("percent_encoding", uri, "百分号编码有误", "a broken percent-encoding")
    return unquote(text)


def _escape(text: str) -> str:
    return _ESCAPED_IN_URN.sub(lambda match: f"%{ord(match[0]):02X}", text)


def _malformed(uri: str) -> IdentifierError:
    return IdentifierError("malformed", uri, "EPC URN 的构成有误", "the parts of the EPC URN do not fit its scheme")
