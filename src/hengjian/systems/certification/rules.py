"""Pure decisions: whether a report's body was entitled on the day, what fits a request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from hengjian.methods.line_tables import Line, read_lines


@dataclass(frozen=True)
class Entitlement:
    """What a body's approval said on a day."""

    status: str
    valid_from: date | None
    valid_to: date | None
    cma: str


def report_flag(dated: date, cma: str, then: Entitlement | None) -> str:
    """What is doubtful about a report: "", "suspended", "expired", "revoked" or "other_number".

    Args:
        then: how the approval stood on the day of the report; None: the body was not registered yet.
    """
    if then is None:
        return "expired"
    if then.status == "suspended":
        return "suspended"
    if then.status in ("revoked", "cancelled"):
        return "revoked"
    outside = (then.valid_from is not None and dated < then.valid_from) or (
        then.valid_to is not None and dated > then.valid_to
    )
    if outside or then.status == "expired":
        return "expired"
    return "other_number" if cma and then.cma and cma != then.cma else ""


def read_scope(text: str) -> list[Line]:
    """Product | parameter | method | limits, one per line; the limits may be left out.

    Raises:
        LineError: a line lacks the method.
    """
    return read_lines(text, 3, 4)


@dataclass(frozen=True)
class Service:
    """An offer of the catalogue, as far as matching needs it."""

    key: str
    element: str
    words: str


@dataclass(frozen=True)
class Fit:
    """How well an offer fits: `score` counts; `shared` are the words that both have, for showing why."""

    key: str
    score: float
    shared: tuple[str, ...]


def match(need: str, element: str, services: Iterable[Service], most: int = 5) -> list[Fit]:
    """The offers that fit a request best: same kind of service, then shared words; best first, at most `most`.

    Words of Chinese text are taken as pairs of characters, so that no dictionary is needed.
    """
    wanted = pairs(need)
    found = []
    for service in services:
        common = wanted & pairs(service.words)
        score = len(common) / max(len(wanted), 1) + (0.5 if element == service.element else 0)
        if score > 0 and (common or element == service.element):
            found.append(Fit(service.key, round(score, 3), tuple(sorted(common))))
    return sorted(found, key=lambda fit: (-fit.score, fit.key))[:most]


_STOP = frozenset("的了和与及或在对为是我们请希望需要要求进行一个帮助")


def pairs(text: str) -> frozenset[str]:
    """Neighbouring Chinese characters without function words, and Latin words."""
    found = {word.upper() for word in re.findall(r"[A-Za-z][A-Za-z0-9]+", text)}
    for run in re.findall(r"[\u4e00-\u9fff]+", text):
        found |= {run[i : i + 2] for i in range(len(run) - 1) if not set(run[i : i + 2]) & _STOP}
    return frozenset(found)


def capability(bodies: Iterable[tuple[str, Iterable[str]]]) -> Mapping[tuple[str, str], int]:
    """How many bodies have a field in a region, from (region, fields) of each body: (region, field) → number."""
    counts: dict[tuple[str, str], int] = {}
    for region, fields in bodies:
        for field in set(fields):
            counts[region, field] = counts.get((region, field), 0) + 1
    return counts
