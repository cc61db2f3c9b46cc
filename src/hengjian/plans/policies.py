"""Who may do what in the plans room."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.parties.models import User
from hengjian.parties.models.base import valid_on
from hengjian.parties.policies import Policy, register_policy
from hengjian.parties.roles import register_verb
from hengjian.plans.models import Duty, Extension, IssuedDocument, PaperDraft, Plan, PlanImport, Report, Task, Urge

OFFICE = ("office",)
UNIT = ("unit_head", "officer")
EVERYONE = ("office", "unit_head", "officer", "reviewer", "viewer", "analyst")


def own_units(user: User) -> set[int]:
    """Ids of the units whose own steps (sign, report, reply …) the person takes; a token of one unit never takes those
    of another unit of its issuer."""
    held = user.grants.filter(valid_on(timezone.localdate()), role__in=UNIT, unit__isnull=False)
    units = set(held.values_list("unit_id", flat=True))
    if user.unit_id is not None:
        units.add(user.unit_id)
    limits = user.limits
    return units if limits is None or limits.unit is None else units & {limits.unit}


def register() -> None:
    """Verbs and row scopes; called when the app is ready."""
    register_verb(
        "plans.view", _("查看计划与任务"), EVERYONE, _("本单位承担的任务，或授权地区的全部任务。"), scope=True
    )
    register_verb(
        "plans.import", _("导入计划"), OFFICE, _("上传、核对、确认计划文本，更正文本，撤销导入。"), scope=True
    )
    register_verb("plans.assign", _("交办任务"), OFFICE, scope=True)
    register_verb("plans.adjust", _("调整任务"), OFFICE, _("分解、改时限、改权重、设节点；须写变更说明。"), scope=True)
    register_verb("plans.sign", _("签收任务"), UNIT, scope=True)
    register_verb("plans.report", _("填报进展"), UNIT, scope=True)
    register_verb("plans.review", _("审核进展"), ("office", "reviewer"), _("不得审核本人提交的报告。"), scope=True)
    register_verb("plans.request_extension", _("申请延期"), UNIT, scope=True)
    register_verb("plans.decide_extension", _("审批延期"), OFFICE, scope=True)
    register_verb("plans.urge", _("催办"), OFFICE, scope=True)
    register_verb("plans.reply", _("回复催办"), UNIT, scope=True)
    register_verb("plans.close", _("办结与归档"), OFFICE, scope=True)
    register_verb("plans.issue", _("制发文书"), OFFICE, _("任务分解表、督办单、进展汇总、通报。"), scope=True)

    register_policy(PlanImport, Policy(view="plans.import", unit_lookup="unit", region_lookup="region"))
    register_policy(
        Plan, Policy(view="plans.view", unit_lookup=("owner", "tasks__duties__unit"), region_lookup="region")
    )
    register_policy(
        Task,
        Policy(view="plans.view", unit_lookup=("plan__owner", "duties__unit"), region_lookup="plan__region"),
    )
    duty_paths = {
        Duty: "",
        Report: "duty__",
        Extension: "duty__",
        Urge: "duty__",
    }
    for model, path in duty_paths.items():
        register_policy(
            model,
            Policy(
                view="plans.view",
                unit_lookup=(f"{path}unit", f"{path}task__plan__owner"),
                region_lookup=f"{path}task__plan__region",
            ),
        )
    register_policy(
        IssuedDocument,
        Policy(view="plans.view", unit_lookup=("plan__owner", "duties__unit"), region_lookup="plan__region"),
    )
    register_policy(PaperDraft, Policy(view="plans.issue", unit_lookup="plan__owner", region_lookup="plan__region"))
