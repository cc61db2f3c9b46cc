"""Django app of the room."""

from hengjian.programmes.loading import SystemConfig


class HonoursConfig(SystemConfig):
    name = "hengjian.systems.honours"
    label = "honours"
    default = True
