"""Events as answers: with eventID and recordTime, in the form of identifiers and the syntax that the reader wants."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from hengjian.methods.epcis import Context, Document, write_json, write_xml
from hengjian.methods.epcis.literals import freed, words_of
from hengjian.methods.epcis.write_xml import CodeForm
from hengjian.methods.gs1 import IdentifierError, canonical, parse, to_urn
from hengjian.trace.events.models import CompanyPrefix, Event

EPC_FORMATS = ("Always_GS1_Digital_Link", "Always_EPC_URN", "Never_Translates", "No_Preference")
_CODES: dict[str, CodeForm] = {
    "Always_URN": "urn",
    "Always_Web_URI": "web",
    "Never_Translates": "as_is",
    "No_Preference": "urn",
}
XML_FORMATS = tuple(_CODES)
_LISTS = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
_QUANTITIES = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
_TYPED = (
    ("bizTransactionList", "bizTransaction"),
    ("sourceList", "source"),
    ("destinationList", "destination"),
)


@dataclass(frozen=True)
class Wish:
    """How the reader wants events. `xml`: syntax; `epc`: one of EPC_FORMATS; `media`: of a JSON answer; `codes`: one of
    XML_FORMATS, for standard codes in XML."""

    xml: bool = False
    epc: str = EPC_FORMATS[0]
    media: str = ""
    codes: str = XML_FORMATS[0]


def event_of(event: Event, wish: Wish) -> dict[str, Any]:
    """One event as it is given out by itself, with the context it needs."""
    context, members = together([(_named(event), event.prefixes)])
    made = _identified(members[0], _translator(wish))
    own = made.pop("@context", None)
    return {"@context": [*context.to_json(), *([own] if own else [])], **made}


def answer_of(events: Iterable[Event], wish: Wish, *, query: str = "SimpleEventQuery", subscription: str = "") -> bytes:
    """An EPCIS query document. `WriteError` where XML cannot hold it."""
    results = {"queryName": query, **({"subscriptionID": subscription} if subscription else {})}
    return _written("EPCISQueryDocument", events, wish, results)


def document_of(events: Iterable[Event], wish: Wish) -> bytes:
    """An EPCIS document with the events."""
    return _written("EPCISDocument", events, wish, {})


def _written(kind: Any, events: Iterable[Event], wish: Wish, results: dict[str, Any]) -> bytes:
    context, members = together([(_named(event), event.prefixes) for event in events])
    translate = _translator(wish)
    document = Document(
        kind,
        "json",
        context,
        {"creationDate": moment_text(timezone.now())},
        results,
        events=[_identified(member, translate) for member in members],
    )
    document.head["@context"] = context.to_json()
    return write_xml(document, _CODES[wish.codes]) if wish.xml else write_json(document)


def moment_text(value: datetime) -> str:
    """A time in UTC with milliseconds."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _named(event: Event) -> dict[str, Any]:
    document = dict(event.document)
    document.pop("@context", None)
    document["eventID"] = document.get("eventID") or event.hash_uri
    document["recordTime"] = moment_text(event.record_time)
    return document


# ---- prefixes of several documents in one


def together(events: list[tuple[dict[str, Any], Context]]) -> tuple[Context, list[dict[str, Any]]]:
    """One context for events of several documents: a prefix that two of them use differently is renamed in the
    later one, and what is a word in one of them stays a word (`methods.epcis.literals`)."""
    declared: dict[str, str] = {}
    members, words = [], []
    for event, context in events:
        used = words_of(event)
        short = {word for word in used if context.value(f"{word}:x") != f"{word}:x"}
        renamed: dict[str, str] = {}
        for prefix, namespace in context.declared.items():
            if declared.get(prefix, namespace) == namespace:
                declared[prefix] = namespace
                continue
            number = 2
            while declared.get(f"{prefix}{number}", namespace) != namespace or f"{prefix}{number}" in used:
                number += 1
            renamed[prefix] = f"{prefix}{number}"
            declared[renamed[prefix]] = namespace
        members.append(_renamed(event, renamed, short & renamed.keys()) if renamed else event)
        words.append(used - short)
    whole = Context(declared)
    return whole, [
        freed(member, whole, literal & declared.keys()) if literal & declared.keys() else member
        for member, literal in zip(members, words, strict=True)
    ]


def _renamed(event: Mapping[str, Any], prefixes: Mapping[str, str], short: Collection[str]) -> dict[str, Any]:
    """`short`: which of the prefixes make short forms of values."""
    values = {prefix: prefixes[prefix] for prefix in short}

    def rename(value: Any) -> Any:
        if isinstance(value, dict):
            return {_name(key, prefixes): rename(item) for key, item in value.items()}
        if isinstance(value, list):
            return [rename(item) for item in value]
        return _name(value, values) if isinstance(value, str) else value

    made: dict[str, Any] = rename(event)
    return {**made, "type": _name(str(event.get("type", "")), prefixes)}


def _name(text: str, prefixes: Mapping[str, str]) -> str:
    prefix, colon, rest = text.partition(":")
    return f"{prefixes[prefix]}:{rest}" if colon and prefix in prefixes and not rest.startswith("//") else text


# ---- identifiers


def _translator(wish: Wish) -> Callable[[str], str] | None:
    if wish.epc == "Always_GS1_Digital_Link":
        return lambda uri: (canonical(uri) or uri) if uri.startswith("urn:epc:") else uri
    if wish.epc == "Always_EPC_URN":
        prefixes = {prefix: len(prefix) for prefix in CompanyPrefix.objects.values_list("prefix", flat=True)}
        return lambda uri: _urn(uri, prefixes)
    return None


def _urn(uri: str, prefixes: Mapping[str, int]) -> str:
    """The EPC URN; as it is where nobody knows how long the company prefix is, or the scheme has no URN."""
    if uri.startswith("urn:"):
        return uri
    try:
        return to_urn(parse(uri), prefixes)
    except IdentifierError:
        return uri


def _identified(event: dict[str, Any], translate: Callable[[str], str] | None) -> dict[str, Any]:
    if translate is None:
        return event
    made = dict(event)
    if "parentID" in made:
        made["parentID"] = translate(made["parentID"])
    for name in _LISTS:
        if name in made:
            made[name] = [translate(item) for item in made[name]]
    for name in _QUANTITIES:
        if name in made:
            made[name] = [{**item, "epcClass": translate(item["epcClass"])} for item in made[name]]
    for name in ("readPoint", "bizLocation"):
        if made.get(name):
            made[name] = {**made[name], "id": translate(made[name]["id"])}
    for name, field in _TYPED:
        if name in made:
            made[name] = [{**item, field: translate(item[field])} for item in made[name]]
    return made
