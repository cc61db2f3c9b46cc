"""Small pieces of WordprocessingML: elements, runs with Chinese faces, paragraphs; files with reproducible bytes."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from hengjian.documents.layout import BODY_PT, CHARACTER_TWIPS, FANGSONG, LINE_TWIPS

# Characters that XML 1.0 cannot hold.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def element(tag: str, attributes: dict[str, Any] | None = None, *children: Any) -> Any:
    """`element("w:jc", {"w:val": "center"})`; children that are None are left out."""
    node = OxmlElement(tag)
    for name, value in (attributes or {}).items():
        node.set(qn(name) if ":" in name else name, str(value))
    for child in children:
        if child is not None:
            node.append(child)
    return node


@dataclass(frozen=True)
class Type:
    """Face, size, colour of a run. The face is set for every script: without eastAsia Chinese text would ignore it."""

    face: str = FANGSONG
    size_pt: float = BODY_PT
    color: str = ""

    def properties(self) -> Any:
        faces = {f"w:{script}": self.face for script in ("ascii", "hAnsi", "eastAsia", "cs")}
        half_points = {"w:val": round(self.size_pt * 2)}
        return element(
            "w:rPr",
            None,
            element("w:rFonts", faces),
            element("w:color", {"w:val": self.color}) if self.color else None,
            element("w:spacing", {"w:val": CHARACTER_TWIPS}) if self.size_pt == BODY_PT else None,
            element("w:sz", half_points),
            element("w:szCs", half_points),
        )


def run(text: str, kind: Type) -> Any:
    """A run of text; "\\n" becomes a line break."""
    piece = element("w:t", {"xml:space": "preserve"})
    node = element("w:r", None, kind.properties(), piece)
    fill(piece, text)
    return node


def fill(piece: Any, text: str) -> None:
    """Put text into an empty `w:t`; its further lines follow it in the same run."""
    first, *others = CONTROL.sub("", text).split("\n")
    piece.text = first
    for line in others:
        further = element("w:t", {"xml:space": "preserve"})
        further.text = line
        piece.getparent().extend([element("w:br"), further])


def page_field(kind: Type) -> list[Any]:
    """Runs that show the number of the page."""
    instruction = element("w:instrText", {"xml:space": "preserve"})
    instruction.text = "PAGE"
    shown = element("w:t")
    shown.text = "1"
    inner = [
        element("w:fldChar", {"w:fldCharType": "begin"}),
        instruction,
        element("w:fldChar", {"w:fldCharType": "separate"}),
        shown,
        element("w:fldChar", {"w:fldCharType": "end"}),
    ]
    return [element("w:r", None, kind.properties(), piece) for piece in inner]


@dataclass(frozen=True)
class Format:
    """Format of a paragraph; indents in characters of `size_pt`, heights in twips.

    `hanging` characters stand out to the left of the following lines; `line` 0 lets the content decide the height.
    """

    align: str = "both"
    first_line: float = 0
    hanging: float = 0
    left: float = 0
    right: float = 0
    before: int = 0
    line: int = LINE_TWIPS
    size_pt: float = BODY_PT
    keep_next: bool = False
    page_break: bool = False
    outline: int | None = None
    bottom_rule: Any = None
    frame: dict[str, Any] | None = None
    shade: str = ""

    def properties(self) -> Any:
        # The children stand in the order of the schema; Word refuses another one.
        spacing: dict[str, Any] = {"w:before": self.before, "w:after": 0}
        spacing |= {"w:line": self.line, "w:lineRule": "exact"} if self.line else {"w:line": 240, "w:lineRule": "auto"}
        indents: dict[str, Any] = {}
        for name, characters in (
            ("left", self.left),
            ("right", self.right),
            ("hanging" if self.hanging else "firstLine", self.hanging or self.first_line),
        ):
            # Both: Word follows the characters, other programs the length.
            # Word counts the characters of the left indent up to the hanging line, the length up to the others.
            counted = characters - self.hanging if name == "left" else characters
            indents[f"w:{name}Chars"] = round(counted * 100)
            indents[f"w:{name}"] = round(characters * self.size_pt * 20)
        return element(
            "w:pPr",
            None,
            element("w:keepNext") if self.keep_next else None,
            element("w:pageBreakBefore") if self.page_break else None,
            element("w:framePr", self.frame) if self.frame else None,
            element("w:pBdr", None, self.bottom_rule) if self.bottom_rule is not None else None,
            element("w:shd", {"w:val": "clear", "w:color": "auto", "w:fill": self.shade}) if self.shade else None,
            # No extra room beside digits: it would break the count of characters. Lines are exact, without the grid.
            *(element(f"w:{switch}", {"w:val": 0}) for switch in ("autoSpaceDE", "autoSpaceDN", "snapToGrid")),
            element("w:spacing", spacing),
            element("w:ind", indents),
            element("w:jc", {"w:val": self.align}),
            element("w:outlineLvl", {"w:val": self.outline}) if self.outline is not None else None,
        )


def paragraph(runs: list[Any], form: Format) -> Any:
    return element("w:p", None, form.properties(), *runs)


def reproducible(package: bytes) -> bytes:
    """The same zip package with fixed times and order, so that equal content gives equal bytes."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(output, "w") as target:
        # The content types come first in an Office package.
        names = sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            entry = zipfile.ZipInfo(name, ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            target.writestr(entry, source.read(name))
    return output.getvalue()
