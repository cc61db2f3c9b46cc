"""Web page → text: the article without navigation, scripts and footer; tables as cells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hengjian.methods.policy_text.errors import SourceError
from hengjian.methods.policy_text.sources import Cell, SourceText

if TYPE_CHECKING:
    from lxml.html import HtmlElement

BLOCKS = frozenset(
    (
        "p",
        "div",
        "br",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "ul",
        "ol",
        "tr",
        "section",
        "article",
        "dd",
        "dt",
        "dl",
        "hr",
        "table",
        "tbody",
        "blockquote",
        "pre",
        "center",
        "main",
        "td",
        "th",
        "figcaption",
        "form",
    )
)
SKIP = frozenset(
    (
        "script",
        "style",
        "noscript",
        "nav",
        "footer",
        "iframe",
        "svg",
        "button",
        "select",
        "option",
        "head",
        "template",
        "audio",
        "video",
        "object",
        "input",
        "textarea",
    )
)
_CHROME = re.compile(
    r"nav|menu|breadcrumb|crumb|footer|copyright|sidebar|share|qrcode|ewm|toolbar|relat|recommend|search|banner|logo",
    re.I,
)
MAX_DEPTH = 200


def read_html(html: str) -> SourceText:
    """Text of the page up to the end of its article; block elements end lines. Raises SourceError("damaged")."""
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    html = re.sub(r"<\?xml[^>]*\?>", "", html.replace("\x00", ""), count=1)
    try:
        root = document_fromstring(
            html, parser=HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise SourceError("damaged", str(error)) from None
    body = root.find("body")
    body = root if body is None else body
    article = _article(body)
    walker = _Walker(article)
    walker.walk(body, 0)
    text = "".join(walker.parts)
    notes = ["网页正文之后的页面元素未读取"] if walker.left_out else []
    return SourceText(text, "html", walker.tables, notes)


def _article(body: HtmlElement) -> HtmlElement:
    """The smallest element that holds nine tenths of the sentence text."""

    def weight(element: HtmlElement) -> int:
        return _weights.get(element, 0)

    _weights: dict[HtmlElement, int] = {}
    for element in reversed(list(body.iter("*"))):
        if element.tag in SKIP:
            continue
        own = (element.text or "").count("。") + (element.text or "").count("，")
        for child in element:
            own += _weights.get(child, 0) + (child.tail or "").count("。") + (child.tail or "").count("，")
        _weights[element] = own
    total = weight(body)
    current = body
    for _ in range(MAX_DEPTH):
        heavier = [
            child
            for child in current
            if weight(child) >= 0.9 * total and child.tag not in ("tr", "td", "table", "tbody", "p")
        ]
        if not total or not heavier:
            break
        current = heavier[0]
    return current


class _Walker:
    def __init__(self, article: HtmlElement) -> None:
        self.article = article
        self.inside = {article, *article.iterancestors()}
        self.parts: list[str] = []
        self.length = 0
        self.tables: list[list[Cell]] = []
        self.done = False
        self.left_out = False

    def write(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def words(self, text: str | None, keep: bool) -> None:
        if text and not self.done:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
            text = text if keep else re.sub(r"[\t\n\x0b\x0c ]+", lambda m: "" if "\n" in m[0] else " ", text)
            self.write(re.sub(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\u0085\ufeff]", " ", text))

    def line(self) -> None:
        if self.parts and not self.parts[-1].endswith("\n") and not self.done:
            self.write("\n")

    def walk(self, element: HtmlElement, depth: int, keep: bool = False) -> None:
        tag = element.tag
        if not isinstance(tag, str) or tag in SKIP or depth > MAX_DEPTH:
            return
        if self.done:
            self.left_out = self.left_out or bool((element.text or "").strip())
        in_article = element is self.article
        if (
            element not in self.inside
            and _CHROME.search((element.get("class") or "") + " " + (element.get("id") or ""))
            and not any(parent is self.article for parent in element.iterancestors())
        ):
            return
        block = tag in BLOCKS
        if block:
            self.line()
        if tag == "table" and self._is_data_table(element):
            self.table(element, depth)
        else:
            self.words(element.text, keep or tag == "pre")
            for child in element:
                self.walk(child, depth + 1, keep or tag == "pre")
                self.words(child.tail, keep or tag == "pre")
        if block:
            self.line()
        if in_article:
            self.done = True

    @staticmethod
    def _is_data_table(table: HtmlElement) -> bool:
        """A grid of at least two rows and columns, not a page layout and not nested."""
        rows = list(table.iter("tr"))
        return (
            len(rows) >= 2
            and not any(True for _ in table.iterdescendants("table"))
            and max(len(row.findall("td") + row.findall("th")) for row in rows) >= 3
        )

    def table(self, table: HtmlElement, depth: int) -> None:
        cells: list[Cell] = []
        taken: dict[tuple[int, int], bool] = {}
        for row_number, row in enumerate(table.iter("tr")):
            column = 0
            for cell in row:
                if cell.tag not in ("td", "th"):
                    continue
                while taken.get((row_number, column)):
                    column += 1
                spans = [
                    int(cell.get(key) or 1) if (cell.get(key) or "1").isdigit() else 1 for key in ("rowspan", "colspan")
                ]
                rows, columns = min(max(1, spans[0]), 200), min(max(1, spans[1]), 50)
                start = self.length
                self.words(cell.text, False)
                for child in cell:
                    self.walk(child, depth + 1)
                    self.words(child.tail, False)
                cells.append(Cell(row_number, column, start, self.length, columns, rows))
                for r in range(rows):
                    for c in range(columns):
                        taken[row_number + r, column + c] = True
                column += columns
                self.write("\t")
            self.write("\n")
        self.tables.append(cells)
