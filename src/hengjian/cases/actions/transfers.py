"""Sending a case to another unit, taking it or sending it back, and the mandatory feedback."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengjian import rulebook
from hengjian.cases import recording
from hengjian.cases.actions.base import CaseAction, declaration
from hengjian.cases.models import Case, CaseEvent, Transfer
from hengjian.cases.routing import default_unit, refusals
from hengjian.clocks.actions import cancel_clock, hand_over, start_clock, stop_clock
from hengjian.clocks.queries import open_clocks
from hengjian.parties.models import Unit, User
from hengjian.parties.verbs import Action, ActionRefused

# Purpose of the clock within which a receiver must report back; its owner is the transfer.
FEEDBACK = "transfer.feedback"
ALARMS = (("before", -1), ("over", 1))
BEGUN = (Transfer.State.SENT, Transfer.State.ACCEPTED)


@dataclass(kw_only=True)
class SendCase(CaseAction[Transfer]):
    """Send a case to another unit (转办), or ask that unit for its part in it (`hands_over=False`, 协办).

    Attributes:
        reason: in `Action.reason`; required.
        basis: how the receiver was found, when the system proposed it.
        hands_over: the receiver answers for the case once it has accepted.
    """

    verb = "cases.transfer"
    needs_reason = True

    receiver: Unit
    basis: str = ""
    hands_over: bool = True
    final: Unit = field(init=False)

    def check_state(self) -> None:
        super().check_state()
        self.check_open()
        self.check_own_unit()
        if not self.declared.operations.transfer:
            raise ActionRefused(
                _("“%(type)s”不能转办。") % {"type": self.declared.title}, _("请由本单位办理，或终止办理并说明理由。")
            )
        if self.case.transfers.filter(state=Transfer.State.SENT).exists():
            raise ActionRefused(
                _("“%(number)s”已转出，正在等待对方接收。") % {"number": self.case.number},
                _("对方接收或退回后再办理。"),
            )
        self.final = self._final()
        today = timezone.localdate()
        if not self.final.is_valid_on(today) or self.final.kind in (Unit.Kind.ENTERPRISE, Unit.Kind.COLLECTIVE):
            raise ActionRefused(
                _("“%(unit)s”不能接收办件。") % {"unit": self.final}, _("请选择现行的机关单位。"), status=400
            )
        if self.final.pk == self.case.unit_id:
            raise ActionRefused(_("办件已在该单位。"), _("请选择其他单位。"), status=400)

    def _final(self) -> Unit:
        """The receiver, or the region's unit of last resort after so many refusals."""
        least = self.declared.operations.default_after
        if self.hands_over and refusals(self.case) >= least:
            last = default_unit(self.case.region)
            if last is not None and last.pk != self.receiver.pk and last.pk != self.case.unit_id:
                self.basis = gettext_noop("已有 %(n)s 个单位退回，按规定转由兜底单位办理。") % {"n": least}
                return last
        return self.receiver

    def perform(self) -> Transfer:
        transfer = Transfer.objects.create(
            case=self.case,
            sender=self.case.unit,
            receiver=self.final,
            reason=self.reason.strip()[:500],
            basis=self.basis[:300],
            sent_at=self.moment,
            sent_by=self.actor,
            hands_over=self.hands_over,
        )
        start_feedback(transfer, self.moment, self.by)
        self.log(
            CaseEvent.Kind.TRANSFER,
            "send" if self.hands_over else "consult",
            note=self.reason,
            data={"transfer": transfer.pk, "unit": self.final.key, "basis": self.basis},
        )
        self.save()
        people = recording.people_of(self.final, recording.HANDLERS) or recording.heads(self.final)
        recording.notify(
            self.case, people, gettext_noop("%(unit)s转来 %(number)s，请接收或说明理由退回。"), f"sent:{transfer.pk}",
            unit=str(transfer.sender),
        )  # fmt: skip
        return transfer


def start_feedback(transfer: Transfer, at: datetime, by: str) -> None:
    """Start the clock within which the receiver must report back, where the procedure sets one."""
    case = transfer.case
    variant = declaration(case).operations.feedback
    if not variant:
        return
    try:
        rule = rulebook.at("terms", case.region.code, case.rules_on, variant)
    except rulebook.RuleNotFound as error:
        raise ActionRefused(
            _("规则库中没有 %(day)s 适用的反馈期限（%(rule)s）。") % {"day": case.rules_on, "rule": variant},
            _("请核对适用规则日期；如需补充规则，请联系系统管理员。"),
        ) from error
    start_clock(
        transfer.ref,
        FEEDBACK,
        at,
        rule=rule,
        alarms=ALARMS,
        unit=transfer.receiver.ref,
        region=case.region.code,
        by=by,
    )


@dataclass(kw_only=True)
class TransferAction(Action[Transfer]):
    """A verb of the receiver on a transfer."""

    verb = "cases.transfer"

    transfer: Transfer
    at: datetime | None = None

    def target(self) -> Transfer:
        return self.transfer

    @property
    def moment(self) -> datetime:
        if self.at is None:
            self.at = timezone.now()
        return self.at

    @property
    def by(self) -> str:
        return self.actor.ref if self.actor is not None else self.system

    def hold_case(self) -> Case:
        """The case under a lock: the receiver's answer and the sender's steps do not cross."""
        case = Case.objects.select_for_update(of=("self",)).get(pk=self.transfer.case_id)
        self.transfer.case = case
        return case

    def close(self, state: str, answer: str) -> None:
        self.transfer.state = state
        self.transfer.answer = answer.strip()[:1000]
        self.transfer.answered_at = self.moment
        self.transfer.answered_by = self.actor
        self.transfer.save()

    def record(self, case: Case, code: str, note: str) -> None:
        recording.log_event(
            case,
            CaseEvent.Kind.TRANSFER,
            code,
            at=self.moment,
            user=self.actor,
            system=self.system,
            note=note,
            data={"transfer": self.transfer.pk, "unit": self.transfer.receiver.key},
        )
        case.save()

    def tell_sender(self, case: Case, text: str) -> None:
        sent_by = self.transfer.sent_by
        people = [sent_by] if sent_by is not None else recording.people_of(self.transfer.sender, recording.HANDLERS)
        recording.notify(
            case, people, text, f"{self.transfer.state}:{self.transfer.pk}", unit=str(self.transfer.receiver),
            answer=self.transfer.answer[:80],
        )  # fmt: skip


@dataclass(kw_only=True)
class AnswerTransfer(TransferAction):
    """Take the case over, or send it back with a reason."""

    accepts: bool
    answer: str = ""

    def check_state(self) -> None:
        if self.transfer.state != Transfer.State.SENT:
            raise ActionRefused(
                _("这次转办已是“%(state)s”。") % {"state": self.transfer.get_state_display()},
                _("请刷新页面查看最新状态。"),
            )
        if not self.accepts and not self.answer.strip():
            raise ActionRefused(_("没有填写退回理由。"), _("请写明不属于本单位职责的理由和依据。"), status=400)
        if not self.accepts and self._is_last():
            raise ActionRefused(_("兜底单位不能退回。"), _("请接收后办理，或与有关单位协商后再转办。"), status=409)

    def _is_last(self) -> bool:
        """Whether the case came to the unit of last resort because the others had refused it."""
        case = self.transfer.case
        last = default_unit(case.region)
        return (
            self.transfer.hands_over
            and last is not None
            and last.pk == self.transfer.receiver_id
            and refusals(case) >= declaration(case).operations.default_after
        )

    def perform(self) -> Transfer:
        case = self.hold_case()
        if not self.accepts:
            self.close(Transfer.State.REFUSED, self.answer)
            for clock in open_clocks(self.transfer.ref):
                cancel_clock(clock, at=self.moment, by=self.by, reason=self.transfer.answer[:300])
            self.record(case, "refuse", self.answer)
            self.tell_sender(case, gettext_noop("%(unit)s退回了 %(number)s：%(answer)s"))
            return self.transfer
        self.transfer.state = Transfer.State.ACCEPTED
        self.transfer.save(update_fields=["state"])
        if self.transfer.hands_over:
            take_over(case, self.transfer.receiver)
        self.record(case, "accept", self.answer)
        self.tell_sender(case, gettext_noop("%(unit)s已接收 %(number)s。"))
        return self.transfer


def take_over(case: Case, unit: Unit) -> None:
    """The unit answers for the case from now on: rows and rates follow it. Unsaved."""
    case.unit, case.handler = unit, None
    case.region = unit.region
    hand_over(case.ref, unit.ref)


@dataclass(kw_only=True)
class ReportBack(TransferAction):
    """The mandatory feedback: what came of it."""

    answer: str

    def check_state(self) -> None:
        if self.transfer.state != Transfer.State.ACCEPTED:
            raise ActionRefused(
                _("这次转办是“%(state)s”，不能反馈。") % {"state": self.transfer.get_state_display()},
                _("请先接收；已反馈的无需重复反馈。"),
            )
        if not self.answer.strip():
            raise ActionRefused(_("没有填写反馈内容。"), _("请写明办理情况和结果。"), status=400)

    def perform(self) -> Transfer:
        case = self.hold_case()
        self.close(Transfer.State.ANSWERED, self.answer)
        for clock in open_clocks(self.transfer.ref):
            stop_clock(clock, at=self.moment, by=self.by)
        self.record(case, "answer", self.answer)
        self.tell_sender(case, gettext_noop("%(unit)s反馈了 %(number)s 的办理情况：%(answer)s"))
        return self.transfer


def report_end(case: Case, *, at: datetime, by: User | None, system: str = "") -> None:
    """When a case ends, whoever sent it is told its outcome; inside the action that ends it and holds its row."""
    answer = f"办结：{declaration(case).outcome(case.outcome).title}"
    for transfer in case.transfers.filter(state__in=BEGUN).select_related("sender", "receiver", "sent_by"):
        transfer.case = case
        ending = TransferAction(user=by, transfer=transfer, at=at, system=system)
        ending.close(Transfer.State.ANSWERED, answer)
        for clock in open_clocks(transfer.ref):
            stop_clock(clock, at=at, by=ending.by)
        ending.tell_sender(case, gettext_noop("%(unit)s反馈了 %(number)s 的办理情况：%(answer)s"))
