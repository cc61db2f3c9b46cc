"""From the parameters of a simple event query to conditions on the tables.

Every parameter of EPCIS 2.0 section 8.2.7.1 becomes one `Condition`: a filter on events, and for those that name values
also the lists of event numbers from which a page can be cut without looking at the rest of the table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hengjian.methods.epcis import vocabulary
from hengjian.methods.epcis.context import Context
from hengjian.methods.epcis.queries import check_query
from hengjian.methods.epcis.values import moment
from hengjian.methods.gs1.keys import IdentifierError
from hengjian.methods.gs1.patterns import read_pattern
from hengjian.trace.events.keys import key_of, shorten, word_of
from hengjian.trace.events.master import descendants
from hengjian.trace.events.models import Event, EventContext, EventTerm, EventThing
from hengjian.trace.events.terms import scalar

LONGEST_LIST = 1000


class QueryError(Exception):
    """A query that cannot be run. `kind`: the EPCIS exception without "Exception"; `parameter`: which one is wrong."""

    def __init__(self, kind: str, message: str, parameter: str = "", status: int = 400) -> None:
        super().__init__(message)
        self.kind, self.message, self.parameter, self.status = kind, message, parameter, status


class Condition(NamedTuple):
    """What one parameter asks. `rank`: how few events it is likely to leave, 0 fewest; `lists`: querysets of rows with
    an event number, one per value, that together are exactly the events asked for; empty: only `q` says."""

    rank: int
    q: Q
    lists: tuple[QuerySet[Any], ...] = ()


@dataclass
class Query:
    """A compiled query. `order`: "record", "event" or the name of a term; `limit`: events at most in all; `most`: more
    than so many are an error."""

    conditions: list[Condition] = field(default_factory=list)
    order: str = ""
    ascending: bool = False
    limit: int | None = None
    most: int | None = None


_OPERATORS = {"EQ": "", "GT": "__gt", "GE": "__gte", "LT": "__lt", "LE": "__lte"}
_COLUMNS = {
    "bizStep": ("biz_step", vocabulary.BIZ_STEP, 9),
    "disposition": ("disposition", vocabulary.DISPOSITION, 8),
    "readPoint": ("read_point", None, 6),
    "bizLocation": ("biz_location", None, 6),
}
_MATCH: dict[str, tuple[tuple[str, ...], bool]] = {
    "epc": (("epc", "child"), False),
    "parentID": (("parent",), False),
    "inputEPC": (("input",), False),
    "outputEPC": (("output",), False),
    "anyEPC": ((), False),
    "epcClass": (("epc", "child"), True),
    "inputEPCClass": (("input",), True),
    "outputEPCClass": (("output",), True),
    "anyEPCClass": ((), True),
}
_SENSOR_WORDS = {"type": vocabulary.MEASUREMENT}
_SENSOR_URIS = ("deviceID", "dataProcessingMethod", "microorganism", "chemicalSubstance", "bizRules", "uriValue")
_SENSOR_TEXTS = ("stringValue", "hexBinaryValue")
_PLACES = {"": "x", "ILMD_": "m", "ERROR_DECLARATION_": "d", "readPoint_": "r", "bizLocation_": "l"}
_SENSOR_PLACES = {"SENSORELEMENT_": "e", "SENSORMETADATA_": "t", "SENSORREPORT_": "p"}

_QUANTITY = re.compile(r"(EQ|GT|GE|LT|LE)_quantity(?:_([A-Z0-9]{2,3}))?")
_MEASURED = re.compile(r"(EQ|GT|GE|LT|LE)_(value|minValue|maxValue|meanValue|sDev|percValue)_([A-Z0-9]{2,3})")
_RANK = re.compile(r"(GT|GE|LT|LE)_percRank")
_TIME = re.compile(r"(GE|LT)_(eventTime|recordTime|errorDeclaration_?Time|time|startTime|endTime)")
_TYPED = re.compile(r"EQ_(bizTransaction|source|destination)_(.+)")
_FIELD = re.compile(
    r"(EQ|GT|GE|LT|LE|EXISTS)_(INNER_)?(ILMD_|ERROR_DECLARATION_|readPoint_|bizLocation_|SENSORELEMENT_|"
    r"SENSORMETADATA_|SENSORREPORT_)?(.*:.+)"
)
_ATTRIBUTE = re.compile(r"EQ_ATTR_(.*:.+)_([^_]+)")


def compile_query(parameters: Mapping[str, Any], context: Context | None = None) -> Query:
    """Check and compile; parameters in the form of the JSON binding.

    `context`: what prefixes of extension fields stand for, besides the query's own "@context"; a prefix that nobody
    declares stands for whatever captured documents declared it as.

    Raises:
        QueryError: an unknown parameter, a value of the wrong kind.
    """
    problems = check_query(parameters)
    if problems:
        first = problems[0]
        raise QueryError("QueryParameter", _english_or_chinese(first), first.path)
    if "@context" in parameters:
        context = Context.from_json(parameters["@context"], context)
    compiler = _Compiler(context or Context())
    query = Query()
    for name, value in parameters.items():
        if name in _RESULT:
            continue
        query.conditions.append(compiler.condition(name, value))
    query.limit, query.most = parameters.get("eventCountLimit"), parameters.get("maxEventCount")
    query.ascending = parameters.get("orderDirection") == "ASC"
    order = parameters.get("orderBy")
    if order == "recordTime":
        query.order = "record"
    elif order == "eventTime":
        query.order = "event"
    elif order:
        if ":" not in order:
            raise QueryError("QueryParameter", _("不能按“%(name)s”排序。") % {"name": order}, "orderBy")
        query.order = f"x:{compiler.names(order)[0]}"
    return query


_RESULT = frozenset(
    {
        "@context",
        "queryName",
        "orderBy",
        "orderDirection",
        "eventCountLimit",
        "maxEventCount",
        "perPage",
        "nextPageToken",
    }
)


def _english_or_chinese(problem: Any) -> str:
    return str(problem.message_en if (get_language() or "").startswith("en") else problem.message_zh)


def _listed(value: Any, name: str) -> list[Any]:
    given = value if isinstance(value, list) else [value]
    if any(isinstance(item, list | dict) for item in given):
        raise QueryError("QueryParameter", _("“%(name)s”的值应是文字或数字。") % {"name": name}, name)
    if len(given) > LONGEST_LIST:
        raise QueryError("QueryTooComplex", _("“%(name)s”列出的值过多。") % {"name": name}, name, status=413)
    return list(dict.fromkeys(given))


def _has(model: type[Any], condition: Q) -> Q:
    """Events with a row of an index that fulfils the condition."""
    return Q(Exists(model.objects.filter(condition, event=OuterRef("pk"))))


class _Compiler:
    def __init__(self, context: Context) -> None:
        self.context = context

    def condition(self, name: str, value: Any) -> Condition:
        """The condition of one parameter that was checked."""
        for pattern, make in _BY_PATTERN:
            match = pattern.fullmatch(name)
            if match is not None:
                return make(self, match, value)
        return self._named(name, value)

    # ---- parameters with a fixed name

    def _named(self, name: str, value: Any) -> Condition:
        if name == "eventType":
            kinds = [word_of(item, _TYPES, self.context) for item in _listed(value, name)]
            return Condition(10, Q(type__in=kinds))
        if name == "EQ_action":
            return Condition(10, Q(action__in=_listed(value, name)))
        if name == "EQ_eventID":
            return self._event_id(_listed(value, name))
        if name == "EXISTS_errorDeclaration":
            return self._exists("error", value)
        if name in ("EXISTS_sensorElementList", "EXISTS_sensorElement"):
            return self._exists("sensor", value)
        if name == "EQ_booleanValue":
            return self._terms(["sensor:booleanValue"], ["false" if value in (False, 0) else "true"], 9)
        kind, _sep, rest = name.partition("_")
        if kind in ("EQ", "WD") and rest in _COLUMNS:
            return self._column(rest, _listed(value, name), deep=kind == "WD")
        if kind == "MATCH":
            return self._match(rest, _listed(value, name), name)
        if rest == "transformationID":
            return self._terms(["transformationID"], [key_of(item, self.context) for item in _listed(value, name)], 1)
        if rest == "errorReason":
            words = [word_of(item, vocabulary.ERROR_REASON, self.context) for item in _listed(value, name)]
            return self._terms(["error:reason"], words, 3)
        if rest == "correctiveEventID":
            ids = [shorten(self.context.value(item)) for item in _listed(value, name)]
            return self._terms(["error:corrective"], ids, 1)
        if rest.startswith("persistentDisposition_"):
            words = [word_of(item, vocabulary.DISPOSITION, self.context) for item in _listed(value, name)]
            return self._terms([f"persistent:{rest.rpartition('_')[2]}"], words, 8)
        return self._sensor(rest, _listed(value, name))

    def _sensor(self, rest: str, values: list[Any]) -> Condition:
        if rest in _SENSOR_WORDS:
            texts = [word_of(item, _SENSOR_WORDS[rest], self.context) for item in values]
        elif rest in _SENSOR_TEXTS:
            texts = [scalar(item, self.context)[0] for item in values]
        else:
            texts = [key_of(item, self.context) for item in values]
        return self._terms([f"sensor:{rest}"], texts, 5)

    def _event_id(self, values: list[str]) -> Condition:
        names, hashes = [], []
        for value in values:
            match = re.fullmatch(r"ni:///sha-256;([0-9a-f]{64})(\?.*)?", value)
            if match:
                hashes.append(match[1])
            names.append(shorten(self.context.value(value)))
        asked = Q(event_id__in=names) | Q(event_id="", hash__in=hashes)
        lists = [Event.objects.filter(event_id=name) for name in names]
        lists += [Event.objects.filter(hash=digest, event_id="") for digest in hashes]
        return Condition(0, asked, tuple(lists))

    def _column(self, name: str, values: list[str], *, deep: bool) -> Condition:
        column, words, rank = _COLUMNS[name]
        wanted = [word_of(item, words, self.context) if words else key_of(item, self.context) for item in values]
        wanted = [item for item in wanted if item]  # an event without a place is not at the place without a name
        if deep:
            wanted = descendants(wanted)
        return Condition(
            rank, Q(**{f"{column}__in": wanted}), tuple(Event.objects.filter(**{column: item}) for item in wanted)
        )

    def _match(self, place: str, values: list[str], name: str) -> Condition:
        roles, is_class = _MATCH[place]
        base = Q(is_class=is_class)
        if roles:
            base &= Q(role__in=roles)
        rank, either, lists = 1, Q(), []
        for value in values:
            exact = Q(key=key_of(value, self.context))
            for part in (exact, *self._pattern(value, name)):
                rank = rank if part is exact else 7
                either |= part
                lists.append(EventThing.objects.filter(base & part))
        return Condition(rank, _has(EventThing, base & either), tuple(lists))

    def _pattern(self, value: str, name: str) -> Iterable[Q]:
        """Ranges of keys in which everything that fits a pattern lies, and nothing else."""
        if not value.startswith("urn:epc:idpat:"):
            return
        try:
            pattern = read_pattern(value)
        except IdentifierError as error:
            raise QueryError("QueryParameter", error.message_zh, name) from error
        tail = f"/{pattern.scheme.qualifier}/" if pattern.scheme.qualifier and not pattern.scheme.whole else ""
        for prefix in pattern.prefixes():
            asked = Q(key__gt=prefix, key__lt=prefix + "\U0010ffff")
            if tail and not prefix.endswith(tail):
                asked &= Q(key__contains=tail)
            if pattern.scheme.whole:
                asked |= Q(key=prefix)
            yield asked

    # ---- parameters by pattern

    def _time(self, match: re.Match[str], value: str) -> Condition:
        instant = moment(value)
        assert instant is not None  # check_query
        operator = _OPERATORS[match[1]]
        if match[2] == "eventTime":
            return Condition(10, Q(**{f"event_time{operator}": _clamped(instant)}))
        if match[2] == "recordTime":
            return Condition(10, Q(**{f"record_time{operator}": _clamped(instant)}))
        name = "error" if match[2].startswith("error") else f"sensor:{match[2]}"
        return self._numbers([name], operator, [instant.timestamp()], 9)

    def _quantity(self, match: re.Match[str], value: Any) -> Condition:
        asked = Q(is_class=True)
        if match[2]:
            asked &= Q(uom=match[2])
        either = Q()
        for item in _listed(value, match[0]):
            either |= Q(**{f"quantity{_OPERATORS[match[1]]}": float(item)})
        return Condition(9, _has(EventThing, asked & either), (EventThing.objects.filter(asked & either),))

    def _measured(self, match: re.Match[str], value: Any) -> Condition:
        numbers = [float(item) for item in _listed(value, match[0])]
        return self._numbers([f"sensor:{match[2]}:{match[3]}"], _OPERATORS[match[1]], numbers, 9)

    def _rank(self, match: re.Match[str], value: Any) -> Condition:
        return self._numbers(["sensor:percRank"], _OPERATORS[match[1]], [float(value)], 9)

    def _typed(self, match: re.Match[str], value: Any) -> Condition:
        words = vocabulary.TRANSACTION_TYPE if match[1] == "bizTransaction" else vocabulary.PARTY_TYPE
        name = f"{match[1]}:{word_of(match[2], words, self.context)}"
        return self._terms([name], [key_of(item, self.context) for item in _listed(value, match[0])], 2)

    def _attribute(self, match: re.Match[str], value: Any) -> Condition:
        attribute = self.context.name(match[2])
        names = [shorten(f"v:{full}:{attribute}") for full in self.names(match[1])]
        return self._terms(names, [scalar(item, self.context)[0] for item in _listed(value, match[0])], 4)

    def _has_attribute(self, match: re.Match[str], value: Any) -> Condition:
        names = [shorten(f"a:{full}") for full in self.names(match[1])]
        return self._terms(names, [shorten(self.context.name(item)) for item in _listed(value, match[0])], 4)

    def _field(self, match: re.Match[str], value: Any) -> Condition:
        operator, inner, where, written = match.groups()
        place = _PLACES.get(where or "") or _SENSOR_PLACES[where]
        place += "i" if inner else ""
        names = [shorten(f"{place}:{full}") for full in self.names(written)]
        if operator == "EXISTS":
            return self._exists_any(names, value)
        values = _listed(value, match[0])
        read = [scalar(item, self.context) for item in values]
        if operator != "EQ":
            numbers = [number for _text, number in read if number is not None]
            if len(numbers) != len(read):
                raise QueryError("QueryParameter", _("“%(name)s”应与数字或时间比较。") % {"name": match[0]}, match[0])
            return self._numbers(names, _OPERATORS[operator], numbers, 9)
        asked = Q(text__in=[text for text, _number in read])
        lists = [Q(text=text) for text, _number in read]
        numbers = [number for _text, number in read if number is not None]
        if numbers:
            asked |= Q(number__in=numbers)
            lists += [Q(number=number) for number in numbers]
        return Condition(
            4,
            _has(EventTerm, Q(name__in=names) & asked),
            tuple(EventTerm.objects.filter(Q(name=name) & part) for name in names for part in lists),
        )

    # ---- what they are made of

    def names(self, written: str) -> list[str]:
        """The full names that a prefixed field name may stand for."""
        prefix, _colon, local = written.partition(":")
        if prefix in self.context.prefixes or local.startswith("//"):
            return [self.context.name(written)]
        known = {
            context.declared[prefix]
            for context in EventContext.objects.all()[:LONGEST_LIST]
            if prefix in context.declared
        }
        return [f"{{{namespace}}}{local}" for namespace in sorted(known)] or [self.context.name(written)]

    def _terms(self, names: list[str], texts: list[str], rank: int) -> Condition:
        return Condition(
            rank,
            _has(EventTerm, Q(name__in=names, text__in=texts)),
            tuple(EventTerm.objects.filter(name=name, text=text) for name in names for text in texts),
        )

    def _numbers(self, names: list[str], operator: str, numbers: list[float], rank: int) -> Condition:
        either = Q()
        for number in numbers:
            either |= Q(**{f"number{operator}": number})
        return Condition(rank, _has(EventTerm, Q(name__in=names) & either))

    def _exists(self, name: str, value: Any) -> Condition:
        return self._exists_any([name], value)

    def _exists_any(self, names: list[str], value: Any) -> Condition:
        found = _has(EventTerm, Q(name__in=names))
        if value is False or (value == 0 and value is not None):
            return Condition(10, ~found)
        return Condition(9, found)


_TYPES = vocabulary.Vocabulary(frozenset(vocabulary.EVENT_TYPES), vocabulary.EPCIS, "", "epcis:")
_Make = Callable[[_Compiler, re.Match[str], Any], Condition]
_BY_PATTERN: tuple[tuple[re.Pattern[str], _Make], ...] = (
    (_TIME, _Compiler._time),
    (_QUANTITY, _Compiler._quantity),
    (_MEASURED, _Compiler._measured),
    (_RANK, _Compiler._rank),
    (_TYPED, _Compiler._typed),
    (re.compile(r"HASATTR_(.*:.+)"), _Compiler._has_attribute),
    (_ATTRIBUTE, _Compiler._attribute),
    (_FIELD, _Compiler._field),
)


def _clamped(instant: datetime) -> datetime:
    """A time that every database can compare; events lie well inside."""
    if instant.year < 1800:
        return instant.replace(year=1800, day=min(instant.day, 28))
    return instant.replace(year=2300, day=min(instant.day, 28)) if instant.year > 2300 else instant


__all__ = ["Condition", "Query", "QueryError", "compile_query"]
