"""`read_policy`: bytes or text of a plan → `PolicyDocument`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from hengjian.methods.policy_text import assemble
from hengjian.methods.policy_text.citations import find_citations
from hengjian.methods.policy_text.deadlines import Context, find_deadlines
from hengjian.methods.policy_text.duties import DutyReader
from hengjian.methods.policy_text.header import read_header
from hengjian.methods.policy_text.marks import HEADING_START
from hengjian.methods.policy_text.measures import split_sentences
from hengjian.methods.policy_text.model import Deadline, Header, Notice, Passage, PolicyDocument
from hengjian.methods.policy_text.normalise import Flow, normalise
from hengjian.methods.policy_text.reasons import because
from hengjian.methods.policy_text.sources import load_source
from hengjian.methods.policy_text.titles import Layout
from hengjian.methods.policy_text.units import Names

if TYPE_CHECKING:
    from hengjian.methods.organisations import Organisations

_YEAR = re.compile(r"(20\d{2}) ?年")
_RANGE = re.compile(r"20\d{2} ?年?(?:[—–－\-~～至]|—+) ?20\d{2}")


def read_policy(data: bytes | str, filename: str = "", *, organisations: Organisations | None = None) -> PolicyDocument:
    """Read a plan from .txt, .docx, .html, .pdf bytes or pasted text.

    The result holds the fields of the gold annotation, each with its span in `document.text`. What could not be
    placed is listed in
    `unread`, doubts about the whole in `warnings`. Raises SourceError for input without readable text, nothing else.
    """
    source = load_source(data, filename)
    flow = normalise(source)
    layout = read_header(flow)
    document = PolicyDocument(_stem(filename), source.text, layout.header, source_format=source.format)
    context = Context(plan_year(flow, layout))
    reader = DutyReader(flow, known_names() if organisations is None else Names(organisations))
    assemble.fill(document, flow, source.tables, layout, context, reader)
    header = layout.header
    document.citations = find_citations(flow, header.plan_title, (header.title,))
    document.notice_deadlines = _notice_deadlines(flow, layout, context)
    _report_rest(document, flow, layout, source.notes)
    return document


@lru_cache(maxsize=1)
def known_names() -> Names:
    """The names of the built-in organisations, made ready once per process."""
    return Names()


def _stem(filename: str) -> str:
    name = re.split(r"[/\\]", filename)[-1]
    return name.rsplit(".", 1)[0] if "." in name[1:] else name


def plan_year(flow: Flow, layout: Layout) -> int | None:
    """The year that 年内 or 6月底前 means: the one year in the title, else the year of issue, else that of the
    opening paragraph."""
    header: Header = layout.header
    for title in (header.plan_title, header.title):
        if title and not _RANGE.search(title):
            years = set(_YEAR.findall(title))
            if len(years) == 1:
                return int(years.pop())
    for written in (header.issued_on, header.published_on):
        if written:
            return int(written[:4])
    if header.number:
        match = re.search(r"20\d{2}", header.number)
        if match:
            return int(match[0])
    opening = "".join(flow.view[p.start : p.end] for p in flow.paragraphs[layout.plan_start : layout.plan_start + 3])[
        :600
    ]
    match = re.search(
        r"(20\d{2}) ?年(?:度|全[省市区]|[^，。]{0,12}(?:工作|重点|任务|行动|计划))", re.sub("《[^》]*》", "", opening)
    )
    return int(match[1]) if match and not header.plan_title else None


def _notice_deadlines(flow: Flow, layout: Layout, context: Context) -> list[Deadline]:
    out: list[Deadline] = []
    for index in layout.notice:
        paragraph = flow.paragraphs[index]
        mark = HEADING_START.match(flow.view, paragraph.start, paragraph.end)
        start = mark.end() if mark else paragraph.start
        for sentence in split_sentences(flow, start, paragraph.end):
            out.extend(find_deadlines(flow, sentence, context))
    return out


def _report_rest(document: PolicyDocument, flow: Flow, layout: Layout, notes: list[str]) -> None:
    """Everything that went nowhere is listed, in text order."""
    reasons = {"page number": because("page_number"), "page furniture": because("page_furniture")}
    for start, end, reason in flow.dropped:
        document.unread.append(Passage(document.text[start:end], [start, end], reasons[reason]))
    for index in layout.notice:
        paragraph = flow.paragraphs[index]
        document.notice.append(
            Passage(flow.text[paragraph.start : paragraph.end].strip(), flow.span(paragraph.start, paragraph.end))
        )
    for index in range(layout.plan_start):
        if index not in layout.used and index not in layout.notice:
            paragraph = flow.paragraphs[index]
            document.unread.append(
                Passage(
                    flow.text[paragraph.start : paragraph.end].strip(),
                    flow.span(paragraph.start, paragraph.end),
                    because("before_plan"),
                )
            )
    document.unread.sort(key=lambda passage: passage.span[0])
    for note in notes:
        document.warnings.append(
            Notice("page_elements", note + "。", "Page elements behind the article were not read.")
        )
    if not document.sections:
        document.warnings.append(
            Notice(
                "no_headings",
                "没有找到“一、”“（一）”“1.”一类的标题，也没有责任单位，未能拆出任务。请检查文本，或在预览中手工添加。",
                "no headings: neither numbered headings nor responsible bodies were found, so no items were made.",
            )
        )
    elif not document.items:
        document.warnings.append(
            Notice(
                "no_items",
                "找到了章节标题，但没有可作为任务的条目。",
                "Sections were found, but nothing that could be an item.",
            )
        )
    elif not any(item.duties for item in document.items):
        document.warnings.append(
            Notice(
                "no_duties",
                "全文没有写明责任单位，需由牵头部门分工。",
                "The text names no responsible bodies; the office has to assign them.",
            )
        )
