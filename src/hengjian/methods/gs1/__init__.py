"""GS1 keys: read from EPC URN or GS1 Digital Link, checked, written as either, compared in one canonical form."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from hengjian.methods.gs1.digital_link import CANONICAL_DOMAIN, check_key, parse_digital_link, to_digital_link
from hengjian.methods.gs1.families import CACHED_LENGTH, families_of, family_of
from hengjian.methods.gs1.keys import SCHEMES, Identifier, IdentifierError, check_digit, has_check_digit
from hengjian.methods.gs1.urn import parse_urn, to_urn

__all__ = [
    "CACHED_LENGTH",
    "CANONICAL_DOMAIN",
    "SCHEMES",
    "Examined",
    "Identifier",
    "IdentifierError",
    "canonical",
    "canonical_links",
    "check_digit",
    "examine",
    "families_of",
    "family_of",
    "has_check_digit",
    "parse",
    "parse_digital_link",
    "parse_urn",
    "to_digital_link",
    "to_urn",
]


def parse(uri: str) -> Identifier:
    """The identifier behind an EPC URN or a Digital Link; raises `IdentifierError` with a reason."""
    return parse_urn(uri) if uri.startswith("urn:") else parse_digital_link(uri)


def canonical(uri: str) -> str | None:
    """The constrained canonical Digital Link of a URI, or None when it carries no well-formed GS1 key.

    Own domains become id.gs1.org, the query string and coarser levels go, GTINs have 14 digits. Check digits of Digital
    Links are not judged here (see `parse`), as in the reference implementation of the event hash.
    """
    found = family_of(uri)
    if found is not None:
        family, serial = found
        return family.link + serial if family.link else None
    return examine(uri).link


def canonical_links(uris: Sequence[str]) -> list[str | None]:
    """`canonical` of many URIs."""
    return [
        canonical(uri) if found is None else found[0].link + found[1] if found[0].link else None
        for uri, found in zip(uris, families_of(uris), strict=True)
    ]


class Examined(NamedTuple):
    """What a URI turned out to be: a GS1 identifier, a failed one (`fault`), or something else (neither)."""

    identifier: Identifier | None = None
    link: str | None = None
    fault: IdentifierError | None = None


def examine(uri: str) -> Examined:
    """Reads a URI once for all that is asked about it; `fault` may stand beside an identifier (wrong check digit)."""
    return _cached(uri) if len(uri) <= CACHED_LENGTH else _examine(uri)


def _examine(uri: str) -> Examined:
    urn = uri.startswith("urn:epc:")
    if not urn and not uri.startswith(("http://", "https://")):
        return _OTHER
    fault = None
    try:
        if urn:
            identifier = parse_urn(uri)
        else:
            identifier = parse_digital_link(uri, check=False)
            try:
                check_key(identifier, uri)
            except IdentifierError as error:
                fault = error.with_traceback(None)
    except IdentifierError as error:
        claimed = (
            uri.startswith(_CLAIMS) if urn else error.reason != "not_gs1" or uri.startswith(CANONICAL_DOMAIN + "/")
        )
        return Examined(fault=error.with_traceback(None)) if claimed else _OTHER
    return Examined(identifier, to_digital_link(identifier), fault)


_cached = lru_cache(maxsize=1 << 16)(_examine)
_OTHER = Examined()
_CLAIMS = ("urn:epc:id:", "urn:epc:class:", "urn:epc:idpat:")
