"""Compiles the translation catalogues (.po) of all rooms; the compiled files are made by the set-up, not committed."""

from __future__ import annotations

import os
from pathlib import Path

import polib

PACKAGE = Path(__file__).resolve().parent.parent


def catalogues(package: Path = PACKAGE) -> list[Path]:
    """Every .po file of the package."""
    return sorted(package.glob("**/locale/*/LC_MESSAGES/django.po"))


def compile_all(package: Path = PACKAGE) -> int:
    """Write the .mo beside each .po that is newer; returns how many were written.

    Raises:
        OSError: a catalogue cannot be read as gettext (the message names file and line) or the .mo cannot be written.
    """
    written = 0
    for source in catalogues(package):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        # Whole or not at all: a server that starts meanwhile must not read half a catalogue.
        fresh = target.with_name(f"django-{os.getpid()}.mo")
        polib.pofile(str(source), encoding="utf-8").save_as_mofile(str(fresh))
        fresh.replace(target)
        written += 1
    return written
