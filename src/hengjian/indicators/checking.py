"""Whether the declared indicators can be computed: what they name exists, and none rests on itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.checks import CheckMessage, Error

from hengjian.indicators import catalogue
from hengjian.indicators.declarations import Definition


def declared_indicators(**_given: Any) -> list[CheckMessage]:
    """Django system check over all declared indicators."""
    known = catalogue.shipped()
    return [
        Error(f"indicator {code}: {told}", id="indicators.E001")
        for code, declared in known.items()
        for told in problems(declared, known)
    ]


def problems(declared: Definition, known: Mapping[str, Definition]) -> Iterator[str]:
    """What keeps a definition from being computed, in words for whoever wrote it."""
    if declared.weights and declared.weights not in known:
        yield f"weights: no indicator {declared.weights!r}"
