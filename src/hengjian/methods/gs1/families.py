"""Families of identifiers that differ in nothing but a plain serial number.

A document names thousands of items of one product: everything there is to know about them but the serial number is the
same. It is found out once, with the serial number "1", and holds for each of them as long as its own serial number is
made of the letters and digits that no rule treats apart (a test holds this together with reading each URI by itself).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from hengjian.methods.gs1.digital_link import (
    CANONICAL_DOMAIN,
    can_name_key,
    check_key,
    parse_digital_link,
    to_digital_link,
)
from hengjian.methods.gs1.keys import SCHEMES, Identifier, IdentifierError
from hengjian.methods.gs1.urn import parse_urn

CACHED_LENGTH = 512
"""Longer texts are read anew each time, so that no document can fill the memory with them."""
_SERIAL = "1"
_BEYOND_PATH = re.compile(r"[?#\s]")


class Family(NamedTuple):
    """Attributes:
    sample: the member whose serial number is "1". link: the canonical Digital Link up to the serial number; empty
    where the members carry no GS1 key. limit: characters of the serial number; digits: it has nothing else.
    """

    sample: str
    link: str
    limit: int
    digits: bool

    def takes(self, serial: str) -> bool:
        """Whether a serial number is one that no rule treats apart."""
        return (
            serial.isalnum()
            and serial.isascii()
            and len(serial) <= self.limit
            and (not self.digits or serial.isdigit())
        )


def family_of(uri: str) -> tuple[Family, str] | None:
    """The family of a URI and its serial number; None where it has to be read by itself."""
    if len(uri) > CACHED_LENGTH:
        return None
    at = uri.rfind("." if uri.startswith("urn:") else "/") + 1
    family = _family(uri[:at])
    if family is None or not family.takes(serial := uri[at:]):
        return None
    return family, serial


def families_of(uris: Iterable[object]) -> Iterator[tuple[Family, str] | None]:
    """The same for URIs that mostly resemble each other, in a third of the time."""
    head, size, family = "", 0, None
    for uri in uris:
        if not isinstance(uri, str):
            yield None
        elif family is not None and uri.startswith(head) and family.takes(serial := uri[size:]):
            yield family, serial
        elif (found := family_of(uri)) is None:
            yield None
        else:
            yield found
            family = found[0]
            head = family.sample[: -len(_SERIAL)]
            size = len(head)


@lru_cache(maxsize=1 << 14)
def _family(head: str) -> Family | None:
    if _BEYOND_PATH.search(head):
        return None
    sample = head + _SERIAL
    urn = head.startswith("urn:epc:")
    try:
        if urn:
            identifier = parse_urn(sample)
        elif head.startswith(("http://", "https://")):
            identifier = parse_digital_link(sample, check=False)
            check_key(identifier, sample)
        else:
            return None
    except IdentifierError as error:
        if urn or error.reason != "not_gs1" or head.startswith(f"{CANONICAL_DOMAIN}/") or can_name_key(head):
            return None
        return Family(sample, "", CACHED_LENGTH, False)
    return _with_serial(identifier, sample)


def _with_serial(identifier: Identifier, sample: str) -> Family | None:
    scheme = SCHEMES[identifier.scheme]
    link = to_digital_link(identifier)
    # The extension 0 of a place is no serial number (urn.py).
    if identifier.serial != _SERIAL or identifier.scheme == "sgln" or not link.endswith(_SERIAL):
        return None
    return Family(sample, link[: -len(_SERIAL)], scheme.serial_limit, scheme.serial_digits)
