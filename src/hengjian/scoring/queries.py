"""Reads of score sheets: current results, what a sheet amounts to now, who said what."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import QuerySet

from hengjian import rulebook
from hengjian.parties.models import User
from hengjian.rulebook.parameters.grades import Grades
from hengjian.scoring.models import Mark, ScoreSheet
from hengjian.scoring.rules import Answer, Decided, Scored, consensus_needed, score_panel


def sheets_of(subject: str, stage: str = "") -> QuerySet[ScoreSheet]:
    """The sheets of a subject in their newest versions, by stage and time."""
    rows = ScoreSheet.objects.filter(subject=subject).exclude(state=ScoreSheet.State.SUPERSEDED)
    return (rows.filter(stage=stage) if stage else rows).order_by("opened_at", "pk")


def answers_of(marks: Iterable[Mark]) -> dict[str, dict[str, Answer]]:
    """Assessor → item → answer."""
    found: dict[str, dict[str, Answer]] = {}
    for mark in marks:
        found.setdefault(f"user:{mark.reviewer_id}", {})[mark.item] = mark.said
    return found


def counted_marks(sheet: ScoreSheet) -> list[Mark]:
    """The marks that count: those of assessors who did not step back."""
    active = sheet.members.filter(recused_at=None).values("user")
    return list(sheet.marks.filter(reviewer__in=active).order_by("reviewer_id", "pk"))


def own_answers(sheet: ScoreSheet, user: User) -> dict[str, Answer]:
    return {mark.item: mark.said for mark in sheet.marks.filter(reviewer=user)}


def grades_of(sheet: ScoreSheet) -> Grades | None:
    """The grades rule that the sheet names, as in force on its day; None when it names none."""
    if not sheet.sheet.grades:
        return None
    rule = rulebook.at("grades", sheet.region.code, sheet.rules_on, variant=sheet.sheet.grades)
    return rule.typed(Grades)


def settled_of(sheet: ScoreSheet) -> dict[str, Answer]:
    return {task.item: said for task in sheet.tasks.all() if (said := task.said) is not None}


def result_now(sheet: ScoreSheet, decided: Decided | None = None, *, graded: bool = False) -> Scored:
    """What the sheet amounts to with the marks given so far; `graded`: with its grade (needs the rank where the
    grades ask for it)."""
    return score_panel(
        sheet.sheet,
        answers_of(counted_marks(sheet)),
        settled_of(sheet),
        grades=grades_of(sheet) if graded else None,
        decided=decided,
    )


def differing(sheet: ScoreSheet) -> dict[str, tuple[Decimal, Decimal]]:
    """Items on which the assessors differ by more than the band and that are not settled: item → (lowest, highest)."""
    wide = consensus_needed(sheet.sheet, answers_of(counted_marks(sheet)), sheet.band)
    settled = settled_of(sheet)
    return {item: span for item, span in wide.items() if item not in settled}


def waiting_for(user: User) -> int:
    """For the navigation: sheets that wait for the person's marks or for consensus."""
    mine = ScoreSheet.objects.filter(members__user=user, members__recused_at=None)
    open_marks = mine.filter(state=ScoreSheet.State.OPEN, members__finished_at=None)
    return open_marks.distinct().count() + mine.filter(state=ScoreSheet.State.CONSENSUS).distinct().count()
