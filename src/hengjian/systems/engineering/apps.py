"""Django app of the room."""

from __future__ import annotations

from hengjian.programmes.loading import SystemConfig


class EngineeringConfig(SystemConfig):
    name = "hengjian.systems.engineering"
    label = "engineering"
    default = True

    def ready(self) -> None:
        super().ready()
        from hengjian.cases.hooks import register_effect, register_guard
        from hengjian.systems.engineering import policies, proceeding

        policies.register()
        for name, check in (
            ("commitments_complete", proceeding.commitments_complete),
            ("under_supervision", proceeding.under_supervision),
            ("within_design_life", proceeding.within_design_life),
        ):
            register_guard(f"engineering.{name}", check)
        for name, act in (
            ("supervision_granted", proceeding.supervision_granted),
            ("accepted", proceeding.accepted),
            ("not_accepted", proceeding.not_accepted),
            ("filed", proceeding.filed),
            ("open_liability", proceeding.open_liability),
        ):
            register_effect(f"engineering.{name}", act)
