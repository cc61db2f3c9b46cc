"""The page as an office program lays it out; skipped where LibreOffice is not installed."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from hengjian.documents.official import OfficialDocument, Paragraph, render_docx

OFFICE = shutil.which("soffice")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not OFFICE, reason="LibreOffice is missing; the layout is then checked from the file alone"),
    pytest.mark.usefixtures("chinese_font"),
]


def pages(document: OfficialDocument, folder: Path) -> list[list[tuple[float, float]]]:
    """Per page the left and upper edge of every 字, in millimetres from the page's corner."""
    (folder / "a.docx").write_bytes(render_docx(document))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    convert = [
        str(OFFICE),
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(folder),
        str(folder / "a.docx"),
    ]
    subprocess.run(convert, check=True, capture_output=True, timeout=120)
    result = []
    for page in pypdfium2.PdfDocument(folder / "a.pdf"):
        text, height = page.get_textpage(), page.get_height()
        content = text.get_text_range()
        boxes = [text.get_charbox(at, loose=True) for at, char in enumerate(content) if char == "字"]
        result.append([(left / 72 * 25.4, (height - top) / 72 * 25.4) for left, _bottom, _right, top in boxes])
    return result


def test_a_full_page_has_22_lines_of_28_characters(tmp_path: Path) -> None:
    body = Paragraph("字" * (28 * 22 * 3))
    document = OfficialDocument(title="标题", date=date(2026, 1, 5), body=(body,), signature="办公室")
    first, full, *_others = pages(document, tmp_path)
    # Title, a blank line, 20 lines of text: the first page shows text.
    assert len(first) == 20 * 28 - 2
    lines = Counter(round(top) for _left, top in full)
    assert len(lines) == 22
    assert set(lines.values()) == {28}
    assert min(left for left, _ in full) == pytest.approx(28, abs=0.5)
    pitch = (max(lines) - min(lines)) / 21
    assert pitch == pytest.approx(225 / 22, abs=0.06)


def test_the_imprint_lies_on_the_lower_edge_of_the_type_area(tmp_path: Path) -> None:
    document = OfficialDocument(
        title="标题", date=date(2026, 1, 5), body=(Paragraph("一行。"),), signature="办公室", printed_by="字"
    )
    (_left, top), *others = pages(document, tmp_path)[0]
    assert others == []
    # One line of 28.95 pt above the last rule, 35 mm from the lower edge of the sheet.
    assert 297 - 35 - 11 < top < 297 - 35 - 3
