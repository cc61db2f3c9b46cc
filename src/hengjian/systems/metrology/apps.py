"""Django app of the room."""

from hengjian.programmes.loading import SystemConfig


class MetrologyConfig(SystemConfig):
    name = "hengjian.systems.metrology"
    label = "metrology"
