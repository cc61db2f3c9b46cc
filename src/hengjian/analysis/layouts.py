"""Where each region stands in a tile map; declared in YAML, first key `layout:`, else a plain grid."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import ceil, sqrt
from pathlib import Path

from django.conf import settings
from pydantic import Field, ValidationError, model_validator

from hengjian.registers.catalogue import ConfigurationError, documents, explained
from hengjian.rulebook.base import RegionCode, Strict

FOLDER = Path(__file__).parent / "config"


class Layout(Strict):
    """The places of the regions below one region: rows of codes from the top, a dot for an empty place.

    A tile says roughly where a region lies; no boundary data is shipped or needed.
    """

    layout: RegionCode
    rows: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> Layout:
        codes = [code for row in self.rows for code in row.split() if code != "."]
        if len(set(codes)) != len(codes):
            raise ValueError("a region stands in two places")
        return self

    @property
    def places(self) -> dict[str, tuple[int, int]]:
        """Region code → (column, row)."""
        return {
            code: (column, number)
            for number, row in enumerate(self.rows)
            for column, code in enumerate(row.split())
            if code != "."
        }


@cache
def layouts() -> dict[str, Layout]:
    """All declared layouts by the region above; a region's own folder goes before the shipped ones.

    Raises:
        ConfigurationError: one is wrong.
    """
    found: dict[str, Layout] = {}
    for folder in [FOLDER, *_own_folder()]:
        for name, document in documents(folder, "layout"):
            try:
                layout = Layout.model_validate(document)
            except ValidationError as error:
                raise explained(name, f"layout {document['layout']}", error) from None
            found[layout.layout] = layout
    return found


def _own_folder() -> list[Path]:
    folder = settings.HENGJIAN_CONFIG_DIR
    return [Path(folder)] if folder else []


def places(upper: str, codes: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Region code → (column, row) for every code: as declared, the others below in rows of even length."""
    declared = layouts()[upper].places if upper in layouts() else {}
    result = {code: declared[code] for code in codes if code in declared}
    rest = [code for code in codes if code not in declared]
    width = max((column for column, _row in result.values()), default=ceil(sqrt(len(rest) or 1)) - 1) + 1
    below = max((row for _column, row in result.values()), default=-1) + 1
    return result | {code: (n % width, below + n // width) for n, code in enumerate(rest)}


__all__ = ["ConfigurationError", "Layout", "layouts", "places"]
