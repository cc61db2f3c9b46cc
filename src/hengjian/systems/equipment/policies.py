"""Who may do what with lifts and rescues. A lift's maintainer sees it and records its maintenance."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengjian.parties.policies import Policy, register_policy
from hengjian.parties.roles import register_verb
from hengjian.registers.policies import ENTRY_POLICY
from hengjian.systems.equipment.models import Cover, Dispatch, Lift, LiftCheck, Maintenance, Rescue

UNIT = ("unit_head", "officer", "inspector")
LIFT_POLICY = Policy(
    view=ENTRY_POLICY.view,
    unit_lookup=("unit", "filer", "maintainer"),
    region_lookup="region",
    confidentiality_lookup="confidentiality",
)


def register() -> None:
    """Verbs and row scopes; called when the app is ready."""
    register_verb("equipment.maintain", _("登记电梯维护保养"), ("enterprise",), _("本单位维护保养的电梯。"), scope=True)
    register_verb("equipment.inspect", _("登记电梯检验"), UNIT, _("本单位登记的电梯。"), scope=True)
    register_verb("equipment.insure", _("登记电梯投保"), UNIT, scope=True)
    register_verb("equipment.dispatch", _("96333 接报派单"), UNIT, _("本单位值守的城市。"))
    register_policy(Lift, LIFT_POLICY)
    for model in (LiftCheck, Maintenance, Cover):
        register_policy(
            model,
            Policy(
                view=ENTRY_POLICY.view,
                unit_lookup=("lift__unit", "lift__filer", "lift__maintainer"),
                region_lookup="lift__region",
            ),
        )
    register_policy(Rescue, Policy(view="cases.view", unit_lookup="unit", region_lookup="region"))
    register_policy(Dispatch, Policy(view="cases.view", unit_lookup="rescue__unit", region_lookup="rescue__region"))
