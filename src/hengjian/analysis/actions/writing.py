"""Writing a report: from values to text, editing, bringing its figures up to date, handing it on."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengjian.analysis.composing import compose
from hengjian.analysis.models import Paragraph, Report
from hengjian.analysis.reporting import compose_again, linked, store
from hengjian.analysis.structures import Structure, structures
from hengjian.documents.actions import store_file
from hengjian.methods.periods import parse_period
from hengjian.pages.notices import tell
from hengjian.parties.models import Region, Unit
from hengjian.parties.policies import Scope, who_may
from hengjian.parties.verbs import Action, ActionRefused

LONGEST = 8000
SUBMITTED = gettext_noop("分析报告“%(title)s”已提交，请审核。")


def structure_named(code: str) -> Structure:
    found = structures().get(code)
    if found is None:
        raise ActionRefused(_("没有这种报告。"), _("请从报告日历或列表中选择报告类型。"), status=400)
    return found


@dataclass(kw_only=True)
class WriteReport(Action[Report]):
    """Make the first text of a report from the values of its period."""

    verb = "analysis.write"

    structure: str
    region: Region
    unit: Unit
    period: str
    calendar: str = ""

    def target(self) -> Scope:
        return Scope(self.unit, self.region)

    def check_state(self) -> None:
        declared = structure_named(self.structure)
        if self.region.level not in declared.levels:
            raise ActionRefused(_("这一级地区不编写这种报告。"), _("请选择其他地区或报告类型。"), status=400)
        try:
            period = parse_period(self.period)
        except ValueError:
            raise ActionRefused(_("期间写法不对。"), _("请写成 2025、2025-Q4 或 2025-12。"), status=400) from None
        if period.frequency != declared.frequency:
            raise ActionRefused(_("这种报告不按这样的期间编写。"), _("请按报告的周期选择期间。"), status=400)
        if period.first > timezone.localdate():
            raise ActionRefused(_("这个期间还没有开始。"), status=400)
        known = Report.objects.filter(structure=self.structure, region=self.region, period=self.period).first()
        if known is not None:
            raise ActionRefused(
                _("这个期间的报告已经有了：“%(title)s”。") % {"title": known.title},
                _("请打开已有的报告；已批准的可以修订，形成新版本。"),
                url=known.get_absolute_url(),
                url_label=_("打开报告"),
            )

    def perform(self) -> Report:
        declared, period = structure_named(self.structure), parse_period(self.period)
        report = Report.objects.create(
            structure=declared.code,
            calendar=self.calendar,
            title=declared.name.format(place=self.region.name, period=period.said()),
            region=self.region,
            unit=self.unit,
            period=period.code,
            written_by=self.actor,
        )
        store(report, compose(declared, self.region, period, self.actor))
        return report


@dataclass(kw_only=True)
class ReportAction(Action[Report]):
    """An action on a report that is being written."""

    verb = "analysis.write"

    report: Report

    def target(self) -> Report:
        return self.report

    def check_state(self) -> None:
        if not self.report.at_work:
            raise ActionRefused(_("报告已提交，文字不能再改。"), _("待审核的可以退回；已批准的请修订，形成新版本。"))


@dataclass(kw_only=True)
class EditParagraph(ReportAction):
    """Rewrite one paragraph.

    Attributes:
        public: whether the public version keeps it; refused for a text with numbers that no figure stands behind,
            because nobody could open them.
    """

    paragraph: Paragraph
    text: str
    public: bool = True

    def check_state(self) -> None:
        super().check_state()
        if self.paragraph.report_id != self.report.pk or self.paragraph.kind != Paragraph.Kind.TEXT:
            raise ActionRefused(_("没有这个段落。"), status=404)
        if not self.text.strip():
            raise ActionRefused(
                _("段落没有文字。"), _("不需要这一段时，请取消“公开版保留”或恢复生成的文字。"), status=400
            )
        if len(self.text) > LONGEST:
            raise ActionRefused(_("段落超过 %(n)s 字。") % {"n": LONGEST}, _("请分开写。"), status=400)

    def perform(self) -> Report:
        row = self.paragraph
        row.text = self.text.strip().replace("\r\n", "\n")
        loose = linked(row).loose
        row.public = self.public and not loose
        row.edited_by, row.edited_at = self.actor, timezone.now()
        row.save(update_fields=["text", "public", "edited_by", "edited_at"])
        return self.report


@dataclass(kw_only=True)
class ResetParagraph(ReportAction):
    """Take the generated text again."""

    paragraph: Paragraph

    def perform(self) -> Report:
        self.paragraph.text, self.paragraph.public = self.paragraph.generated, True
        self.paragraph.edited_by, self.paragraph.edited_at = self.actor, timezone.now()
        self.paragraph.save(update_fields=["text", "public", "edited_by", "edited_at"])
        return self.report


@dataclass(kw_only=True)
class RefreshReport(ReportAction):
    """Bring all figures up to date; what people wrote around them stays."""

    def check_state(self) -> None:
        super().check_state()
        if compose_again(self.report) is None:
            raise ActionRefused(_("这份报告不由系统生成，没有可更新的数值。"))

    def perform(self) -> Report:
        composed = compose_again(self.report)
        assert composed is not None
        store(self.report, composed)
        self.report.data_at = timezone.now()
        self.report.save(update_fields=["data_at"])
        return self.report


@dataclass(kw_only=True)
class SubmitReport(ReportAction):
    """Hand it in for review."""

    def perform(self) -> Report:
        self.report.state, self.report.returned_for = Report.State.REVIEW, ""
        self.report.save(update_fields=["state", "returned_for"])
        key = f"analysis.submitted:{self.report.pk}:{timezone.now():%Y%m%d%H%M%S}"
        others = [person for person in who_may("analysis.review", self.report) if person != self.actor]
        tell(others, SUBMITTED, self.report.ref, key, {"title": self.report.title})
        return self.report


@dataclass(kw_only=True)
class ReviseReport(Action[Report]):
    """A new version of an approved or published report; the old one stays readable and stays in force until then."""

    verb = "analysis.write"
    needs_reason = True

    report: Report

    def target(self) -> Report:
        return self.report

    def check_state(self) -> None:
        if self.report.state not in (Report.State.APPROVED, Report.State.PUBLISHED):
            raise ActionRefused(_("只有已批准或已发布的报告需要修订。"))
        if Report.objects.filter(previous=self.report).exists():
            raise ActionRefused(_("这份报告已有新版本。"), _("请打开新版本继续编写。"))

    def perform(self) -> Report:
        old = self.report
        same = Report.objects.filter(structure=old.structure, region=old.region, period=old.period)
        last = same.aggregate(last=Max("version"))["last"] or old.version
        made = Report.objects.create(
            structure=old.structure,
            calendar=old.calendar,
            title=old.title,
            region=old.region,
            unit=old.unit,
            period=old.period,
            version=last + 1,
            previous=old,
            written_by=self.actor,
        )
        for row in old.paragraphs.order_by("order"):
            row.pk, row.report = None, made
            row.save(force_insert=True)
        composed = compose_again(made)
        if composed is not None:
            store(made, composed)
        return made

    def logged(self, result: Report) -> Report:
        return result


@dataclass(kw_only=True)
class DepositReport(Action[Report]):
    """File a report that was written elsewhere under a line of the calendar."""

    verb = "analysis.write"

    title: str
    calendar: str
    region: Region
    unit: Unit
    period: str
    data: bytes
    filename: str

    def target(self) -> Scope:
        return Scope(self.unit, self.region)

    def check_state(self) -> None:
        if len(self.title.strip()) < 4:
            raise ActionRefused(_("请写明报告名称。"), status=400)
        try:
            parse_period(self.period)
        except ValueError:
            raise ActionRefused(_("期间写法不对。"), _("请写成 2025、2025-Q4 或 2025-12。"), status=400) from None

    def perform(self) -> Report:
        report = Report.objects.create(
            calendar=self.calendar,
            title=self.title.strip()[:200],
            region=self.region,
            unit=self.unit,
            period=self.period,
            written_by=self.actor,
            state=Report.State.REVIEW,
        )
        by = self.actor.ref if self.actor else ""
        report.file = store_file(self.data, self.filename, subject=report.ref, stored_by=by).address
        report.save(update_fields=["file"])
        return report
