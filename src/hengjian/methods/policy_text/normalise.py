"""Source lines → `Flow`: running paragraphs without page numbers and page furniture, with a map back to the source.

Joins the line breaks of scans and PDFs: a line goes on in the next one unless it ends a sentence, is a heading,
a label or a
title, or the next line opens something new.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from hengjian.methods.policy_text.marks import HEADING_START, LABEL_START
from hengjian.methods.policy_text.sources import SourceText
from hengjian.methods.policy_text.view import bracket_pairs, depth_mask, make_view, outermost


@dataclass(slots=True)
class Paragraph:
    """Characters [start, end) of the flow; `table`, `cell` number the table cell it came from."""

    start: int
    end: int
    table: int = -1
    cell: int = -1
    indented: bool = False


@dataclass(slots=True)
class Flow:
    """`text` as written, `view` for recognition (same length), `paragraphs`, and what was left out with its
    source span and reason."""

    text: str
    view: str
    paragraphs: list[Paragraph]
    source_starts: list[int]
    flow_starts: list[int]
    dropped: list[tuple[int, int, str]]
    pairs: list[tuple[int, int]] = field(default_factory=list)
    mask: bytearray = field(default_factory=bytearray)
    closing: dict[int, int] = field(default_factory=dict)
    outermost: list[int] = field(default_factory=list)  # where the outermost brackets and quotes open

    def source(self, place: int) -> int:
        """Position in the source text of a flow position."""
        piece = bisect_right(self.flow_starts, place) - 1
        return self.source_starts[piece] + place - self.flow_starts[piece] if piece >= 0 else 0

    def span(self, start: int, end: int) -> list[int]:
        """[start, end) of the source for a stretch of the flow."""
        return [self.source(start), self.source(end - 1) + 1] if end > start else [self.source(start)] * 2

    def outside(self, place: int) -> bool:
        """True where no bracket or quote is open."""
        return not self.mask[place]

    def enclosed(self, place: int) -> bool:
        """True strictly inside a bracket or quote; the mark that opens the outermost one is not inside it."""
        if not self.mask[place]:
            return False
        outer = bisect_right(self.outermost, place) - 1
        return outer >= 0 and self.outermost[outer] != place


_PAGE_NUMBER = re.compile(
    r"[-—–－·•_~ ]{0,4}\d{1,4}[-—–－·•_~ ]{0,4}|第 ?\d{1,4} ?页(?:[，/ ]*共 ?\d{1,4} ?页)?|"
    r"\d{1,4} ?/ ?\d{1,4}|[Pp]age \d{1,4}(?: of \d{1,4})?"
)
_TERMINAL = re.compile(r"[。！？；：…]$|[。！？；][”’）〕》]+$")
_CHROME_LINE = re.compile(
    r"(?:(?:网站)?首页(?: ?[|｜·/] ?.{2,20})*|.{2,12}(?: ?[|｜] ?.{2,12}){2,}|打印(?:本页)?|关闭(?:窗口|"
    r"本页)?|收藏|分享(?:到)?|返回(?:顶部)?|扫一扫.{0,14}|字体[：:].{0,40}|〔?(?:大|中|小)〕?(?: 〔?(?:大|"
    r"中|小)〕?)*|保护视力色[：:].{0,10}"
    r"|上一篇.{0,60}|下一篇.{0,60}|相关(?:链接|文件|阅读|解读|附件|稿件).{0,10}|(?:您的)?(?:当前|"
    r"现在)?位置[：:].{0,120}|您?当前(?:的)?位置[：:]?.{0,120}"
    r"|首页 ?[>＞〉»].{0,150}|.{0,40}[>＞〉»].{0,40}[>＞〉»].{0,80}|浏览(?:次数|量)?[：:]? ?\d{0,9}.{0,6}|"
    r"(?:文章|信息)?来源[：:](?!.*(?:时间|日期)).{0,60}|责任编辑[：:].{0,20}"
    r"|【?〔?(?:打印|关闭|纠错|字号|收藏|分享).{0,20}|版权所有.{0,60}|网站(?:地图|标识码|声明|"
    r"支持).{0,60}|.{0,20}ICP备.{0,40}|.{0,10}公网安备.{0,40}|联系我们|技术支持[：:].{0,40}"
    r"|用微信.{0,20}|微信|微博|无障碍(?:浏览)?|.{0,60}(?:…{2,}|\.{4,}|·{4,}|_{4,}) ?\d{1,4}|目 {0,4}录|"
    r"登录|注册|搜索|繁体|简体|手机版|English)"
)
_TAIL_START = re.compile(
    r"扫一扫在?.{0,10}|相关(?:链接|阅读|稿件|解读)[：:]?|【?〔?(?:打印|关闭|纠错)(?:本页|窗口)?〕?.{0,10}|"
    r"上一篇[：:]?.*|版权所有.*|网站地图.*|.*ICP备.*|主办(?:单位)?[：:][^。]{2,40}(?:版权|承办|ICP).*|"
    r"用微信.*|友情链接.*|解读链接.*|政策解读[：:]?"
)
_TITLE_END = re.compile(
    r"(?:通知|决定|意见|方案|计划|规划|纲要|要点|办法|措施|公告|通告|任务|分工|清单|表|细则|规定|条例|函|"
    r"试行）|稿）|年）|文件)$"
)
_LABELLED = re.compile(r"[^，。；]{2,8}： ?\S")
_SENTENCE_SIGN = re.compile(r"[，。、；：]")
_CLOSES_OR_CONTINUES = re.compile(r"[，。、；：）〕》”！？]")
_RUBY = re.compile(r"\([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,6}(?: ?\))")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]+")


_PAGE_AT_END = re.compile(r" ?[—–－]+ ?\d{1,3} ?[—–－]+$| -{1,2} ?\d{1,3} ?-{1,2}$")
_PAGE_AT_START = re.compile(r"[—–－]+ ?\d{1,3} ?[—–－]+(?: |(?=[\u4e00-\u9fff]))")
_ROUND = re.compile("[（〔）〕]")
_LIST_NUMBER = re.compile(r"(?:\d{1,2}）)?")


@dataclass(slots=True)
class _Line:
    start: int
    end: int
    view: str
    indent: int

    @property
    def width(self) -> float:
        """Width in full characters; Latin letters and digits take half of one."""
        return (len(self.view.encode("utf-8")) + len(self.view)) / 4


def normalise(source: SourceText) -> Flow:
    """Build the flow of a source; never fails on any text."""
    text, view = source.text, make_view(source.text)
    dropped: list[tuple[int, int, str]] = []
    builder = _Builder(text)
    edges: list[tuple[int, int, int, int]] = sorted(
        (cell.start, cell.end, t, c) for t, table in enumerate(source.tables) for c, cell in enumerate(table)
    )
    place = 0
    for start, end, table, cell in edges:
        if start < place:
            continue
        _prose(_lines(view, place, start), view, builder, dropped)
        for line in _lines(view, start, end):
            builder.paragraph([line], table, cell)
        place = end
    tail = _lines(view, place, len(text))
    _prose(tail, view, builder, dropped)
    flow_text = "".join(builder.pieces)
    flow_view = make_view(flow_text)
    pairs = bracket_pairs(flow_view)
    return Flow(
        flow_text,
        flow_view,
        builder.paragraphs,
        builder.source_starts,
        builder.flow_starts,
        dropped,
        pairs,
        depth_mask(len(flow_view), pairs),
        dict(pairs),
        outermost(pairs),
    )


def _lines(view: str, start: int, end: int) -> list[_Line]:
    out: list[_Line] = []
    place = start
    for raw in view[start:end].split("\n"):
        stripped = raw.strip()
        if stripped:
            indent = len(raw) - len(raw.lstrip())
            out.append(_Line(place + indent, place + indent + len(stripped), stripped, indent))
        place += len(raw) + 1
    return out


def _prose(lines: list[_Line], view: str, builder: _Builder, dropped: list[tuple[int, int, str]]) -> None:
    kept: list[_Line] = []
    for i, line in enumerate(lines):
        _cut_page_number(line, dropped)
        if _PAGE_NUMBER.fullmatch(line.view):
            dropped.append((line.start, line.end, "page number"))
        elif re.fullmatch(r"([^\d\s])\1{5,}", line.view):
            dropped.append((line.start, line.end, "page furniture"))
        elif len(line.view) <= 160 and _CHROME_LINE.fullmatch(line.view):
            if (
                _TAIL_START.fullmatch(line.view)
                and i > len(lines) * 0.5
                and not any(HEADING_START.match(later.view) or len(later.view) > 120 for later in lines[i:])
            ):
                dropped.extend((later.start, later.end, "page furniture") for later in lines[i:])
                break
            dropped.append((line.start, line.end, "page furniture"))
        else:
            kept.append(line)
    width = _wrap_width(kept)
    indents = sum(1 for line in kept if line.indent >= 2)
    indented_style = indents >= 3 and indents >= len(kept) * 0.15
    bracketed = _inside_open_brackets(kept)
    group: list[_Line] = []
    for i, line in enumerate(kept):
        if group and (i in bracketed or _continues(group, line, width, indented_style)):
            group.append(line)
            continue
        if group:
            builder.paragraph(group)
        group = [line]
    if group:
        builder.paragraph(group)


def _cut_page_number(line: _Line, dropped: list[tuple[int, int, str]]) -> None:
    """Print programs put the number of the page at the end of its last line or the start of the next: “…企业 — 2 —”."""
    for match in (_PAGE_AT_END.search(line.view), _PAGE_AT_START.match(line.view)):
        if match and len(match[0]) < len(line.view):
            dropped.append((line.start + match.start(), line.start + match.end(), "page number"))
            if match.start():
                line.end, line.view = line.start + match.start(), line.view[: match.start()]
            else:
                line.start, line.view = line.start + match.end(), line.view[match.end() :]


def _inside_open_brackets(lines: list[_Line]) -> set[int]:
    """Indices of lines that go on inside a bracket which the lines before opened and a near one closes."""
    inside: set[int] = set()
    opened: list[int] = []
    for i, line in enumerate(lines):
        for match in _ROUND.finditer(line.view, _LIST_NUMBER.match(line.view).end()):  # type: ignore[union-attr]
            if match[0] in "（〔":
                opened.append(i)
            elif opened:
                first = opened.pop()
                span = range(first + 1, i + 1)
                if (
                    0 < len(span) <= 12
                    and sum(len(lines[k].view) for k in span) <= 800
                    and not any(HEADING_START.match(lines[k].view) for k in span)
                ):
                    inside.update(span)
    return inside


def _wrap_width(lines: list[_Line]) -> int:
    """The column width, in full characters, if the text was cut into printed lines, else 0: the width that most
    lines nearly fill."""
    long_lines = sorted(line.width for line in lines if len(line.view) >= 12)
    if len(long_lines) < 8:
        return 0
    open_ended = sum(
        1
        for line in lines
        if len(line.view) >= 12 and not _TERMINAL.search(line.view) and not HEADING_START.match(line.view)
    )
    if open_ended < 0.3 * len(long_lines):
        return 0
    near, width = max(
        (
            (index + 1 - bisect_left(long_lines, candidate * 0.85), candidate)
            for index, candidate in enumerate(long_lines)
            if candidate <= 80
        ),
        default=(0, 0.0),
    )
    longer = len(long_lines) - bisect_left(long_lines, width * 1.15)
    return int(width) if near >= 0.4 * len(long_lines) and longer <= 0.15 * len(long_lines) else 0


def _continues(group: list[_Line], line: _Line, width: int, indented_style: bool) -> bool:
    """Does `line` go on with the paragraph that `group` began?"""
    last, first = group[-1], group[0]
    if (
        HEADING_START.match(line.view)
        or LABEL_START.match(line.view)
        or line.view.startswith(("——", "附件", "附：", "抄送", "★", "●", "■", "◆"))
    ):
        return False
    if line.view == "号" and re.search(r"[〔（]\d{4}[〕）] ?\d+$", last.view):
        return True
    full = bool(width) and last.width >= width * 0.88
    if _CLOSES_OR_CONTINUES.match(line.view) and not _TERMINAL.search(last.view):
        return True
    if indented_style and line.indent >= 2 and not full:
        return False
    if _TERMINAL.search(last.view) and not (full and indented_style and not line.indent and first.indent):
        return False
    whole = "".join(part.view for part in group)
    if _LABELLED.match(first.view) and "。" not in whole and len(whole) < 80:
        return last.view.endswith(("、", "，")) or (bool(width) and last.width >= width * 0.88)
    if HEADING_START.match(first.view) and "。" not in whole:
        return full and (len(whole) <= 3 * width or "，" in whole)
    if last.view.endswith(("）", "〕")) and not full:
        return False
    if full:
        return not (_TITLE_END.search(last.view) and "，" not in whole)
    if width:  # printed lines: a short line without an end mark is a title, a signature or the end
        enough = 0.6 if _SENTENCE_SIGN.search(whole) else 2 if _TITLE_END.search(last.view) else 0.75
        return last.width >= width * enough and not last.view.endswith("日")
    if indented_style and line.indent >= 2:
        return False
    titled = _TITLE_END.search(last.view) or re.search(r"\d日$", last.view)
    if not _SENTENCE_SIGN.search(whole) or (titled and not re.search("[，。；]", whole)):
        return False
    return (
        not (_LABELLED.match(first.view) and _LABELLED.match(line.view))
        and len(whole) >= 12
        and not _LABELLED.match(line.view)
    )


class _Builder:
    """Collects the kept characters with the source position of every unbroken stretch."""

    def __init__(self, source: str) -> None:
        self.original = source
        self.pieces: list[str] = []
        self.source_starts: list[int] = []
        self.flow_starts: list[int] = []
        self.paragraphs: list[Paragraph] = []
        self.length = 0

    def _add(self, start: int, end: int) -> None:
        if end > start:
            self.source_starts.append(start)
            self.flow_starts.append(self.length)
            self.pieces.append(self.original[start:end])
            self.length += end - start

    def _stretch(self, start: int, end: int) -> None:
        """Add source characters without invisible ones and without the pinyin that some copies put behind
        characters."""
        part = self.original[start:end]
        place = start
        for pattern in (_INVISIBLE, _RUBY):
            if pattern is _RUBY and "(" not in part:
                continue
            found = [m for m in pattern.finditer(part) if pattern is _INVISIBLE or re.search("[ā-ǜ]", m[0])]
            if found:
                for match in found:
                    self._add(place, start + match.start())
                    place = start + match.end()
                break
        self._add(place, end)

    def paragraph(self, lines: list[_Line], table: int = -1, cell: int = -1) -> None:
        start = self.length
        for i, line in enumerate(lines):
            if i and self.pieces and (_both_latin(self.pieces[-1], line.view) or LABEL_START.match(line.view)):
                self.source_starts.append(lines[i - 1].end)
                self.flow_starts.append(self.length)
                self.pieces.append(" ")
                self.length += 1
            self._stretch(line.start, line.end)
        if self.length > start:
            self.paragraphs.append(Paragraph(start, self.length, table, cell, lines[0].indent >= 2))
            self.source_starts.append(lines[-1].end)
            self.flow_starts.append(self.length)
            self.pieces.append("\n")
            self.length += 1


def _both_latin(before: str, after: str) -> bool:
    """Words of Latin letters on both sides of a line end need a space between them."""
    return all(char.isascii() and char.isalpha() for char in (before[-1:], after[:1]))
