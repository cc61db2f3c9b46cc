"""Checks before steps in the cases of applications."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.cases.hooks import StepContext
from hengjian.cases.models import CaseEvent
from hengjian.parties.verbs import ActionRefused
from hengjian.programmes import publicity, screening
from hengjian.programmes.actions.base import declaration
from hengjian.programmes.holding import application_of
from hengjian.programmes.models import Application


def _application(context: StepContext) -> Application:
    application = application_of(context)
    if application is None:
        raise ActionRefused(
            _("“%(number)s”不属于任何届次，不能参加评选。") % {"number": context.case.number},
            _("请申报单位通过届次页面申报；这件办件可以作不通过处理。"),
        )
    return application


def screened(context: StepContext) -> None:
    """All conditions are met; those that the system cannot tell were told by an officer."""
    application = _application(context)
    verdict = screening.verdict(application)
    if verdict is None:
        raise ActionRefused(_("有的申报条件系统无法判断，还没有核实。"), _("请在申报页面逐项核实并写明依据。"))
    if not verdict:
        raise ActionRefused(_("有的申报条件不符合。"), _("请作审查不通过处理，或核实后更正。"))


def reviews_in(context: StepContext) -> None:
    """The stage has a result, and it reaches the line."""
    application = _application(context)
    stage = context.case.state
    spec = declaration(application.edition).review(stage)
    if spec is None:
        return
    result = application.results.filter(stage=stage).first()
    if result is None:
        raise ActionRefused(_("本阶段的评审还没有结果。"), _("请在申报页面安排评审、汇总意见。"))
    if spec.line is not None and result.mean < spec.line:
        raise ActionRefused(
            _("平均分 %(mean)s 低于本阶段的合格线 %(line)s。") % {"mean": result.mean, "line": spec.line},
            _("请作评审不通过处理。"),
        )


def notice_over(context: StepContext) -> None:
    """The window for objections is over and every objection is decided."""
    edition = _application(context).edition
    if edition.notice is None:
        return
    until = publicity.objections_until(edition)
    if until is not None and until >= timezone.localdate(context.at):
        raise ActionRefused(_("公示到 %(day)s 才结束。") % {"day": until}, _("请在公示期满后办理。"))
    if waiting := publicity.open_objections(edition.notice):
        raise ActionRefused(_("还有 %(n)d 件异议没有处理。") % {"n": waiting}, _("请先处理异议。"))


def within_quota(context: StepContext) -> None:
    """No more than the quota are approved, and only by the decision on the whole edition."""
    application = _application(context)
    edition = application.edition
    if edition.state != edition.State.DECIDED:
        raise ActionRefused(_("名单按届次一并审定。"), _("请在届次页面审定。"))
    if edition.quota is None:
        return
    ahead = edition.applications.filter(case__state__in=("creation", "acceptance", "naming", "awarded"))
    if ahead.exclude(pk=application.pk).count() >= edition.quota:
        raise ActionRefused(_("名额 %(quota)d 个已满。") % {"quota": edition.quota}, _("请重新汇总排序。"))


def reports_in(context: StepContext) -> None:
    """The progress reports that acceptance asks for were made."""
    creation = declaration(_application(context).edition).creation
    wanted = creation.reports if creation is not None else 0
    made = context.case.events.filter(kind=CaseEvent.Kind.STEP, code="report_progress").count()
    if made < wanted:
        raise ActionRefused(
            _("创建期内须报告进展 %(wanted)d 次，现有 %(made)d 次。") % {"wanted": wanted, "made": made},
            _("请先报告创建进展。"),
        )
