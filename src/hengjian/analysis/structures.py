"""How a report is built: chapters and blocks declared in YAML, first key `report:`. Pure but for reading the files."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from django.conf import settings
from pydantic import Field, StringConstraints, ValidationError, model_validator

from hengjian.indicators.declarations import Code, Level
from hengjian.methods.periods import Frequency
from hengjian.registers.catalogue import ConfigurationError, documents, explained
from hengjian.registers.fields import Legal, Titled
from hengjian.rulebook.base import Strict

FOLDER = Path(__file__).parent / "config"
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Sentence = Literal["level", "change", "target", "regions", "reasons"]


class Block(Strict):
    """One block of a chapter.

    Attributes:
        kind: `text` one paragraph per indicator; `table` of the indicators; `chart` of the first indicator that has
            values; `summary` how many got better or worse, reached their targets; `problems` what fell short;
            `note` a text of its own with {place} and {period}.
        themes, indicators: what it speaks of: indicators by code, and all others of the themes.
        sentences: what is said of each indicator.
        chart: over time, by region, or as a tile map.
        most: no more indicators than this, those with targets first.
    """

    code: Key
    kind: Literal["text", "table", "chart", "summary", "problems", "note"]
    heading: str = ""
    themes: tuple[str, ...] = ()
    indicators: tuple[Code, ...] = ()
    sentences: tuple[Sentence, ...] = ("level", "change", "target", "regions", "reasons")
    chart: Literal["trend", "regions", "tiles"] = "regions"
    most: int = Field(8, ge=1, le=40)
    text: str = ""

    @model_validator(mode="after")
    def _fits(self) -> Block:
        if self.kind in ("text", "table", "chart") and not (self.themes or self.indicators):
            raise ValueError(f"{self.code}: say which themes or indicators it is about")
        if (self.kind == "note") != bool(self.text):
            raise ValueError(f"{self.code}: text belongs to notes, and they need it")
        return self


class Chapter(Titled):
    code: Key
    blocks: tuple[Block, ...] = Field(min_length=1)


class Structure(Titled):
    """A kind of report.

    Attributes:
        name: the title of one report, with {place} and {period}.
        levels: for which regions it is written. owner: family of the unit that writes it.
    """

    report: Key
    name: str
    frequency: Frequency
    levels: tuple[Level, ...]
    owner: str
    agency: str = ""
    legal: tuple[Legal, ...] = ()
    chapters: tuple[Chapter, ...] = Field(min_length=1)

    @property
    def code(self) -> str:
        return self.report

    @model_validator(mode="after")
    def _each_once(self) -> Structure:
        codes = [chapter.code for chapter in self.chapters]
        blocks = [f"{chapter.code}.{block.code}" for chapter in self.chapters for block in chapter.blocks]
        if len(set(codes)) != len(codes) or len(set(blocks)) != len(blocks):
            raise ValueError("two chapters or blocks have one code")
        return self


@cache
def structures() -> dict[str, Structure]:
    """All kinds of reports by code; a region's own folder may replace a shipped one.

    Raises:
        ConfigurationError: a declaration is wrong.
    """
    found: dict[str, Structure] = {}
    own = [Path(settings.HENGJIAN_CONFIG_DIR)] if settings.HENGJIAN_CONFIG_DIR else []
    for folder in [FOLDER, *own]:
        for name, document in documents(folder, "report"):
            try:
                declared = Structure.model_validate(document)
            except ValidationError as error:
                raise explained(name, f"report {document['report']}", error) from None
            found[declared.code] = declared
    return found


__all__ = ["Block", "Chapter", "ConfigurationError", "Structure", "structures"]
