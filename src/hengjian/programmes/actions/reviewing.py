"""The panels: who reviews what, conflicts of interest, opinions, what a stage came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengjian import rulebook
from hengjian.pages.notices import tell
from hengjian.parties.models import User
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.programmes import panels, rules
from hengjian.programmes.actions.base import SYSTEM, ApplicationAction, declaration, take
from hengjian.programmes.declarations import Programme, StageReview
from hengjian.programmes.models import Application, Review, StageResult
from hengjian.scoring import actions as scoring
from hengjian.scoring.models import ScoreSheet

INTEREST_WORDS = {
    "same_unit": gettext_noop("“%(name)s”是申报单位的人员，须回避。"),
    "applicant": gettext_noop("“%(name)s”是这份申报的经办人，须回避。"),
    "declared": gettext_noop("“%(name)s”已声明与申报对象有利害关系，须回避。"),
}


def interest_of(user: User, application: Application) -> rules.Interest | None:
    """Why the person may not review the application, so far as the system knows."""
    declared = (
        Review.objects.filter(application=application, user=user, state=Review.State.RECUSED)
        .values_list("interest", flat=True)
        .first()
    )
    return rules.conflict(
        reviewer=user.pk,
        reviewer_unit=user.unit_id,
        applicant=application.created_by_id,
        applicant_unit=application.unit_id,
        declared=declared or "",
    )


def check_impartial(user: User, application: Application) -> None:
    """Refuse a person with an interest.

    Raises:
        ActionRefused: same unit, the applicant in person, or declared before.
    """
    found = interest_of(user, application)
    if found is not None:
        raise ActionRefused(_(INTEREST_WORDS[found.code]) % {"name": user}, _("请另选其他单位的评审员。"), status=400)


@dataclass(kw_only=True)
class AssignReviews(ApplicationAction[list[Review]]):
    """Ask members of the panel for their opinion on one application in the stage it is in."""

    members: Sequence[User]

    def check_state(self) -> None:
        super().check_state()
        if self.programme.review(self.stage) is None:
            raise ActionRefused(_("这份申报现在不在评审阶段。"), _("请刷新页面查看最新状态。"))
        if not self.members:
            raise ActionRefused(_("没有选择评审员。"), _("请至少选择一人。"), status=400)
        on_panel = set(panels.members(self.application.edition, self.stage).values_list("user_id", flat=True))
        for member in self.members:
            if member.pk not in on_panel:
                raise ActionRefused(
                    _("“%(name)s”不在本阶段的评审组中。") % {"name": member}, _("请先加入评审组。"), status=400
                )
            check_impartial(member, self.application)

    def perform(self) -> list[Review]:
        made = []
        for member in self.members:
            review, created = Review.objects.get_or_create(
                application=self.application, stage=self.stage, user=member, defaults={"assigned_by": self.actor}
            )
            if created:
                made.append(review)
        self._open_sheet(made)
        for review in made:
            tell(
                [review.user],
                gettext_noop("请评审“%(holder)s”（%(title)s）。"),
                review.ref,
                f"{review.ref}:asked",
                {"holder": self.application.holder, "title": self.programme.title},
            )
        return made

    def _open_sheet(self, made: list[Review]) -> None:
        spec = self.programme.review(self.stage)
        if spec is None or not spec.sheet or not made:
            return
        sheet = panels.sheet_of(self.application, self.stage)
        if sheet is not None:
            for review in made:
                scoring.AddMember(user=None, system=SYSTEM, sheet=sheet, member=review.user).execute()
            return
        edition = self.application.edition
        rule = rulebook.at("score_sheets", edition.region.code, edition.opens_on, variant=spec.sheet)
        scoring.OpenSheet(
            user=None,
            system=SYSTEM,
            rule=rule,
            subject=self.application.ref,
            title=f"{self.application.holder} {self.programme.title} {edition.title}",
            unit=edition.unit,
            region=edition.region,
            stage=self.stage,
            members=[review.user for review in made],
            subject_unit=self.application.unit,
            band=spec.band / 100,
            on=edition.opens_on,
        ).execute()


@dataclass(kw_only=True)
class ReviewAction(Action[Any]):
    """A verb on one's own review."""

    verb = "programmes.review"
    review: Review

    def target(self) -> Review:
        return self.review

    @property
    def application(self) -> Application:
        return self.review.application

    @property
    def programme(self) -> Programme:
        return declaration(self.application.edition)

    @property
    def spec(self) -> StageReview:
        spec = self.programme.review(self.review.stage)
        assert spec is not None
        return spec

    def check_state(self) -> None:
        case = self.application.case
        if self.review.state == Review.State.RECUSED:
            raise ActionRefused(_("您已回避这份申报。"), _("如声明有误，请联系组织单位。"), status=403)
        if case is None or case.state != self.review.stage:
            raise ActionRefused(_("这一阶段的评审已经结束。"), _("您仍可查看自己的意见。"))


@dataclass(kw_only=True)
class DeclareInterest(ReviewAction):
    """Declare, before the papers are opened, whether one has an interest; with one, one steps back.

    Attributes:
        interest: what it is; empty: none.
    """

    interest: str = ""

    def check_state(self) -> None:
        super().check_state()
        if self.review.state == Review.State.SUBMITTED and not self.interest:
            raise ActionRefused(_("评审意见已经提交。"), _("无需再次声明。"))
        if not self.interest.strip():
            check_impartial(self.review.user, self.application)

    def perform(self) -> Review:
        review = self.review
        if not self.interest.strip():
            review.declared_at = timezone.now()
            review.save(update_fields=["declared_at"])
            return review
        review.state, review.interest = Review.State.RECUSED, self.interest.strip()[:200]
        # An opinion given before the interest was declared does not count.
        review.total, review.opinion, review.submitted_at = None, "", None
        review.save()
        sheet = panels.sheet_of(self.application, review.stage)
        if sheet is not None and sheet.at_work and sheet.members.filter(user=review.user, recused_at=None).exists():
            scoring.Recuse(user=review.user, sheet=sheet, reason=review.interest).execute()
        if review.assigned_by is not None:
            tell(
                [review.assigned_by],
                gettext_noop("“%(name)s”回避“%(holder)s”的评审，请另行安排。"),
                self.application.ref,
                f"{review.ref}:recused",
                {"name": str(review.user), "holder": self.application.holder},
            )
        return review


@dataclass(kw_only=True)
class SubmitReview(ReviewAction):
    """Hand in one's opinion. When as many are in as the stage asks for, the stage ends by itself.

    Attributes:
        total: where the stage has no sheet.
    """

    opinion: str
    total: Decimal | None = None

    def check_state(self) -> None:
        super().check_state()
        review = self.review
        check_impartial(review.user, self.application)
        if review.state == Review.State.SUBMITTED:
            raise ActionRefused(_("评审意见已经提交。"), _("需要修改的，请联系组织单位退回。"))
        if review.declared_at is None:
            raise ActionRefused(_("还没有声明与申报对象有无利害关系。"), _("请先声明。"))
        if not self.opinion.strip():
            raise ActionRefused(_("没有填写评审意见。"), _("请写明主要优点、不足和结论。"), status=400)
        if self.spec.sheet:
            return
        if self.total is None or not Decimal(0) <= self.total <= self.spec.points:
            raise ActionRefused(
                _("得分应在 0 至 %(points)s 之间。") % {"points": f"{self.spec.points.normalize():f}"},
                _("请填写得分。"),
                status=400,
            )

    def perform(self) -> Review:
        review = self.review
        if self.spec.sheet:
            review.total = self._sheet_total()
        else:
            assert self.total is not None
            review.total = self.total.quantize(rules.HUNDREDTH)
        review.state, review.opinion, review.submitted_at = Review.State.SUBMITTED, self.opinion.strip(), timezone.now()
        review.save()
        finish_when_ready(self.application, review.stage)
        return review

    def _sheet_total(self) -> Decimal:
        sheet = panels.sheet_of(self.application, self.review.stage)
        assert sheet is not None
        member = sheet.members.get(user=self.review.user)
        if member.finished_at is None:
            scoring.FinishMarks(user=self.review.user, sheet=sheet).execute()
        return panels.own_total(sheet, self.review.user)


@dataclass(kw_only=True)
class ReopenReview(ApplicationAction[Review]):
    """Give an opinion back to its member, so that it can be changed; with a reason."""

    needs_reason = True
    review: Review

    def check_state(self) -> None:
        super().check_state()
        if self.review.state != Review.State.SUBMITTED or self.stage != self.review.stage:
            raise ActionRefused(_("这份意见现在不能退回。"), _("只有本阶段已提交的意见可以退回。"))
        sheet = panels.sheet_of(self.application, self.stage)
        if sheet is not None:
            raise ActionRefused(_("使用评分表的阶段，分歧通过合议解决。"), _("请在评分表中合议。"))

    def perform(self) -> Review:
        self.review.state, self.review.submitted_at = Review.State.ASSIGNED, None
        self.review.save(update_fields=["state", "submitted_at"])
        StageResult.objects.filter(application=self.application, stage=self.stage).delete()
        tell(
            [self.review.user],
            gettext_noop("“%(holder)s”的评审意见已退回，请修改：%(reason)s"),
            self.review.ref,
            f"{self.review.ref}:back:{timezone.now():%s}",
            {"holder": self.application.holder, "reason": self.reason.strip()[:80]},
        )
        return self.review


@dataclass(kw_only=True)
class CloseStage(ApplicationAction[StageResult]):
    """Settle what the stage came to; where members lie too far apart, with the figure that the panel agreed on.

    Attributes:
        agreed: the panel's figure, with `reason` as its ground; None: the mean.
    """

    agreed: Decimal | None = None

    def check_state(self) -> None:
        super().check_state()
        spec = self.programme.review(self.stage)
        if spec is None:
            raise ActionRefused(_("这份申报现在不在评审阶段。"), _("请刷新页面查看最新状态。"))
        if problem := panels.lacking(self.application, spec):
            raise ActionRefused(problem, _("请等待评审意见提交，或调整评审员。"))
        if spec.sheet:
            sheet = panels.sheet_of(self.application, self.stage)
            if sheet is not None and sheet.state == ScoreSheet.State.CONSENSUS and panels.unsettled(sheet):
                raise ActionRefused(_("评分表中还有未合议的评分项。"), _("请评审组合议后再结束本阶段。"))
            return
        totals = panels.totals(self.application, self.stage)
        if rules.too_far_apart(totals, spec) and self.agreed is None:
            raise ActionRefused(_("评审员之间分歧过大，须先合议。"), _("请退回意见修改，或填写合议得分并说明理由。"))
        if self.agreed is not None:
            if not self.reason.strip():
                raise ActionRefused(_("没有填写合议说明。"), _("请写明合议理由。"), status=400)
            if not min(totals) <= self.agreed <= max(totals):
                raise ActionRefused(
                    _("合议得分应在 %(low)s 与 %(high)s 之间。") % {"low": min(totals), "high": max(totals)}, status=400
                )

    def perform(self) -> StageResult:
        return close_stage(self.application, self.stage, agreed=self.agreed, user=self.actor, note=self.reason.strip())


def close_stage(
    application: Application, stage: str, *, agreed: Decimal | None = None, user: User | None = None, note: str = ""
) -> StageResult:
    """Write the result of a stage, close its sheet, and go on where the line is reached."""
    spec = declaration(application.edition).review(stage)
    assert spec is not None
    totals = panels.totals(application, stage)
    mean = agreed if agreed is not None else rules.mean(totals)
    if spec.sheet:
        sheet = panels.sheet_of(application, stage)
        assert sheet is not None
        if sheet.at_work:
            scoring.CloseSheet(user=None, system=SYSTEM, sheet=sheet).execute()
            sheet.refresh_from_db()
        assert sheet.total is not None
        mean = sheet.total.quantize(rules.HUNDREDTH)
    result, _made = StageResult.objects.update_or_create(
        application=application,
        stage=stage,
        defaults={
            "mean": mean,
            "opinions": len(totals),
            "settled_by": user if agreed is not None else None,
            "note": note[:500] if agreed is not None else "",
            "at": timezone.now(),
        },
    )
    if spec.line is None or mean >= spec.line:
        take(application, "accept" if stage == "acceptance" else f"finish_{stage}")
    return result


def finish_when_ready(application: Application, stage: str) -> None:
    """End the stage when enough opinions are in and agree; otherwise it waits for the panel or the organisers."""
    spec = declaration(application.edition).review(stage)
    assert spec is not None
    if panels.lacking(application, spec):
        return
    if spec.sheet:
        sheet = panels.sheet_of(application, stage)
        if sheet is None or panels.unsettled(sheet):
            return
    elif rules.too_far_apart(panels.totals(application, stage), spec):
        return
    close_stage(application, stage)
