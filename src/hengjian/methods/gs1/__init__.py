"""GS1 keys: read from EPC URN or GS1 Digital Link, checked, written as either, compared in one canonical form."""

from __future__ import annotations

from functools import lru_cache

from hengjian.methods.gs1.digital_link import CANONICAL_DOMAIN, parse_digital_link, to_digital_link
from hengjian.methods.gs1.keys import SCHEMES, Identifier, IdentifierError, check_digit, has_check_digit
from hengjian.methods.gs1.urn import parse_urn, to_urn

__all__ = [
    "CANONICAL_DOMAIN",
    "SCHEMES",
    "Identifier",
    "IdentifierError",
    "canonical",
    "check_digit",
    "claims_gs1",
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


def claims_gs1(uri: str) -> bool:
    """Whether a URI presents itself as a GS1 identifier, so that what is wrong in it is a fault."""
    if uri.startswith(("urn:epc:id:", "urn:epc:class:", "urn:epc:idpat:", CANONICAL_DOMAIN + "/")):
        return True
    try:
        parse_digital_link(uri, check=False)
    except IdentifierError as error:
        return error.reason != "not_gs1"
    return True


@lru_cache(maxsize=1 << 16)
def canonical(uri: str) -> str | None:
    """The constrained canonical Digital Link of a URI, or None when it carries no well-formed GS1 key.

    Own domains become id.gs1.org, the query string and coarser levels go, GTINs have 14 digits. Check digits of Digital
    Links are not judged here (see `parse`), as in the reference implementation of the event hash.
    """
    try:
        if uri.startswith("urn:epc:"):
            return to_digital_link(parse_urn(uri))
        if uri.startswith(("http://", "https://")):
            return to_digital_link(parse_digital_link(uri, check=False))
    except IdentifierError:
        pass
    return None
