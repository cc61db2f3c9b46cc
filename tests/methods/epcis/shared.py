"""Public test documents, read in place; tests that need them skip where they are absent."""

from __future__ import annotations

from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "epcis"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the public test documents are not at hand")


def files(folder: str, *endings: str) -> list[Path]:
    """Files below a folder of the test documents."""
    found = DATA / folder
    return sorted(path for path in found.rglob("*") if path.suffix in endings) if found.is_dir() else []
