"""Django app of the room."""

from hengjian.programmes.loading import SystemConfig


class ComplaintsConfig(SystemConfig):
    name = "hengjian.systems.complaints"
    label = "complaints"
