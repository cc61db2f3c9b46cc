"""Django app of the room."""

from __future__ import annotations

from hengjian.programmes.loading import SystemConfig


class ComplaintsConfig(SystemConfig):
    name = "hengjian.systems.complaints"
    label = "complaints"
    default = True  # `SystemConfig` stands in this module, too

    def ready(self) -> None:
        super().ready()
        from hengjian.systems.complaints import hooks, policies

        policies.register()
        hooks.register()
