"""Puts headings, responsibilities, measures, targets and deadlines together into sections and items."""

from __future__ import annotations

import re

from hengjian.methods.policy_text.deadlines import Context, find_deadlines, labelled_deadline
from hengjian.methods.policy_text.duties import DutyReader, Responsibility
from hengjian.methods.policy_text.item_duties import add_duties
from hengjian.methods.policy_text.marks import HEADING_START
from hengjian.methods.policy_text.measures import sentences_of, split_sentences, subtract, title_span, to_measures
from hengjian.methods.policy_text.model import Deadline, Group, Item, Notice, Passage, PolicyDocument, Section, Target
from hengjian.methods.policy_text.normalise import Flow, Paragraph
from hengjian.methods.policy_text.outline import Node, build, item_nodes, move_shared_up
from hengjian.methods.policy_text.reasons import because
from hengjian.methods.policy_text.responsibility import find_responsibilities
from hengjian.methods.policy_text.sources import Cell
from hengjian.methods.policy_text.tables import Heading, Table, read_tables
from hengjian.methods.policy_text.targets import find_targets
from hengjian.methods.policy_text.titles import Layout

_ANNEX_LIST = re.compile(r"附件 ?\d{0,2} ?：")
_ANNEX_HEAD = re.compile(r"附 ?件 ?(?:\d{1,2}|[一二三四五六七八九十]|—?\d)?(?: ?[：:])?$")
_CLOSING = re.compile(
    r"(?:各地|各市|各级|各省|各有关|各部门|各单位|各盟|各县|各区|各州|各乡镇|各成员|各责任|各牵头|地方|"
    r"市直|省直|本(?:方案|计划|意见|办法|规划|措施|要点|行动|通知|细则|决定|纲要)|以上(?:措施|任务|政策)|"
    r"此前|\d{4}年|附件|（联系)"
)


def fill(
    document: PolicyDocument, flow: Flow, tables: list[list[Cell]], layout: Layout, context: Context, reader: DutyReader
) -> None:
    """Read the plan part of the flow into the document."""
    maker = _Maker(document, flow, context, reader)
    body = [
        p for i, p in enumerate(flow.paragraphs[: layout.plan_end]) if i >= layout.plan_start and i not in layout.used
    ]
    prose = [p for p in body if p.table < 0]
    main, annexes = _cut_annexes(flow, prose)
    task_tables = read_tables(flow, body, tables, reader)
    maker.table_starts = [table.start for table in task_tables if table.rows]
    maker.part(main, first=True)
    for annex in annexes:
        maker.annex(annex)
    for table in task_tables:
        maker.table(table)
    maker.finish()


def _cut_annexes(flow: Flow, paragraphs: list[Paragraph]) -> tuple[list[Paragraph], list[list[Paragraph]]]:
    """The plan proper, and what follows a line 附件 or 附件2 behind it."""
    parts: list[list[Paragraph]] = [[]]
    for paragraph in paragraphs:
        if _ANNEX_HEAD.match(flow.view[paragraph.start : paragraph.end].strip()) and any(
            HEADING_START.match(flow.view, other.start) for part in parts for other in part
        ):
            parts.append([])
        parts[-1].append(paragraph)
    return parts[0], parts[1:]


class _Maker:
    def __init__(self, document: PolicyDocument, flow: Flow, context: Context, reader: DutyReader) -> None:
        self.document, self.flow, self.context, self.reader = document, flow, context, reader
        self.table_starts: list[int] = []

    # -- one part of running text
    def part(self, paragraphs: list[Paragraph], first: bool) -> None:
        found = find_responsibilities(self.flow, paragraphs, self.reader)
        paragraphs, closing = self._take_closing(paragraphs, found)
        root, doubts, boxes = build(self.flow, paragraphs, found)
        for start, end in boxes:
            self._unread(start, end, because("box"))
        move_shared_up(root)
        self._unnumbered(root)
        for doubt in dict.fromkeys(doubts):
            self.document.warnings.append(
                Notice("numbering", doubt + "，请核对是否漏读。", "The numbering skips; check that nothing was missed.")
            )
        items = {id(node) for node in item_nodes(self.flow, root)} - self._table_headings(root)
        loose: Section | None = None
        for node in root.children:
            if id(node) in items:
                if loose is None:
                    loose = Section(None, None, self.flow.span(node.start, node.end()))
                    self.document.sections.append(loose)
                loose.items.append(self._item(node))
                loose.span[1] = loose.items[-1].span[1]
            else:
                loose = None
                self._section(node, items)
        self._outside(root, closing, first)

    def _take_closing(
        self, paragraphs: list[Paragraph], found: list[Responsibility]
    ) -> tuple[list[Paragraph], list[Paragraph]]:
        """The paragraphs behind the last item that belong to none: the order to the next level, dates, notes on
        annexes."""
        view = self.flow.view
        headings = [i for i, p in enumerate(paragraphs) if HEADING_START.match(view, p.start)]
        if not headings:
            return paragraphs, []
        cut = self._behind_brackets(paragraphs, found, headings)
        while cut - 1 > headings[-1]:
            paragraph = paragraphs[cut - 1]
            text = view[paragraph.start : paragraph.end].strip()
            if any(paragraph.start <= item.start < paragraph.end for item in found):
                break
            before = paragraphs[cut - 2]
            settled = any(before.start <= item.start and item.end >= before.end - 2 for item in found)
            if not (settled or _CLOSING.match(text) or (len(text) < 30 and not text.endswith(("。", "；")))):
                break
            cut -= 1
        annexes = next(
            (i for i in range(headings[-1], cut) if _ANNEX_LIST.match(view, paragraphs[i].start) and i > headings[0]),
            None,
        )
        if annexes is not None:
            cut = min(cut, annexes)
        else:  # 附件：1.… 2.… : the entries look like headings
            annexes = next(
                (i for i in range(cut) if _ANNEX_LIST.match(view, paragraphs[i].start) and i > headings[0]), None
            )
            if annexes is not None and all(p.end - p.start < 60 for p in paragraphs[annexes:cut]):
                cut = annexes
        return paragraphs[:cut], paragraphs[cut:]

    def _behind_brackets(self, paragraphs: list[Paragraph], found: list[Responsibility], headings: list[int]) -> int:
        """Index where the plan ends: at 附则, or behind the last bracket where all other items end with theirs."""
        view = self.flow.view
        with_duties = {
            i for i, p in enumerate(paragraphs) if any(p.start <= item.start < p.end and item.duties for item in found)
        }
        if not with_duties:
            return len(paragraphs)
        last = max(with_duties)
        for i in range(last + 1, len(paragraphs)):
            if re.fullmatch(" *附 *则 *", view[paragraphs[i].start : paragraphs[i].end]):
                return i
        opens = {*headings, *with_duties}
        closes = [i + 1 in opens for i in with_duties if i != last]
        if last >= headings[-1] and len(closes) >= 4 and sum(closes) >= 0.9 * len(closes):
            return last + 1
        return len(paragraphs)

    def _table_headings(self, root: Node) -> set[int]:
        """Headings with a task table under them and no text of their own: sections, not items."""
        nodes = [node for node in root.walk() if node.kind != "root"]
        out = set()
        for node, after in zip(nodes, [*nodes[1:], None], strict=False):
            bare = len(node.segments) <= 1 and not node.children and not node.responsibilities
            if bare and any(
                node.start < start and (after is None or start < after.start) for start in self.table_starts
            ):
                out.add(id(node))
        return out

    def _unnumbered(self, root: Node) -> None:
        """Paragraphs with their own responsibility but no number become items where a section has no numbered ones."""
        sections = [
            node
            for node in root.walk()
            if node.kind in ("root", "cn", "章", "节", "编", "篇", "部分") and not node.children
        ]
        others = any(node.children for node in root.children)
        for node in sections:
            bodies = [
                (segment, [item for item in node.responsibilities if segment[0] <= item.start < segment[1]])
                for segment in node.segments
            ]
            carrying = [
                index
                for index, (segment, items) in enumerate(bodies)
                if items and segment[1] - segment[0] > sum(i.end - i.start for i in items) + 4
            ]
            if node.kind != "root" and len(carrying) < 2 and not (others and carrying and carrying[0] > 0):
                continue
            if not carrying:
                continue
            kept: list[tuple[int, int]] = []
            for index, (segment, items) in enumerate(bodies):
                if index in carrying:
                    node.children.append(Node("none", None, segment[0], node, [segment], [], items))
                elif node.children:  # what follows an item without a responsibility of its own goes on with it
                    node.children[-1].segments.append(segment)
                    node.children[-1].responsibilities.extend(items)
                else:
                    kept.append(segment)
            node.segments, node.responsibilities = kept, [] if node.children else node.responsibilities

    # -- sections
    def _section(self, node: Node, items: set[int]) -> None:
        start, end, own = title_span(self.flow, node)
        section = Section(node.number, self.flow.text[start:end], self.flow.span(node.start, node.end()))
        self.document.sections.append(section)
        self._plain(section, node, (start, end) if own else None)
        self._children(section, node, items, None, [])

    def _children(
        self, section: Section, node: Node, items: set[int], group: Group | None, inherited: list[Responsibility]
    ) -> None:
        shared = inherited + (node.responsibilities if node.kind != "root" else [])
        for child in node.children:
            if id(child) in items:
                section.items.append(self._item(child, group, shared))
            else:
                start, end, own = title_span(self.flow, child)
                inner = Group(child.number, self.flow.text[start:end], self.flow.span(start, end))
                section.groups.append(inner)
                self._plain(section, child, (start, end) if own else None)
                self._children(section, child, items, inner, shared)

    def _plain(self, section: Section, node: Node, title: tuple[int, int] | None) -> None:
        """Text under a heading that is no item: its targets and deadlines stand at the section."""
        holes = sorted([(item.start, item.end) for item in node.responsibilities] + ([title] if title else []))
        sentences = [s for a, b in subtract(node.segments, holes) for s in split_sentences(self.flow, a, b)]
        targets, deadlines = self._figures(sentences)
        section.targets.extend(targets)
        section.deadlines.extend(deadlines)
        if sentences:
            section.text += ("\n" if section.text else "") + self.flow.text[sentences[0][0] : sentences[-1][1]]
        if not node.children:
            for item in node.responsibilities:
                self._unread(item.start, item.end, because("duty_without_task"))

    def _figures(self, sentences: list[tuple[int, int]]) -> tuple[list[Target], list[Deadline]]:
        targets: list[Target] = []
        deadlines: list[Deadline] = []
        year: list[int | None] = [None]
        for sentence in sentences:
            targets.extend(find_targets(self.flow, sentence, self.context, year))
            deadlines.extend(find_deadlines(self.flow, sentence, self.context))
        return targets, deadlines

    # -- items
    def _item(self, node: Node, group: Group | None = None, inherited: list[Responsibility] | None = None) -> Item:
        flow = self.flow
        title, sentences = sentences_of(flow, node)
        item = Item(
            node.number,
            0,
            flow.text[title[0] : title[1]].strip(),
            flow.span(title[0], title[1]),
            flow.span(node.start, node.end()),
            group.number if group else None,
        )
        item.measures = to_measures(flow, sentences)
        item.targets, item.deadlines = self._figures(sentences)
        if title[2] and sentences and sentences[0][0] != title[0]:
            item.deadlines = find_deadlines(flow, (title[0], title[1]), self.context) + item.deadlines
        if not item.title:
            item.confidence, item.reason = 0.4, because("no_text")
        own = sorted(
            (entry for other in node.walk() for entry in other.responsibilities), key=lambda entry: entry.start
        )
        lists = [entry for entry in own if entry.duties]
        add_duties(item, lists, inherited or [])
        first = flow.text[sentences[0][0] : sentences[0][1]][:20] if sentences else item.title[:20]
        timed = own if any(entry.times for entry in own) else own + (inherited or [])
        for a, b in (stretch for entry in timed for stretch in entry.times):
            item.deadlines.extend(labelled_deadline(flow, a, b, first, self.context))
        for entry in own:
            for a, b in entry.others + entry.asides:
                self._unread(a, b, because("not_a_body_field"))
            if entry.kind == "bracket" and not (entry.duties or entry.times or entry.others or entry.first_leads):
                self._unread(entry.start, entry.end, because("empty_duty_field"))
        item.deadlines.sort(key=lambda deadline: deadline.place)
        return item

    # -- the rest
    def _outside(self, root: Node, closing: list[Paragraph], first: bool) -> None:
        if root.segments:
            sentences = [s for a, b in root.segments for s in split_sentences(self.flow, a, b)]
            a, b = root.segments[0][0], root.segments[-1][1]
            passage = Passage(self.flow.text[a:b], self.flow.span(a, b))
            passage.targets, passage.deadlines = self._figures(sentences)
            if first:
                self.document.preamble = passage
            else:
                passage.reason = because("annex_note")
                self.document.unread.append(passage)
        if closing:
            a, b = closing[0].start, closing[-1].end
            passage = Passage(self.flow.text[a:b].strip(), self.flow.span(a, b))
            passage.deadlines = self._figures([s for p in closing for s in split_sentences(self.flow, p.start, p.end)])[
                1
            ]
            if first and self.document.closing is None:
                self.document.closing = passage
            else:
                passage.reason = because("annex_end")
                self.document.unread.append(passage)

    def annex(self, paragraphs: list[Paragraph]) -> None:
        """An annex with responsibilities is read like the plan; any other is reported as not read."""
        if any(item.duties for item in find_responsibilities(self.flow, paragraphs, self.reader)):
            self.part(paragraphs, first=False)
        elif paragraphs:
            start, end = paragraphs[0].start, paragraphs[-1].end
            self._unread(start, end, because("annex_unread"))

    def table(self, table: Table) -> None:
        """Rows go to the section that the table names, else to the empty section it stands in, else to one of
        their own."""
        place = self.flow.source(table.start)
        before = [section for section in self.document.sections if section.span[0] <= place]
        home = before[-1] if before and not before[-1].items else None
        current: Heading | None = None
        section = home
        for row in table.rows:
            if section is None or (row.section is not None and row.section is not current):
                current = row.section
                title = self.flow.text[current.start : current.end].strip() if current else None
                start = current.start if current else row.node.start
                section = Section(current.number if current else None, title, self.flow.span(start, row.node.end()))
                self.document.sections.append(section)
            group = None
            if row.group is not None:
                span = self.flow.span(row.group.start, row.group.end)
                group = next((known for known in section.groups if known.span == span), None)
                if group is None:
                    group = Group(
                        row.group.number if row.group.number is not None else len(section.groups) + 1,
                        self.flow.text[row.group.start : row.group.end].strip(),
                        span,
                    )
                    section.groups.append(group)
            section.items.append(self._item(row.node, group))
            section.span[1] = max(section.span[1], section.items[-1].span[1])
        for start, end in table.loose:
            self._unread(start, end, because("table_unread"))

    def _unread(self, start: int, end: int, reason: str) -> None:
        if end > start:
            self.document.unread.append(Passage(self.flow.text[start:end].strip(), self.flow.span(start, end), reason))

    def finish(self) -> None:
        self.document.sections.sort(key=lambda section: section.span[0])
        for sequence, item in enumerate(self.document.items, 1):
            item.sequence = sequence
