"""Why somebody looks: the purpose is asked once per enterprise and session, and stands beside every look in the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from hengjian.enterprises.models import Enterprise

SESSION = "dossier.purposes"
# A session holds the purposes of so many enterprises; the oldest is asked again.
MOST = 200

PURPOSES: dict[str, Any] = {
    "permit": _("行政许可、资质审查"),
    "inspection": _("日常监管、检查和抽查安排"),
    "enforcement": _("案件办理"),
    "complaint": _("投诉举报处理"),
    "award": _("评优评先、资金安排"),
    "tender": _("政府采购、招标投标"),
    "statistics": _("信用评价和统计分析"),
    "objection": _("异议核查、信用修复"),
    "other": _("其他（须写明）"),
}


@dataclass(frozen=True)
class Purpose:
    """One of the known purposes, with the officer's own words where it is another one."""

    code: str
    note: str = ""

    @property
    def text(self) -> str:
        """As the log and the enterprise read it."""
        label = str(PURPOSES.get(self.code, self.code))
        if self.code == "other" and self.note:
            return self.note
        return f"{label}：{self.note}" if self.note else label


def purpose_of(request: HttpRequest, enterprise: Enterprise) -> Purpose | None:
    """The purpose that was given in this session; None: it has to be asked."""
    kept = request.session.get(SESSION, {})
    given = kept.get(enterprise.key)
    return Purpose(*given) if given else None


def keep_purpose(request: HttpRequest, enterprise: Enterprise, purpose: Purpose) -> None:
    kept = dict(request.session.get(SESSION, {}))
    kept.pop(enterprise.key, None)
    kept[enterprise.key] = [purpose.code, purpose.note]
    request.session[SESSION] = dict(list(kept.items())[-MOST:])
