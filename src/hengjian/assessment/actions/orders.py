"""Rectification: the report with its evidence, acceptance or return, the end of the round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengjian.assessment import facts
from hengjian.assessment.actions.base import FILES, EntryAction, RoundAction, require_state
from hengjian.assessment.actions.publishing import RECTIFY
from hengjian.assessment.actions.rounds import move
from hengjian.assessment.actions.site import stored
from hengjian.assessment.models import Entry, Order, OrderReport, Round
from hengjian.assessment.standing import short
from hengjian.clocks.actions import stop_clock
from hengjian.clocks.models import Deadline
from hengjian.ledger.actions import append
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.pages.notices import tell
from hengjian.parties.models import User
from hengjian.parties.policies import who_may
from hengjian.parties.verbs import ActionRefused

REPORTED = gettext_noop("“%(name)s”提交了整改报告，请验收。")
SENT_BACK = gettext_noop("“%(title)s”的整改报告被退回：%(why)s")


@dataclass(kw_only=True)
class ReportOrder(EntryAction[OrderReport]):
    """Report how every point was put right, with evidence."""

    verb = "assessment.file"

    order: Order
    text: str
    files: Sequence[tuple[bytes, str]] = ()

    def check_state(self) -> None:
        self.require_own()
        if self.order.entry_id != self.entry.pk or self.order.state not in (
            Order.State.ISSUED,
            Order.State.RETURNED,
        ):
            raise ActionRefused(_("这份整改通知现在不需要报告。"), _("请刷新页面查看最新状态。"))
        if len(self.text.strip()) < 20:
            raise ActionRefused(_("请逐项写明整改措施和结果（至少 20 个字）。"), status=400)

    def perform(self) -> OrderReport:
        made = OrderReport.objects.create(
            order=self.order,
            text=self.text.strip(),
            files=stored(self.files, self.entry.ref, self.actor, FILES),
            by=self.actor,
        )
        self.order.state = Order.State.REPORTED
        self.order.save(update_fields=["state"])
        row = self.entry.round
        tell(
            who_may("assessment.manage", row),
            REPORTED,
            self.order.ref,
            f"assessment.reported:{made.pk}",
            {"name": self.entry.name},
        )
        return made

    def logged(self, result: Any) -> Entry:
        return self.entry


@dataclass(kw_only=True)
class AnswerOrder(EntryAction[Order]):
    """Accept the rectification, or return the report with what is missing."""

    verb = "assessment.manage"

    order: Order
    accepts: bool = True

    def check_state(self) -> None:
        if self.order.entry_id != self.entry.pk or self.order.state != Order.State.REPORTED:
            raise ActionRefused(_("没有待验收的整改报告。"), _("请刷新页面查看最新状态。"))
        if not self.reason.strip():
            raise ActionRefused(_("请填写验收意见。"), status=400)

    def perform(self) -> Order:
        order, now = self.order, timezone.now()
        report = order.reports.order_by("-pk").first()
        assert report is not None
        report.accepted, report.answer = self.accepts, self.reason.strip()[:300]
        report.answered_by, report.answered_at = self.actor, now
        report.save()
        order.state = Order.State.ACCEPTED if self.accepts else Order.State.RETURNED
        order.save(update_fields=["state"])
        row = self.entry.round
        if not self.accepts:
            values = {"title": row.title, "why": report.answer}
            people = User.objects.filter(unit=self.entry.unit_id, is_active=True)
            tell(people, SENT_BACK, order.ref, f"assessment.sent-back:{report.pk}", values)
            return order
        for deadline in Deadline.objects.filter(owner=order.ref, purpose=RECTIFY, state=Deadline.State.OPEN):
            stop_clock(deadline, by=self.actor.ref if self.actor else "")
        today = timezone.localdate(now)
        subject = self.entry.region.ref if row.content.scheme.objects == "regions" else self.entry.unit.ref
        append(
            FactDraft(
                kind=facts.RECTIFIED.name,
                subject=subject,
                payload=facts.Rectified(
                    title=row.title,
                    round=row.ref,
                    items=[point["code"] for point in order.points],
                    issued_on=order.issued_on,
                    due=order.due,
                    accepted_on=today,
                    on_time=order.due is None or timezone.localdate(report.at) <= order.due,
                ),
                region=self.entry.region.code,
                occurred_on=today,
                source=Source(unit=row.unit.ref, user=self.actor.ref if self.actor else "", system=self.system),
                refs={"round": row.ref, "unit": self.entry.unit.ref},
            )
        )
        return order

    def logged(self, result: Any) -> Entry:
        return self.entry


@dataclass(kw_only=True)
class CloseRound(RoundAction[Round]):
    """End the round: every rectification accepted."""

    def check_state(self) -> None:
        if self.round.following != Round.State.CLOSED:
            require_state(self.round, Round.State.RECTIFICATION)
        waiting = Order.objects.filter(entry__round=self.round).exclude(state=Order.State.ACCEPTED)
        names = [order.entry.name for order in waiting.select_related("entry")]
        if names:
            raise ActionRefused(_("还有整改没有验收：%(names)s。") % {"names": short(names)})

    def perform(self) -> Round:
        return move(self.round, self.actor)
