"""Django app of the room."""

from hengjian.programmes.loading import SystemConfig


class SupervisionConfig(SystemConfig):
    name = "hengjian.systems.supervision"
    label = "supervision"
    default = True  # `SystemConfig` stands in this module, too

    def ready(self) -> None:
        super().ready()
        from hengjian.systems.supervision import computed, effects

        computed.register()
        effects.register()
