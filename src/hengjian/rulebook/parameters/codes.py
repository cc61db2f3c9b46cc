"""Code lists: the values that a law, a standard or a form admits, as they stood in their time."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from hengjian.rulebook.base import Parameters, Sentence, Strict


class CodeItem(Strict):
    """One value. `note` explains it where the name alone does not."""

    code: str = Field(title="代码", min_length=1, max_length=40)
    title: str = Field(title="名称", min_length=1, max_length=200)
    title_en: str = Field("", title="英文名称", max_length=300)
    light: Literal["green", "amber", "red", "blue", "grey", ""] = Field("", title="颜色")
    note: str = Field("", title="说明", max_length=500)

    def said(self, language: str = "zh") -> str:
        """The name in the reader's language; Chinese where there is no English one."""
        return self.title_en if language.startswith("en") and self.title_en else self.title


class Codes(Parameters):
    """The values of one list in their order."""

    items: tuple[CodeItem, ...] = Field(title="代码项", min_length=1)

    @model_validator(mode="after")
    def _once(self) -> Codes:
        codes = [item.code for item in self.items]
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"code {', '.join(twice)} is written twice")
        return self

    def item(self, code: str) -> CodeItem | None:
        """The value with this code, or None."""
        return next((item for item in self.items if item.code == code), None)

    def sentences(self) -> list[Sentence]:
        return [Sentence("%(code)s：%(title)s。", {"code": item.code, "title": item.title}) for item in self.items]
