"""Django app of the room."""

from hengjian.programmes.loading import SystemConfig


class SupervisionConfig(SystemConfig):
    name = "hengjian.systems.supervision"
    label = "supervision"
