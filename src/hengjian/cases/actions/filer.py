"""What whoever filed a case may do with it: add, withdraw, rate, ask for it to be taken up again.

They are a signed-in citizen, an enterprise, or nobody but the holder of number and code (`user=None, system="filer"`;
the caller has checked the code).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengjian import rulebook
from hengjian.cases import recording, uploads
from hengjian.cases.actions.base import FILER, CaseAction
from hengjian.cases.actions.relations import end_otherwise
from hengjian.cases.declarations import WITHDRAWN, CaseType
from hengjian.cases.models import Case, CaseEvent
from hengjian.clocks.actions import reopen_clock
from hengjian.clocks.calendar import current_calendar
from hengjian.clocks.models import Deadline
from hengjian.clocks.rules import Term, due
from hengjian.ledger.actions import retract
from hengjian.ledger.models import Fact
from hengjian.parties.models import User
from hengjian.parties.policies import can
from hengjian.parties.verbs import ActionRefused
from hengjian.rulebook.parameters.terms import Terms

POOR = 2  # a rating up to this is brought before the unit's heads


@dataclass(kw_only=True)
class FilerAction(CaseAction[Case]):
    """Base: recorded without the person's name."""

    verb = "cases.file"

    def recorded_as(self) -> tuple[User | None, str]:
        return None, FILER

    def record(self, kind: str, code: str, **more: object) -> CaseEvent:
        return recording.log_event(self.case, kind, code, at=self.moment, user=None, system=FILER, public=True, **more)  # type: ignore[arg-type]


@dataclass(kw_only=True)
class WithdrawCase(FilerAction):
    """Take the matter back while it is open."""

    def check_state(self) -> None:
        super().check_state()
        self.check_open()
        if not self.declared.operations.withdraw:
            raise ActionRefused(
                _("“%(type)s”不能撤回。") % {"type": self.declared.title}, _("如有新情况，请补充说明。")
            )

    def perform(self) -> Case:
        filer = WithdrawCase(user=None, system=FILER, case=self.case, at=self.moment)
        end_otherwise(self.case, WITHDRAWN, filer, self.reason, code="withdraw")
        recording.notify(
            self.case, recording.answerable(self.case), gettext_noop("%(number)s 已由申请人撤回。"), "withdrawn"
        )
        return self.case


@dataclass(kw_only=True)
class RateCase(FilerAction):
    """Say how satisfied one is with the handling, once it has ended (回访)."""

    rating: int

    def check_state(self) -> None:
        super().check_state()
        if not self.declared.operations.rate:
            raise ActionRefused(_("“%(type)s”不作评价。") % {"type": self.declared.title})
        if self.case.closed_at is None:
            raise ActionRefused(_("办结之后才能评价。"), _("请等办理结果。"))
        if self.case.rating is not None:
            raise ActionRefused(_("已经评价过。"), _("感谢您的评价；如仍有问题，可申请重新办理。"))
        if not 1 <= self.rating <= 5:
            raise ActionRefused(_("评分应为 1 至 5。"), _("请重新选择。"), status=400)

    def perform(self) -> Case:
        case = self.case
        case.rating, case.rating_note = self.rating, self.reason.strip()[:500]
        self.record(CaseEvent.Kind.RATED, "rate", note=self.reason, data={"rating": self.rating})
        case.save()
        if self.rating <= POOR:
            recording.notify(
                case, recording.heads_of(case),
                gettext_noop("%(number)s 的满意度评价为 %(rating)s 分，请回访。"), "rated", rating=self.rating,
            )  # fmt: skip
        # The closing fact says the rating, too; it supersedes the one without.
        if (event := closing_event(case)) is not None:
            fact = recording.write_closed(
                case, self.declared, user=None, system=FILER, supersedes=event.data.get("fact")
            )
            event.data["fact"] = str(fact.id)
            event.save(update_fields=["data"])
        return case


@dataclass(kw_only=True)
class SupplementCase(FilerAction):
    """Add words or files while the case is open."""

    note: str = ""
    files: uploads.Given = ()
    ready: list[uploads.Ready] = field(init=False, default_factory=list)

    def check_state(self) -> None:
        super().check_state()
        self.check_open()
        if not self.note.strip() and not self.files:
            raise ActionRefused(_("没有填写补充内容。"), _("请填写说明或上传材料。"), status=400)
        self.ready = uploads.ready(self.files)

    def perform(self) -> Case:
        case = self.case
        kept = uploads.keep(case, self.files, self.ready, FILER)
        self.record(
            CaseEvent.Kind.NOTE, "supplement", note=self.note,
            data={"files": [file.pk for file in kept]} if kept else None,
        )  # fmt: skip
        case.save()
        recording.notify(
            case, recording.answerable(case), gettext_noop("%(number)s 的申请人补充了材料。"), f"event:{case.version}"
        )
        return case


@dataclass(kw_only=True)
class ReopenCase(CaseAction[Case]):
    """Take a closed case up again: by whoever filed it, or by an approver of the unit, within the declared term.

    The end is taken back, not overwritten: the closing fact is withdrawn, the clock that it had ended runs on.
    """

    verb = "cases.file"
    needs_reason = True

    def check(self) -> None:
        if self.user is not None and not can(self.user, "cases.file", self.case):
            self.verb = "cases.approve"  # type: ignore[misc]
        super().check()

    def recorded_as(self) -> tuple[User | None, str]:
        return (None, FILER) if self.verb == "cases.file" else super().recorded_as()

    def check_state(self) -> None:
        super().check_state()
        if self.verb == "cases.approve":
            self.check_own_unit()
        operations = self.declared.operations
        if not operations.reopen:
            raise ActionRefused(_("“%(type)s”办结后不能重新办理。") % {"type": self.declared.title}, _("请另行提出。"))
        if self.case.closed_at is None:
            raise ActionRefused(_("“%(number)s”尚未办结。") % {"number": self.case.number}, _("请直接补充或办理。"))
        if self.case.merged_into_id is not None:
            raise ActionRefused(_("“%(number)s”已并案。") % {"number": self.case.number}, _("请在合并后的办件中办理。"))
        last = reopen_until(self.case, self.declared)
        if last is not None and self.moment > last:
            raise ActionRefused(
                _("已超过可以重新办理的期限（%(day)s）。") % {"day": timezone.localdate(last)},
                _("如有新的事实和理由，请另行提出。"),
            )

    def perform(self) -> Case:
        case, declared = self.case, self.declared
        ended, closed_at = closing_event(case), case.closed_at
        old = case.state
        case.state = declared.operations.reopen_to or (ended.old_state if ended is not None else declared.start)
        case.state_since, case.closed_at = self.moment, None
        case.outcome = case.outcome_code = ""
        case.rating, case.rating_note = None, ""
        is_filer = self.verb == "cases.file"
        recording.log_event(
            case, CaseEvent.Kind.REOPENED, "reopen", at=self.moment, user=None if is_filer else self.actor,
            system=FILER if is_filer else self.system, note=self.reason, public=True, old_state=old,
        )  # fmt: skip
        clocks = Deadline.objects.filter(owner=case.ref, closed_at=closed_at).exclude(
            state__in=(Deadline.State.OPEN, Deadline.State.PAUSED)
        )
        for clock in clocks:
            code = clock.purpose.partition(".")[2]
            here = next((item for item in declared.clocks if item.code == code), None)
            if here is not None and case.state in {*here.states, *here.pauses}:
                reopen_clock(clock, at=self.moment, by=FILER if is_filer else self.by, reason=self.reason[:300])
        self.save()
        if ended is not None and ended.data.get("fact"):
            fact = Fact.objects.get(id=ended.data["fact"])
            source = recording.source_of(None if is_filer else self.actor, FILER if is_filer else self.system)
            retract(fact, "重新办理", source)
        recording.notify(
            case, recording.answerable(case), gettext_noop("%(number)s 已重新办理：%(why)s"), f"event:{case.version}",
            why=self.reason[:80],
        )  # fmt: skip
        return case


def closing_event(case: Case) -> CaseEvent | None:
    """The event that ended the case last."""
    return case.events.filter(data__has_key="fact").order_by("-number").first()


def reopen_until(case: Case, declared: CaseType) -> datetime | None:
    """The last moment at which a closed case may be taken up again; None: it cannot, or is still open."""
    if not declared.operations.reopen or case.closed_at is None:
        return None
    rule = rulebook.at("terms", case.region.code, case.rules_on, declared.operations.reopen)
    spec = rule.typed(Terms).term
    assert spec is not None
    if spec.unit == "minute":
        return due(timezone.localtime(case.closed_at), Term.of(spec), None).value  # type: ignore[return-value]
    last = due(timezone.localdate(case.closed_at), Term.of(spec), current_calendar(case.region.code)).day
    return timezone.make_aware(datetime.combine(last, time.max))
