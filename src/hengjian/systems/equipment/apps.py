"""Django app of the room."""

from __future__ import annotations

from hengjian.programmes.loading import SystemConfig


class EquipmentConfig(SystemConfig):
    name = "hengjian.systems.equipment"
    label = "equipment"
    default = True

    def ready(self) -> None:
        super().ready()
        from hengjian.cases.hooks import register_effect, register_guard, register_opened
        from hengjian.registers.hooks import register_check, register_saved
        from hengjian.systems.equipment import claiming, computing, hazards, policies, rescuing

        policies.register()
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
