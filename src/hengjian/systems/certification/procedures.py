"""Guards and effects of this room's procedures."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hengjian.cases.hooks import StepContext, register_effect, register_guard
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.actions import SetStatus
from hengjian.registers.queries import find

#: finding of the code list `agency-findings` that needs no words
FINE = "none"


def details_told(context: StepContext) -> None:
    """Whatever was found is written down, and at least two people looked."""
    if context.values.get("finding") != FINE and not context.values.get("details"):
        raise ActionRefused(_("检查发现了问题，但没有写明。"), _("请填写“发现的问题”。"), status=400)
    named = str(context.values.get("inspectors") or "").replace("，", "、").replace(",", "、")
    if len([name for name in named.split("、") if name.strip()]) < 2:
        raise ActionRefused(_("检查人员不少于两人。"), _("请用“、”隔开填写全部检查人员。"), status=400)


def nothing_found(context: StepContext) -> None:
    """Closing at once is for bodies without findings."""
    if context.case.data.get("finding") != FINE:
        raise ActionRefused(_("检查发现了问题，不能直接办结。"), _("请责令改正，或暂停资质并移送处理。"))


def suspend_institution(context: StepContext) -> None:
    """The body's approval rests from today; its reports are flagged from then on."""
    body = find("institution", str(context.case.data.get("institution") or ""))
    if body is not None and body.status == "valid":
        reason = _("机构监督检查 %(number)s：%(note)s") % {"number": context.case.number, "note": context.note[:200]}
        SetStatus(user=None, system="agency-check", entry=body, status="suspended", reason=reason).execute()


def register() -> None:
    """Called when the app is ready."""
    register_guard("certification.details_told", details_told)
    register_guard("certification.nothing_found", nothing_found)
    register_effect("certification.suspend_institution", suspend_institution)
