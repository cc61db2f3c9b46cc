"""English names of the documents that declarations rest on, kept once for all rooms."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

TITLES = Path(__file__).with_name("legal_titles.yaml")


@lru_cache(maxsize=1)
def _titles() -> dict[str, str]:
    found: dict[str, str] = yaml.safe_load(TITLES.read_text(encoding="utf-8"))
    return found


def english_title(document: str) -> str:
    """The English name of a document; empty where nobody has written one."""
    return _titles().get(document, "")
