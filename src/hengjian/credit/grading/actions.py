"""The verbs of the room: grade a month, compute it again, ask for another grade, decide on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian import rulebook
from hengjian.credit.grading.models import Adjustment, Classification, Run
from hengjian.credit.grading.packs import Pack, pack_at, pack_named
from hengjian.credit.grading.runs import Progress, Replay, begin, carry_out, last_day, regrade, replay
from hengjian.enterprises.models import Enterprise
from hengjian.parties import auditing
from hengjian.parties.verbs import Action, ActionRefused, require_other_person

#: How long a grade that persons set may hold at most; a longer one would outlive what it was set for.
LONGEST = timedelta(days=366)


@dataclass(kw_only=True)
class ClassifyMonth(Action[Run]):
    """Grade every enterprise for a month; goes on where a killed run stopped, does nothing when it is done.

    Attributes:
        pack: code of a pack, rule id, or the last part of it ("2022").
    """

    verb = "grading.run"

    pack: str
    month: str
    progress: Progress | None = None

    def chosen(self) -> Pack:
        """The pack as it holds at the end of the month."""
        try:
            return pack_named(self.pack, last_day(self.month))
        except rulebook.RuleNotFound as error:
            raise ActionRefused(error.message_zh, status=400) from error

    def check_state(self) -> None:
        self.chosen()

    def execute(self) -> Run:
        """Not in one transaction: every stretch is one, so that a kill loses little."""
        self.check()
        with transaction.atomic():
            run = begin(self.chosen(), self.month)
        run = carry_out(run, self.progress)
        changes = {"digest": [None, run.digest]}
        auditing.record(self.verb, run, user=self.actor, system=self.system, changes=changes, reason=run.rule)
        return run


@dataclass(kw_only=True)
class ReplayMonth(Action[Replay]):
    """Compute a finished month again from the ledger as it was, and compare every grade."""

    verb = "grading.run"

    run: Run
    progress: Progress | None = None

    def check_state(self) -> None:
        if self.run.state != Run.State.DONE:
            raise ActionRefused(_("这个月还没有计算完成。"), _("完成后再复算。"))

    def execute(self) -> Replay:
        """Outside of a transaction: it only reads, and a long one would hold up others."""
        self.check()
        result = replay(self.run, self.progress)
        told = {"checked": result.checked, "different": len(result.different)}
        changes = {name: [None, number] for name, number in told.items()}
        auditing.record(self.verb, self.run, user=self.actor, system=self.system, changes=changes, reason="replay")
        return result


@dataclass(kw_only=True)
class AskAdjustment(Action[Adjustment]):
    """Ask for another grade than the computed one, with the reason and until when."""

    verb = "grading.adjust"
    needs_reason = True

    enterprise: Enterprise
    pack: str
    grade: str
    until: date

    def target(self) -> Classification:
        row = self.row
        if row is None:
            raise ActionRefused(_("这家企业还没有按这个规则包分级。"), _("等月度分级完成后再调整。"))
        return row

    @cached_property
    def row(self) -> Classification | None:
        """The grade that holds today."""
        rows = Classification.objects.filter(enterprise=self.enterprise, pack=self.pack, until=None)
        return rows.select_related("enterprise").first()

    def check_state(self) -> None:
        today, row = timezone.localdate(), self.target()
        if self.grade not in pack_at(self.pack, today).model.grades:
            raise ActionRefused(_("规则包没有“%(grade)s”这个等级。") % {"grade": self.grade[:8]}, status=400)
        if self.grade == row.grade:
            raise ActionRefused(_("现在已经是 %(grade)s。") % {"grade": row.grade}, status=400)
        if not today < self.until <= today + LONGEST:
            raise ActionRefused(_("有效期应晚于今天，最长一年。"), _("请重新填写截止日期。"), status=400)
        if Adjustment.objects.filter(
            enterprise=self.enterprise, pack=self.pack, state__in=(Adjustment.State.ASKED, Adjustment.State.AGREED)
        ).exists():
            raise ActionRefused(_("这家企业已有一项调整待审定或正在生效。"), _("请先办结那一项。"))

    def perform(self) -> Adjustment:
        assert self.actor is not None
        try:
            with transaction.atomic():
                return Adjustment.objects.create(
                    enterprise=self.enterprise,
                    pack=self.pack,
                    grade=self.grade,
                    before=self.target().grade,
                    reason=self.reason.strip()[:1000],
                    until=self.until,
                    asked_by=self.actor,
                )
        except IntegrityError:
            raise ActionRefused(_("这家企业已有一项调整待审定或正在生效。"), _("请先办结那一项。")) from None


@dataclass(kw_only=True)
class DecideAdjustment(Action[Adjustment]):
    """Agree to another grade, or refuse it; not by whoever asked for it. Agreed, it holds from today."""

    verb = "grading.decide"

    adjustment: Adjustment
    agrees: bool

    def target(self) -> Adjustment:
        return self.adjustment

    def check_state(self) -> None:
        if self.adjustment.state != Adjustment.State.ASKED:
            raise ActionRefused(_("这项调整已经审定。"), _("请刷新页面查看最新状态。"))
        require_other_person(self.user, self.adjustment.asked_by, _("审定等级调整"))
        if not self.agrees and not self.reason.strip():
            raise ActionRefused(_("没有写明不同意的理由。"), _("请填写意见后再提交。"), status=400)

    def perform(self) -> Adjustment:
        row = self.adjustment
        row.state = Adjustment.State.AGREED if self.agrees else Adjustment.State.REFUSED
        row.decided_by, row.decided_at, row.note = self.actor, timezone.now(), self.reason.strip()[:500]
        row.save(update_fields=["state", "decided_by", "decided_at", "note"])
        if self.agrees:
            regrade([row.enterprise_id])
        return row


@dataclass(kw_only=True)
class EndAdjustment(Action[Adjustment]):
    """Return to the computed grade before the term, or when it has passed."""

    verb = "grading.decide"

    adjustment: Adjustment

    def target(self) -> Adjustment:
        return self.adjustment

    def check_state(self) -> None:
        if self.adjustment.state != Adjustment.State.AGREED:
            raise ActionRefused(_("这项调整没有在生效。"), _("请刷新页面查看最新状态。"))

    def perform(self) -> Adjustment:
        row = self.adjustment
        row.state = Adjustment.State.ENDED
        row.save(update_fields=["state"])
        regrade([row.enterprise_id])
        return row
