"""Whole sheets at once: what a page saves or an import brings, item by item through the same checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hengjian.assessment.actions.base import EntryAction, RoundAction, item_of, require_state
from hengjian.assessment.actions.marking import (
    DepartmentMark,
    SelfMark,
    Word,
    check_explained,
    check_lead,
    check_not_own,
    completed,
    put_marks,
)
from hengjian.assessment.models import Entry, Mark, Round
from hengjian.scoring.answers import Answer


@dataclass(kw_only=True)
class SelfMarks(EntryAction[int]):
    """Several self scores at once."""

    verb = "assessment.file"
    answers: Mapping[str, Answer]

    def words(self) -> list[Word]:
        return [
            Word(self.entry, code, completed(self.entry, item_of(self.entry.round, code), answer))
            for code, answer in self.answers.items()
        ]

    def check_state(self) -> None:
        for code, answer in self.answers.items():
            SelfMark(user=self.user, entry=self.entry, item=code, answer=answer).check_state()

    def perform(self) -> int:
        return len(put_marks(self.words(), Mark.Stage.SELF, by=self.actor))

    def logged(self, result: Any) -> Entry:
        return self.entry


@dataclass(kw_only=True)
class DepartmentMarks(RoundAction[int]):
    """One item of several objects (entry id → answer) at once, as a department scores."""

    verb = "assessment.score"
    item: str
    answers: Mapping[int, Answer]

    def words(self) -> list[Word]:
        entries = self.round.entries.in_bulk(list(self.answers))
        for entry in entries.values():
            entry.round = self.round
        item = item_of(self.round, self.item)
        return [Word(entries[pk], self.item, completed(entries[pk], item, said)) for pk, said in self.answers.items()]

    def check_state(self) -> None:
        require_state(self.round, *DepartmentMark.when)
        check_lead(self, self.round, self.item)
        words = self.words()
        rows = Mark.objects.filter(entry__in=list(self.answers), item=self.item, stage=Mark.Stage.SELF, current=True)
        own = {mark.entry_id: mark for mark in rows}
        for word in words:
            check_not_own(word.entry, self.actor)
            check_explained(self.round, self.item, word.answer, own.get(word.entry.pk))

    def perform(self) -> int:
        return len(put_marks(self.words(), Mark.Stage.DEPARTMENT, by=self.actor))

    def logged(self, result: Any) -> Round:
        return self.round
