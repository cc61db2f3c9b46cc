"""A rule in sentences, and two versions side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from hengjian.rulebook.base import Rule, Sentence
from hengjian.rulebook.parameters.escalation import RECIPIENT_NAMES
from hengjian.rulebook.parameters.reporting import CYCLE_NAMES
from hengjian.rulebook.parameters.traffic_lights import COLOUR_NAMES, STATE_NAMES

# A list item is recognised in the other version by one of these keys, so that an insertion does not shift the rest.
IDENTITY = ("code", "grade", "known_from", "name", "document", "label")

# Codes as people read them.
WORDS: dict[str, str] = {
    **COLOUR_NAMES,
    **STATE_NAMES,
    **RECIPIENT_NAMES,
    **CYCLE_NAMES,
    "working_day": "工作日",
    "calendar_day": "日历日",
    "month": "月",
    "year": "年",
    "minute": "分钟",
    "next": "顺延",
    "previous": "提前",
    "none": "无",
    "half_up": "四舍五入",
    "down": "截尾",
    "notice": "督办单",
    "circular": "通报",
    "summons": "约谈通知",
    "listing": "挂牌督办通知",
}


def explain(rule: Rule) -> list[Sentence]:
    """What the rule says, where it comes from, when and where it holds, what was assumed."""
    period = (
        Sentence("%(start)s 至 %(end)s 有效", {"start": rule.in_force_from, "end": rule.in_force_to})
        if rule.in_force_to
        else Sentence("%(start)s 起有效", {"start": rule.in_force_from})
    )
    told = [Sentence("%(title)s，%(period)s。", {"title": rule.title, "period": period}), *rule.parameters.sentences()]
    told.extend(Sentence("依据：%(source)s。", {"source": source.text()}) for source in rule.sources)
    told.extend(Sentence("本规则自定或未核部分：%(what)s。", {"what": what}) for what in rule.assumptions)
    if rule.to_verify:
        told.append(Sentence("待核：尚未与正式文本核对。"))
    return told


@dataclass(frozen=True)
class Difference:
    """One parameter that differs; `before`/`after` is None where the version has no such parameter."""

    path: str
    label: str
    before: str | None
    after: str | None

    @property
    def kind(self) -> str:
        """added, dropped or changed."""
        return "added" if self.before is None else "dropped" if self.after is None else "changed"


@dataclass(frozen=True)
class Row:
    """One parameter over several versions (None = not there)."""

    path: str
    label: str
    values: tuple[str | None, ...]

    @property
    def changed(self) -> bool:
        """Whether the versions differ."""
        return len(set(self.values)) > 1


def side_by_side(rules: Sequence[Rule]) -> list[Row]:
    """All parameters of several versions, one row each, in the order of the first version that has it."""
    flat = [dict(_flatten(rule.parameters)) for rule in rules]
    paths: list[tuple[str, str]] = []
    for columns in flat:
        place = 0
        for key in columns:
            if key in paths:
                place = paths.index(key) + 1
            else:
                paths.insert(place, key)
                place += 1
    return [Row(path, label, tuple(columns.get((path, label)) for columns in flat)) for path, label in paths]


def diff(before: Rule, after: Rule) -> list[Difference]:
    """What changed from one version to another, parameter by parameter; empty when they say the same."""
    return [
        Difference(row.path, row.label, row.values[0], row.values[1])
        for row in side_by_side([before, after])
        if row.changed
    ]


def _flatten(model: BaseModel, path: str = "", label: str = "") -> Iterator[tuple[tuple[str, str], str]]:
    for name, info in type(model).model_fields.items():
        value = getattr(model, name)
        if value is None or value == () or value == "":
            continue
        here = f"{path}.{name}" if path else name
        title = info.title or name
        yield from _one(value, here, f"{label} › {title}" if label else title)


def _one(value: Any, path: str, label: str) -> Iterator[tuple[tuple[str, str], str]]:
    if isinstance(value, BaseModel):
        yield from _flatten(value, path, label)
    elif isinstance(value, tuple) and any(isinstance(item, BaseModel) for item in value):
        seen: dict[str, int] = {}
        for number, item in enumerate(value, start=1):
            mark = next((str(getattr(item, key)) for key in IDENTITY if getattr(item, key, "")), str(number))
            seen[mark] = seen.get(mark, 0) + 1
            if seen[mark] > 1:
                mark = f"{mark}#{seen[mark]}"
            yield from _one(item, f"{path}[{mark}]", f"{label} › {mark}")
    elif isinstance(value, tuple):
        yield (path, label), "、".join(_shown(item) for item in value)
    else:
        yield (path, label), _shown(value)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return WORDS.get(value, value) if isinstance(value, str) else str(value)
