"""Patterns of identifiers, as queries use them: `urn:epc:idpat:sgtin:4012345.011111.*`, `…:4012345.*.*`, class links.

Source: EPC Tag Data Standard 2.0 section 6 (pure identity patterns); EPCIS 2.0 section 8.2.7.1 (MATCH_… parameters).
"""

from __future__ import annotations

from collections.abc import Callable

from hengjian.methods.gs1 import canonical, parse
from hengjian.methods.gs1.keys import SCHEMES, Identifier, IdentifierError


def matcher(pattern: str) -> Callable[[str], bool]:
    """A test for identifiers, however they are written: equality of the canonical form, or the pattern's parts.

    A class (GTIN without serial or lot) matches only itself; a pattern with `*` matches what its given parts fit.
    Raises `IdentifierError` "malformed" for a pattern with something behind a `*`.
    """
    if not pattern.startswith("urn:epc:idpat:"):
        wanted = canonical(pattern) or pattern
        return lambda uri: (canonical(uri) or uri) == wanted
    name, _, body = pattern.removeprefix("urn:epc:idpat:").partition(":")
    scheme = SCHEMES.get(name)
    if scheme is None or not body:
        raise IdentifierError("unknown_scheme", pattern, f"未知的 EPC 方案 {name}", f"unknown EPC scheme {name}")
    parts = body.split(".")
    given = [part for part in parts if part != "*"]
    if len(parts) < 2 or parts[: len(given)] != given or len(given) == len(parts):
        raise IdentifierError("malformed", pattern, "通配符只能在末尾", "only the last parts may be wildcards")
    prefix = given[0] if given else ""
    reference = given[1] if len(given) > 1 else ""
    lead = reference[: scheme.lead] or None
    start = len(scheme.filler) + scheme.lead
    head = prefix + reference[scheme.lead :]
    pieces = "".join(given[2:])

    def matches(uri: str) -> bool:
        found = _parse(uri)
        if found is None or found.scheme != name:
            return False
        if not found.serial and not scheme.whole:
            return False
        if lead is not None and not found.key.startswith(scheme.filler + lead):
            return False
        return found.key.startswith(head, start) and (not pieces or found.key[14:].startswith(pieces))

    return matches


def _parse(uri: str) -> Identifier | None:
    try:
        return parse(uri)
    except IdentifierError:
        return None
