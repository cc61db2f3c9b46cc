"""Who may do what in an assessment.

The assessed body reaches its own row only, a scoring unit the objects of its round, members of site teams and panels
the objects that they were named for, whatever their unit.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengjian.assessment.models import Entry, Order, Round, Scheme, Visit
from hengjian.parties.policies import Policy, register_policy
from hengjian.parties.roles import register_verb

READERS = ("office", "unit_head", "officer", "viewer", "analyst")
WORKERS = ("office", "unit_head", "officer")


def register() -> None:
    """Verbs and row scopes; called when the app is ready."""
    register_verb(
        "assessment.view",
        _("查看质量工作考核"),
        (*READERS, "citizen"),
        _("被考核单位只看本单位；评分单位看本单位评分的项目；核查组、评审组看指定的对象。"),
        scope=True,
    )
    register_verb(
        "assessment.oversee", _("查看考核全部评分"), ("office", "viewer", "analyst"), _("组织考核的单位及其上级。")
    )
    register_verb("assessment.overview", _("打开质量工作考核"), READERS)
    register_verb("assessment.manage", _("组织考核"), ("office",), _("拟方案、启动轮次、推进环节、制发通报。"))
    register_verb(
        "assessment.approve", _("批准考核方案和结果"), ("office",), _("不得批准本人拟的方案或本人汇总的结果。")
    )
    register_verb("assessment.file", _("备案目标、自评、申诉、整改"), WORKERS, scope=True)
    register_verb("assessment.score", _("部门评分"), WORKERS, _("只评本单位负责的项目，不评本单位。"), scope=True)
    register_verb("assessment.visit", _("实地核查"), ("citizen",), _("限核查组成员。"))
    register_verb("assessment.panel", _("综合评审"), ("citizen",), _("限评审组成员；否决、降级、加减分须两人。"))
    register_policy(
        Scheme,
        Policy(view="assessment.view", unit_lookup="unit"),
    )
    leading = {"assessment.manage": "unit", "assessment.approve": "unit", "assessment.oversee": "unit"}
    register_policy(
        Round,
        Policy(
            view="assessment.view",
            unit_lookup=("unit", "entries__unit", "responsibilities__unit"),
            verb_units={**leading, "assessment.score": "responsibilities__unit", "assessment.file": "entries__unit"},
            owner_lookup="entries__reviewers__user",
        ),
    )
    for model, path in ((Entry, ""), (Visit, "entry__"), (Order, "entry__")):
        office = f"{path}round__unit"
        register_policy(
            model,
            Policy(
                view="assessment.view",
                unit_lookup=(f"{path}unit", office, f"{path}round__responsibilities__unit"),
                verb_units={
                    "assessment.manage": office,
                    "assessment.approve": office,
                    "assessment.oversee": office,
                    "assessment.file": f"{path}unit",
                    "assessment.score": f"{path}round__responsibilities__unit",
                },
                owner_lookup=f"{path}reviewers__user",
            ),
        )
