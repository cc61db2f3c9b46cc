"""Deciding on a report: reviewed, approved and published by three steps and at least two people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengjian.analysis import facts
from hengjian.analysis.models import Report
from hengjian.analysis.reporting import changed, digest, public_numbers, public_rows, structure_of
from hengjian.documents.actions import take_number
from hengjian.ledger.actions import append
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.ledger.kinds import FactKind
from hengjian.pages.notices import tell
from hengjian.parties.models import Confidentiality
from hengjian.parties.verbs import Action, ActionRefused, require_other_person
from hengjian.publishing.actions import PublishNotice, WriteNotice
from hengjian.publishing.models import Notice

RETURNED = gettext_noop("分析报告“%(title)s”被退回：%(reason)s")


@dataclass(kw_only=True)
class Decision(Action[Report]):
    """A step that needs the report in one state. `needs`: which, and what to say otherwise."""

    needs: ClassVar[Report.State]

    report: Report

    def target(self) -> Report:
        return self.report

    def check_state(self) -> None:
        if self.report.state != self.needs:
            raise ActionRefused(
                _("报告现在是“%(state)s”，不能办理这一步。") % {"state": self.report.get_state_display()},
                _("请刷新页面查看最新状态。"),
            )

    def require_no_writer(self, doing: str) -> None:
        """Whoever began the report or wrote a paragraph of it does not decide on it."""
        require_other_person(self.user, self.report.written_by, doing)
        if self.actor is not None and self.report.paragraphs.filter(edited_by=self.actor).exists():
            require_other_person(self.actor, self.actor, doing)

    def record(self, kind: FactKind) -> None:
        """The decision as a fact."""
        report = self.report
        figures = list(report.figures.all())
        fact = append(
            FactDraft(
                kind=kind.name,
                subject=report.ref,
                payload=facts.ReportDecided(
                    title=report.title,
                    structure=report.structure,
                    period=report.period,
                    version=report.version,
                    sha256=report.file or digest(report),
                    figures=len(figures),
                    assumed=sum(bool(figure.marks) for figure in figures),
                ),
                region=report.region.code,
                occurred_on=timezone.localdate(),
                source=Source(unit=report.unit.ref, user=self.actor.ref if self.actor else "", system=self.system),
            )
        )
        report.fact = fact.id
        report.save(update_fields=["fact"])


@dataclass(kw_only=True)
class ReviewReport(Decision):
    """Reviewed: another person than the writer has read it."""

    verb = "analysis.review"
    needs = Report.State.REVIEW

    def check_state(self) -> None:
        super().check_state()
        self.require_no_writer(_("审核"))

    def perform(self) -> Report:
        self.report.state = Report.State.REVIEWED
        self.report.reviewed_by, self.report.reviewed_at = self.actor, timezone.now()
        self.report.save(update_fields=["state", "reviewed_by", "reviewed_at"])
        return self.report


@dataclass(kw_only=True)
class ReturnReport(Action[Report]):
    """Back to the writer, with the reason."""

    verb = "analysis.review"
    needs_reason = True

    report: Report

    def target(self) -> Report:
        return self.report

    def check_state(self) -> None:
        if self.report.state not in (Report.State.REVIEW, Report.State.REVIEWED):
            raise ActionRefused(_("只有待审核或待批准的报告可以退回。"))

    def perform(self) -> Report:
        self.report.state = Report.State.DRAFT
        self.report.returned_for = self.reason.strip()[:400]
        self.report.save(update_fields=["state", "returned_for"])
        if self.report.written_by is not None:
            key = f"analysis.returned:{self.report.pk}:{timezone.now():%Y%m%d%H%M%S}"
            values = {"title": self.report.title, "reason": self.report.returned_for}
            tell([self.report.written_by], RETURNED, self.report.ref, key, values)
        return self.report


@dataclass(kw_only=True)
class ApproveReport(Decision):
    """Approved: from here on the text is frozen. Refused while a figure in it is out of date."""

    verb = "analysis.approve"
    needs = Report.State.REVIEWED

    def check_state(self) -> None:
        super().check_state()
        self.require_no_writer(_("批准"))
        require_other_person(self.user, self.report.reviewed_by, _("批准"))
        late = changed(self.report, list(self.report.paragraphs.all()))
        if late:
            raise ActionRefused(
                _("有 %(n)s 处数值已经变化，报告还是旧数。") % {"n": len(late)},
                _("请退回编制单位更新数值后再批准。"),
            )

    def perform(self) -> Report:
        report = self.report
        report.state = Report.State.APPROVED
        report.approved_by, report.approved_at = self.actor, timezone.now()
        structure = structure_of(report)
        if structure is not None and structure.agency and not report.number:
            by = self.actor.ref if self.actor else "system:analysis"
            agency = f"{report.region.short_name or report.region.name[:2]}{structure.agency}"
            report.number = str(take_number(agency, timezone.localdate().year, subject=report.ref, taken_by=by))
        report.save(update_fields=["state", "approved_by", "approved_at", "number"])
        self.record(facts.APPROVED)
        return report


@dataclass(kw_only=True)
class PublishReport(Decision):
    """Publish the public version: a notice that leads to its page. Blocks with figures that are not public stay out."""

    verb = "analysis.publish"
    needs = Report.State.APPROVED

    def check_state(self) -> None:
        super().check_state()
        self.require_no_writer(_("发布"))
        if not self.report.file and not public_rows(self.report, public_numbers(self.report)):
            raise ActionRefused(
                _("报告中没有可以公开的内容。"), _("请先核定其中的公开指标，或检查各段是否保留在公开版。")
            )

    def perform(self) -> Report:
        report, now = self.report, timezone.now()
        open_numbers = public_numbers(report)
        report.figures.update(public=False)
        report.figures.filter(number__in=open_numbers).update(public=True)
        report.state, report.confidentiality = Report.State.PUBLISHED, Confidentiality.PUBLIC
        report.published_by, report.published_at = self.actor, now
        report.notice = self._notice().ref
        report.save(update_fields=["state", "confidentiality", "published_by", "published_at", "notice"])
        if report.previous is not None and report.previous.state == Report.State.PUBLISHED:
            report.previous.state = Report.State.SUPERSEDED
            report.previous.save(update_fields=["state"])
        self.record(facts.PUBLISHED)
        return report

    def _notice(self) -> Notice:
        """Permission was that of this verb; the notice follows from it."""
        report = self.report
        address = reverse("analysis:public_report", args=[report.pk])
        body = _("%(unit)s发布《%(title)s》。全文和每个数值的来源见：%(address)s") % {
            "unit": report.unit.name,
            "title": report.title,
            "address": address,
        }
        notice = WriteNotice(
            user=None,
            system="analysis",
            unit=report.unit,
            region=report.region,
            title=report.title,
            body=body,
            kind=Notice.Kind.ANNOUNCEMENT,
            subject=report.ref,
            objections_open=False,
        ).execute()
        return PublishNotice(user=None, system="analysis", notice=notice).execute()
