"""The way of a return: complete, passed stage by stage, sent back, approved into the ledger, corrected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengjian.ledger.actions import append
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.pages.notices import tell
from hengjian.parties.acting import units_acting
from hengjian.parties.policies import who_may
from hengjian.parties.verbs import Action, ActionRefused, require_other_person
from hengjian.returns.actions.filling import ReturnAction
from hengjian.returns.actions.storing import explained, open_errors, record, recount
from hengjian.returns.facts import APPROVED, ReturnApproved
from hengjian.returns.models import Approval, Objection, Return, StageRecord
from hengjian.returns.reading import sheet_of
from hengjian.returns.rules import Key, problems

State, Stage, Step = Return.State, Approval.State, StageRecord.Step


@dataclass(kw_only=True)
class CompleteReturn(ReturnAction):
    """上报: the reporter says that the form is filled in. Errors must be mended or explained first."""

    def check_state(self) -> None:
        super().check_state()
        if not self.entry.cells.filter(value__isnull=False).exists():
            raise ActionRefused(
                _("还没有填写任何数据。"), _("确实没有发生的项目请填 0，或使用“本期无变化”。"), status=400
            )
        errors = open_errors(self.entry)
        if errors:
            raise ActionRefused(
                _("还有 %(count)d 项审核错误没有改正或说明。") % {"count": len(errors)},
                _("请在“审核关系”中逐项改正数值，或写明原因。"),
                url=f"{self.entry.get_absolute_url()}#checks",
                url_label=_("查看审核关系"),
            )

    def perform(self) -> Return:
        now = timezone.now()
        entry = self.entry
        sheet = recount(entry)
        entry.state, entry.completed_by, entry.completed_at = State.COMPLETE, self.actor, now
        entry.first_completed_at = entry.first_completed_at or now
        entry.save()
        entry.objections.filter(settled_at=None).update(settled_at=now)
        entry.approvals.update(state=Stage.WAITING, by=None, at=None)
        record(entry, Step.COMPLETED, by=self.actor, now=now, sheet=sheet, note=self.reason)
        _call(entry)
        return entry


@dataclass(kw_only=True)
class WithdrawReturn(Action[Return]):
    """Take a return back that nobody has passed yet."""

    verb = "returns.fill"
    entry: Return

    def target(self) -> Return:
        return self.entry

    def check_state(self) -> None:
        if self.entry.state != State.COMPLETE:
            raise ActionRefused(_("已经开始审核，不能撤回。"), _("请联系审核单位退回修改。"))

    def perform(self) -> Return:
        self.entry.state = State.DRAFT
        self.entry.save(update_fields=["state"])
        self.entry.approvals.update(state=Stage.WAITING)
        record(self.entry, Step.WITHDRAWN, by=self.actor, now=timezone.now(), note=self.reason)
        return self.entry


@dataclass(kw_only=True)
class StageAction(Action[Return]):
    """An action of the unit whose stage it is."""

    verb = "returns.approve"
    approval: Approval

    def target(self) -> Approval:
        return self.approval

    def check_state(self) -> None:
        if self.approval.state != Stage.DUE:
            raise ActionRefused(_("现在不是这个环节审核。"), _("请刷新页面查看最新状态。"))
        # A grant over a whole region lets one see every stage in it, but each stage is its own unit's to pass.
        acting = units_acting(self.user, self.verb)
        if self.actor is not None and not acting.filter(pk=self.approval.unit_id).exists():
            raise ActionRefused(
                _("这个环节由%(unit)s审核。") % {"unit": self.approval.unit.name}, _("请等待该单位办理。"), status=403
            )

    def taken(self) -> Return:
        """The return under a lock: two stages cannot move it at once."""
        rows = Return.objects.select_for_update(of=("self",)).select_related("opening", "region", "unit")
        return rows.get(pk=self.approval.owner_id)


@dataclass(kw_only=True)
class PassStage(StageAction):
    """Pass the stage; the last one approves the figures, locks the return and writes the fact."""

    def check_state(self) -> None:
        super().check_state()
        entry = self.approval.owner
        require_other_person(self.user, entry.completed_by, _("审核报表"))
        before = entry.approvals.filter(order__lt=self.approval.order, unit=self.approval.unit_id).last()
        if before is not None:
            require_other_person(self.user, before.by, _("下一环节审核"))

    def perform(self) -> Return:
        now = timezone.now()
        entry = self.taken()
        self.approval.state, self.approval.by, self.approval.at = Stage.PASSED, self.actor, now
        self.approval.save(update_fields=["state", "by", "at"])
        last = not entry.approvals.exclude(state=Stage.PASSED).exists()
        if last:
            approve(entry, self)
        else:
            entry.state = State.CHECKED
        entry.save()
        step = Step.APPROVED if last else Step.PASSED
        record(entry, step, by=self.actor, now=now, stage=self.approval, note=self.reason)
        if not last:
            _call(entry)
        return entry


def approve(entry: Return, action: PassStage) -> None:
    """Lock the return and put its figures into the ledger; a correction supersedes what was approved before."""
    sheet = sheet_of(entry)
    opening = entry.opening
    known = explained(entry)
    payload = ReturnApproved(
        form=opening.form_code,
        form_version=opening.form_version,
        version=entry.number,
        period=opening.period_code,
        region=entry.region.code,
        rows=sheet.rows(),
        explained=sum(item.key in known for item in problems(opening.form, sheet)),
        reason=entry.correction_reason,
    )
    entry.state, entry.approved_at = State.APPROVED, timezone.now()
    person, system = action.recorded_as()
    fact = append(
        FactDraft(
            kind=APPROVED.name,
            subject=entry.subject,
            payload=payload,
            region=entry.region.code,
            occurred_on=min(opening.last, timezone.localdate()),
            source=Source(unit=entry.unit.ref, user=f"user:{person.pk}" if person else "", system=system),
            refs={"unit": entry.unit.ref},
            disclosure="public" if opening.form.public_figures else "shared",
            supersedes=entry.fact,
        )
    )
    entry.fact = fact.id


@dataclass(kw_only=True)
class SendBack(StageAction):
    """Send the return back to the reporter, with reasons for single cells or for the whole.

    Attributes:
        cells: (row, column) → what is wrong there.
    """

    needs_reason = True
    cells: Mapping[Key, str] = field(default_factory=dict)

    def perform(self) -> Return:
        now = timezone.now()
        entry = self.taken()
        for key in self.cells:
            if key not in entry.opening.layout.cells:
                raise ActionRefused(_("报表里没有所选的单元格。"), _("请刷新页面后重选。"), status=400)
        self.approval.state, self.approval.by, self.approval.at = Stage.RETURNED, self.actor, now
        self.approval.save(update_fields=["state", "by", "at"])
        entry.state = State.RETURNED
        entry.save(update_fields=["state"])
        reasons = {("", ""): self.reason.strip(), **{key: text.strip() for key, text in self.cells.items()}}
        Objection.objects.bulk_create(
            Objection(
                owner=entry, row=row, column=column, text=text[:500], stage=self.approval.code, by=self.actor, at=now
            )
            for (row, column), text in reasons.items()
            if text
        )
        record(entry, Step.RETURNED, by=self.actor, now=now, stage=self.approval, note=self.reason)
        tell(
            who_may("returns.fill", entry),
            gettext_noop("“%(title)s”被退回修改：%(reason)s"),
            entry.ref,
            f"returns.back:{entry.pk}:{now.timestamp():.0f}",
            {"title": str(entry.opening.title), "reason": self.reason.strip()[:100]},
        )
        return entry


@dataclass(kw_only=True)
class CorrectReturn(Action[Return]):
    """Open a locked return again for a correction with a reason: a new version that passes all stages anew. What was
    approved stays in effect until then."""

    verb = "returns.fill"
    needs_reason = True
    entry: Return

    def target(self) -> Return:
        return self.entry

    def check_state(self) -> None:
        if self.entry.state != State.APPROVED:
            raise ActionRefused(_("只有已核定的报表才能更正。"), _("未核定的可以直接修改或撤回。"))

    def perform(self) -> Return:
        now = timezone.now()
        entry = self.entry
        record(entry, Step.CORRECTED, by=self.actor, now=now, note=self.reason)
        entry.number += 1
        entry.state, entry.correction_reason = State.CORRECTING, self.reason.strip()[:500]
        recount(entry)
        entry.save()
        entry.approvals.update(state=Stage.WAITING, by=None, at=None)
        return entry


@dataclass(kw_only=True)
class ExtendReturn(Action[Return]):
    """Give a unit more time."""

    verb = "returns.organise"
    needs_reason = True
    entry: Return
    until: date

    def target(self) -> Return:
        return self.entry

    def check_state(self) -> None:
        if not self.entry.is_editable:
            raise ActionRefused(_("这份报表已经上报。"), _("不需要延期。"))
        if self.until <= self.entry.due_on:
            raise ActionRefused(
                _("新的截止日须晚于 %(due)s。") % {"due": self.entry.due_on.isoformat()},
                _("请重新选择日期。"),
                status=400,
            )

    def perform(self) -> Return:
        self.entry.due_on, self.entry.extension_reason = self.until, self.reason.strip()[:500]
        self.entry.reminded = 0
        self.entry.save(update_fields=["due_on", "extension_reason", "reminded"])
        note = f"{self.until.isoformat()} {self.reason.strip()}"[:500]
        record(self.entry, Step.EXTENDED, by=self.actor, now=timezone.now(), note=note)
        return self.entry


@dataclass(kw_only=True)
class RemindReturn(Action[int]):
    """Remind the people of a unit whose return is not in. Once a day and person."""

    verb = "returns.organise"
    entry: Return

    def target(self) -> Return:
        return self.entry

    def check_state(self) -> None:
        if not self.entry.is_editable:
            raise ActionRefused(_("这份报表已经上报。"), _("不需要催报。"))

    def perform(self) -> int:
        return remind(self.entry, timezone.localdate())


def remind(entry: Return, today: date) -> int:
    """Tell those who may fill the return in how it stands; returns how many were told."""
    text = (
        gettext_noop("“%(title)s”已逾期，截止日为 %(due)s，请尽快上报。")
        if today > entry.due_on
        else gettext_noop("“%(title)s”请于 %(due)s 前上报。")
    )
    values = {"title": str(entry.opening.title), "due": entry.due_on.isoformat()}
    return tell(who_may("returns.fill", entry), text, entry.ref, f"returns.due:{entry.pk}:{today}", values)


def _call(entry: Return) -> None:
    """Open the next stage and tell its people."""
    approval = entry.approvals.filter(state=Stage.WAITING).first()
    if approval is None:
        return
    approval.state = Stage.DUE
    approval.save(update_fields=["state"])
    people = who_may("returns.approve", approval)
    if entry.completed_by_id is not None:
        people = people.exclude(pk=entry.completed_by_id)
    tell(
        people,
        gettext_noop("“%(title)s”（%(unit)s）待您审核。"),
        entry.ref,
        f"returns.stage:{approval.pk}:{entry.number}:{timezone.now().timestamp():.0f}",
        {"title": str(entry.opening.title), "unit": str(entry.unit)},
    )
