"""PDF with a text layer → text, one line per printed line; running heads are left out."""

from __future__ import annotations

import re
from collections import Counter

from hengjian.methods.policy_text.errors import SourceError
from hengjian.methods.policy_text.sources import MAX_CHARACTERS, SourceText, clean_text

MAX_PAGES = 2000


def read_pdf(data: bytes) -> SourceText:
    """Raises SourceError: encrypted, damaged, no_text (a scan)."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise SourceError("encrypted" if "assword" in str(error) else "damaged", str(error)) from None
    pages: list[str] = []
    total = 0
    try:
        for number in range(min(len(document), MAX_PAGES)):
            page = document[number]
            text_page = page.get_textpage()
            pages.append(text_page.get_text_bounded().replace("\x02", "").replace("\ufffe", ""))
            total += len(pages[-1])
            text_page.close()
            page.close()
            if total > MAX_CHARACTERS:
                raise SourceError("too_large", f"{total} characters")
    except pypdfium2.PdfiumError as error:
        raise SourceError("damaged", str(error)) from None
    finally:
        document.close()
    return SourceText("\n".join(_without_running_heads([clean_text(page) for page in pages])), "pdf")


def _without_running_heads(pages: list[str]) -> list[str]:
    """Drop first or last lines that repeat on most pages (digits aside): they are print, not text."""
    if len(pages) < 4:
        return pages
    edges: Counter[str] = Counter()
    for page in pages:
        lines = [line.strip() for line in page.split("\n") if line.strip()]
        edges.update({re.sub(r"\d+", "#", line) for line in lines[:1] + lines[-1:]})
    repeated = {line for line, count in edges.items() if count >= max(3, len(pages) * 0.6) and len(line) <= 40}
    out = []
    for page in pages:
        lines = page.split("\n")
        filled = [i for i, line in enumerate(lines) if line.strip()]
        drop = {i for i in filled[:1] + filled[-1:] if re.sub(r"\d+", "#", lines[i].strip()) in repeated}
        out.append("\n".join(line for i, line in enumerate(lines) if i not in drop))
    return out
