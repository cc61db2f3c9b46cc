"""Checks of single values: times, URIs, codes, identifiers. Each appends what it finds and says where."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from hengjian.methods.epcis.messages import problem
from hengjian.methods.epcis.model import Problem
from hengjian.methods.epcis.vocabulary import Vocabulary
from hengjian.methods.gs1 import CACHED_LENGTH, examine

Found = list[Problem]
Level = Literal["error", "warning"]

TIME_PATTERN = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
)
_PLAIN = r"[^\s<>\"{}|\\^`%\u0000-\u0020\u007f]*"
URI_PATTERN = rf"[A-Za-z][A-Za-z0-9+.\-]*:(?=.){_PLAIN}(%[0-9A-Fa-f]{{2}}{_PLAIN})*"
OFFSET_PATTERN = r"[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00)"
UOM_PATTERN = r"[A-Z0-9]{2,3}"
_TIME = re.compile(TIME_PATTERN)
_URI = re.compile(URI_PATTERN)
OFFSET = re.compile(OFFSET_PATTERN)
UOM = re.compile(UOM_PATTERN)


DEPTH = 100
"""Levels an extension may be nested: what both syntaxes, the hash and the writers can hold."""


def too_deep(value: Any, left: int = DEPTH) -> bool:
    """Whether a value is nested deeper than is allowed."""
    if isinstance(value, dict):
        return left == 0 or any(too_deep(part, left - 1) for part in value.values() if isinstance(part, (dict, list)))
    if isinstance(value, list):
        return left == 0 or any(too_deep(part, left - 1) for part in value if isinstance(part, (dict, list)))
    return False


@lru_cache(maxsize=1 << 14)
def _moment(text: str) -> datetime | None:
    if _TIME.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def moment(value: Any) -> datetime | None:
    """The time a text with zone stands for, None for anything else."""
    return _moment(value) if isinstance(value, str) and len(value) <= CACHED_LENGTH else None


def is_time(value: Any) -> bool:
    """Whether a value is a time with zone (xsd:dateTimeStamp)."""
    return moment(value) is not None


def check_time(value: Any, path: str, found: Found) -> None:
    """A time with zone; without seconds it is understood, with a warning."""
    if moment(value) is None:
        found.append(problem("time_format", path, value=value))
    elif value[16] != ":":
        found.append(problem("time_without_seconds", path, "warning", value=value))


def is_uri(value: Any) -> bool:
    """Whether a value is an absolute URI; characters beyond ASCII are allowed (xsd:anyURI)."""
    return isinstance(value, str) and _URI.fullmatch(value) is not None


def check_uri(value: Any, path: str, found: Found) -> None:
    """An absolute URI."""
    if not is_uri(value):
        found.append(problem("not_a_uri", path, value=value))


def check_code(value: Any, words: Vocabulary, path: str, found: Found, *, lenient: bool = False) -> None:
    """A standard code in any form, or a URI of one's own; an unknown code of the list itself is refused.

    `lenient`: an unknown word is only a warning (measurement types go on growing outside the standard).
    """
    if isinstance(value, str) and words.knows(value):
        return
    if not isinstance(value, str) or words.claims(value) or _URI.fullmatch(value) is None:
        level: Level = "warning" if lenient and isinstance(value, str) else "error"
        found.append(problem("code_unknown", path, level, value=value))


def check_identifier(value: Any, path: str, found: Found, *, wanted: str = "") -> None:
    """A URI; where it is a GS1 identifier, a right one. `wanted`: "instance" or "class", else a warning."""
    if not isinstance(value, str) or _URI.fullmatch(value) is None:
        found.append(problem("not_a_uri", path, value=value))
        return
    examined = examine(value)
    fault = examined.fault
    if fault is not None:
        # GRAIs without the leading zero of the GTIN-14 form are common, in published examples too.
        common = (
            fault.reason == "check_digit" and examined.identifier is not None and examined.identifier.scheme == "grai"
        )
        found.append(
            problem(
                "identifier",
                path,
                "warning" if common else "error",
                named=f"identifier_{fault.reason}",
                value=value,
                detail_zh=fault.message_zh,
                detail_en=fault.message_en,
            )
        )
    elif examined.identifier is not None and wanted:
        named = examined.identifier.level
        if wanted == "class" and named in {"instance", "logistic_unit"}:
            found.append(problem("class_expected", path, "warning", value=value))
        elif wanted == "instance" and named in {"class", "lot"}:
            found.append(problem("instance_expected", path, "warning", value=value))
