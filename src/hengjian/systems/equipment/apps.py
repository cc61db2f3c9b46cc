"""Django app of the room."""

from hengjian.programmes.loading import SystemConfig


class EquipmentConfig(SystemConfig):
    name = "hengjian.systems.equipment"
    label = "equipment"
