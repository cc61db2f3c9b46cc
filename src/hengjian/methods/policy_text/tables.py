"""Task tables: 序号 | 重点任务 | 具体措施 | 牵头单位 | 责任单位 | 完成时限 → one node per row, ready to become
an item."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from hengjian.methods.numerals import parse_chinese_number
from hengjian.methods.policy_text.duties import DutyReader, Responsibility
from hengjian.methods.policy_text.marks import HEADING_START, mark_of
from hengjian.methods.policy_text.normalise import Flow, Paragraph
from hengjian.methods.policy_text.outline import Node
from hengjian.methods.policy_text.sources import Cell

_ROLES = (
    ("number", re.compile(r"^(?:序号|编号|序|号|No\.?)$", re.I)),
    ("other", re.compile(r"责任人|领导|联系人|电话|备注|联络|说明|填报|分值|得分|完成情况|进展|经费|依据|来源|适用")),
    ("support", re.compile(r"^(?!.*(?:牵头|责任)).*(?:配合|协办|协同|参与|参加|协助|支持)")),
    ("lead", re.compile(r"^(?!.*(?:配合|参与)).*(?:牵头|主办|主责|总牵头)")),
    (
        "duty",
        re.compile(
            r"(?:责任|负责|实施|承办|落实|牵头|承担|主管|分工|完成).{0,6}(?:单位|部门|处室|科室|主体|机构|地区|"
            r"分工)|^(?:部门|单位|责任|处室)$"
        ),
    ),
    ("time", re.compile(r"时限|时间|期限|进度|节点|年限|完成日期")),
    ("area", re.compile(r"领域|类别|分类|板块|类型|方面|一级|大类|专题|专项$|环节|维度")),
    ("text", re.compile(r"任务|事项|内容|措施|举措|工作|目标|要求|项目|指标|行动|重点|名称|标准|成果|清单")),
)
_DITTO = re.compile(r"^(?:同上|〃|″|\"|\^|“|”|、、)$")


@dataclass(slots=True)
class Heading:
    """A heading row or merged cell above rows: number, title as [start, end) of the flow, its level (cn or cnp
    or none)."""

    kind: str
    number: int | None
    start: int
    end: int


@dataclass(slots=True)
class Row:
    """One task of a table with the headings that hold for it."""

    node: Node
    section: Heading | None
    group: Heading | None


@dataclass(slots=True)
class Table:
    start: int
    rows: list[Row] = field(default_factory=list)
    loose: list[tuple[int, int]] = field(default_factory=list)  # cells that no column role claims


def read_tables(flow: Flow, paragraphs: list[Paragraph], tables: list[list[Cell]], reader: DutyReader) -> list[Table]:
    """All task tables among the paragraphs. A table without a header row goes on with the columns of the one before."""
    texts: dict[tuple[int, int], list[Paragraph]] = {}
    for paragraph in paragraphs:
        if paragraph.table >= 0:
            texts.setdefault((paragraph.table, paragraph.cell), []).append(paragraph)
    out: list[Table] = []
    columns: dict[int, str] = {}
    for number in sorted({key[0] for key in texts}):
        grid = _Grid(flow, tables[number], {cell: found for (table, cell), found in texts.items() if table == number})
        header, found = grid.header()
        if found:
            columns = found
        elif not columns or max(columns) != grid.width - 1:
            columns = {}
        out.append(_TableReader(flow, grid, columns, header, reader).read())
    return out


class _Grid:
    """Cells by row and column; a merged cell answers for every place it covers."""

    def __init__(self, flow: Flow, cells: list[Cell], texts: dict[int, list[Paragraph]]) -> None:
        self.flow, self.cells, self.texts = flow, cells, texts
        self.width = max((cell.column + cell.columns for cell in cells), default=0)
        self.height = max((cell.row + cell.rows for cell in cells), default=0)
        self.at: dict[tuple[int, int], int] = {}
        for index, cell in enumerate(cells):
            for row in range(cell.row, min(cell.row + cell.rows, self.height)):
                for column in range(cell.column, min(cell.column + cell.columns, self.width)):
                    self.at.setdefault((row, column), index)
        for (row, column), index in sorted(self.at.items()):
            if row and _DITTO.match(self.view(index)) and (row - 1, column) in self.at:
                self.at[row, column] = self.at[row - 1, column]

    def view(self, index: int) -> str:
        return "".join(self.flow.view[p.start : p.end] for p in self.texts.get(index, ())).strip()

    def span(self, index: int) -> tuple[int, int]:
        found = self.texts.get(index)
        return (found[0].start, found[-1].end) if found else (0, 0)

    def header(self) -> tuple[int, dict[int, str]]:
        """(row after the header, column → role); empty if there is none in the first four rows."""
        for row in range(min(4, self.height)):
            roles: dict[int, str] = {}
            for column in range(self.width):
                index = self.at.get((row, column))
                if index is None or (self.cells[index].columns > 1 and self.cells[index].columns == self.width):
                    continue
                name = self.view(index).replace(" ", "")
                below = self.at.get((row + 1, column))
                if self.cells[index].columns > 1 and below is not None:  # 责任单位 over 牵头 | 配合
                    name = self.view(below).replace(" ", "") or name
                for role, pattern in _ROLES:
                    if name and len(name) <= 16 and pattern.search(name):
                        roles[column] = role
                        break
            if (
                len(roles) >= 2
                and "text" in roles.values()
                and set(roles.values()) & {"lead", "duty", "support", "time", "number"}
            ):
                double = any(
                    self.cells[self.at[row, column]].columns > 1 for column in roles if (row, column) in self.at
                )
                return row + (
                    2 if double else max(1, max(self.cells[self.at[row, column]].rows for column in roles))
                ), roles
        return 0, {}


class _TableReader:
    def __init__(self, flow: Flow, grid: _Grid, columns: dict[int, str], first: int, reader: DutyReader) -> None:
        self.flow, self.grid, self.columns, self.first, self.reader = flow, grid, columns, first, reader
        starts = [grid.span(index)[0] for index in grid.texts]
        self.table = Table(min(starts, default=0))
        self.section: Heading | None = None
        self.group: Heading | None = None
        self.seen_area: int | None = None
        self.grouping: set[int] = set()

    def read(self) -> Table:
        if not self.columns or not {"lead", "duty", "support", "time"} & set(self.columns.values()):
            self.table.loose = [self.grid.span(index) for index in self.grid.texts]
            return self.table
        texts = [column for column, role in sorted(self.columns.items()) if role == "text"]
        numbers = [column for column, role in self.columns.items() if role == "number"]
        self.grouping = self._grouping_columns(texts, numbers)
        row = self.first
        while row < self.grid.height:
            places = {
                column: self.grid.at[row, column] for column in range(self.grid.width) if (row, column) in self.grid.at
            }
            filled = {index for index in places.values() if self.grid.view(index)}
            if len(filled) == 1 and (
                len(set(places.values())) == 1
                or all(self.columns.get(c) in ("text", "area", "number") for c, i in places.items() if i in filled)
            ):
                self._heading(filled.pop())
                row += 1
                continue
            number = places.get(numbers[0]) if numbers else None
            last = row
            while number is not None and self.grid.view(number) and self.grid.at.get((last + 1, numbers[0])) == number:
                last += 1
            self._item(row, last, texts, number)
            row = last + 1
        return self.table

    def _grouping_columns(self, texts: list[int], numbers: list[int]) -> set[int]:
        """Text columns, not the last, whose cells span several numbered rows: a cell of one row groups there too."""
        grid = self.grid
        if not numbers:
            return set()
        out = set()
        for column in texts[:-1]:
            cells = {grid.at[row, column] for row in range(self.first, grid.height) if (row, column) in grid.at}
            for index in cells:
                rows = range(grid.cells[index].row, grid.cells[index].row + grid.cells[index].rows)
                if len({grid.at.get((row, numbers[0])) for row in rows}) > 1:
                    out.add(column)
        return out

    def _heading(self, index: int) -> None:
        heading = self._as_heading(index)
        if heading.kind == "cnp":
            self.group = heading
        else:
            self.section, self.group = heading, None

    def _as_heading(self, index: int) -> Heading:
        start, end = self.grid.span(index)
        match = HEADING_START.match(self.flow.view, start, end)
        if match:
            kind, number = mark_of(match)
            return Heading(kind, number, match.end(), end)
        return Heading("none", None, start, end)

    def _item(self, row: int, last: int, texts: list[int], number: int | None) -> None:
        """Rows [row, last] share one number; as a rule that is one row."""
        grid = self.grid
        segments: list[tuple[int, int]] = []
        used: set[int] = set()
        for column, role in sorted(self.columns.items()):
            index = grid.at.get((row, column))
            if role == "area" and index is not None and grid.view(index) and index != self.seen_area:
                self.seen_area = index
                self._heading(index)
        for line in range(row, last + 1):
            for column in texts:
                index = grid.at.get((line, column))
                if index is None or index in used or not grid.view(index):
                    continue
                used.add(index)
                cell = grid.cells[index]
                shared = cell.rows > last - row + 1 or cell.row < row or column in self.grouping
                if shared and column != texts[-1]:  # a task over several rows of measures: the group of these rows
                    if self.group is None or self.group.end != grid.span(index)[1]:
                        self.group = self._as_heading(index)
                    continue
                segments.extend((p.start, p.end) for p in grid.texts[index])
        if not segments:
            return
        start = segments[0][0]
        value = (
            parse_chinese_number(re.sub(r"[^\d一二三四五六七八九十]", "", grid.view(number)))
            if number is not None
            else None
        )
        match = HEADING_START.match(self.flow.view, start, segments[0][1])
        if match and match.end() < segments[0][1]:
            segments[0] = (match.end(), segments[0][1])
            value = mark_of(match)[1] if value is None else value
        node = Node("row", int(value) if value is not None else None, start, None, segments)
        node.responsibilities = self._responsibilities(row, last)
        self.table.rows.append(Row(node, self.section, self.group))

    def _responsibilities(self, row: int, last: int) -> list[Responsibility]:
        grid, out, seen = self.grid, [], set()
        for line in range(row, last + 1):
            fields: list[tuple[int, int, str]] = []
            for column, role in sorted(self.columns.items()):
                index = grid.at.get((line, column))
                if (
                    index is None
                    or role not in ("lead", "support", "duty", "time")
                    or (index, role) in seen
                    or not grid.view(index)
                ):
                    continue
                seen.add((index, role))
                fields.extend((p.start, p.end, role) for p in grid.texts[index])
            if fields:
                out.append(self.reader.fields(fields))
        return out
