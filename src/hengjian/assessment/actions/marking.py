"""Marks of the stages: self score, department, site, panel. What a stage said before stays readable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.assessment.actions.base import EntryAction, RoundAction, item_of, require_state, scored
from hengjian.assessment.models import Entry, Mark, Responsibility, Reviewer, Round
from hengjian.assessment.standing import approved_targets
from hengjian.parties.verbs import ActionRefused
from hengjian.rulebook.parameters import score_operators as ops
from hengjian.rulebook.parameters.score_sheets import Item
from hengjian.scoring.answers import Answer, WrongAnswer
from hengjian.scoring.base import refused


def needs_reference(item: Item) -> bool:
    """Whether the answer has to bring the target or baseline."""
    operator = item.operator
    if isinstance(operator, ops.Ratio):
        return operator.target is None
    return isinstance(operator, ops.Baseline) and operator.baseline is None


def completed(entry: Entry, item: Item, answer: Answer) -> Answer:
    """The answer with the approved target as its reference, where it brings none."""
    if answer.empty or answer.not_applicable or answer.reference is not None or not needs_reference(item):
        return answer
    target = approved_targets([entry])[entry.pk].get(item.code)
    return answer if target is None else replace(answer, reference=target)


@dataclass(kw_only=True)
class MarkAction(EntryAction[Mark | None]):
    """One stage's answer for one item; an empty one takes the mark back.

    Attributes:
        answer: as `scoring.answers.Answer`; `note` is the reason for lost points.
        source: where an offered number came from.
    """

    stage: ClassVar[str]
    when: ClassVar[tuple[str, ...]]

    item: str
    answer: Answer | Mapping[str, Any]
    source: Mapping[str, Any] = field(default_factory=dict)

    def said(self) -> Answer:
        try:
            given = self.answer if isinstance(self.answer, Answer) else Answer.from_dict(self.answer)
        except WrongAnswer as error:
            raise refused(error) from None
        return completed(self.entry, item_of(self.entry.round, self.item), given)

    def check_state(self) -> None:
        require_state(self.entry.round, *self.when)
        self.check_person()
        row = self.entry.round
        answer = self.said()
        made = scored(item_of(row, self.item), answer, row.content.sheet.places)
        self.check_answer(answer, made.lost > 0)

    def check_person(self) -> None:
        """Whether this person speaks for the stage."""

    def check_answer(self, answer: Answer, loses: bool) -> None:
        """What the stage asks of an answer besides that it fits the item."""

    def perform(self) -> Mark | None:
        answer = self.said()
        return put_mark(self.entry, self.item, self.stage, answer, by=self.actor, source=self.source)

    def logged(self, result: Any) -> Entry:
        return self.entry


@dataclass(frozen=True)
class Word:
    """A stage's answer for an item of an object, with where an offered number came from."""

    entry: Entry
    item: str
    answer: Answer
    source: Mapping[str, Any] = field(default_factory=dict)


def put_mark(
    entry: Entry, code: str, stage: str, answer: Answer, *, by: Any, source: Mapping[str, Any] | None = None
) -> Mark | None:
    """Store a stage's word; the earlier one stays as a row that no longer counts."""
    return put_marks([Word(entry, code, answer, source or {})], stage, by=by)[0]


def put_marks(words: Sequence[Word], stage: str, *, by: Any) -> list[Mark | None]:
    """Store several words of a stage in three queries."""
    there = {
        (mark.entry_id, mark.item): mark
        for mark in Mark.objects.filter(
            entry__in=[word.entry.pk for word in words],
            item__in=[word.item for word in words],
            stage=stage,
            current=True,
        )
    }
    found: list[Mark | None] = []
    replaced, made = [], []
    for word in words:
        row = word.entry.round
        before, answer = there.get((word.entry.pk, word.item)), word.answer
        if before is not None and before.answer == answer.to_dict():
            found.append(before)
            continue
        if before is not None:
            replaced.append(before.pk)
        if answer.empty and not answer.note:
            found.append(None)
            continue
        mark = Mark(
            entry=word.entry,
            item=word.item,
            stage=stage,
            answer=answer.to_dict(),
            points=scored(item_of(row, word.item), answer, row.content.sheet.places).points,
            reason=answer.note[:500],
            source=dict(word.source),
            by=by,
            unit=by.unit if by else None,
        )
        made.append(mark)
        found.append(mark)
    Mark.objects.filter(pk__in=replaced).update(current=False)
    Mark.objects.bulk_create(made)
    return found


@dataclass(kw_only=True)
class SelfMark(MarkAction):
    """What the assessed body says of itself; lost points are explained when it is handed in."""

    verb = "assessment.file"
    stage = Mark.Stage.SELF
    when = (Round.State.SELF,)

    def check_person(self) -> None:
        self.require_own()
        if self.entry.self_at is not None:
            raise ActionRefused(_("自评已经提交，不能再改。"), _("请联系办公室退回后修改。"))


@dataclass(kw_only=True)
class SubmitSelf(EntryAction[Entry]):
    """Hand in the self-evaluation: every item marked, every lost point with its reason, and the report."""

    verb = "assessment.file"
    report: str = ""
    liaison: str = ""

    def check_state(self) -> None:
        row = self.entry.round
        require_state(row, Round.State.SELF)
        self.require_own()
        if self.entry.self_at is not None:
            raise ActionRefused(_("自评已经提交，不能再改。"))
        marks = {mark.item: mark for mark in self.entry.marks.filter(stage=Mark.Stage.SELF, current=True)}
        open_, silent = [], []
        for item in row.content.sheet.items:
            mark = marks.get(item.code)
            if item.part in ("key", "basic") and (mark is None or mark.points is None):
                open_.append(item.title)
            elif mark is not None and not mark.reason and scored(item, mark.said, row.content.sheet.places).lost:
                silent.append(item.title)
        if open_:
            raise ActionRefused(
                _("还有 %(n)s 项没有自评：%(items)s。") % {"n": len(open_), "items": "、".join(open_[:5])}
            )
        if silent:
            raise ActionRefused(
                _("有 %(n)s 项失分没有写明原因：%(items)s。") % {"n": len(silent), "items": "、".join(silent[:5])}
            )
        if len((self.report or self.entry.self_report).strip()) < 20:
            raise ActionRefused(_("请填写自评报告（至少 20 个字）。"), status=400)

    def perform(self) -> Entry:
        entry = self.entry
        entry.self_at, entry.self_by = timezone.now(), self.actor
        entry.self_report = (self.report or entry.self_report).strip()
        entry.liaison = self.liaison.strip()[:60] or entry.liaison
        entry.save()
        return entry


@dataclass(kw_only=True)
class ReturnSelf(EntryAction[Entry]):
    """Hand a self-evaluation back before the departments score."""

    verb = "assessment.manage"
    needs_reason = True

    def check_state(self) -> None:
        require_state(self.entry.round, Round.State.SELF)
        if self.entry.self_at is None:
            raise ActionRefused(_("自评还没有提交。"))

    def perform(self) -> Entry:
        self.entry.self_at = None
        self.entry.save(update_fields=["self_at"])
        return self.entry


@dataclass(kw_only=True)
class DepartmentMark(MarkAction):
    """A scoring unit's mark: only its items, never for itself."""

    verb = "assessment.score"
    stage = Mark.Stage.DEPARTMENT
    when = (Round.State.DEPARTMENT,)

    def check_person(self) -> None:
        check_lead(self, self.entry.round, self.item)
        check_not_own(self.entry, self.actor)

    def check_answer(self, answer: Answer, loses: bool) -> None:
        own = Mark.objects.filter(entry=self.entry, item=self.item, stage=Mark.Stage.SELF, current=True).first()
        check_explained(self.entry.round, self.item, answer, own)


def check_not_own(entry: Entry, user: Any) -> None:
    """A unit does not score itself."""
    if user is not None and user.unit_id == entry.unit_id:
        raise ActionRefused(_("不能为本单位评分。"), _("本单位的这一项由办公室在综合评审时评定。"), status=403)


def check_explained(row: Round, item: str, answer: Answer, own: Mark | None) -> None:
    """Less than the self score needs a reason."""
    if answer.empty or answer.note or own is None or own.points is None:
        return
    points = scored(item_of(row, item), answer, row.content.sheet.places).points
    if points is not None and points < own.points:
        raise ActionRefused(_("低于自评分的，请写明扣分原因。"), status=400)


def check_lead(action: Any, row: Round, item: str) -> Responsibility:
    """The item's scoring unit is the person's own, and it has not handed in yet."""
    lead = row.responsibilities.filter(item=item).select_related("unit").first()
    if lead is None:
        raise ActionRefused(_("评分表没有“%(code)s”这一项。") % {"code": item[:40]}, status=400)
    if action.actor is None or action.actor.unit_id != lead.unit_id:
        raise ActionRefused(
            _("这一项由“%(unit)s”评分。") % {"unit": lead.unit}, _("请只评本单位负责的项目。"), status=403
        )
    if lead.finished_at is not None:
        raise ActionRefused(_("这一项的评分已经提交。"), _("确需更改的，请由办公室在综合评审时改定。"))
    return lead


@dataclass(kw_only=True)
class FinishItems(RoundAction[int]):
    """A scoring unit hands in its items: every object marked (itself excepted)."""

    verb = "assessment.score"
    items: tuple[str, ...] = ()

    def own(self) -> list[Responsibility]:
        unit = self.actor.unit_id if self.actor else None
        rows = self.round.responsibilities.filter(unit=unit, finished_at=None)
        return list(rows.filter(item__in=self.items) if self.items else rows)

    def check_state(self) -> None:
        require_state(self.round, Round.State.DEPARTMENT)
        mine = self.own()
        if not mine:
            raise ActionRefused(_("没有待提交的评分项。"))
        entries = [entry for entry in self.round.entries.all() if entry.unit_id != mine[0].unit_id]
        there = set(
            Mark.objects.filter(entry__round=self.round, stage=Mark.Stage.DEPARTMENT, current=True).values_list(
                "entry", "item"
            )
        )
        for one in mine:
            item = item_of(self.round, one.item)
            if item.part not in ("key", "basic"):
                continue
            lacking = [entry.name for entry in entries if (entry.pk, one.item) not in there]
            if lacking:
                raise ActionRefused(
                    _("“%(item)s”还有 %(n)s 个对象没有评分：%(names)s。")
                    % {"item": item.title, "n": len(lacking), "names": "、".join(lacking[:5])}
                )

    def perform(self) -> int:
        mine = [one.pk for one in self.own()]
        return Responsibility.objects.filter(pk__in=mine).update(finished_at=timezone.now(), finished_by=self.actor)

    def logged(self, result: Any) -> Round:
        return self.round


@dataclass(kw_only=True)
class SiteMark(MarkAction):
    """What was found on the spot; only members of the team, only at the drawn items."""

    verb = "assessment.visit"
    stage = Mark.Stage.SITE
    when = (Round.State.SITE,)

    def check_person(self) -> None:
        visit = getattr(self.entry, "visit", None)
        if visit is None or self.item not in visit.items:
            raise ActionRefused(_("这一项不在本次核查范围内。"), status=400)
        if visit.finished_at is not None:
            raise ActionRefused(_("核查已经完成，不能再改。"))
        check_reviewer(self.entry, self.actor, Reviewer.Role.SITE)

    def check_answer(self, answer: Answer, loses: bool) -> None:
        if not answer.empty and not answer.note:
            raise ActionRefused(_("请写明核查依据。"), status=400)


def check_reviewer(entry: Entry, user: Any, role: str) -> None:
    """The person sits on the team or panel of this object."""
    if user is None or not entry.reviewers.filter(user=user, role=role).exists():
        raise ActionRefused(
            _("您不是这个对象的%(role)s成员。") % {"role": dict(Reviewer.Role.choices)[role]},
            _("请联系办公室。"),
            status=403,
        )


@dataclass(kw_only=True)
class PanelMark(MarkAction):
    """What the panel settles, with its reason."""

    verb = "assessment.panel"
    stage = Mark.Stage.PANEL
    when = (Round.State.PANEL,)

    def check_person(self) -> None:
        check_reviewer(self.entry, self.actor, Reviewer.Role.PANEL)

    def check_answer(self, answer: Answer, loses: bool) -> None:
        if not answer.empty and not answer.note:
            raise ActionRefused(_("请写明评审意见。"), status=400)
