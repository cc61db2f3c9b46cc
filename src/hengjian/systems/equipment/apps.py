"""Django app of the room."""

from __future__ import annotations

from typing import Any

from hengjian.programmes.loading import SystemConfig


class EquipmentConfig(SystemConfig):
    name = "hengjian.systems.equipment"
    label = "equipment"
    default = True

    def ready(self) -> None:
        super().ready()
        from django.utils.translation import gettext_lazy as _

        from hengjian.cases.hooks import register_effect, register_guard, register_opened
        from hengjian.pages.navigation import register_navigation, register_public_page
        from hengjian.registers.hooks import register_check, register_saved
        from hengjian.systems.equipment import claiming, computing, hazards, policies, related, rescuing
        from hengjian.systems.equipment.answering import waiting_for

        policies.register()
        related.register()
        register_saved("lift", computing.compute_lift)
        register_saved("rescue_body", computing.body_saved)
        register_check("lift", computing.check_lift)
        register_opened("lift_rescue", rescuing.opened)
        for name, act in (
            ("dispatch", rescuing.dispatch),
            ("next_body", rescuing.next_body),
            ("answered", rescuing.answered),
            ("arrived", rescuing.arrived),
            ("ended", rescuing.ended),
            ("hazard_due", hazards.due),
            ("hazard_escalated", hazards.escalated),
            ("raise_hazard", hazards.raise_hazard),
            ("assess_claim", claiming.assess),
            ("pay_claim", claiming.pay),
            ("refuse_claim", claiming.refuse),
        ):
            register_effect(f"equipment.{name}", act)
        register_guard("equipment.claim_in_period", claiming.in_period)
        register_navigation(
            "supervision",
            _("96333 应急处置"),
            "equipment:desk",
            "bell",
            "equipment.dispatch",
            count=under_way,
            order=60,
            group="equipment",
        )
        register_navigation(
            "supervision",
            _("电梯逾期清单"),
            "equipment:overdue",
            "clock",
            "registers.edit",
            order=61,
            group="equipment",
        )
        register_navigation(
            "supervision",
            _("待维护保养的电梯"),
            "equipment:my_lifts",
            "clock",
            "equipment.maintain",
            count=waiting_for,
            order=62,
            group="equipment",
        )
        register_public_page(
            _("电梯安全查询"), "equipment:public_home", 50, _("输入电梯识别码，看检验、维保和保险是否到期。")
        )


def under_way(user: Any) -> int:
    """Rescues under way, for the navigation."""
    from hengjian.parties.policies import visible
    from hengjian.systems.equipment.models import Rescue

    return visible(user, Rescue.objects.filter(ended_at=None)).count()
