"""How a room of `systems` comes live: its folder `config/` is read by every engine."""

from __future__ import annotations

from pathlib import Path

from django.apps import AppConfig
from django.conf import settings

from hengjian.cases import catalogue as cases
from hengjian.programmes import catalogue as programmes
from hengjian.registers import catalogue as registers


def load_folder(folder: Path) -> None:
    """Read the registers, cases and programmes that a folder declares.

    Raises:
        ConfigurationError: a declaration is wrong; the message says where.
    """
    registers.load(folder)
    cases.load(folder)
    programmes.load(folder)


def load_region_folder() -> None:
    """Read the region's own folder, `HENGJIAN_CONFIG_DIR`; called after all rooms have read theirs.

    Raises:
        ConfigurationError: as `load_folder`.
    """
    if settings.HENGJIAN_CONFIG_DIR:
        load_folder(Path(settings.HENGJIAN_CONFIG_DIR))


class SystemConfig(AppConfig):
    """Base of the apps under `hengjian.systems`."""

    def ready(self) -> None:
        load_folder(Path(self.path) / "config")
