"""Figures inside a text that people edit: where they stand, which numbers have no figure behind them, what changed.

The text stays ordinary text. A figure is found by how it is printed; equal figures are taken in their order. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_NUMBER = re.compile(r"(?<![\d.,A-Za-z])\d[\d,]*(?:\.\d+)?%?")
# Numbers that name something instead of saying how much: years, dates, document numbers, clause and period numbers.
_NAMES = (
    re.compile(r"\d+(?=年|月|日|号|季度)"),
    re.compile(r"〔\d+〕"),
    re.compile(r"(?<=第)[\d～\-—至]+"),
    re.compile(r"[A-Z]+/?[A-Z]*\s?\d[\d.\-—]*"),
)


@dataclass(frozen=True)
class Span:
    """A place in the text. `figure`: its number, 0 for plain text; `printed`: what stands there."""

    printed: str
    figure: int = 0


@dataclass(frozen=True)
class Linked:
    """A text taken apart.

    Attributes:
        missing: figures that the text no longer states.
        loose: numbers in the text that no figure stands behind.
    """

    spans: tuple[Span, ...]
    missing: tuple[int, ...]
    loose: tuple[str, ...]


def link(text: str, figures: Sequence[tuple[int, str]]) -> Linked:
    """Take a text apart at its figures.

    Args:
        figures: (number, printed) in the order in which the text was made.
    """
    places = _places(text, figures)
    spans, at = [], 0
    plain = []
    for start, end, number in sorted(places):
        if start > at:
            spans.append(Span(text[at:start]))
            plain.append((at, start))
        spans.append(Span(text[start:end], number))
        at = end
    if at < len(text):
        spans.append(Span(text[at:]))
        plain.append((at, len(text)))
    found = {number for _start, _end, number in places}
    missing = tuple(number for number, _printed in figures if number not in found)
    return Linked(tuple(spans), missing, tuple(_loose(text, places)))


def _places(text: str, figures: Iterable[tuple[int, str]]) -> list[tuple[int, int, int]]:
    taken: list[tuple[int, int, int]] = []
    # Longer figures first: "1,234件" before "234件" could ever claim its end.
    for number, printed in sorted(figures, key=lambda item: -len(item[1])):
        if not printed:
            continue
        digits = re.escape(printed)
        for found in re.finditer(rf"(?<![\d.,]){digits}(?![\d%]|[.,]\d)", text):
            start, end = found.span()
            if all(end <= other or start >= stop for other, stop, _number in taken):
                taken.append((start, end, number))
                break
    return taken


def _loose(text: str, places: Sequence[tuple[int, int, int]]) -> list[str]:
    covered = [(start, end) for start, end, _number in places]
    for pattern in _NAMES:
        covered += [found.span() for found in pattern.finditer(text)]
    return [
        found.group()
        for found in _NUMBER.finditer(text)
        if not any(start < found.end() and found.start() < end for start, end in covered)
    ]


def updated(text: str, figures: Sequence[tuple[int, str]], now: Mapping[int, str]) -> str:
    """The text with every figure that it states printed as it is now; what was written around them stays."""
    return "".join(
        now.get(span.figure, span.printed) if span.figure else span.printed for span in link(text, figures).spans
    )
