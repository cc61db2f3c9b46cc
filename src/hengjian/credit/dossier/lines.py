"""How a matter reads: its name, number, organ, state and fields in the reader's language, from its facts alone.

A large body has thousands of matters and a page shows fifty of them: `placed` says in which order they stand, `Lines`
puts only those into words that somebody looks at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, overload

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.cases.catalogue import case_type, case_types
from hengjian.credit.dossier.gathering import Matter
from hengjian.enterprises.sections import Line, Text
from hengjian.ledger.errors import UnknownKind
from hengjian.ledger.kinds import kind_of, title_of
from hengjian.ledger.models import Fact
from hengjian.registers.catalogue import register_type
from hengjian.registers.declarations import RegisterType
from hengjian.registers.facts import told_fields
from hengjian.registers.fields import FieldSpec
from hengjian.registers.showing import language, unit_name, with_unit, words

Details = tuple[tuple[Text, str], ...]
#: Fields with this parser hold the code of a programme; another field of the entry has its name.
CODED = "programme"


class Lines(Sequence[Line]):
    """Lines in an order, each made when it is asked for.

    Args:
        entries: (day of the line, what makes it), in order.
    """

    def __init__(self, entries: Iterable[tuple[date, Callable[[], Line]]] = ()) -> None:
        self._entries = list(entries)
        self._made: dict[int, Line] = {}

    @property
    def days(self) -> list[date]:
        """The day of each line, without making any."""
        return [day for day, _make in self._entries]

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, at: int) -> Line: ...
    @overload
    def __getitem__(self, at: slice) -> list[Line]: ...
    def __getitem__(self, at: int | slice) -> Line | list[Line]:
        if isinstance(at, slice):
            return [self[number] for number in range(*at.indices(len(self)))]
        number = range(len(self))[at]
        if number not in self._made:
            self._made[number] = self._entries[number][1]()
        return self._made[number]


def placed(matter: Matter) -> tuple[date, str]:
    """(day from which it holds, number): `on` and `number` of its line, without the rest."""
    payload = matter.last.payload or {}
    first = matter.facts[0].occurred_on
    if "register_code" in payload and _register(payload) is not None:
        return _day(payload.get("valid_from")) or first, str(payload.get("key", ""))
    if "case" in payload and "number" in payload:
        return first, str(payload.get("number", ""))
    return first, str(payload.get("number") or payload.get("key") or "")


def _register(payload: Mapping[str, Any]) -> RegisterType | None:
    try:
        return register_type(str(payload["register_code"]))
    except KeyError:
        return None


def line_of(matter: Matter, *, public: bool, on: date | None = None, holder: str = "") -> Line:
    """The matter as one line.

    Args:
        public: only what everybody may see of it.
        on: the day as of which its validity is judged; None: today.
        holder: the name of the body whose dossier it is; an entry that is named after it gets a title that says more.
    """
    payload = matter.last.payload or {}
    if "register_code" in payload:
        return _entry_line(matter, payload, public, on or timezone.localdate(), holder)
    if "case" in payload and "number" in payload:
        return _case_line(matter, payload, public)
    return _fact_line(matter)


def organ_of(fact: Fact) -> str:
    """Who says so: the unit's name, or the system where no unit stands behind it."""
    kind, _sep, key = fact.source_unit.partition(":")
    return unit_name(key) if kind == "unit" and key else ""


def _entry_line(matter: Matter, payload: Mapping[str, Any], public: bool, on: date, holder: str) -> Line:
    declared = _register(payload)
    if declared is None:
        return _fact_line(matter)
    last = matter.last
    begun, number = placed(matter)
    until = _day(payload.get("valid_to"))
    state, light = _standing(declared, str(payload.get("status", "")), until, on)
    fields = told_fields(declared.fields, "public" if public else last.disclosure)
    skipped = {declared.subject_field, declared.title_field} | {spec.code for spec in fields if spec.parser == CODED}
    values = payload.get("values") or {}
    title = str(payload.get("title") or declared.said(language()))
    if title == holder:
        telling = [spec for spec in fields if spec.listed and spec.code not in skipped and values.get(spec.code)]
        title = words(telling[0], values[telling[0].code]) if telling else declared.said(language())
        skipped |= {spec.code for spec in telling[:1]}
    return Line(
        on=begun,
        title=title,
        kind=declared.said(language()),
        number=number,
        organ=organ_of(last),
        state=state,
        light=light,
        until=until,
        details=_details(fields, values, skipped),
        fact=last.id,
        ref=matter.ref,
        public=matter.public,
    )


def _standing(declared: RegisterType, status: str, until: date | None, on: date) -> tuple[str, str]:
    try:
        found = declared.status(status)
    except KeyError:
        return status, "grey"
    if found.counts and until is not None and until < on:
        return str(_("已过期")), "red"
    return found.said(language()), found.light


def _case_line(matter: Matter, payload: Mapping[str, Any], public: bool) -> Line:
    last = matter.last
    code = str(payload["case"])
    declared = _procedure(matter.prefix, _day(payload.get("rules_on")))
    said = declared.said(language()) if declared is not None else str(title_of(last.kind))
    closed = last.kind.endswith(".closed")
    state, light = str(_("办理中")), "blue"
    if closed:
        state, light = str(payload.get("outcome", "")), "grey"
        if declared is not None and state:
            try:
                outcome = declared.outcome(state)
                state, light = outcome.said(language()), outcome.light
            except KeyError:
                pass
    details: Details = ()
    if declared is not None:
        fields = told_fields(declared.fields, "public" if public else last.disclosure)
        details = _details(fields, payload.get("values") or {}, {declared.subject_field})
    if closed and payload.get("working_days") is not None:
        details += ((_("办理用时"), _("%(n)s 个工作日") % {"n": payload["working_days"]}),)
    if closed and payload.get("in_time") is not None:
        details += ((_("是否按期"), str(_("是") if payload["in_time"] else _("否"))),)
    begun, number = placed(matter)
    return Line(
        on=begun,
        title=str(payload.get("title") or said),
        kind=said,
        number=number,
        organ=organ_of(last),
        state=state,
        light=light,
        until=last.occurred_on if closed else None,
        details=details,
        fact=last.id,
        ref=code,
        public=matter.public,
    )


def _procedure(prefix: str, on: date | None) -> Any:
    """The declaration of a procedure by the first part of its fact kinds; None when there is none."""
    for declared in case_types():
        if declared.facts.prefix == prefix:
            try:
                return case_type(declared.code, on=on) if on is not None else declared
            except KeyError:
                return declared
    return None


def _details(fields: Iterable[FieldSpec], values: Mapping[str, Any], skipped: set[str]) -> Details:
    return tuple(
        (spec.said(language()), text)
        for spec in fields
        if spec.code not in skipped
        and spec.type not in ("file", "point")
        and (text := with_unit(spec, words(spec, values.get(spec.code))))
    )


def _fact_line(matter: Matter) -> Line:
    """A fact of another kind: the kind's title, and its payload as its model names the fields."""
    last = matter.last
    payload = last.payload or {}
    title = next((str(payload[name]) for name in ("title", "name", "label") if payload.get(name)), "")
    begun, number = placed(matter)
    return Line(
        on=begun,
        title=title or str(title_of(last.kind)),
        kind=title_of(last.kind),
        number=number,
        organ=organ_of(last),
        until=last.ends_on,
        details=described(last),
        fact=last.id,
        ref=matter.ref,
        public=matter.public,
    )


def described(fact: Fact) -> Details:
    """The simple values of a payload under the titles that its model gives them; references and lists are left out."""
    try:
        fields = kind_of(fact.kind).payload.model_fields
    except UnknownKind:
        fields = {}
    return tuple(
        (str(fields[name].title or name) if name in fields else name, _text(value))
        for name, value in (fact.payload or {}).items()
        if isinstance(value, str | int | float | bool) and value != "" and not str(value).startswith("vault:")
    )


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    return str(value)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None
