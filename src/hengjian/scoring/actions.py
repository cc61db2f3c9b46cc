"""The verbs on score sheets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengjian.pages.notices import tell
from hengjian.parties.models import Region, Unit, User
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.rulebook import Rule
from hengjian.rulebook.parameters.score_sheets import ScoreSheets
from hengjian.scoring import queries
from hengjian.scoring.base import SELF, SheetAction, refused
from hengjian.scoring.closing import CloseSheet, ReviseSheet
from hengjian.scoring.models import ConsensusTask, Mark, Member, ScoreSheet
from hengjian.scoring.rules import Answer, WrongAnswer, score_item

ASKED = gettext_noop("请为“%(title)s”评分。")
DIFFERS = gettext_noop("“%(title)s”有 %(n)s 项评分分歧较大，请合议。")


@dataclass(kw_only=True)
class OpenSheet(Action[ScoreSheet]):
    """Open a sheet for a subject at a stage, with its assessors.

    Attributes:
        rule: a rule of the family `score_sheets`; its content is kept with the sheet.
        subject: what is scored, "application:12".
        subject_unit: the unit that is scored; its own people cannot be assessors (except for a self-assessment).
        stage: "self", "paper", "site" …
    """

    verb = "scoring.open"

    rule: Rule
    subject: str
    title: str
    unit: Unit
    region: Region
    stage: str = ""
    members: Sequence[User] = ()
    subject_unit: Unit | None = None
    band: Decimal | None = None
    on: date | None = None

    def target(self) -> Scope:
        return Scope(unit=self.unit, region=self.region)

    def check_state(self) -> None:
        self.rule.typed(ScoreSheets)
        for member in self.members:
            check_member(member, self.subject_unit, self.stage)

    def perform(self) -> ScoreSheet:
        sheet = ScoreSheet.objects.create(
            subject=self.subject,
            subject_unit=self.subject_unit,
            title=self.title,
            stage=self.stage,
            unit=self.unit,
            region=self.region,
            rule_id=self.rule.id,
            rule_version=self.rule.version,
            rules_on=self.on or timezone.localdate(),
            definition=self.rule.typed(ScoreSheets).model_dump(mode="json", exclude_none=True),
            band=self.band,
            opened_by=self.actor,
        )
        Member.objects.bulk_create([Member(sheet=sheet, user=user) for user in dict.fromkeys(self.members)])
        tell_members(sheet, self.members)
        return sheet


def tell_members(sheet: ScoreSheet, people: Iterable[User]) -> None:
    """Tell assessors, other than whoever opens a sheet for themselves, that they are asked to mark."""
    others = [user for user in dict.fromkeys(people) if user.pk != sheet.opened_by_id]
    tell(others, ASKED, sheet.ref, f"scoring.asked:{sheet.pk}", {"title": sheet.title})


def check_member(user: User, subject_unit: Unit | None, stage: str) -> None:
    """Refuse an assessor from the unit that is scored."""
    if subject_unit is not None and user.unit_id == subject_unit.pk and stage != SELF:
        raise ActionRefused(
            _("%(name)s是被评单位的人员，须回避。") % {"name": user}, _("请另选其他单位的评审员。"), status=400
        )


@dataclass(kw_only=True)
class AddMember(SheetAction):
    """Add an assessor."""

    verb = "scoring.open"
    member: User

    def check_state(self) -> None:
        super().check_state()
        check_member(self.member, self.sheet.subject_unit, self.sheet.stage)
        if self.sheet.members.filter(user=self.member).exists():
            raise ActionRefused(_("%(name)s已经是评审员。") % {"name": self.member})

    def perform(self) -> Member:
        member = Member.objects.create(sheet=self.sheet, user=self.member)
        tell_members(self.sheet, [self.member])
        return member


def own_membership(sheet: ScoreSheet, user: User | None) -> Member:
    """The person's active membership; refusal when there is none."""
    member = sheet.members.filter(user=user, recused_at=None).first() if user is not None else None
    if member is None:
        raise ActionRefused(_("您不是这份评分表的评审员，或者已经回避。"), _("请联系组织单位。"), status=403)
    return member


@dataclass(kw_only=True)
class Recuse(SheetAction):
    """Step back as an assessor; what was marked so far no longer counts."""

    verb = "scoring.mark"
    needs_reason = True

    def check_state(self) -> None:
        super().check_state()
        own_membership(self.sheet, self.actor)

    def perform(self) -> Member:
        member = own_membership(self.sheet, self.actor)
        member.recused_at, member.recusal = timezone.now(), self.reason.strip()[:200]
        member.save(update_fields=["recused_at", "recusal"])
        return member


@dataclass(kw_only=True)
class GiveMark(SheetAction):
    """One assessor's answer for one item; the same item again replaces the answer, an empty one takes it back."""

    verb = "scoring.mark"

    item: str
    answer: Answer | Mapping[str, Any]
    evidence: Sequence[str] = ()

    def check_state(self) -> None:
        super().check_state()
        member = own_membership(self.sheet, self.actor)
        if self.sheet.state != ScoreSheet.State.OPEN or member.finished_at is not None:
            raise ActionRefused(_("您的评分已经提交。"), _("有分歧的评分项请在合议中改定。"))
        checked_answer(self.sheet, self.item, self.answer)

    def perform(self) -> Mark | None:
        answer, points = checked_answer(self.sheet, self.item, self.answer)
        place: dict[str, Any] = {"sheet": self.sheet, "item": self.item, "reviewer": self.actor}
        if answer.empty and not answer.note:
            Mark.objects.filter(**place).delete()
            return None
        mark, _created = Mark.objects.update_or_create(
            **place,
            defaults={
                "answer": answer.to_dict(),
                "points": points,
                "evidence": list(self.evidence),
                "marked_at": timezone.now(),
            },
        )
        return mark

    def logged(self, result: Any) -> ScoreSheet:
        return self.sheet


def checked_answer(sheet: ScoreSheet, code: str, given: Answer | Mapping[str, Any]) -> tuple[Answer, Decimal | None]:
    """The answer and its points; a refusal in the reader's language when it does not fit."""
    try:
        answer = given if isinstance(given, Answer) else Answer.from_dict(given)
        return answer, score_item(sheet.sheet.item(code), answer, sheet.sheet.places).points
    except KeyError:
        raise ActionRefused(_("没有“%(what)s”这一项。") % {"what": code[:40]}, status=400) from None
    except WrongAnswer as error:
        raise refused(error) from None


@dataclass(kw_only=True)
class FinishMarks(SheetAction):
    """Hand in one's marks: every item must be answered; when the last assessor has, differing items go to consensus."""

    verb = "scoring.mark"

    def check_state(self) -> None:
        super().check_state()
        member = own_membership(self.sheet, self.actor)
        if member.finished_at is not None:
            raise ActionRefused(_("您的评分已经提交。"))
        assert self.actor is not None
        answered = queries.own_answers(self.sheet, self.actor)
        lacking = [
            item.title
            for item in self.sheet.sheet.items
            if item.part in ("key", "basic") and (item.code not in answered or answered[item.code].empty)
        ]
        if lacking:
            raise ActionRefused(
                _("还有 %(n)s 项没有评分：%(items)s。") % {"n": len(lacking), "items": "、".join(lacking[:5])},
                _("请评完全部评分项后再提交。"),
            )

    def perform(self) -> Member:
        member = own_membership(self.sheet, self.actor)
        member.finished_at = timezone.now()
        member.save(update_fields=["finished_at"])
        if not self.sheet.members.filter(recused_at=None, finished_at=None).exists():
            seek_consensus(self.sheet)
        return member


def seek_consensus(sheet: ScoreSheet) -> list[ConsensusTask]:
    """Make a task of every item on which the assessors differ by more than the band."""
    tasks = [
        ConsensusTask.objects.update_or_create(
            sheet=sheet, item=item, defaults={"lowest": lowest, "highest": highest, "answer": None, "settled_at": None}
        )[0]
        for item, (lowest, highest) in queries.differing(sheet).items()
    ]
    if tasks and sheet.state != ScoreSheet.State.CONSENSUS:
        sheet.state = ScoreSheet.State.CONSENSUS
        sheet.save(update_fields=["state"])
        people = [member.user for member in sheet.members.filter(recused_at=None).select_related("user")]
        tell(people, DIFFERS, sheet.ref, f"scoring.differs:{sheet.pk}", {"title": sheet.title, "n": len(tasks)})
    return tasks


@dataclass(kw_only=True)
class RequestConsensus(SheetAction):
    """Compare the marks given so far and make a task of every item that differs by more than the band."""

    verb = "scoring.close"

    def perform(self) -> list[ConsensusTask]:
        return seek_consensus(self.sheet)


@dataclass(kw_only=True)
class SettleItem(SheetAction):
    """What the panel agreed on for one item, with its reason."""

    verb = "scoring.mark"

    task: ConsensusTask
    answer: Answer | Mapping[str, Any]
    note: str

    def check_state(self) -> None:
        super().check_state()
        own_membership(self.sheet, self.actor)
        if self.task.sheet_id != self.sheet.pk:
            raise ActionRefused(_("没有这项合议。"), status=404)
        if not self.note.strip():
            raise ActionRefused(_("没有填写合议意见。"), _("请写明一致意见的理由。"), status=400)
        _answer, points = checked_answer(self.sheet, self.task.item, self.answer)
        if points is None:
            raise ActionRefused(_("没有填写合议结果。"), status=400)

    def perform(self) -> ConsensusTask:
        answer, _points = checked_answer(self.sheet, self.task.item, self.answer)
        self.task.answer = answer.to_dict()
        self.task.note = self.note.strip()[:500]
        self.task.settled_by, self.task.settled_at = self.actor, timezone.now()
        self.task.save(update_fields=["answer", "note", "settled_by", "settled_at"])
        return self.task

    def logged(self, result: Any) -> ScoreSheet:
        return self.sheet


__all__ = [
    "AddMember",
    "CloseSheet",
    "FinishMarks",
    "GiveMark",
    "OpenSheet",
    "Recuse",
    "RequestConsensus",
    "ReviseSheet",
    "SettleItem",
]
