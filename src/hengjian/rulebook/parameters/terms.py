"""Statutory terms and recurrences as the law states them; `clocks.rules` computes with them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from hengjian.rulebook.base import Parameters, Sentence, Strict

Unit = Literal["working_day", "calendar_day", "month", "year", "minute"]
Roll = Literal["next", "previous", "none"]
UNIT_PATTERNS: dict[str, str] = {
    "working_day": "%(n)s 个工作日",
    "calendar_day": "%(n)s 日",
    "month": "%(n)s 个月",
    "year": "%(n)s 年",
    "minute": "%(n)s 分钟",
}


class TermSpec(Strict):
    """So many units. `roll` says what happens to an end on a rest day; unset = the unit's custom.

    民法典 201–203: the day of the event is not counted; a period that ends on a statutory rest day ends on the next
    working day. Working-day and minute terms cannot end on a rest day by counting.
    """

    amount: int = Field(title="数额", ge=1, le=10_000)
    unit: Unit = Field(title="单位")
    roll: Roll | None = Field(None, title="遇休息日")

    def sentence(self) -> Sentence:
        """`7 个工作日`."""
        return Sentence(UNIT_PATTERNS[self.unit], {"n": self.amount})


class ExtensionSpec(Strict):
    """How a term may be extended: how often, by how much, by whom."""

    times: int = Field(title="次数", ge=1, le=20)
    amount: int = Field(title="每次数额", ge=1)
    unit: Unit = Field(title="单位")
    approver: str = Field(title="批准人", min_length=2)
    then: str = Field("", title="再延办法")


class RecurrenceSpec(Strict):
    """A duty that comes again.

    `every` counts from the last time it was done (`rebase`) or from the anchor. `years` lists the years after the
    anchor on which it falls, `then_every_years` what follows the list; such occurrences are due by the end of the
    anchor's month.
    """

    every: TermSpec | None = Field(None, title="每隔")
    rebase: bool = Field(True, title="自上次完成起算")
    years: tuple[int, ...] = Field((), title="第几年")
    then_every_years: int | None = Field(None, title="此后每几年", ge=1)
    early_months: int = Field(0, title="可提前月数", ge=0, le=11)

    @model_validator(mode="after")
    def _one_kind(self) -> RecurrenceSpec:
        if (self.every is None) == (not self.years):
            raise ValueError("give either every or years")
        if list(self.years) != sorted(set(self.years)) or any(year < 1 for year in self.years):
            raise ValueError("years must be positive and go up")
        if bool(self.years) != (self.then_every_years is not None):
            raise ValueError("years needs then_every_years")
        return self


class Terms(Parameters):
    """A term or a recurrence, what starts it, what pauses it, what extends it."""

    trigger: str = Field(title="起算")
    act: str = Field(title="应办事项")
    term: TermSpec | None = Field(None, title="期限")
    recurrence: RecurrenceSpec | None = Field(None, title="周期")
    pauses: tuple[str, ...] = Field((), title="不计入时间")
    extension: ExtensionSpec | None = Field(None, title="延长")

    @model_validator(mode="after")
    def _one_kind(self) -> Terms:
        if (self.term is None) == (self.recurrence is None):
            raise ValueError("give either term or recurrence")
        if self.recurrence is not None and self.extension is not None:
            raise ValueError("a recurrence has no extension")
        return self

    def sentences(self) -> list[Sentence]:
        told: list[Sentence] = []
        names = {"trigger": self.trigger, "act": self.act}
        if self.term is not None:
            told.append(Sentence("自%(trigger)s起 %(term)s内%(act)s。", {**names, "term": self.term.sentence()}))
            if self.term.roll == "none":
                told.append(Sentence("期满日遇休息日不顺延。"))
        if self.recurrence is not None and self.recurrence.every is not None:
            told.append(
                Sentence(
                    "自%(trigger)s起，每 %(term)s%(act)s一次。", {**names, "term": self.recurrence.every.sentence()}
                )
            )
        elif self.recurrence is not None:
            years = "、".join(str(year) for year in self.recurrence.years)
            told.append(
                Sentence(
                    "自%(trigger)s起，第 %(years)s 年%(act)s，此后每 %(then)s 年一次。",
                    {**names, "years": years, "then": self.recurrence.then_every_years},
                )
            )
        if self.pauses:
            told.append(Sentence("不计入期限：%(what)s。", {"what": "、".join(self.pauses)}))
        if self.extension is not None:
            told.append(
                Sentence(
                    "经%(approver)s批准可延长 %(times)s 次，每次 %(term)s。",
                    {
                        "approver": self.extension.approver,
                        "times": self.extension.times,
                        "term": Sentence(UNIT_PATTERNS[self.extension.unit], {"n": self.extension.amount}),
                    },
                )
            )
        return told
