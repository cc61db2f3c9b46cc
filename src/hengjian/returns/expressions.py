"""The small language of formulas and checks of statistical forms. Pure; nothing is ever handed to Python's `eval`.

    grade_one + grade_two + passed <= output            cells of the same row (a check over every row)
    sum(*)                                               the total row: the same column added over all input rows
    100 * (internal + external) / output                 a percentage with its parts
    prev(stock_end) = stock_start                        last period's figure
    if(present(year(output)), abs(output - year(output)) <= 0.5 * year(output), 1 = 1)

A reference is `row.column`; one name alone means the same row or the same column, whichever the place of use fixes.
`*.column` and `row.*` stand for all input rows or columns, `*` alone for all of them in the place of use; only `sum`,
`min`, `max` and `count` take them. `prev(…)` and `year(…)` evaluate what they hold in the last period and in the same
period of the year before; `days()` is the length of the period.

An empty cell is unknown, not zero: `sum` leaves it out (and is unknown when all are), arithmetic and comparisons with
it are unknown, and so is a division by zero. A check whose answer is unknown says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, Protocol

Value = Decimal | bool | None
Shift = tuple[Literal["prev", "year"], ...]
Kind = Literal["number", "truth"]
LONGEST, DEEPEST = 2000, 40
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[a-z][a-z0-9_]*|\*)|(?P<sign><=|>=|<>|!=|[-+*/()=<>.,]))", re.ASCII
)
_WORDS = {"and", "or", "not"}
_MANY = {"sum", "min", "max", "count"}
_SHIFTS: dict[str, Literal["prev", "year"]] = {"prev": "prev", "year": "year"}
_FUNCTIONS = {*_MANY, *_SHIFTS, "abs", "round", "if", "present", "coalesce", "days"}
_COMPARE: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


class ExpressionError(ValueError):
    """The text is no expression; the message names the place. A mistake of whoever wrote the form."""


class Cells(Protocol):
    """Where an expression finds figures."""

    def days(self, shift: Shift) -> Decimal:
        """How many days the period has, for `days()`."""

    def figure(self, row: str, column: str, shift: Shift) -> Decimal | None:
        """The figure of one cell, in the period `shift` leads to; None: empty or no such period."""

    def input_rows(self) -> tuple[str, ...]:
        """The rows that are filled in, for `*.column`."""

    def input_columns(self) -> tuple[str, ...]:
        """The columns that are filled in, for `row.*`."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression is used: what a name alone is completed with. Empty: both parts must be written."""

    row: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    value: Decimal


@dataclass(frozen=True, slots=True)
class Reference:
    """`row` is empty for a name alone, which then stands in `column`."""

    row: str
    column: str

    def at(self, place: Place) -> tuple[str, str]:
        if self.row:
            return self.row, self.column
        return (place.row, self.column) if place.row else (self.column, place.column)


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    parts: tuple[Node, ...]


Node = Number | Reference | Call


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression."""

    text: str
    root: Node
    kind: Kind

    def references(self) -> Iterator[Reference]:
        """Every cell that is named."""
        yield from _references(self.root)

    def value(self, cells: Cells, place: Place = Place()) -> Value:
        """Its value at a place; None when it cannot be known."""
        return _value(self.root, cells, place, ())


def parse(text: str, kind: Kind) -> Expression:
    """Read an expression that gives a number (a formula) or a truth (a check).

    Raises:
        ExpressionError: it is none, or gives the other kind.
    """
    if len(text) > LONGEST:
        raise ExpressionError(f"longer than {LONGEST} characters")
    reader = _Reader(text)
    root = reader.either()
    reader.end()
    found = _kind(root, text)
    if found != kind:
        raise ExpressionError(f"{text!r} gives a {found}, a {kind} is wanted")
    return Expression(text, root, kind)


class _Reader:
    """Recursive descent over the tokens."""

    def __init__(self, text: str) -> None:
        self.text, self.tokens, self.at, self.depth = text, list(_tokens(text)), 0, 0

    @property
    def token(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    @property
    def token_kind(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def fail(self, wanted: str) -> ExpressionError:
        found = repr(self.token) if self.token else "the end"
        return ExpressionError(f"{self.text!r}: {wanted} expected, {found} found")

    def take(self, sign: str) -> None:
        if self.token != sign:
            raise self.fail(repr(sign))
        self.at += 1

    def end(self) -> None:
        if self.token:
            raise self.fail("the end")

    def either(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ExpressionError(f"{self.text[:60]!r}…: nested deeper than {DEEPEST}")
        left = self._joined("or", lambda: self._joined("and", self.negated))
        self.depth -= 1
        return left

    def _joined(self, word: str, part: Callable[[], Node]) -> Node:
        left = part()
        while self.token == word:
            self.at += 1
            left = Call(word, (left, part()))
        return left

    def negated(self) -> Node:
        if self.token == "not":
            self.at += 1
            return Call("not", (self.negated(),))
        left = self.terms()
        if self.token in _COMPARE:
            sign = self.token
            self.at += 1
            left = Call(sign, (left, self.terms()))
        return left

    def terms(self) -> Node:
        left = self.factors()
        while self.token in ("+", "-"):
            sign = self.token
            self.at += 1
            left = Call(sign, (left, self.factors()))
        return left

    def factors(self) -> Node:
        left = self.signed()
        while self.token in ("*", "/"):
            sign = self.token
            self.at += 1
            left = Call(sign, (left, self.signed()))
        return left

    def signed(self) -> Node:
        minus = False
        while self.token == "-":
            self.at += 1
            minus = not minus
        part = self.atom()
        return Call("-", (Number(Decimal(0)), part)) if minus else part

    def atom(self) -> Node:
        token, kind = self.token, self.token_kind
        if kind == "number":
            self.at += 1
            return Number(Decimal(token))
        if token == "(":
            self.at += 1
            inner = self.either()
            self.take(")")
            return inner
        if (kind == "name" and token not in _WORDS) or token == "*":
            self.at += 1
            if self.token == "(":
                return self.call(token)
            if self.token == ".":
                self.at += 1
                column = self.token
                if self.token_kind != "name" and column != "*":
                    raise self.fail("a column")
                self.at += 1
                if token == column == "*":
                    raise self.fail("a row or a column beside *")
                return Reference(token, column)
            return Reference("", token)
        raise self.fail("a number, a cell or a function")

    def call(self, name: str) -> Node:
        if name not in _FUNCTIONS:
            raise ExpressionError(f"{self.text!r}: no function {name!r}; known: {', '.join(sorted(_FUNCTIONS))}")
        self.take("(")
        parts = [] if self.token == ")" else [self.either()]
        while self.token == ",":
            self.at += 1
            parts.append(self.either())
        self.take(")")
        least, most = {"round": (1, 2), "if": (3, 3), "coalesce": (2, 9), "days": (0, 0)}.get(
            name, (1, 99) if name in _MANY else (1, 1)
        )
        if not least <= len(parts) <= most:
            raise ExpressionError(f"{self.text!r}: {name} takes {least} to {most} values, {len(parts)} given")
        return Call(name, tuple(parts))


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    end = len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None:
            raise ExpressionError(f"{text!r}: {text[at:].strip()[:1]!r} is not understood")
        kind = found.lastgroup or ""
        # The star is both "times" and "all"; which one, its neighbours tell.
        yield ("sign" if found[kind] == "*" else kind), found[kind]
        at = found.end()


def _kind(node: Node, text: str) -> Kind:
    """Number or truth; every part is checked on the way."""
    if isinstance(node, Number):
        return "number"
    if isinstance(node, Reference):
        if "*" in (node.row, node.column):
            raise ExpressionError(f"{text!r}: * stands for many cells; only {', '.join(sorted(_MANY))} take them")
        return "number"
    if node.name in _MANY:
        for part in node.parts:
            if not isinstance(part, Reference):
                _want(part, "number", text)
        return "number"
    if node.name in ("and", "or", "not"):
        for part in node.parts:
            _want(part, "truth", text)
        return "truth"
    if node.name == "if":
        _want(node.parts[0], "truth", text)
        kind = _kind(node.parts[1], text)
        _want(node.parts[2], kind, text)
        return kind
    if node.name in _SHIFTS:
        return _kind(node.parts[0], text)
    for part in node.parts:
        _want(part, "number", text)
    return "truth" if node.name in _COMPARE or node.name == "present" else "number"


def _want(node: Node, kind: Kind, text: str) -> None:
    if _kind(node, text) != kind:
        raise ExpressionError(
            f"{text!r}: a {kind} is wanted where a {'truth' if kind == 'number' else 'number'} stands"
        )


def _references(node: Node) -> Iterator[Reference]:
    if isinstance(node, Reference):
        yield node
    elif isinstance(node, Call):
        for part in node.parts:
            yield from _references(part)


def _value(node: Node, cells: Cells, place: Place, shift: Shift) -> Value:
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Reference):
        row, column = node.at(place)
        return cells.figure(row, column, shift)
    if node.name in _SHIFTS:
        return _value(node.parts[0], cells, place, (*shift, _SHIFTS[node.name]))
    if node.name == "days":
        return cells.days(shift)
    if node.name in _MANY:
        known = [value for part in node.parts for value in _many(part, cells, place, shift) if value is not None]
        return _gathered(node.name, known)
    if node.name in ("and", "or", "if"):
        return _branching(node, cells, place, shift)
    values = [_value(part, cells, place, shift) for part in node.parts]
    if node.name == "present":
        return values[0] is not None
    if node.name == "coalesce":
        return next((value for value in values if value is not None), None)
    if any(value is None for value in values):
        return None
    if node.name == "not":
        return not values[0]
    return _computed(node.name, [Decimal(value) for value in values if value is not None])


def _many(part: Node, cells: Cells, place: Place, shift: Shift) -> Iterator[Decimal | None]:
    row, column = part.at(place) if isinstance(part, Reference) else ("", "")
    if "*" in (row, column):
        for one in cells.input_rows() if row == "*" else (row,):
            for other in cells.input_columns() if column == "*" else (column,):
                yield cells.figure(one, other, shift)
        return
    value = _value(part, cells, place, shift)
    yield None if value is None else Decimal(value)


def _gathered(name: str, known: list[Decimal]) -> Decimal | None:
    if name == "count":
        return Decimal(len(known))
    if not known:
        return None
    if name == "sum":
        return sum(known, Decimal(0))
    return min(known) if name == "min" else max(known)


def _branching(node: Call, cells: Cells, place: Place, shift: Shift) -> Value:
    first = _value(node.parts[0], cells, place, shift)
    if node.name == "if":
        return None if first is None else _value(node.parts[1 if first else 2], cells, place, shift)
    decided = node.name == "or"
    if first is decided:
        return decided
    second = _value(node.parts[1], cells, place, shift)
    if second is decided:
        return decided
    return None if first is None or second is None else not decided


def _computed(name: str, values: list[Decimal]) -> Value:
    first, second = values[0], values[-1]
    if name in _COMPARE:
        return _COMPARE[name](first, second)
    if name == "+":
        return first + second
    if name == "-":
        return first - second
    if name == "*":
        return first * second
    if name == "/":
        return first / second if second else None
    if name == "abs":
        return abs(first)
    digits = int(second) if len(values) == 2 else 0
    return first.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
