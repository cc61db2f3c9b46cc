"""The report as .docx in the layout of DB15/T 1104-2024: cover, note, overview, details, annex with the query code."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import docx
from docx.enum.section import WD_SECTION
from docx.shared import Mm

from hengjian.documents import layout as page
from hengjian.documents.official import Table, TableColumn
from hengjian.documents.ooxml import Format, Type, element, page_field, paragraph, reproducible, run
from hengjian.documents.qr import qr_png
from hengjian.documents.tables import table_xml
from hengjian.methods.numerals import format_chinese_number

MARGIN = 27.0
WIDTH = page.PAGE_WIDTH - 2 * MARGIN
TITLE, NAME, COVER = Type(page.SONG_TITLE, 30.0), Type(page.HEI, 20.0), Type(page.FANGSONG, 15.0)
PART, HEAD, BODY = Type(page.HEI, 18.0), Type(page.HEI, 14.0), Type(page.FANGSONG, 14.0)
SMALL = Type(page.FANGSONG, page.TABLE_PT)
QR_MM = 36.0


@dataclass(frozen=True)
class Cover:
    """What cover, note and annex say."""

    number: str
    code: str
    address: str
    extent: str
    issued_on: datetime
    issuer: str
    purpose: str
    digest: str
    notes: Sequence[str]


def build(content: dict[str, Any], cover: Cover) -> bytes:
    """The file; nothing in it depends on the clock."""
    package = docx.Document()
    _frame(package, content, cover)
    root = package.element.body
    end = root.sectPr
    for node in [
        *_cover(content, cover),
        *_note(cover),
        *_overview(content),
        *_details(content),
        *_annex(package, content, cover),
    ]:
        end.addprevious(node)
    output = io.BytesIO()
    package.save(output)
    return reproducible(output.getvalue())


def _frame(package: Any, content: dict[str, Any], cover: Cover) -> None:
    """Page, running head with name and number, page number, properties."""
    core = package.core_properties
    core.title, core.author, core.subject = f"企业质量信用报告 {content['name']}", cover.issuer, cover.number
    core.language, core.comments, core.last_modified_by = "zh-CN", "", ""
    core.created = core.modified = cover.issued_on.replace(tzinfo=None, microsecond=0)
    section = package.sections[0]
    section.start_type = WD_SECTION.NEW_PAGE
    section.page_width, section.page_height = Mm(page.PAGE_WIDTH), Mm(page.PAGE_HEIGHT)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(MARGIN)
    section.different_first_page_header_footer = True
    _only(section.header, [run(f"{content['name']}　{cover.number}", SMALL)], "left")
    _only(section.footer, [run("第 ", SMALL), *page_field(SMALL), run(" 页", SMALL)], "center")


def _only(part: Any, runs: list[Any], align: str) -> None:
    part.is_linked_to_previous = False
    for node in list(part._element):
        part._element.remove(node)
    part._element.append(paragraph(runs, _format(SMALL, align=align)))


def _format(kind: Type, **more: Any) -> Format:
    return Format(**{"align": "left", "size_pt": kind.size_pt, "line": round(kind.size_pt * 1.6 * 20), **more})


def _text(text: str, kind: Type = BODY, **more: Any) -> Any:
    return paragraph([run(text, kind)], _format(kind, **more))


def _cover(content: dict[str, Any], cover: Cover) -> list[Any]:
    space = [_text("", COVER) for _line in range(5)]
    subject = [
        ("报告编号", cover.number),
        ("报告版本", cover.extent),
        ("出具时间", f"{cover.issued_on:%Y-%m-%d %H:%M}"),
        *([("报告用途", cover.purpose)] if cover.purpose else []),
        ("出具机构", cover.issuer),
    ]
    return [
        *space,
        _text("公共信用信息报告", COVER, align="center"),
        _text("企业质量信用报告（法人版）", TITLE, align="center"),
        *[_text("", COVER) for _line in range(3)],
        _text(content["name"], NAME, align="center"),
        _text(f"统一社会信用代码　{content['code'] or '—'}", COVER, align="center"),
        *[_text("", COVER) for _line in range(6)],
        *[_text(f"{term}：{text}", COVER, left=6) for term, text in subject],
    ]


def _note(cover: Cover) -> list[Any]:
    lines = [_text(f"{number}. {text}", first_line=2) for number, text in enumerate(cover.notes, start=1)]
    return [_text("报告说明", PART, align="center", page_break=True, keep_next=True, outline=0), *lines]


def _overview(content: dict[str, Any]) -> list[Any]:
    """Base data and the summary of public-credit information."""
    nodes = [_text("一、信息概况", PART, page_break=True, keep_next=True, outline=0)]
    nodes.append(_text("（一）基础信息", HEAD, keep_next=True, outline=1))
    base = [TableColumn("项目", 1), TableColumn("内容", 3)]
    nodes += table_xml(Table(base, content["base"]), WIDTH)
    nodes.append(_text("（二）公共信用信息概要", HEAD, keep_next=True, outline=1))
    rows = [["名单（当前有效）", f"{len(content['lists'])} 项"]]
    rows += [[section["title"], _count(section)] for section in content["sections"]]
    nodes += table_xml(Table([TableColumn("信息类别", 2), TableColumn("数量", 2)], rows), WIDTH)
    grade = content["grade"]
    if grade:
        nodes.append(_text("（三）质量信用等级", HEAD, keep_next=True, outline=1))
        nodes.append(
            _text(
                f"{grade['grade']} 级　{grade['title']}　{grade['score']} 分（{grade['month']} 评定，{grade['pack']}）"
            )
        )
        columns = [
            TableColumn("组成部分", 2),
            TableColumn("指标", 2),
            TableColumn("值", 1),
            TableColumn("计分", 1, "right"),
        ]
        rows = [[part["title"], item[0], item[1], item[2]] for part in grade["parts"] for item in part["items"]]
        nodes += table_xml(Table(columns, rows, note="；".join(grade["assumed"])), WIDTH)
    return nodes


def _count(section: dict[str, Any]) -> str:
    text = f"{section['count']} 项"
    return f"{text}，已办结 {section['closed']} 项" if section["counts_only"] else text


def _details(content: dict[str, Any]) -> list[Any]:
    nodes = [_text("二、信息明细", PART, page_break=True, keep_next=True, outline=0)]
    position = 0
    if content["lists"]:
        position += 1
        nodes.append(_text(f"（{_chinese(position)}）名单与标识", HEAD, keep_next=True, outline=1))
        columns = [
            TableColumn(title, width)
            for title, width in (("名单", 3), ("认定机关", 3), ("列入原因", 3), ("列入日期", 2), ("有效期止", 2))
        ]
        nodes += table_xml(Table(columns, content["lists"]), WIDTH)
    for section in content["sections"]:
        if not section["lines"]:
            continue
        position += 1
        nodes.append(_text(f"（{_chinese(position)}）{section['title']}", HEAD, keep_next=True, outline=1))
        for number, line in enumerate(section["lines"], start=1):
            nodes += _line(number, line)
    if not position:
        nodes.append(_text("没有可列明的信息。"))
    return nodes


def _line(number: int, line: dict[str, Any]) -> list[Any]:
    pairs = [
        ("类别", line["kind"]),
        ("编号", line["number"]),
        ("日期", line["on"]),
        ("登记或认定机关", line["organ"]),
        ("状态", line["state"]),
        ("有效期止", line["until"]),
        *line["details"],
        ("台账事实编号", line["fact"]),
    ]
    rows = [[term, text] for term, text in pairs if text]
    columns = [TableColumn(f"{number}", 1), TableColumn(line["title"] or "—", 3)]
    return table_xml(Table(columns, rows), WIDTH)


def _chinese(number: int) -> str:
    return format_chinese_number(number)


def _annex(package: Any, content: dict[str, Any], cover: Cover) -> list[Any]:
    """Query code, address and QR code for verification, the digest."""
    inline = package.part.new_pic_inline(io.BytesIO(qr_png(cover.address)), width=Mm(QR_MM))
    inline.docPr.set("descr", f"核验地址 {cover.address}")
    picture = element("w:r", None, element("w:drawing", None, inline))
    return [
        _text("附件　报告核验", PART, page_break=True, keep_next=True, outline=0),
        _text("扫描二维码，或在核验页面输入查询码，可核对报告是否由本系统出具、出具后信息是否有更新。"),
        paragraph([picture], Format(align="center", line=0, keep_next=True)),
        _text(f"查询码：{cover.code}", align="center"),
        _text(f"核验地址：{cover.address}"),
        _text(f"内容摘要（SHA-256）：{cover.digest}", SMALL),
    ]
