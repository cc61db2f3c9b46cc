"""Django app of the room."""

from hengjian.programmes.loading import SystemConfig


class StandardsConfig(SystemConfig):
    name = "hengjian.systems.standards"
    label = "standards"
