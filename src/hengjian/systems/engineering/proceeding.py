"""What the procedures on a project do: five commitments first; supervision, acceptance and filing reach the project."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.cases.actions import OpenCase
from hengjian.cases.hooks import StepContext
from hengjian.cases.models import Case
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.actions import ChangeEntry, SetStatus
from hengjian.registers.queries import entries
from hengjian.systems.engineering.models import AcceptanceRound, Project
from hengjian.systems.engineering.queries import holders_of
from hengjian.systems.engineering.rules import completeness, liable_until, plate_text
from hengjian.systems.engineering.words import persons


def project_of(case: Case) -> Project:
    """The project that a case names.

    Raises:
        ActionRefused: there is none.
    """
    key = str(case.data.get("project") or "")
    found = entries("project").filter(key=key).select_related("unit", "region").first()
    if not isinstance(found, Project):
        raise ActionRefused(_("没有登记工程 %(key)s。") % {"key": key}, _("请先在登记册“建设工程项目”中登记。"))
    return found


def _day(context: StepContext) -> date:
    """The day on which the step counts: the day of acceptance where it names one."""
    given = context.values.get("accepted_on")
    return date.fromisoformat(str(given)) if given else timezone.localdate(context.at)


def commitments_complete(context: StepContext) -> None:
    """Refuse while not all five have a holder who signed and was authorised, naming those that are missing."""
    project = project_of(context.case)
    found = completeness(holders_of(project), _day(context))
    if found.ok:
        return
    parts = []
    if found.vacant:
        parts.append(_("未登记：%(roles)s") % {"roles": persons(found.vacant)})
    if found.unsigned:
        parts.append(_("未签署承诺书或授权书：%(roles)s") % {"roles": persons(found.unsigned)})
    raise ActionRefused(
        _("五方项目负责人承诺 %(n)d/5，不能“%(step)s”。%(what)s。")
        % {"n": len(found.complete), "step": context.transition.title, "what": "；".join(parts)},
        _("请在工程页面补齐后再办理。"),
    )


def under_supervision(context: StepContext) -> None:
    """Refuse what has no supervision procedure, and a day before the works began or in the future."""
    project, day = project_of(context.case), _day(context)
    if project.supervised_on is None:
        raise ActionRefused(_("工程没有办理质量监督手续。"), _("请先办理质量监督手续。"))
    if day > timezone.localdate() or (project.started_on and day < project.started_on):
        raise ActionRefused(_("验收日期不能晚于今天，也不能早于开工日期。"), _("请更正验收日期。"), status=400)
    if project.accepted_on is not None:
        raise ActionRefused(_("工程已于 %(day)s 竣工验收。") % {"day": project.accepted_on}, _("无需再次验收。"))


def within_design_life(context: StepContext) -> None:
    """Refuse once the design life has ended."""
    project = project_of(context.case)
    happened = date.fromisoformat(str(context.case.data["happened_on"]))
    if project.liable_until is not None and happened > project.liable_until:
        raise ActionRefused(
            _("工程的设计使用年限已于 %(day)s 届满。") % {"day": project.liable_until},
            _("不再追究质量终身责任；办理“不予追究”。"),
        )


def _change(context: StepContext, project: Project, on: date, values: dict[str, Any]) -> None:
    ChangeEntry(
        user=None,
        system="engineering",
        entry=project,
        values=values,
        on=on,
        reason=f"{context.case.number} {context.transition.title}",
    ).execute()


def _status(context: StepContext, project: Project, status: str, on: date) -> None:
    if project.status != status:
        SetStatus(
            user=None, system="engineering", entry=project, status=status, on=on, reason=context.case.number
        ).execute()


def supervision_granted(context: StepContext) -> None:
    project, day = project_of(context.case), timezone.localdate(context.at)
    _change(context, project, day, {"supervised_on": day.isoformat()})
    if project.status == "preparing":
        _status(context, project, "building", day)


def _round(context: StepContext, project: Project, on: date, passed: bool) -> AcceptanceRound:
    number = project.rounds.count() + 1
    context.case.data["tries"] = number
    context.case.save(update_fields=["data"])
    return AcceptanceRound.objects.create(project=project, number=number, on=on, passed=passed, case=context.case.pk)


def not_accepted(context: StepContext) -> None:
    project, day = project_of(context.case), timezone.localdate(context.at)
    found = _round(context, project, day, False)
    _change(context, project, day, {"acceptance_tries": found.number, "first_pass": False})


def accepted(context: StepContext) -> None:
    """The plate, the end of liability, and how often it was presented, all of the day of acceptance."""
    project, day = project_of(context.case), _day(context)
    found = _round(context, project, day, True)
    life = project.design_life or 0
    _change(
        context,
        project,
        day,
        {
            "accepted_on": day.isoformat(),
            "acceptance_tries": found.number,
            "first_pass": found.number == 1,
            "liable_until": liable_until(day, life).isoformat(),
            "plate_text": plate_text(project.name, project.key, day, life, holders_of(project)),
        },
    )
    if project.status == "suspended":
        _status(context, project, "building", day)
    _status(context, project, "accepted", day)


def filed(context: StepContext) -> None:
    day = timezone.localdate(context.at)
    values = {"filed_on": day.isoformat(), "archive_number": str(context.values.get("archive_number") or "")}
    _change(context, project_of(context.case), day, values)


def open_liability(context: StepContext) -> None:
    """A defect leads to the liability of the five: a case of its own that names where it came from."""
    case, data = context.case, context.case.data
    OpenCase(
        user=context.user,
        system=context.system,
        type="project_liability",
        values={
            "project": data.get("project"),
            "name": data.get("name"),
            "trigger": "unusable" if data.get("grade") == "structural" else "other",
            "happened_on": timezone.localdate(case.opened_at).isoformat(),
            "facts_found": "；".join(part for part in (str(data.get("defect") or ""), context.note) if part),
        },
        unit=case.unit,
        region=case.region,
        opened_at=context.at,
        origin=case.ref,
    ).execute()
