"""Django app of the room."""

from hengjian.programmes.loading import SystemConfig


class CertificationConfig(SystemConfig):
    name = "hengjian.systems.certification"
    label = "certification"
    default = True  # `SystemConfig` stands in this module, too

    def ready(self) -> None:
        super().ready()
        from hengjian.systems.certification import checking, procedures

        checking.register()
        procedures.register()
