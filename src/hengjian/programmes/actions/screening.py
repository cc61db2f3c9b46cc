"""Screening: what an officer says where the system cannot tell, or where it is wrong."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.parties.verbs import ActionRefused
from hengjian.programmes import screening
from hengjian.programmes.actions.base import ApplicationAction
from hengjian.programmes.models import Application


@dataclass(kw_only=True)
class Screen(ApplicationAction[Application]):
    """Check the conditions again, and say how those stand that the system cannot tell.

    Attributes:
        told: condition → met or not; each with the reason as its note.
    """

    told: dict[str, bool]

    def check_state(self) -> None:
        super().check_state()
        if self.stage not in ("screening", "supplement"):
            raise ActionRefused(_("资格审查已经结束。"), _("请刷新页面查看最新状态。"))
        known = {row["code"] for row in self.application.findings}
        if unknown := set(self.told) - known:
            raise ActionRefused(_("没有条件“%(code)s”。") % {"code": sorted(unknown)[0][:40]}, status=400)
        if self.told and not self.reason.strip():
            raise ActionRefused(_("没有填写核实情况。"), _("请写明依据后再保存。"), status=400)

    def perform(self) -> Application:
        application = self.application
        said = {row["code"]: row for row in application.findings if row.get("note")}
        rows = screening.findings(application)
        for row in rows:
            code = row["code"]
            if code in self.told:
                row["met"] = self.told[code]
                row["note"] = self.reason.strip()[:500]
                row["by"] = self.actor.ref if self.actor is not None else self.system
                row["at"] = timezone.localdate().isoformat()
            elif code in said:
                row.update({key: said[code][key] for key in ("met", "note", "by", "at")})
        application.findings = rows
        application.save(update_fields=["findings"])
        return application
