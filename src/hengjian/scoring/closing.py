"""The verbs that end a score sheet: close it, correct it by a new version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.ledger.actions import append
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.scoring import facts, queries
from hengjian.scoring.base import SELF, SheetAction, refused
from hengjian.scoring.models import Mark, Member, ScoreSheet
from hengjian.scoring.rules import Decided, WrongAnswer
from hengjian.scoring.words import scored_dict


@dataclass(kw_only=True)
class CloseSheet(SheetAction):
    """Freeze points, total and grade, and write the fact.

    Attributes:
        vetoes, downgrades: codes of the cases that hold; each is a decision of people, with `reason` as its ground.
        rank: the place among all, where the grades ask for it.
    """

    verb = "scoring.close"

    vetoes: Sequence[str] = ()
    downgrades: Sequence[str] = ()
    rank: int | None = None

    def check_state(self) -> None:
        super().check_state()
        if (self.vetoes or self.downgrades) and not self.reason.strip():
            raise ActionRefused(_("一票否决或降级须写明事实依据。"), status=400)
        markers = {mark.reviewer_id for mark in queries.counted_marks(self.sheet)}
        if self.sheet.stage != SELF and self.actor is not None and markers == {self.actor.pk}:
            raise ActionRefused(_("定分须由另一人完成：全部评分都是您本人给出的。"), _("请转给有定分权限的同事办理。"))
        if waiting := self.sheet.members.filter(recused_at=None, finished_at=None).count():
            raise ActionRefused(_("还有 %(n)s 名评审员没有提交评分。") % {"n": waiting})
        if wide := queries.differing(self.sheet):
            titles = "、".join(self.sheet.sheet.item(code).title for code in wide)
            raise ActionRefused(_("评审员对这些评分项分歧较大：%(items)s。") % {"items": titles}, _("请先合议。"))
        scored = self._scored(graded=False)
        if not scored.complete:
            titles = "、".join(self.sheet.sheet.item(code).title for code in scored.open[:5])
            raise ActionRefused(_("还有 %(n)s 项没有评分：%(items)s。") % {"n": len(scored.open), "items": titles})

    def _scored(self, *, graded: bool) -> Any:
        decided = Decided(self.rank, tuple(self.vetoes), tuple(self.downgrades))
        try:
            return queries.result_now(self.sheet, decided, graded=graded)
        except WrongAnswer as error:
            raise refused(error) from None
        except ValueError:  # a band that is given to the best only
            raise ActionRefused(_("这份评分表的等级与名次有关。"), _("请填写名次后再定分。"), status=400) from None

    def perform(self) -> ScoreSheet:
        sheet, scored = self.sheet, self._scored(graded=True)
        sheet.state = ScoreSheet.State.CLOSED
        sheet.total, sheet.grade, sheet.passed, sheet.rank = scored.total, scored.grade, scored.passed, self.rank
        sheet.vetoes, sheet.downgrades = list(scored.vetoes), list(scored.downgrades)
        sheet.result = scored_dict(scored)
        sheet.closed_by, sheet.closed_at = self.actor, timezone.now()
        before = sheet.previous
        fact = append(
            FactDraft(
                kind=facts.CLOSED.name,
                subject=sheet.subject,
                payload=facts.SheetClosed(
                    title=sheet.title,
                    stage=sheet.stage,
                    sheet=sheet.ref,
                    version=sheet.version,
                    rule=sheet.rule_id,
                    rule_version=sheet.rule_version,
                    total=scored.total,
                    full=scored.full,
                    grade=scored.grade,
                    passed=scored.passed,
                    rank=self.rank,
                    vetoes=sheet.vetoes,
                    downgrades=sheet.downgrades,
                    assessors=sheet.members.filter(recused_at=None).count(),
                    items=[
                        facts.ItemPoints(code=item.code, points=item.points or Decimal(0), full=item.full)
                        for item in scored.items
                    ],
                ),
                region=sheet.region.code,
                occurred_on=timezone.localdate(),
                source=Source(unit=sheet.unit.ref, user=self.actor.ref if self.actor else "", system=self.system),
                refs={"sheet": sheet.ref},
                supersedes=before.fact if before is not None else None,
            )
        )
        sheet.fact = fact.id
        sheet.save()
        if before is not None:
            before.state = ScoreSheet.State.SUPERSEDED
            before.save(update_fields=["state"])
        return sheet


@dataclass(kw_only=True)
class ReviseSheet(Action[ScoreSheet]):
    """Correct a closed sheet: a new version with the same assessors and marks is opened; the old one stays readable
    and holds until the new one is closed."""

    verb = "scoring.close"
    needs_reason = True

    sheet: ScoreSheet

    def target(self) -> ScoreSheet:
        return self.sheet

    def check_state(self) -> None:
        if self.sheet.state != ScoreSheet.State.CLOSED:
            raise ActionRefused(_("只有已定分的评分表才需要更正。"))
        if ScoreSheet.objects.filter(previous=self.sheet).exists():
            raise ActionRefused(_("这份评分表已有更正版本。"), _("请在新版本上继续办理。"))

    def perform(self) -> ScoreSheet:
        old = self.sheet
        new = ScoreSheet.objects.create(
            **{
                name: getattr(old, name)
                for name in (
                    "subject", "subject_unit", "title", "stage", "unit", "region", "confidentiality", "rule_id",
                    "rule_version", "rules_on", "definition", "band",
                )
            },
            version=old.version + 1,
            previous=old,
            opened_by=self.actor,
        )  # fmt: skip
        for member in old.members.filter(recused_at=None):
            Member.objects.create(sheet=new, user=member.user)
        kept = ("item", "reviewer", "answer", "points", "evidence", "marked_at")
        Mark.objects.bulk_create(
            [Mark(sheet=new, **{name: getattr(mark, name) for name in kept}) for mark in queries.counted_marks(old)]
        )
        return new
