"""Official documents against GB/T 9704-2012: every asserted measure is the standard's, read back from the file."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import date
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from hengjian.documents import layout
from hengjian.documents.official import (
    Annex,
    Figure,
    Heading,
    OfficialDocument,
    Paragraph,
    Table,
    TableColumn,
    annex_list,
    chinese_date,
    document_number,
    numbered,
    render_docx,
)

MM = 36000  # English metric units per millimetre


def sample(**changes: Any) -> OfficialDocument:
    parts: dict[str, Any] = {
        "mark": "澜川自治区质量强区工作领导小组办公室文件",
        "number": document_number("澜质强办发", 2026, 5),
        "title": "关于质量工作进展情况的通报",
        "addressees": ("各地州市人民政府", "领导小组各成员单位"),
        "body": (
            Heading(1, "总体进展"),
            Paragraph("正文。"),
            Heading(2, "完成较好的单位。", "按时完成。"),
            Heading(3, "甲"),
            Heading(4, "乙"),
        ),
        "signature": "领导小组办公室",
        "date": date(2026, 1, 5),
        "copy_to": ("党委办公厅", "政协办公厅"),
        "printed_by": "领导小组办公室",
    }
    return OfficialDocument(**(parts | changes))


def opened(document: OfficialDocument) -> Any:
    return docx.Document(io.BytesIO(render_docx(document)))


def paragraph(file: Any, text: str) -> Any:
    return next(each for each in file.paragraphs if each.text.startswith(text))


def faces(run: Any) -> set[str]:
    fonts = run._r.rPr.rFonts
    return {fonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "eastAsia", "cs")}


def indent(par: Any) -> dict[str, int]:
    attributes = par._p.pPr.find(qn("w:ind")).attrib
    return {name.split("}")[1]: int(value) for name, value in attributes.items()}


def test_page_and_type_area() -> None:
    section = opened(sample()).sections[0]
    for value, millimetres in (
        (section.page_width, 210), (section.page_height, 297), (section.top_margin, 37), (section.left_margin, 28),
        (section.bottom_margin, 35), (section.right_margin, 26),
    ):  # fmt: skip
        assert value / MM == pytest.approx(millimetres, abs=0.02)


def test_twenty_two_lines_of_twenty_eight_characters() -> None:
    height, width = 225 / 25.4 * 72, 156 / 25.4 * 72
    assert 22 * layout.LINE_PT <= height < 22 * (layout.LINE_PT + 0.05)
    pitch = 16 + layout.CHARACTER_TWIPS / 20
    assert 28 * pitch <= width < 29 * pitch
    body = paragraph(opened(sample()), "正文。")
    assert body.paragraph_format.line_spacing.pt == pytest.approx(28.95)
    spacing = body._p.pPr.find(qn("w:spacing"))
    assert (spacing.get(qn("w:lineRule")), spacing.get(qn("w:line"))) == ("exact", "579")
    assert body.runs[0]._r.rPr.find(qn("w:spacing")).get(qn("w:val")) == "-5"


@pytest.mark.parametrize(
    ("start", "face", "size"),
    [
        ("关于质量工作", "方正小标宋简体", 22),
        ("各地州市", "仿宋_GB2312", 16),
        ("一、总体进展", "黑体", 16),
        ("正文。", "仿宋_GB2312", 16),
        ("（一）完成较好", "楷体_GB2312", 16),
        ("1.甲", "仿宋_GB2312", 16),
        ("（1）乙", "仿宋_GB2312", 16),
        ("澜质强办发〔2026〕5号", "仿宋_GB2312", 16),
        ("抄送：", "仿宋_GB2312", 14),
    ],
)
def test_faces_and_sizes(start: str, face: str, size: float) -> None:
    run = paragraph(opened(sample()), start).runs[0]
    assert faces(run) == {face}
    assert run.font.size.pt == size


def test_heading_with_text_goes_on_in_fangsong() -> None:
    runs = paragraph(opened(sample()), "（一）完成较好").runs
    assert [faces(run) for run in runs] == [{"楷体_GB2312"}, {"仿宋_GB2312"}]


def test_body_is_indented_by_two_characters_and_addressees_are_not() -> None:
    file = opened(sample())
    assert indent(paragraph(file, "正文。"))["firstLineChars"] == 200
    assert indent(paragraph(file, "正文。"))["firstLine"] == 640
    addressees = paragraph(file, "各地州市")
    assert indent(addressees)["firstLineChars"] == 0
    assert addressees.text == "各地州市人民政府，领导小组各成员单位："


def test_mark_is_red_and_35_mm_below_the_type_area() -> None:
    mark = opened(sample()).paragraphs[0]
    run = mark.runs[0]
    assert str(run.font.color.rgb) == "FF0000"
    above = mark.paragraph_format.space_before.mm + (mark.paragraph_format.line_spacing.mm - run.font.size.mm) / 2
    assert above == pytest.approx(35, abs=0.1)
    assert run.font.size.pt * layout.width_in_characters(mark.text) <= 156 / 25.4 * 72


def test_lines_in_the_corner_do_not_move_the_mark() -> None:
    file = opened(sample(copy_number="000012", secrecy="内部", urgency="特急"))
    assert [each.text for each in file.paragraphs[:3]] == ["000012", "内部", "特急"]
    assert faces(file.paragraphs[2].runs[0]) == {"黑体"}
    mark = file.paragraphs[3]
    upper = 3 * layout.LINE_PT / 72 * 25.4 + mark.paragraph_format.space_before.mm
    upper += (mark.paragraph_format.line_spacing.mm - mark.runs[0].font.size.mm) / 2
    assert upper == pytest.approx(35, abs=0.1)


def test_red_rule_lies_4_mm_below_the_number_two_lines_above_the_title() -> None:
    file = opened(sample())
    texts = [each.text for each in file.paragraphs]
    at = texts.index("澜质强办发〔2026〕5号")
    assert texts[at - 2 : at] == ["", ""]
    rule = file.paragraphs[at + 1]
    border = rule._p.pPr.find(qn("w:pBdr")).find(qn("w:bottom"))
    assert border.get(qn("w:color")) == "FF0000"
    assert rule.paragraph_format.line_spacing.mm == pytest.approx(4, abs=0.02)
    assert texts[at + 2 : at + 5] == ["", "", "关于质量工作进展情况的通报"]


def test_document_to_a_superior_body_names_the_signer() -> None:
    line = paragraph(opened(sample(signer="李某")), "澜质强办发")
    assert line.text == "澜质强办发〔2026〕5号\t签发人：李某"
    assert faces(line.runs[-1]) == {"楷体_GB2312"}
    assert indent(line)["leftChars"] == 100
    stop = line._p.pPr.find(qn("w:tabs"))[0]
    assert stop.get(qn("w:val")) == "right"
    assert int(stop.get(qn("w:pos"))) == layout.twips(156) - 16 * 20


def test_signature_with_seal_is_centred_above_a_date_four_characters_from_the_edge() -> None:
    file = opened(sample())
    day, name = paragraph(file, "2026年1月5日"), paragraph(file, "领导小组办公室")
    # "2026年1月5日" is 6 characters wide (half-width digits), the name 7: its right edge is half a character further.
    assert indent(day)["rightChars"] == 400
    assert indent(name)["rightChars"] == 350


def test_signature_without_seal() -> None:
    assert layout.signature_indents("领导小组办公室", "2026年1月5日", seal=False) == (3.0, 2.0)
    name, day = layout.signature_indents("澜川自治区市场监督管理局", "2026年1月5日", seal=False)
    assert name == 2.0
    # The date begins two characters to the right of where the name begins.
    assert (12 + name) - (6 + day) == 2


def test_page_numbers() -> None:
    file = opened(sample())
    assert file.settings.odd_and_even_pages_header_footer
    section = file.sections[0]
    for footer, align in ((section.footer, "right"), (section.even_page_footer, "left")):
        par = footer.paragraphs[0]
        assert par._p.pPr.find(qn("w:jc")).get(qn("w:val")) == align
        assert indent(par)[f"{align}Chars"] == 100
        assert par.text == "— 1 —"
        assert {frozenset(faces(run)) for run in par.runs} == {frozenset({"宋体"})}
        assert {run.font.size.pt for run in par.runs} == {14}
    line = section.footer.paragraphs[0].paragraph_format.line_spacing.mm
    dash_below_type_area = 35 - section.footer_distance.mm - line / 2
    assert dash_below_type_area == pytest.approx(7, abs=0.1)


def test_imprint_rules_stand_on_the_lower_edge_of_the_type_area() -> None:
    file = opened(sample())
    framed = [each for each in file.paragraphs if each._p.pPr.find(qn("w:framePr")) is not None]
    assert [each.text for each in framed] == [
        "", "抄送：党委办公厅，政协办公厅。", "", "领导小组办公室\t2026年1月5日印发", "",
    ]  # fmt: skip
    heights = [framed[at].paragraph_format.line_spacing.mm for at in (0, 2, 4)]
    assert heights == pytest.approx([0.35, 0.25, 0.35], abs=0.01)
    frames = {tuple(sorted(each._p.pPr.find(qn("w:framePr")).attrib.items())) for each in framed}
    assert len(frames) == 1
    frame = framed[0]._p.pPr.find(qn("w:framePr"))
    assert (frame.get(qn("w:vAnchor")), frame.get(qn("w:yAlign"))) == ("margin", "bottom")
    assert int(frame.get(qn("w:w"))) == layout.twips(156)


def rows(count: int) -> list[tuple[object, ...]]:
    return [(number, "任务", "甲局", "乙局", "2026年", "50%") for number in range(1, count + 1)]


def test_annexes_begin_on_new_pages_and_wide_tables_turn_the_page() -> None:
    wide = Table(("序号", "任务", "牵头", "配合", "时限", "进度"), rows(3))
    file = opened(sample(annexes=(Annex("任务表", (wide,)), Annex("说明。", (Paragraph("按季填报。"),)))))
    assert paragraph(file, "附件：1. 任务表").text == "附件：1. 任务表"
    assert paragraph(file, "2. 说明").text == "2. 说明"
    sizes = [(round(each.page_width.mm), round(each.page_height.mm)) for each in file.sections]
    assert sizes == [(210, 297), (297, 210), (210, 297)]
    turned = file.sections[1]
    # The margins turn with the sheet: the binding edge is above, the head of the page at the right.
    edges = (turned.top_margin, turned.right_margin, turned.bottom_margin, turned.left_margin)
    assert [edge.mm for edge in edges] == pytest.approx([28, 37, 26, 35], abs=0.02)
    label = paragraph(file, "附件1")
    assert faces(label.runs[0]) == {"黑体"}
    assert "附件2" in [each.text for each in file.paragraphs]
    assert all(each.footer.paragraphs[0].text == "— 1 —" for each in file.sections)


def test_a_single_annex_has_no_number_and_a_page_break() -> None:
    file = opened(sample(annexes=(Annex("说明", (Paragraph("按季填报。"),)),)))
    assert paragraph(file, "附件：").text == "附件：说明"
    label = next(each for each in file.paragraphs if each.text == "附件")
    assert label.paragraph_format.page_break_before
    texts = [each.text for each in file.paragraphs]
    assert texts[texts.index("附件") :][:3] == ["附件", "", "说明"]


def test_table_repeats_its_heading_and_fills_the_type_area() -> None:
    columns = (TableColumn("单位", 2), TableColumn("数量", 1, "right"))
    table = Table(columns, [("甲局", 1), ("乙局", None)], caption="表1", unit="单位：项", note="注：截至9月。")
    file = opened(sample(body=(table,)))
    made = file.tables[0]
    assert made.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in made.rows)
    assert [cell.text for row in made.rows for cell in row.cells] == ["单位", "数量", "甲局", "1", "乙局", ""]
    widths = [int(each.get(qn("w:w"))) for each in made._tbl.tblGrid]
    assert sum(widths) == layout.twips(156)
    assert widths[0] == pytest.approx(2 * widths[1], abs=2)
    assert faces(made.rows[0].cells[0].paragraphs[0].runs[0]) == {"黑体"}
    with pytest.raises(ValueError, match="row 1 has 1 cells for 2 columns"):
        render_docx(sample(body=(Table(columns, [("甲局",)]),)))


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + b"\xff" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def test_figure_fills_the_type_area_and_has_words() -> None:
    file = opened(sample(body=(Figure(png(300, 100), "图1 完成率", "甲局93%"),)))
    shape = file.inline_shapes[0]
    assert shape.width.mm == pytest.approx(156, abs=0.01)
    assert shape.height.mm == pytest.approx(52, abs=0.01)
    assert shape._inline.docPr.get("descr") == "甲局93%"
    assert paragraph(file, "图1").text == "图1 完成率"


def test_bodies_that_issue_together() -> None:
    file = opened(sample(mark=("甲局", "乙局", "丙委员会"), mark_suffix="文件"))
    cells = file.tables[0].rows[0].cells
    assert [each.text for each in cells[0].paragraphs] == ["甲局", "乙局", "丙委员会"]
    assert cells[1].text == "文件"


def test_same_document_same_bytes() -> None:
    assert render_docx(sample()) == render_docx(sample())
    assert render_docx(sample()) != render_docx(sample(title="另一个标题"))


def test_every_part_is_well_formed_and_in_schema_order() -> None:
    order = [
        "keepNext", "pageBreakBefore", "framePr", "pBdr", "shd", "tabs", "autoSpaceDE", "autoSpaceDN", "snapToGrid",
        "spacing", "ind", "jc", "outlineLvl", "sectPr",
    ]  # fmt: skip
    wide = Table(("一", "二", "三", "四", "五", "六"), [("1",) * 6])
    file = opened(sample(signer="李某", annexes=(Annex("表", (wide,)),)))
    for properties in file.element.body.iter(qn("w:pPr")):
        names = [child.tag.split("}")[1] for child in properties]
        assert names == sorted(names, key=order.index)


@given(st.text(max_size=60))
def test_any_text_gives_a_readable_file(text: str) -> None:
    file = opened(sample(body=(Paragraph(text), Table(("列",), [(text,)]))))
    kept = "".join(char for char in text if char.isprintable() and char not in "\n\r")
    shown = "".join(each.text for each in file.paragraphs)
    assert all(char in shown for char in kept)


def test_numbering_restarts_below() -> None:
    blocks = [Heading(level, "") for level in (1, 2, 2, 3, 4, 4, 2, 3, 1, 2)]
    assert [number for _, number in numbered(blocks)] == [
        "一、", "（一）", "（二）", "1.", "（1）", "（2）", "（三）", "1.", "二、", "（一）",
    ]  # fmt: skip


def test_words() -> None:
    assert chinese_date(date(2026, 1, 5)) == "2026年1月5日"
    assert document_number("澜质强办发", 2026, 5) == "澜质强办发〔2026〕5号"
    assert annex_list(["甲表。"]) == [("附件：", "甲表")]
    assert annex_list(["甲", "乙"]) == [("附件：", "1. 甲"), ("", "2. 乙")]


@pytest.mark.parametrize(
    "wrong", [lambda: Heading(5, "x"), lambda: sample(title=" "), lambda: sample(copy_number="12"),
              lambda: document_number("x", 2026, 0)],
)  # fmt: skip
def test_what_cannot_be_a_document_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r".+"):
        wrong()


def test_a_long_table_is_built_in_a_moment() -> None:
    import time

    table = Table(("序号", "任务", "牵头", "配合", "时限", "进度"), rows(2000))
    start = time.perf_counter()
    data = render_docx(sample(annexes=(Annex("表", (table,)),)))
    assert time.perf_counter() - start < 10
    assert len(docx.Document(io.BytesIO(data)).tables[0]._tbl.tr_lst) == 2001
