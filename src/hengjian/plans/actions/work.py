"""Assign → sign for → report → review; extension."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.ledger.actions import append_many
from hengjian.methods.text_similarity import most_like
from hengjian.parties.models import User
from hengjian.parties.policies import who_may
from hengjian.parties.queries import members
from hengjian.parties.verbs import Action, ActionRefused, require_other_person
from hengjian.plans.actions.base import DutyAction
from hengjian.plans.following import refresh_tasks, report_period
from hengjian.plans.models import Duty, DutyStep, Extension, Plan, Report, ReportEvidence, Task
from hengjian.plans.rules import check_report, next_state
from hengjian.plans.writing import draft_fact, log_step, notify, write_fact


@dataclass
class Assigned:
    """`waiting`: duties that could not be assigned, because nobody has said which unit the name means."""

    assigned: int = 0
    expanded: int = 0
    waiting: list[Duty] = field(default_factory=list)


@dataclass(kw_only=True)
class AssignDuties(Action[Assigned]):
    """Hand the pending duties of a plan (or of some tasks) to their units; a collective is spread over its members."""

    verb = "plans.assign"
    plan: Plan
    tasks: list[int] | None = None

    def target(self) -> Plan:
        return self.plan

    def perform(self) -> Assigned:
        result = Assigned()
        pending = Duty.objects.filter(task__plan=self.plan, state=Duty.State.PENDING, task__status=Task.Status.OPEN)
        if self.tasks is not None:
            pending = pending.filter(task__in=self.tasks)
        duties = list(pending.select_related("task__plan__region", "unit", "task"))
        now = timezone.now()
        ready: list[Duty] = []
        for duty in duties:
            if duty.unit is None:
                result.waiting.append(duty)
            elif duty.unit.kind == duty.unit.Kind.COLLECTIVE:
                spread = self._spread(duty)
                if spread is None:
                    result.waiting.append(duty)
                else:
                    ready += spread
                    result.expanded += len(spread)
            else:
                ready.append(duty)
        for duty in ready:
            duty.state = next_state("assign", duty.state)
            duty.assigned_at = now
        Duty.objects.bulk_update(ready, ["state", "assigned_at"], batch_size=500)
        self._tell(ready)
        result.assigned = len(ready)
        refresh_tasks({duty.task_id for duty in ready}, user=self.actor)
        return result

    def _spread(self, duty: Duty) -> list[Duty] | None:
        """One duty per member of the collective on the day of the plan; None when its membership is not known."""
        assert duty.unit is not None
        units = list(members(duty.unit, duty.task.plan.issued_on or duty.task.plan.period_start))
        if not units:
            return None
        held = set(duty.task.duties.exclude(unit=None).values_list("unit_id", flat=True))
        new = [
            Duty(
                task=duty.task,
                unit=unit,
                via=duty.unit,
                as_written=duty.as_written,
                role=duty.role,
                order=duty.order,
                bracket=duty.bracket,
                start_on=duty.start_on,
                due_on=duty.due_on,
            )
            for unit in units
            if unit.pk not in held
        ]
        made = Duty.objects.bulk_create(new)
        # The collective's own row stays as the record of what the text says; its members carry the work.
        duty.state = Duty.State.WITHDRAWN
        duty.save(update_fields=["state"])
        log_step(duty, "spread", _("分解到成员单位"), self.actor, _("共 %(count)s 家") % {"count": len(made)})
        return made

    def _tell(self, duties: list[Duty]) -> None:
        label = _("交办")
        by_unit: dict[int, list[Duty]] = {}
        facts = []
        for duty in duties:
            assert duty.unit is not None
            facts.append(
                draft_fact(
                    "plan.assigned",
                    duty,
                    {"task": duty.task.ref, "unit": duty.unit.ref, "role": duty.role, "due_on": duty.due_on},
                    user=self.actor,
                    system=self.system,
                )
            )
            by_unit.setdefault(duty.unit.pk, []).append(duty)
        DutyStep.objects.bulk_create(
            [DutyStep(duty=duty, verb="assign", label=label, by=self.actor) for duty in duties], batch_size=500
        )
        append_many(facts)
        for unit_id, rows in by_unit.items():
            notify(
                list(User.objects.filter(unit=unit_id, is_active=True)),
                _("《%(plan)s》交办贵单位 %(count)s 项任务，请签收。") % {"plan": self.plan.title, "count": len(rows)},
                self.plan.ref,
                f"assigned:{self.plan.pk}:{min(row.pk for row in rows)}",
            )


@dataclass(kw_only=True)
class SignDuty(DutyAction[Duty]):
    """签收: the unit takes the duty."""

    verb = "plans.sign"

    def check_state(self) -> None:
        self.own_unit_only()
        self.step_allowed("sign")

    def perform(self) -> Duty:
        now = timezone.now()
        waited = (now - self.duty.assigned_at).days if self.duty.assigned_at else 0
        self.move("sign", _("签收"))
        self.duty.signed_at, self.duty.signed_by, self.duty.handler = now, self.actor, self.actor
        assert self.duty.unit is not None
        write_fact(
            "plan.signed",
            self.duty,
            {"unit": self.duty.unit.ref, "days_waited": waited},
            user=self.actor,
            system=self.system,
        )
        self.save("signed_at", "signed_by", "handler")
        return self.duty


@dataclass
class ReportContent:
    """What the reporter fills in; see `Report`."""

    no_change: bool = False
    result: str = ""
    percent: int = 0
    figure_label: str = ""
    figure_value: Decimal | None = None
    figure_unit: str = ""
    problems: str = ""
    next_step: str = ""
    # (kind, ref, label) as in `ReportEvidence`.
    evidence: list[tuple[str, str, str]] = field(default_factory=list)


CONTENT = ("no_change", "result", "percent", "figure_label", "figure_value", "figure_unit", "problems", "next_step")


@dataclass(kw_only=True)
class SaveReport(DutyAction[Report]):
    """Keep a report as a draft, whatever is missing. `version` is the one the person saw, 0 for none."""

    verb = "plans.report"
    content: ReportContent
    version: int = 0

    def check_state(self) -> None:
        self.own_unit_only()
        self.step_allowed("submit")

    def perform(self) -> Report:
        period = report_period(self.duty.task.plan, timezone.localdate())
        report = self.duty.reports.filter(state=Report.State.DRAFT).first()
        if report is None:
            report = Report(duty=self.duty, period=period.label, created_by=self.actor, version=0)
        elif self.version and report.version != self.version:
            raise ActionRefused(
                _("这份报告刚刚在别处保存过，您的修改没有覆盖它。"), _("请刷新页面，在最新内容上继续填写。")
            )
        report.period = period.label
        for name in CONTENT:
            setattr(report, name, getattr(self.content, name))
        report.percent = max(0, min(100, report.percent))
        report.prefilled_kept = count_kept(self.duty, self.content)
        report.version += 1
        report.save()
        report.evidence.all().delete()
        ReportEvidence.objects.bulk_create(
            [
                ReportEvidence(report=report, kind=kind, ref=ref, label=label[:200])
                for kind, ref, label in dict.fromkeys(self.content.evidence)
            ]
        )
        return report


@dataclass(kw_only=True)
class SubmitReport(SaveReport):
    """Submit for review."""

    def check_state(self) -> None:
        super().check_state()
        problems = check_report(
            no_change=self.content.no_change,
            result=self.content.result,
            percent=self.content.percent,
            previous_percent=self.duty.percent,
            figure_label=self.content.figure_label,
            has_figure=self.content.figure_value is not None,
            problems_text=self.content.problems,
        )
        if problems:
            raise ReportIncomplete([problem.code for problem in problems], [problem.field for problem in problems])

    def perform(self) -> Report:
        report = super().perform()
        report.state = Report.State.SUBMITTED
        report.submitted_by, report.submitted_at = self.actor, timezone.now()
        self._compare(report)
        report.save()
        self.move("submit", _("报送进展"), report.period)
        self.save()
        notify(
            list(who_may("plans.review", self.duty)),
            _("%(unit)s报送了“%(task)s”的进展，待审核。") % {"unit": self.duty.unit, "task": self.duty.task.title},
            self.duty.ref,
            f"submitted:{report.pk}:{report.version}",
        )
        return report

    def _compare(self, report: Report) -> None:
        """Mark the most similar text among the unit's earlier reports and the other units' reports on the same task."""
        report.similarity, report.similar_to = 0, None
        if report.no_change or not report.result.strip():
            return
        others = list(
            Report.objects.filter(duty__task=self.duty.task)
            .exclude(pk=report.pk)
            .exclude(state=Report.State.DRAFT)
            .exclude(result="")
            # A text sent back and mended is not a copy of itself.
            .exclude(duty=self.duty, state=Report.State.RETURNED)
            .order_by("-pk")[:200]
        )
        match = most_like(report.result, [other.result for other in others])
        if match is not None:
            report.similarity = round(match.likeness * 100)
            report.similar_to = others[match.index]


class ReportIncomplete(ActionRefused):
    """The report lacks something; `fields` and `codes` go together."""

    MESSAGES: ClassVar = {
        "percent_range": lambda: _("进度须在 0 到 100 之间。"),
        "no_change_percent": lambda: _("选了“本期无变化”，进度就不能改。"),
        "result_needed": lambda: _("请写明本期成效；确无变化的，勾选“本期无变化”。"),
        "decrease_reason": lambda: _("进度比上次低，请在“存在问题”里说明原因。"),
        "figure_incomplete": lambda: _("可核验数据的名称和数值要一起填。"),
    }

    def __init__(self, codes: list[str], fields: list[str]) -> None:
        self.codes, self.fields = codes, fields
        self.messages = [self.MESSAGES[code]() for code in codes]
        super().__init__(" ".join(self.messages), _("草稿已可保存，补齐后再提交。"), status=400)


def count_kept(duty: Duty, content: ReportContent) -> int:
    """How many prefilled fields the reporter did not have to type again."""
    last = duty.reports.filter(state=Report.State.ACCEPTED).first()
    if last is None:
        return 0
    names = ("percent", "figure_label", "figure_unit", "problems", "next_step")
    return sum(1 for name in names if getattr(last, name) and getattr(content, name) == getattr(last, name))


@dataclass(kw_only=True)
class WithdrawReport(DutyAction[Report]):
    """Take a submitted report back before anybody has reviewed it."""

    verb = "plans.report"

    def check_state(self) -> None:
        self.own_unit_only()
        self.step_allowed("withdraw_report")

    def perform(self) -> Report:
        report = self.duty.reports.get(state=Report.State.SUBMITTED)
        report.state = Report.State.DRAFT
        report.submitted_at = report.submitted_by = None
        report.save()
        self.move("withdraw_report", _("撤回报告"))
        self.save()
        return report


@dataclass(kw_only=True)
class ReviewReport(DutyAction[Report]):
    """审核: accept, or return with a reason. The reviewer is not the reporter."""

    verb = "plans.review"
    accept: bool
    note: str = ""

    def check_state(self) -> None:
        self.step_allowed("accept" if self.accept else "return")
        report = self.duty.reports.get(state=Report.State.SUBMITTED)
        require_other_person(self.user, report.submitted_by, _("审核"))
        if not self.accept and not self.note.strip():
            raise ActionRefused(_("退回须写明理由。"), _("请写清哪里要补充，报送单位会看到。"), status=400)

    def perform(self) -> Report:
        report = self.duty.reports.prefetch_related("evidence").get(state=Report.State.SUBMITTED)
        report.reviewed_by, report.reviewed_at, report.review_note = self.actor, timezone.now(), self.note.strip()
        duty = self.duty
        if self.accept:
            self._accept(report)
        else:
            report.state = Report.State.RETURNED
            self.move("return", _("退回"), self.note)
        report.save()
        self.save("percent", "last_report_on", "completed_on")
        notify(
            [user for user in [report.submitted_by] if user is not None],
            (_("“%(task)s”的进展已通过审核。") if self.accept else _("“%(task)s”的进展被退回，请补充。"))
            % {"task": duty.task.title},
            duty.ref,
            f"reviewed:{report.pk}:{report.version}",
        )
        return report

    def _accept(self, report: Report) -> None:
        duty = self.duty
        assert duty.unit is not None and report.submitted_at is not None
        report.state = Report.State.ACCEPTED
        reported_on = timezone.localdate(report.submitted_at)
        duty.percent = report.percent
        duty.last_report_on = reported_on
        complete = report.percent == 100
        duty.completed_on = reported_on if complete else None
        self.move("accept_complete" if complete else "accept", _("审核通过"), self.note)
        fact = write_fact(
            "plan.progress",
            duty,
            {
                "unit": duty.unit.ref,
                "period": report.period,
                "no_change": report.no_change,
                "percent": report.percent,
                "result": report.result,
                "figure_label": report.figure_label,
                "figure_value": "" if report.figure_value is None else f"{report.figure_value.normalize():f}",
                "figure_unit": report.figure_unit,
                "problems": report.problems,
            },
            user=report.submitted_by,
            on=reported_on,
            evidence=tuple(line.ref for line in report.evidence.all() if line.kind == ReportEvidence.Kind.FILE),
        )
        report.fact_id = str(fact.id)


@dataclass(kw_only=True)
class RequestExtension(DutyAction[Extension]):
    """Ask for more time, before the due date has passed, with progress and the head's consent."""

    verb = "plans.request_extension"
    to_due: date
    progress_so_far: str
    head_consents: bool

    needs_reason = True

    def check_state(self) -> None:
        self.own_unit_only()
        self.step_allowed("extend")
        if timezone.localdate() > self.duty.due_on:
            raise ActionRefused(
                _("已过完成时限（%(due)s），不能再申请延期。") % {"due": self.duty.due_on},
                _("延期须在到期前申请；请抓紧办理并如实报送进展。"),
            )
        if self.to_due <= self.duty.due_on:
            raise ActionRefused(_("延至的日期须晚于现在的时限。"), _("请改日期。"), status=400)
        if not self.progress_so_far.strip():
            raise ActionRefused(_("请写明目前进展。"), _("审批人要据此判断。"), status=400)
        if not self.head_consents:
            raise ActionRefused(_("延期须经本单位负责人同意。"), _("请取得同意后勾选再提交。"), status=400)
        if self.duty.extensions.filter(state=Extension.State.REQUESTED).exists():
            raise ActionRefused(_("已有一份延期申请在审批。"), _("请等待审批结果。"))

    def perform(self) -> Extension:
        assert self.actor is not None
        extension = Extension.objects.create(
            duty=self.duty,
            from_due=self.duty.due_on,
            to_due=self.to_due,
            reason=self.reason.strip(),
            progress_so_far=self.progress_so_far.strip(),
            head_consents=self.head_consents,
            requested_by=self.actor,
        )
        log_step(self.duty, "request_extension", _("申请延期"), self.actor, f"→ {self.to_due}：{self.reason}")
        notify(
            list(who_may("plans.decide_extension", self.duty)),
            _("%(unit)s申请将“%(task)s”延至 %(due)s。")
            % {"unit": self.duty.unit, "task": self.duty.task.title, "due": self.to_due},
            self.duty.ref,
            f"extension:{extension.pk}",
        )
        return extension


@dataclass(kw_only=True)
class DecideExtension(DutyAction[Extension]):
    """Grant or refuse; a refusal gives its reason."""

    verb = "plans.decide_extension"
    grant: bool
    note: str = ""

    def check_state(self) -> None:
        if not self.duty.extensions.filter(state=Extension.State.REQUESTED).exists():
            raise ActionRefused(_("没有待审批的延期申请。"), _("请刷新页面查看最新状态。"))
        if not self.grant and not self.note.strip():
            raise ActionRefused(_("不同意延期须写明理由。"), _("请补充理由后再提交。"), status=400)

    def perform(self) -> Extension:
        extension = self.duty.extensions.get(state=Extension.State.REQUESTED)
        require_other_person(self.user, extension.requested_by, _("延期审批"))
        extension.state = Extension.State.GRANTED if self.grant else Extension.State.REFUSED
        extension.decided_by, extension.decided_at, extension.decision_note = self.actor, timezone.now(), self.note
        extension.save()
        label = _("同意延期") if self.grant else _("不同意延期")
        log_step(self.duty, "decide_extension", label, self.actor, self.note)
        assert self.duty.unit is not None
        write_fact(
            "plan.extension",
            self.duty,
            {
                "unit": self.duty.unit.ref,
                "granted": self.grant,
                "from_due": extension.from_due,
                "to_due": extension.to_due,
                "reason": extension.reason,
            },
            user=self.actor,
        )
        if self.grant:
            self.duty.due_on = extension.to_due
            self.save("due_on")
        notify(
            [extension.requested_by],
            f"{label}：{self.duty.task.title}",
            self.duty.ref,
            f"extension-decided:{extension.pk}",
        )
        return extension
