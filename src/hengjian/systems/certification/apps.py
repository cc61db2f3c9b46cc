"""Django app of the room."""

from hengjian.programmes.loading import SystemConfig


class CertificationConfig(SystemConfig):
    name = "hengjian.systems.certification"
    label = "certification"
