"""Who may do what with score sheets. An assessor reaches the sheets of which they are a member, whatever their unit."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengjian.parties.policies import Policy, register_policy
from hengjian.parties.roles import register_verb
from hengjian.scoring.models import ScoreSheet

KEEPERS = ("office", "unit_head", "officer", "reviewer")


def register() -> None:
    """Verbs and row scopes; called when the app is ready."""
    register_verb(
        "scoring.view",
        _("查看评分表"),
        (*KEEPERS, "viewer", "analyst", "inspector", "citizen"),
        _("本单位组织的评分表，以及本人担任评审员的评分表。"),
        scope=True,
    )
    register_verb("scoring.open", _("建立评分表"), KEEPERS, scope=True)
    register_verb("scoring.mark", _("评分"), ("citizen",), _("只评本人担任评审员的评分表。"), scope=True)
    register_verb("scoring.close", _("定分"), ("office", "unit_head", "reviewer"), _("不得由唯一的评审员本人定分。"))
    register_policy(
        ScoreSheet,
        Policy(
            view="scoring.view",
            unit_lookup="unit",
            region_lookup="region",
            owner_lookup="members__user",
            confidentiality_lookup="confidentiality",
        ),
    )
