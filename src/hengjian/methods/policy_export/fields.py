"""Reading the fields of a plan, whether it comes as a PolicyDocument or as its dictionary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

Fields = Mapping[str, Any]

ROLE_NAMES = {"lead": "牵头", "support": "配合", "joint": "按职责分工"}
_OPERATORS = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "=": "=", "≈": "约", "increase": "提高", "decrease": "降低"}


class HasDict(Protocol):
    """Anything with the fields of `hengjian policy parse --json`, such as a PolicyDocument."""

    def to_dict(self) -> dict[str, Any]: ...


def fields_of(document: HasDict | Fields) -> Fields:
    return document if isinstance(document, Mapping) else document.to_dict()


def items_of(data: Fields) -> Iterator[tuple[Fields, Fields]]:
    """(section, item) in document order."""
    for section in data["sections"]:
        for item in section["items"]:
            yield section, item


def target_text(target: Fields) -> str:
    """One target as a person would write it: 工业产品监督抽查合格率 ≥92%（2020年）."""
    operator, value, unit = target["operator"], target.get("value"), target.get("unit") or ""
    if operator == "within_quota":
        amount = "控制在国家下达指标内"
    elif operator == "between" and isinstance(value, list):
        amount = f"{value[0]}—{value[1]}{unit}"
    elif operator == "grade>=":
        amount = f"{value}级以上"
    else:
        amount = f"{_OPERATORS.get(operator, operator)}{value}{unit}"
    scope = f"（{target['scope']}）" if target.get("scope") else ""
    year = f"（{target['year']}年）" if target.get("year") else ""
    soft = "力争" if target.get("strength") == "力争" else ""
    return f"{target['indicator']}{scope} {soft}{amount}{year}"
