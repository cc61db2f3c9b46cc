"""The fields that a credit record has, by category; read from `layouts/*.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from pydantic import Field, TypeAdapter, model_validator

from hengjian.registers.fields import Code, FieldSpec, unique
from hengjian.rulebook.base import Strict
from hengjian.rulebook.parameters.credit_records import CATEGORIES, Category

FOLDER = Path(__file__).parent / "layouts"


class Layout(Strict):
    """The fields of one category; `title_field` heads the record."""

    category: Category
    title_field: Code
    fields: tuple[FieldSpec, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _holds(self) -> Layout:
        unique("field", [spec.code for spec in self.fields])
        if self.title_field not in {spec.code for spec in self.fields}:
            raise ValueError(f"title_field {self.title_field} is not declared")
        return self

    def field(self, code: str) -> FieldSpec | None:
        return next((spec for spec in self.fields if spec.code == code), None)


@cache
def layouts() -> dict[str, Layout]:
    """Category → its layout.

    Raises:
        ValidationError: a file is wrong; a mistake of whoever wrote it.
        ValueError: a category has no layout, or two.
    """
    found: dict[str, Layout] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        read = TypeAdapter(tuple[Layout, ...]).validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
        for layout in read:
            if layout.category in found:
                raise ValueError(f"{path.name}: {layout.category} has two layouts")
            found[layout.category] = layout
    if missing := CATEGORIES.keys() - found.keys():
        raise ValueError(f"no layout for {', '.join(sorted(missing))}")
    return found


def layout(category: str) -> Layout:
    """The layout of a category; KeyError when there is no such category."""
    return layouts()[category]
