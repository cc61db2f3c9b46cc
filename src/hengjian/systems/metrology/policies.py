"""Who records verifications."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengjian.parties.policies import Policy, register_policy
from hengjian.parties.roles import register_verb
from hengjian.systems.metrology.models import Verification


def register() -> None:
    """Verbs and row scopes; called when the app is ready."""
    register_verb(
        "metrology.verify",
        _("登记计量检定"),
        ("unit_head", "officer", "inspector"),
        _("登记检定结果，系统计算下次检定日期。"),
        scope=True,
    )
    register_policy(
        Verification,
        Policy(
            view="registers.view",
            unit_lookup=("instrument__unit", "instrument__filer"),
            region_lookup="instrument__region",
            confidentiality_lookup="instrument__confidentiality",
        ),
    )
