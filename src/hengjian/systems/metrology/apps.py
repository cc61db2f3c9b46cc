"""Django app of the room."""

from hengjian.programmes.loading import SystemConfig


class MetrologyConfig(SystemConfig):
    name = "hengjian.systems.metrology"
    label = "metrology"
    default = True  # `SystemConfig` stands in this module, too

    def ready(self) -> None:
        super().ready()
        from hengjian.systems.metrology import cycles, policies, procedures

        policies.register()
        cycles.register()
        procedures.register()
