"""The steps by which a due day came about, as data that render to a sentence in any language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from hengjian.clocks.workdays import WorkCalendar
from hengjian.rulebook.base import Sentence
from hengjian.rulebook.parameters.terms import UNIT_PATTERNS, Unit


def gettext_noop(message: str) -> str:
    """Marks a pattern for translation; the translation happens when the step is rendered."""
    return message


PATTERNS: dict[str, str] = {
    "count": gettext_noop("自 %(start)s 次日起算 %(term)s，至 %(end)s。"),
    "count_special": gettext_noop("自 %(start)s 次日起算 %(term)s，至 %(end)s；其间%(special)s。"),
    "count_minutes": gettext_noop("自 %(start)s 起算 %(term)s，至 %(end)s。"),
    "extension": gettext_noop("延长 %(term)s，至 %(end)s。"),
    "extension_by": gettext_noop("经%(approver)s批准延长 %(term)s，至 %(end)s。"),
    "until": gettext_noop("批准延至 %(end)s。"),
    "until_by": gettext_noop("经%(approver)s批准延至 %(end)s。"),
    "pause": gettext_noop("%(low)s 至 %(high)s 中止，扣除 %(term)s，顺延至 %(end)s。"),
    "resume": gettext_noop("%(low)s 至 %(high)s 中止，期满日顺延至恢复后的首个工作日 %(end)s。"),
    "roll": gettext_noop("%(day)s 是%(what)s，顺延至 %(end)s。"),
    "roll_back": gettext_noop("%(day)s 是%(what)s，提前至 %(end)s。"),
    "provisional": gettext_noop("%(year)s 年以后的放假安排尚未公布，结果为暂定。"),
}
UNITS: dict[str, str] = {
    "working_day": gettext_noop("%(n)s 个工作日"),
    "calendar_day": gettext_noop("%(n)s 日"),
    "month": gettext_noop("%(n)s 个月"),
    "year": gettext_noop("%(n)s 年"),
    "minute": gettext_noop("%(n)s 分钟"),
}
assert UNITS == UNIT_PATTERNS  # the same msgids as the rulebook's, marked here for translation
WEEKEND = gettext_noop("休息日")


@dataclass(frozen=True)
class Step:
    """One step: its kind and its sentence."""

    kind: str
    sentence: Sentence

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The sentence, Chinese unless a translation is given."""
        return self.sentence.text(translate)

    def to_dict(self) -> dict[str, Any]:
        """JSON form, to be kept with a deadline."""
        return {"kind": self.kind, **_plain(self.sentence)}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Step:
        """The step from its JSON form."""
        return cls(raw["kind"], _sentence(raw))


def _plain(sentence: Sentence) -> dict[str, Any]:
    values = {key: _plain(v) if isinstance(v, Sentence) else str(v) for key, v in sentence.values.items()}
    return {"pattern": sentence.pattern, "values": values}


def _sentence(raw: Mapping[str, Any]) -> Sentence:
    return Sentence(raw["pattern"], {k: _sentence(v) if isinstance(v, dict) else v for k, v in raw["values"].items()})


def _step(kind: str, **values: object) -> Step:
    return Step(kind, Sentence(PATTERNS[kind], values))


def _amount(number: int, unit: Unit) -> Sentence:
    return Sentence(UNITS[unit], {"n": number})


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _moment(value: date | datetime) -> str:
    return value.strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else value.isoformat()


def count_step(
    start: date | datetime, amount: int, unit: Unit, end: date | datetime, calendar: WorkCalendar | None
) -> Step:
    """Counting from the day after the trigger; for working days with the holidays and make-up days on the way."""
    told: dict[str, object] = {"start": _moment(start), "term": _amount(amount, unit), "end": _moment(end)}
    if unit == "minute":
        return _step("count_minutes", **told)
    if unit == "working_day" and calendar is not None:
        runs, made_up = calendar.special_days(_day(start) + timedelta(days=1), _day(end))
        parts = [
            f"{name} {low:%m-%d}～{high:%m-%d}" if low != high else f"{name} {low:%m-%d}" for name, low, high in runs
        ]
        parts += [f"{day:%m-%d} 调休上班" for day in made_up]
        if parts:
            return _step("count_special", special="、".join(parts), **told)
    return _step("count", **told)


def extension_step(amount: int, unit: Unit, end: date | datetime, approver: str) -> Step:
    """More time in the unit of the law, and the day it leads to."""
    told: dict[str, object] = {"term": _amount(amount, unit), "end": _moment(end)}
    return _step("extension_by", approver=approver, **told) if approver else _step("extension", **told)


def until_step(end: date, approver: str) -> Step:
    """More time up to a day."""
    return _step("until_by", approver=approver, end=_moment(end)) if approver else _step("until", end=_moment(end))


def pause_step(low: date | datetime, high: date | datetime, idle: int, unit: Unit, end: date | datetime) -> Step:
    """Paused time added; `idle` in minutes or working days for such terms, else in days."""
    counted: Unit = unit if unit in ("working_day", "minute") else "calendar_day"
    return _step("pause", low=_moment(low), high=_moment(high), term=_amount(idle, counted), end=_moment(end))


def resume_step(low: date, high: date, end: date) -> Step:
    """A pause over the rest days before the last day: the term ends on the first working day after it."""
    return _step("resume", low=_moment(low), high=_moment(high), end=_moment(end))


def roll_step(day: date, rolled: date, calendar: WorkCalendar) -> Step:
    """The end fell on a rest day."""
    what = calendar.holiday(day) or Sentence(WEEKEND)
    return _step("roll" if rolled > day else "roll_back", day=_moment(day), what=what, end=_moment(rolled))


def provisional_step(calendar: WorkCalendar) -> Step:
    """A year on the way has no published arrangement."""
    return _step("provisional", year=calendar.confirmed[1].year)
