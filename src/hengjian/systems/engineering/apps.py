"""Django app of the room."""

from hengjian.programmes.loading import SystemConfig


class EngineeringConfig(SystemConfig):
    name = "hengjian.systems.engineering"
    label = "engineering"
