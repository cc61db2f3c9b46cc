"""Report → review: what a unit says about its duty, and what the office says to that."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengjian.methods.text_similarity import most_like
from hengjian.pages.notices import tell
from hengjian.parties.verbs import ActionRefused, require_other_person
from hengjian.plans.actions.base import DutyAction
from hengjian.plans.following import report_period
from hengjian.plans.models import Duty, Report, ReportEvidence
from hengjian.plans.rules import check_report
from hengjian.plans.writing import office_people, write_fact


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
        self.move("submit", gettext_noop("报送进展"), report.period)
        self.save()
        tell(
            office_people("plans.review", self.duty),
            gettext_noop("%(unit)s报送了“%(task)s”的进展，待审核。")
            % {"unit": self.duty.unit, "task": self.duty.task.title},
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
        self.move("withdraw_report", gettext_noop("撤回报告"))
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
            self.move("return", gettext_noop("退回"), self.note)
        report.save()
        self.save("percent", "last_report_on", "completed_on")
        tell(
            [user for user in [report.submitted_by] if user is not None],
            (
                gettext_noop("“%(task)s”的进展已通过审核。")
                if self.accept
                else gettext_noop("“%(task)s”的进展被退回，请补充。")
            )
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
        self.move("accept_complete" if complete else "accept", gettext_noop("审核通过"), self.note)
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
