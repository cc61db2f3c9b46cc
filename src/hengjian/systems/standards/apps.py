"""Django app of the room."""

from hengjian.programmes.loading import SystemConfig


class StandardsConfig(SystemConfig):
    name = "hengjian.systems.standards"
    label = "standards"
    default = True  # `SystemConfig` stands in this module, too

    def ready(self) -> None:
        super().ready()
        from hengjian.systems.standards import checking, procedures

        checking.register()
        procedures.register()
