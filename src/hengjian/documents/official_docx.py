"""Writes an `OfficialDocument` as .docx: head, body, tail, annexes, imprint, page numbers after GB/T 9704-2012."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import docx
from docx.oxml.ns import qn
from docx.shared import Mm
from lxml import etree

from hengjian.documents import layout as page
from hengjian.documents.official import (
    Annex,
    Block,
    Figure,
    Heading,
    OfficialDocument,
    Paragraph,
    Table,
    annex_list,
    annex_title,
    chinese_date,
    numbered,
)
from hengjian.documents.ooxml import Format, Type, element, page_field, paragraph, reproducible, run
from hengjian.documents.tables import layout_table, table_xml

BODY = Type()
BOLD_LABEL = Type(page.HEI)
TITLE = Type(page.SONG_TITLE, page.TITLE_PT)
COMPANION_LINES = 6
SMALL = Type(page.FANGSONG, page.SMALL_PT)


def build(document: OfficialDocument) -> bytes:
    """The file. Nothing in it depends on the clock, so the same document gives the same bytes."""
    package = docx.Document()
    _properties(package, document)
    _page_numbers(package)
    root = package.element.body
    final_section = root.sectPr
    for node in [*_head(document), *_main(package, document)]:
        final_section.addprevious(node)
    landscape = False
    for position, annex in enumerate(document.annexes, start=1):
        label = "附件" if len(document.annexes) == 1 else f"附件{position}"
        if annex.is_landscape != landscape:
            final_section.addprevious(_section_end(landscape, final_section))
            landscape = annex.is_landscape
            turned = True
        else:
            turned = False
        for node in _annex(package, annex, label, new_page=not turned):
            final_section.addprevious(node)
    if document.copy_to or document.printed_by:
        if landscape:
            final_section.addprevious(_section_end(True, final_section))
            landscape = False
        for node in _imprint(document):
            final_section.addprevious(node)
    _page_setup(final_section, landscape)
    output = io.BytesIO()
    package.save(output)
    return reproducible(output.getvalue())


# ---- head (7.2)


def _blank(count: int) -> list[Any]:
    return [paragraph([], Format()) for _ in range(count)]


def _head(document: OfficialDocument) -> list[Any]:
    """Copy number, secrecy, urgency; the red mark; number and signer; the red rule, two lines above the title."""
    corner = [(document.copy_number, BODY), (document.secrecy, BOLD_LABEL), (document.urgency, BOLD_LABEL)]
    nodes = [paragraph([run(text, kind)], Format(align="left")) for text, kind in corner if text]
    if document.marks:
        nodes += _marks(document, len(nodes))
    if document.marks or document.number:
        nodes += _blank(2) if document.marks else []
        nodes.append(_number_line(document))
        rule = {"w:val": "single", "w:sz": 12, "w:space": 0, "w:color": page.RED}
        form = Format(line=page.twips(page.RULE_GAP), bottom_rule=element("w:bottom", rule))
        nodes += [paragraph([], form), *_blank(2)]
    title = Format(align="center", keep_next=True, outline=0, size_pt=page.TITLE_PT)
    nodes += [paragraph([run(document.title, TITLE)], title), *_blank(1)]
    return nodes


def _marks(document: OfficialDocument, lines_above: int) -> list[Any]:
    """The mark, its upper edge 35 mm below the type area's; the names of several bodies stand below one another."""
    marks = document.marks
    together = len(marks) > 1
    suffix = document.mark_suffix
    if not together:
        marks, suffix = (marks[0] + suffix,), ""
    longest = max(marks, key=page.width_in_characters)
    size = page.mark_size_pt(longest + suffix + ("　" if suffix else ""))
    line = round(size * 1.2 * 20)
    # The line is a little higher than the characters in it.
    before = page.twips(page.MARK_TOP) - lines_above * page.LINE_TWIPS - round(size * 0.1 * 20)
    kind = Type(page.SONG_TITLE, size, page.RED)

    def lines(align: str, first: int) -> list[Any]:
        forms = [
            Format(align=align, line=line, before=first if not at else 0, size_pt=size) for at in range(len(marks))
        ]
        return [paragraph([run(mark, kind)], form) for mark, form in zip(marks, forms, strict=True)]

    if not (together and suffix):
        return lines("center", max(before, 0))
    # 文件 stands to the right of the names, in the middle of their height.
    aside = [paragraph([run(suffix, kind)], Format(align="left", line=line, size_pt=size))]
    share = page.width_in_characters(suffix) + 0.5
    spacer = paragraph([], Format(line=max(before, 1)))
    names = page.points(page.TYPE_WIDTH) / size - share
    return [spacer, layout_table([lines("distribute", 0), aside], [names, share])]


def _number_line(document: OfficialDocument) -> Any:
    """The document number, centred; to a superior body: number left, signer right, one character from the edges."""
    if not document.signer:
        return paragraph([run(document.number, BODY)], Format(align="center"))
    signer = [run("签发人：", BODY), run(document.signer, Type(page.KAI))]
    return _two_ends([run(document.number, BODY)], signer, Format(align="left", left=1))


# ---- main part and tail (7.3)


def _main(package: Any, document: OfficialDocument) -> list[Any]:
    nodes = []
    if document.addressees:
        nodes.append(paragraph([run("，".join(document.addressees) + "：", BODY)], Format(align="left")))
    nodes += _blocks(package, document.body, landscape=False)
    if document.annexes:
        nodes += _blank(1)
        labelled = annex_list([annex.title for annex in document.annexes])
        for label, text in labelled:
            number = text.split(" ", 1)[0] + " " if len(labelled) > 1 else ""
            hanging = page.width_in_characters(label) + page.width_in_characters(number)
            left = 2 + page.width_in_characters("附件：") + page.width_in_characters(number)
            nodes.append(paragraph([run(label + text, BODY)], Format(align="left", left=left, hanging=hanging)))
    closing = _closing(document)
    for node in [*_companion(nodes), *closing[:-1]]:
        _keep_with_next(node)
    nodes += closing
    if document.remark:
        nodes.append(paragraph([run(f"（{document.remark}）", BODY)], Format(align="left", first_line=2)))
    return nodes


def _companion(nodes: list[Any]) -> list[Any]:
    """The paragraph that stays with the signature, since no page may hold the signature alone (7.3.5.5).

    None when it is long, or the only one: LibreOffice moves it whole, and the first page must show text (7.3.3).
    """
    if len(nodes) < 3 or nodes[-1].tag != qn("w:p"):
        return []
    text = "".join(piece.text or "" for piece in nodes[-1].iter(qn("w:t")))
    return nodes[-1:] if page.width_in_characters(text) <= COMPANION_LINES * page.CHARACTERS else []


def _closing(document: OfficialDocument) -> list[Any]:
    """Signature and date."""
    nodes: list[Any] = []
    day = chinese_date(document.date)
    if document.signature:
        # The seal reaches from the last line of text over signature and date.
        nodes += _blank(2 if document.seal else 1)
        above, below = page.signature_indents(document.signature, day, document.seal)
        nodes.append(paragraph([run(document.signature, BODY)], Format(align="right", right=above)))
        nodes.append(paragraph([run(day, BODY)], Format(align="right", right=below)))
    else:
        nodes.append(paragraph([run(day, BODY)], Format(align="right", right=4)))
    return nodes


def _keep_with_next(node: Any) -> None:
    properties = node.get_or_add_pPr()
    if properties.find(qn("w:keepNext")) is None:
        properties.insert(0, element("w:keepNext"))


def _blocks(package: Any, blocks: Iterable[Block], landscape: bool) -> list[Any]:
    nodes: list[Any] = []
    for block, number in numbered(blocks):
        if isinstance(block, Heading):
            face = Type(page.LEVEL_FACES[block.level - 1])
            runs = [run(number + block.title, face), *([run(block.text, BODY)] if block.text else [])]
            form = Format(first_line=2, keep_next=not block.text, outline=None if block.text else block.level)
            nodes.append(paragraph(runs, form))
        elif isinstance(block, Paragraph):
            nodes += [paragraph([run(text, BODY)], Format(first_line=2)) for text in block.text.split("\n")]
        elif isinstance(block, Table):
            nodes += table_xml(block, page.TYPE_HEIGHT if landscape else page.TYPE_WIDTH)
        else:
            nodes += _figure(package, block, page.TYPE_HEIGHT if landscape else page.TYPE_WIDTH)
    return nodes


def _figure(package: Any, figure: Figure, width: float) -> list[Any]:
    """The picture across the type area; its line is as high as it needs."""
    inline = package.part.new_pic_inline(io.BytesIO(figure.png), width=Mm(width))
    inline.docPr.set("descr", figure.alt)
    picture = element("w:r", None, element("w:drawing", None, inline))
    caption = Type(page.HEI, page.TABLE_PT)
    return [
        paragraph([picture], Format(align="center", line=0, keep_next=True)),
        paragraph([run(figure.caption, caption)], Format(align="center", size_pt=page.TABLE_PT)),
    ]


def _annex(package: Any, annex: Annex, label: str, new_page: bool) -> list[Any]:
    """The label at the left edge of the first line, the title centred in the third (7.3.7)."""
    nodes = [
        paragraph([run(label, BOLD_LABEL)], Format(align="left", page_break=new_page, keep_next=True, outline=0)),
        *_blank(1),
        paragraph(
            [run(annex_title(annex.title), TITLE)],
            Format(align="center", keep_next=True, outline=0, size_pt=page.TITLE_PT),
        ),
        *_blank(1),
    ]
    return nodes + _blocks(package, annex.body, annex.is_landscape)


# ---- imprint (7.4), page numbers (7.5), page


def _imprint(document: OfficialDocument) -> list[Any]:
    """Copies and printing office between rules, the last rule on the lower edge of the last page's type area.

    Paragraphs with the same frame stand together in it; the frame sits on the bottom margin.
    """
    frame = {
        "w:w": page.twips(page.TYPE_WIDTH),
        "w:wrap": "around",
        "w:vAnchor": "margin",
        "w:hAnchor": "margin",
        "w:xAlign": "left",
        "w:yAlign": "bottom",
    }

    def rule(mm: float) -> Any:
        # A black line of that height: LibreOffice drops the frame when its paragraphs have different borders.
        return paragraph([], Format(line=page.twips(mm), size_pt=1, frame=frame, shade="000000"))

    lines: list[Any] = []
    if document.copy_to:
        hanging = page.width_in_characters("抄送：")
        form = Format(align="left", left=1 + hanging, hanging=hanging, right=1, size_pt=page.SMALL_PT, frame=frame)
        lines.append(paragraph([run("抄送：" + "，".join(document.copy_to) + "。", SMALL)], form))
    if document.printed_by:
        day = chinese_date(document.printed_on or document.date) + "印发"
        form = Format(align="left", left=1, size_pt=page.SMALL_PT, frame=frame)
        lines.append(_two_ends([run(document.printed_by, SMALL)], [run(day, SMALL)], form))
    nodes = [rule(page.THICK_RULE)]
    for position, line in enumerate(lines, start=1):
        nodes += [line, rule(page.THICK_RULE if position == len(lines) else page.THIN_RULE)]
    return [*nodes, paragraph([], Format(line=20, size_pt=1))]


def _two_ends(left: list[Any], right: list[Any], form: Format) -> Any:
    """A line with something at the left and something that ends one character from the right edge."""
    stop = page.twips(page.TYPE_WIDTH) - round(form.size_pt * 20)
    node = paragraph([*left, element("w:r", None, element("w:tab")), *right], form)
    tabs = element("w:tabs", None, element("w:tab", {"w:val": "right", "w:pos": stop}))
    node.pPr.insert_element_before(tabs, "w:autoSpaceDE")
    return node


def _page_numbers(package: Any) -> None:
    """— 1 — in 4号 宋体: odd pages at the right, even pages at the left, one character from the edge."""
    settings = package.settings
    settings.odd_and_even_pages_header_footer = True
    section = package.sections[0]
    kind = Type(page.SONG, page.SMALL_PT)
    line = round(page.SMALL_PT * 20)
    for footer, align in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        root = footer._element
        for node in list(root):
            root.remove(node)
        runs = [run("— ", kind), *page_field(kind), run(" —", kind)]
        form = Format(align=align, left=1, right=1, size_pt=page.SMALL_PT, line=line)
        root.append(paragraph(runs, form))


def _page_setup(section: Any, landscape: bool) -> None:
    """Size, margins, grid of 22 lines, distance of the page number.

    On a turned page the head of the table lies at the binding edge, so the margins turn with the sheet.
    """
    for tag in ("w:pgSz", "w:pgMar", "w:cols", "w:docGrid"):
        for node in section.findall(qn(tag)):
            section.remove(node)
    width, height = page.twips(page.PAGE_WIDTH), page.twips(page.PAGE_HEIGHT)
    size: dict[str, object] = {"w:w": width, "w:h": height}
    top, right, bottom, left = page.TOP, page.RIGHT, page.BOTTOM, page.LEFT
    if landscape:
        size = {"w:w": height, "w:h": width, "w:orient": "landscape"}
        top, right, bottom, left = page.LEFT, page.TOP, page.RIGHT, page.BOTTOM
    # The middle of the number's line carries the dash.
    footer = bottom - page.PAGE_NUMBER_GAP - page.SMALL_PT / 72 * 25.4 / 2
    margins = {"top": top, "right": right, "bottom": bottom, "left": left, "header": 15, "footer": footer, "gutter": 0}
    nodes = [
        element("w:pgSz", size),
        element("w:pgMar", {f"w:{name}": page.twips(mm) for name, mm in margins.items()}),
        element("w:cols", {"w:space": 425}),
        element("w:docGrid", {"w:type": "lines", "w:linePitch": page.LINE_TWIPS}),
    ]
    for node in nodes:
        section.append(node)


def _section_end(landscape: bool, final_section: Any) -> Any:
    """A paragraph that ends the section; the first one carries the footers, which the later ones inherit."""
    section = element("w:sectPr")
    for reference in final_section.findall(qn("w:footerReference")):
        section.append(reference)
    _page_setup(section, landscape)
    node = paragraph([], Format(line=20, size_pt=1))
    node.pPr.append(section)
    return node


def _properties(package: Any, document: OfficialDocument) -> None:
    """Title, author and dates of the file; the body face as default; substitutes for faces that a reader lacks."""
    core = package.core_properties
    moment = datetime(document.date.year, document.date.month, document.date.day)
    core.title, core.author, core.subject = document.title.replace("\n", ""), document.signature, document.number
    core.language, core.comments, core.last_modified_by = "zh-CN", "", ""
    core.created = core.modified = moment
    core.revision = 1
    normal = package.styles["Normal"].element
    for tag in ("w:pPr", "w:rPr"):
        for node in normal.findall(qn(tag)):
            normal.remove(node)
    # Without widow control every page holds its 22 lines.
    normal.append(element("w:pPr", None, element("w:widowControl", {"w:val": 0})))
    face = BODY.properties()
    face.append(element("w:lang", {"w:val": "en-US", "w:eastAsia": "zh-CN"}))
    normal.append(face)
    _font_table(package)


def _font_table(package: Any) -> None:
    """Name the faces with the substitute a reader may use."""
    fonts = element("w:fonts")
    for name, substitute in page.SUBSTITUTES.items():
        fonts.append(
            element(
                "w:font",
                {"w:name": name},
                element("w:altName", {"w:val": substitute}),
                element("w:charset", {"w:val": "86"}),
                element("w:family", {"w:val": "auto"}),
            )
        )
    for relation in package.part.rels.values():
        if relation.reltype.endswith("/fontTable"):
            relation.target_part._blob = etree.tostring(fonts, xml_declaration=True, encoding="UTF-8", standalone=True)
