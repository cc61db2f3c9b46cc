"""Patterns of identifiers, as queries use them: `urn:epc:idpat:sgtin:4012345.011111.*`, `…:4012345.*.*`, class links.

Source: EPC Tag Data Standard 2.0 section 6 (pure identity patterns); EPCIS 2.0 section 8.2.7.1 (MATCH_… parameters).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hengjian.methods.gs1 import CANONICAL_DOMAIN, canonical, parse
from hengjian.methods.gs1.keys import SCHEMES, Identifier, IdentifierError, Scheme, check_digit


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern of identifiers taken apart.

    `head`: the digits that follow the first `start` of the key; `lead`: what the key begins with, None where it may be
    any indicator; `pieces`: piece and total of an ITIP.
    """

    scheme: Scheme
    start: int
    head: str
    lead: str | None
    pieces: str

    def matches(self, uri: str) -> bool:
        """Whether an identifier, however it is written, fits."""
        found = _parse(uri)
        scheme = self.scheme
        if found is None or found.scheme != scheme.name or not (found.serial or scheme.whole):
            return False
        if self.lead is not None and not found.key.startswith(self.lead):
            return False
        return found.key.startswith(self.head, self.start) and found.key[14:].startswith(self.pieces)

    def prefixes(self) -> list[str]:
        """What the canonical links of everything that fits begin with: for looking them up in an ordered list. Some
        of what begins so may not fit; `matches` decides."""
        scheme = self.scheme
        leads = [self.lead] if self.lead is not None else [scheme.filler]
        if self.lead is None and scheme.lead:
            leads = [f"{scheme.filler}{digit}" for digit in "0123456789"]
        known = [f"{CANONICAL_DOMAIN}/{scheme.ai}/{lead}{self.head}" for lead in leads]
        full = scheme.key_length and len(leads[0] + self.head) + 1 == scheme.key_length and scheme.checked
        if not full or scheme.name == "itip":
            return known
        links = []
        for lead in leads:
            key = lead + self.head + check_digit(lead + self.head)
            tail = "" if scheme.joined or not scheme.qualifier or scheme.whole else f"/{scheme.qualifier}/"
            links.append(f"{CANONICAL_DOMAIN}/{scheme.ai}/{key}{tail}")
        return links


def read_pattern(pattern: str) -> Pattern:
    """A pattern with `*` at its end; raises `IdentifierError` for anything else."""
    name, _, body = pattern.removeprefix("urn:epc:idpat:").partition(":")
    scheme = SCHEMES.get(name)
    if not pattern.startswith("urn:epc:idpat:") or scheme is None or not body:
        raise IdentifierError("unknown_scheme", pattern, f"未知的 EPC 方案 {name}", f"unknown EPC scheme {name}")
    parts = body.split(".")
    given = [part for part in parts if part != "*"]
    if len(parts) < 2 or parts[: len(given)] != given or len(given) == len(parts):
        raise IdentifierError("malformed", pattern, "通配符只能在末尾", "only the last parts may be wildcards")
    prefix = given[0] if given else ""
    reference = given[1] if len(given) > 1 else ""
    lead = scheme.filler + reference[: scheme.lead] if len(given) > 1 or not scheme.lead else None
    return Pattern(
        scheme,
        len(scheme.filler) + scheme.lead,
        prefix + reference[scheme.lead :],
        lead,
        "".join(given[2:]) if name == "itip" else "",
    )


def matcher(pattern: str) -> Callable[[str], bool]:
    """A test for identifiers, however they are written: equality of the canonical form, or the pattern's parts.

    A class (GTIN without serial or lot) matches only itself; a pattern with `*` matches what its given parts fit.
    Raises `IdentifierError` "malformed" for a pattern with something behind a `*`.
    """
    if not pattern.startswith("urn:epc:idpat:"):
        wanted = canonical(pattern) or pattern
        return lambda uri: (canonical(uri) or uri) == wanted
    return read_pattern(pattern).matches


def _parse(uri: str) -> Identifier | None:
    try:
        return parse(uri)
    except IdentifierError:
        return None
