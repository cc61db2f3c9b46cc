"""Results in versions: computed, frozen, approved by a second person, corrected by decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.assessment import facts
from hengjian.assessment.actions.base import RoundAction, digest_of, item_of, require_state, scored
from hengjian.assessment.actions.marking import completed, put_mark
from hengjian.assessment.actions.rounds import move
from hengjian.assessment.models import Entry, Mark, Result, ResultSet, Round
from hengjian.assessment.ranking import intervals
from hengjian.assessment.rules import Contender, standings
from hengjian.assessment.standing import contenders, open_points
from hengjian.parties.models import User
from hengjian.parties.verbs import ActionRefused, require_other_person
from hengjian.scoring.answers import Answer, WrongAnswer
from hengjian.scoring.base import refused
from hengjian.scoring.words import scored_dict


def inputs_of(people: Sequence[Contender]) -> dict[str, Any]:
    return {one.key: one.to_dict() for one in people}


def make_version(row: Round, by: User | None, reason: str = "") -> ResultSet:
    """Compute and freeze the next version."""
    people = contenders(row)
    try:
        found = standings(row.content, people)
    except WrongAnswer as error:
        raise refused(error) from None
    frozen = {"definition": row.definition, "inputs": inputs_of(people)}
    last = row.results.order_by("-version").first()
    made = ResultSet.objects.create(
        round=row,
        version=(last.version if last else 0) + 1,
        reason=reason.strip()[:300],
        digest=digest_of(frozen),
        made_by=by,
        **frozen,
    )
    places = intervals(row, found)
    Result.objects.bulk_create(
        Result(
            result_set=made,
            entry_id=int(one.key),
            total=one.scored.total,
            full=one.scored.full,
            grade=one.scored.grade,
            passed=one.scored.passed,
            rank=one.rank,
            rank_low=places[one.key][0],
            rank_high=places[one.key][1],
            detail=scored_dict(one.scored),
        )
        for one in found
    )
    return made


@dataclass(kw_only=True)
class ComputeResults(RoundAction[ResultSet]):
    """End the panel: compute the result and hand it up for approval. Marks are closed from here on."""

    def check_state(self) -> None:
        require_state(self.round, Round.State.PANEL)
        if lacking := open_points(self.round):
            raise ActionRefused(
                _("本环节还有未完成的事项：%(what)s。") % {"what": "；".join(lacking)},
                _("请先处理完，再汇总结果。"),
            )

    def perform(self) -> ResultSet:
        made = make_version(self.round, self.actor, self.reason)
        move(self.round, self.actor)
        return made

    def logged(self, result: Any) -> Round:
        return self.round


@dataclass(kw_only=True)
class ApproveResults(RoundAction[ResultSet]):
    """Book the approval of the newest version with the paper that gave it. Not by whoever computed it."""

    verb = "assessment.approve"
    paper: str

    def newest(self) -> ResultSet | None:
        return self.round.results.order_by("-version").first()

    def check_state(self) -> None:
        newest = self.newest()
        if newest is None or newest.state != ResultSet.State.COMPUTED:
            raise ActionRefused(_("没有等待批准的结果。"), _("请刷新页面查看最新状态。"))
        require_other_person(self.user, newest.made_by, _("批准结果"))
        if not self.paper.strip():
            raise ActionRefused(_("请填写批准文件（文号或批示日期）。"), status=400)

    def perform(self) -> ResultSet:
        newest = self.newest()
        assert newest is not None
        self.round.results.filter(state=ResultSet.State.APPROVED).update(state=ResultSet.State.SUPERSEDED)
        newest.state, newest.approval = ResultSet.State.APPROVED, self.paper.strip()[:200]
        newest.approved_by, newest.approved_at = self.actor, timezone.now()
        newest.save()
        if self.round.published:
            write_facts(self, newest)
        return newest

    def logged(self, result: Any) -> Round:
        return self.round


def write_facts(action: RoundAction[Any], results: ResultSet) -> None:
    """The result of every object as a fact; a later version supersedes the fact of the one before."""
    row = action.round
    rows = list(results.rows.select_related("entry__region", "entry__unit"))
    earlier = dict(
        Result.objects.filter(result_set__round=row, fact__isnull=False)
        .exclude(result_set=results)
        .order_by("result_set__version")
        .values_list("entry", "fact")
    )
    assumed = set(row.content.assumed)
    for one in rows:
        entry = one.entry
        subject = entry.region.ref if row.content.scheme.objects == "regions" else entry.unit.ref
        items = [item for group in one.detail["groups"] for item in group["items"]]
        payload = facts.ResultPublished(
            title=row.title,
            round=row.ref,
            version=results.version,
            year=row.year,
            object=entry.name,
            total=one.total,
            full=one.full,
            grade=one.grade,
            passed=one.passed,
            rank=one.rank,
            rank_low=one.rank_low,
            rank_high=one.rank_high,
            of=len(rows),
            vetoes=one.detail["vetoes"],
            downgrades=one.detail["downgrades"],
            assumed=sorted(assumed),
            digest=results.digest,
            items=[
                facts.ItemResult(
                    code=item["code"],
                    points=item["points"] or 0,
                    full=item["full"],
                    assumed=item["code"] in assumed,
                )
                for item in items
            ],
        )
        made = action.fact(
            facts.RESULT.name,
            subject,
            payload,
            region=entry.region.code,
            occurred_on=timezone.localdate(),
            refs={"round": row.ref, "unit": entry.unit.ref},
            supersedes=earlier.get(entry.pk),
        )
        one.fact = made.id
    Result.objects.bulk_update(rows, ["fact"])


@dataclass(kw_only=True)
class CorrectItem(RoundAction[ResultSet]):
    """Change an item after the round was frozen: by decision with a reason, as a new version that waits for approval.

    The version before keeps its inputs and still gives its old score.
    """

    needs_reason = True

    entry: Entry
    item: str
    answer: Answer | Mapping[str, Any]

    def said(self) -> Answer:
        given = self.answer if isinstance(self.answer, Answer) else Answer.from_dict(self.answer)
        return completed(self.entry, item_of(self.round, self.item), given)

    def check_state(self) -> None:
        if not self.round.frozen:
            raise ActionRefused(_("评审还没有结束，请直接在评审中改定。"))
        if self.entry.round_id != self.round.pk:
            raise ActionRefused(_("没有这个考核对象。"), status=404)
        scored(item_of(self.round, self.item), self.said(), self.round.content.sheet.places)

    def perform(self) -> ResultSet:
        said = self.said()
        answer = Answer(said.value, said.parts, said.reference, said.not_applicable, self.reason.strip())
        put_mark(self.entry, self.item, Mark.Stage.PANEL, answer, by=self.actor)
        return make_version(self.round, self.actor, self.reason)

    def logged(self, result: Any) -> Round:
        return self.round
