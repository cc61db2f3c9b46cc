"""Reading a scanned address: which things it names, from the finest to the product, and what else it says.

Source: GS1 Digital Link URI Syntax 1.6 (keys and qualifiers in the path, attributes in the query), Compression 1.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from urllib.parse import quote

from hengjian.methods import gs1
from hengjian.methods.gs1 import IdentifierError
from hengjian.methods.gs1.attributes import is_allowed
from hengjian.methods.gs1.digital_link import ORDER, PRIMARY, SHORT_NAMES
from hengjian.trace.events.models import EventThing
from hengjian.trace.exchange.models import ConformityCertificate

_HERE = "https://here"
_QUALIFIERS = {name for names in ORDER.values() for name in names}


@dataclass(frozen=True)
class Link:
    """A scanned Digital Link.

    Attributes:
        keys: canonical identifiers, the finest first: item, lot, product.
        paths: the same as paths of this site, one for every level: /01/…/10/…/21/…, /01/…/10/…, /01/….
        expires_on: AI 17, else 15.
    """

    keys: tuple[str, ...]
    paths: tuple[str, ...]
    expires_on: date | None


def segments_of(path: str) -> list[str]:
    """The segments of a path; a slash at its end is tolerated."""
    return path.removeprefix("/").removesuffix("/").split("/")


def read_link(segments: Sequence[str], query: Sequence[tuple[str, str]]) -> Link:
    """The link behind the decoded segments of a path and its query.

    A server decodes `%2F` before anybody can see it, so a lot with a slash looks like more segments than it has. It is
    read as one where the strict reading fails and the chain knows that very lot.

    Raises:
        IdentifierError: the address does not follow the syntax.
    """
    path = _path(segments)
    _check_query(path, query)
    fault: IdentifierError | None = None
    for number, reading in enumerate(_readings(segments)):
        try:
            identifier = gs1.parse(_HERE + _path(reading))
        except IdentifierError as error:
            fault = fault or error
            continue
        link = _link(reading, identifier, query)
        if number == 0 or is_known(link.keys[0]):
            return link
    raise fault or IdentifierError("not_gs1", path, "网址中没有 GS1 主标识", "no GS1 key in this web address")


def is_known(key: str) -> bool:
    """Whether events or a certificate name exactly this thing."""
    return EventThing.objects.filter(key=key).exists() or ConformityCertificate.objects.filter(lot=key).exists()


def _path(segments: Sequence[str]) -> str:
    return "".join("/" + quote(segment, safe="") for segment in segments)


def _readings(segments: Sequence[str]) -> Iterator[Sequence[str]]:
    yield segments
    if len(segments) < 3:
        return
    key, first, *rest = segments
    allowed = list(ORDER.get(SHORT_NAMES.get(key, key), ()))
    joined = [key, first]
    for segment in rest:
        if segment in allowed and (len(joined) % 2 == 0):
            allowed = allowed[allowed.index(segment) + 1 :]
            joined.append(segment)
        elif len(joined) % 2:
            joined.append(segment)
        else:
            joined[-1] += "/" + segment
    if joined != list(segments):
        yield joined


def _check_query(path: str, query: Sequence[tuple[str, str]]) -> None:
    for name, value in query:
        if not (name.isascii() and name.isdigit() and 2 <= len(name) <= 4):
            continue
        if name in PRIMARY or name in _QUALIFIERS:
            raise IdentifierError(
                "qualifier", path, f"{name} 应写在路径里，不在问号后", f"{name} belongs into the path, not the query"
            )
        if not is_allowed(name, value):
            raise IdentifierError(
                "attribute", path, f"{name} 的值“{value[:30]}”不符合规定", f"{name} does not allow “{value[:30]}”"
            )


def _link(segments: Sequence[str], identifier: gs1.Identifier, query: Sequence[tuple[str, str]]) -> Link:
    keys = [gs1.to_digital_link(identifier)]
    gtin = identifier.key
    if identifier.scheme in {"sgtin", "upui", "lgtin"}:
        lot = next((value for name, value in pairwise(segments) if name == "10"), "")
        if lot and identifier.scheme != "lgtin":
            keys.append(f"{gs1.CANONICAL_DOMAIN}/01/{gtin}/10/{quote(lot, safe='')}")
        keys.append(f"{gs1.CANONICAL_DOMAIN}/01/{gtin}")
    given = dict(query)
    paths = tuple(_path(segments[:end]) for end in range(len(segments), 0, -2))
    return Link(tuple(keys), paths, day_of(given.get("17", "") or given.get("15", "")))


def day_of(text: str) -> date | None:
    """AI 17 or 15: YYMMDD, day 00 means the end of the month (GS1 General Specifications 3.4.7, 7.12)."""
    if len(text) != 6 or not is_allowed("17", text):
        return None
    year, month, day = 2000 + int(text[:2]), int(text[2:4]), int(text[4:])
    if day:
        return date(year, month, day)
    first = date(year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(first.toordinal() - 1)
