"""Who may do what with draws. A draw belongs to the unit that organises it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengjian.draws.models import Draw, Drawn
from hengjian.parties.policies import Policy, register_policy
from hengjian.parties.roles import register_verb

READERS = ("office", "unit_head", "officer", "inspector", "reviewer", "viewer", "analyst")


def register() -> None:
    """Verbs and row scopes; called when the app is ready."""
    register_verb(
        "draws.view", _("查看随机抽查"), (*READERS, "citizen"), _("本单位组织的，或本人被抽中检查的。"), scope=True
    )
    register_verb("draws.overview", _("打开抽查总览"), READERS)
    register_verb("draws.prepare", _("锁定名录"), ("unit_head", "officer", "inspector"), scope=True)
    register_verb("draws.perform", _("抽取"), ("unit_head", "officer", "inspector"), scope=True)
    register_verb("draws.record", _("录入检查结果"), ("unit_head", "officer", "inspector", "citizen"), scope=True)
    register_verb(
        "draws.publish", _("公示检查结果"), ("unit_head", "reviewer"), _("不得公示本人录入的结果。"), scope=True
    )
    register_policy(Draw, Policy(view="draws.view", unit_lookup="unit", region_lookup="region"))
    register_policy(
        Drawn,
        Policy(
            view="draws.view",
            unit_lookup="draw__unit",
            region_lookup="draw__region",
            owner_lookup="pairings__user",
        ),
    )
