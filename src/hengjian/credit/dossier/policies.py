"""Who may read dossiers, and who acts for an enterprise."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengjian.credit.dossier.readers import OWN, READ
from hengjian.parties.roles import register_verb

REPORT = "dossier.report"


def register() -> None:
    """Verbs; called when the app is ready."""
    register_verb(
        READ,
        _("查看企业质量信用档案"),
        ("office", "unit_head", "officer", "inspector", "reviewer", "viewer", "analyst"),
        _("本地区企业的共享信息，须写明目的，逐次记录；其他地区的只看公开部分。"),
        scope=True,
    )
    register_verb(OWN, _("查看本企业质量信用档案"), ("enterprise",), _("本企业的全部共享信息，提出异议，申请修复。"))
    register_verb(
        REPORT,
        _("出具质量信用报告"),
        ("office", "unit_head", "officer", "reviewer", "enterprise"),
        _("完整版报告限本企业和写明目的的工作人员。"),
    )
