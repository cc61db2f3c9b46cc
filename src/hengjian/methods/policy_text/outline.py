"""Paragraphs → tree of headings; then which level holds the items."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from hengjian.methods.policy_text.duties import Responsibility
from hengjian.methods.policy_text.marks import HEADING_INSIDE, HEADING_START, RANKS, mark_of
from hengjian.methods.policy_text.normalise import Flow, Paragraph

TITLE_LIMIT = 40  # a longer first sentence is an action, not a heading
_BOX = re.compile(r" *(?:(?P<column>专栏)|图|表) ?(?:[\d一二三四五六七八九十]{1,3})")
_CONTINUED = re.compile(r"^[、，]")


@dataclass(slots=True)
class Node:
    """A heading with what stands under it. `segments` are its own stretches of the flow, without the number."""

    kind: str
    number: int | None
    start: int
    parent: Node | None = None
    segments: list[tuple[int, int]] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    responsibilities: list[Responsibility] = field(default_factory=list)
    numbered_alone: bool = False  # the heading fills its line
    doubt: str = ""

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def rank(self) -> int:
        return RANKS.get(self.kind, 99)

    def end(self) -> int:
        ends = [self.segments[-1][1]] if self.segments else [self.start]
        return max(ends + [child.end() for child in self.children])


def build(
    flow: Flow, paragraphs: list[Paragraph], responsibilities: list[Responsibility]
) -> tuple[Node, list[str], list[tuple[int, int]]]:
    """The tree under a root node, doubts about the numbering, and the stretches that stand in boxes (专栏)."""
    builder = _Builder(flow, responsibilities)
    for paragraph in paragraphs:
        builder.add(paragraph)
    builder.attach(responsibilities)
    return builder.root, builder.doubts, builder.boxes


class _Builder:
    def __init__(self, flow: Flow, responsibilities: list[Responsibility]) -> None:
        self.flow = flow
        self.root = Node("root", None, 0)
        self.current = self.root
        self.last: dict[str, int] = {}
        self.in_box = False  # behind the caption of a box, figure or table
        self.boxed = False  # inside a 专栏, whose lines are no text of the item above
        self.boxes: list[tuple[int, int]] = []
        self.doubts: list[str] = []
        self.taken = sorted((item.start, item.end) for item in responsibilities)

    def add(self, paragraph: Paragraph) -> None:
        view, start, end = self.flow.view, paragraph.start, paragraph.end
        box = _BOX.match(view, start)
        if box and end - start < 60:
            self.in_box, self.boxed = True, self.boxed or box["column"] is not None
        place = start
        for at, after, kind, number in self._marks(start, end):
            if at > place:
                self._text(place, at)
            self._open(kind, number, at)
            place = after
        self._text(place, end)

    def _marks(self, start: int, end: int) -> Iterator[tuple[int, int, str, int]]:
        view = self.flow.view
        first = HEADING_START.match(view, start, end)
        place = start
        if first:
            kind, number = mark_of(first)
            if (
                first.end() < end
                and not _CONTINUED.match(view[first.end() : first.end() + 1])
                and self._accepts(kind, number, line_start=True)
            ):
                yield first.start(), first.end(), kind, number
                place = first.end()
        for match in HEADING_INSIDE.finditer(view, place, end):
            kind, number = mark_of(match)
            at = match.start()
            if at <= place or kind in ("circ", "rp", "word", "dec1", "dec2", "dec3"):
                continue
            before = view[at - 1]
            if self.flow.enclosed(at) or (before not in "。；）〕 ：" and not self._behind_title(kind, place, at)):
                continue
            listed = re.search("(?:措施|任务|举措|分工|内容)：$", view[max(start, at - 6) : at])
            if (before == "：" and not listed) or (
                before == " "
                and view[max(start, at - 3) : at].strip(" ")[-1:] not in ("", "。", "）", "〕", "；")
                and kind == "ar"
            ):
                continue
            if before == "；" and kind != "cnp":
                continue
            if self._accepts(kind, number, line_start=False) and not _CONTINUED.match(
                view[match.end() : match.end() + 1]
            ):
                if (
                    kind == "ar"
                    and number == 1
                    and before in "。；）〕 ："
                    and not re.search(r"[。；）〕] ?2[.．、]", view[at:end])
                ):
                    continue
                yield at, match.end(), kind, number
                place = match.end()

    def _behind_title(self, kind: str, place: int, at: int) -> bool:
        """一、重点任务（一）…: the mark follows the bare title of a higher heading on the same line."""
        title = self.flow.view[place:at]
        return (
            kind in ("cnp", "ar")
            and self.current.rank < RANKS[kind]
            and len(title) <= 60
            and not re.search("[。；：]", title)
        )

    def _accepts(self, kind: str, number: int, line_start: bool) -> bool:
        opened = self._opened(kind)
        if self.in_box and not (opened and number == (opened.number or 0) + 1 and kind not in ("ar", "arp", "circ")):
            return False
        expected = (opened.number or 0) + 1 if opened else None
        if number == expected or (number == 1 and (opened is None or line_start)):
            return True
        if opened is None and number == self.last.get(kind, -1) + 1:
            return True
        if not line_start or number <= 0:
            return False
        if kind in ("cn", "cnp", "章", "节", "条", "编", "篇", "部分"):
            return True
        return expected is not None and expected < number <= expected + 2

    def _opened(self, kind: str) -> Node | None:
        node: Node | None = self.current
        while node is not None and node.kind != kind:
            node = node.parent
        return node

    def _open(self, kind: str, number: int, at: int) -> None:
        opened = self._opened(kind)
        if opened is not None:
            parent = opened.parent or self.root
            if number != (opened.number or 0) + 1 and number != 1:
                self.doubts.append(f"编号不连续：{opened.number} 之后是 {number}")
        else:
            parent = self.current
            while parent.kind != "root" and parent.rank >= RANKS[kind]:
                parent = parent.parent or self.root
        node = Node(kind, number, at, parent)
        parent.children.append(node)
        self.current = node
        self.last[kind] = number
        self.in_box = self.boxed = False

    def _text(self, start: int, end: int) -> None:
        view = self.flow.view
        while start < end and view[start] in " \n":
            start += 1
        while end > start and view[end - 1] in " \n":
            end -= 1
        if end > start:
            (self.boxes if self.boxed else self.current.segments).append((start, end))

    def attach(self, responsibilities: list[Responsibility]) -> None:
        owners = sorted(
            ((segment[0], segment[1], node) for node in self.root.walk() for segment in node.segments),
            key=lambda entry: entry[0],
        )
        index = 0
        for item in responsibilities:
            while index + 1 < len(owners) and owners[index + 1][0] <= item.start:
                index += 1
            if owners and owners[index][0] <= item.start:
                owners[index][2].responsibilities.append(item)


def move_shared_up(root: Node) -> None:
    """A bracket that stands only behind the last sub-point of every item belongs to the item."""
    last_only: dict[str, list[Node]] = {}
    spread: Counter[str] = Counter()
    for node in root.walk():
        if node.kind == "root" or len(node.children) < 2 or node.responsibilities:
            continue
        carrying = [bool(child.responsibilities) for child in node.children if not child.children]
        if len(carrying) != len(node.children) or not any(carrying):
            continue
        if carrying[-1] and not any(carrying[:-1]):
            last_only.setdefault(node.children[0].kind, []).append(node)
        else:
            spread[node.children[0].kind] += 1
    for kind, nodes in last_only.items():
        if len(nodes) > spread[kind]:
            for node in nodes:
                node.responsibilities = node.children[-1].responsibilities
                node.children[-1].responsibilities = []


def item_nodes(flow: Flow, root: Node) -> list[Node]:
    """The nodes that are items, in document order."""
    carriers = Counter(node.kind for node in root.walk() if node.responsibilities and node.kind in RANKS)
    unnumbered = any(node.kind == "none" for node in root.walk())
    if carriers or unnumbered:
        significant = [
            kind for kind, count in carriers.items() if count >= (0.08 if count > 1 else 0.25) * sum(carriers.values())
        ] or list(carriers)
        level = max((RANKS[kind] for kind in significant), default=99)
        return list(_responsible_items(root, level, _plain_sections(root)))
    level_rank = _heading_rank(flow, root)
    return list(_leaf_items(root, level_rank))


def _plain_sections(root: Node) -> bool:
    """Do the top headings only hold others (then one of plain text has no items)?"""
    return any(child.children for child in root.children)


def _responsible_items(node: Node, level: int, sectioned: bool) -> Iterator[Node]:
    for child in node.children:
        below = any(other.responsibilities for other in child.walk() if other is not child)
        at_level = any(other.rank == level for other in child.walk() if other is not child)
        if child.rank >= level or (child.responsibilities and not below and not at_level):
            yield child
        elif below or at_level or any(True for _ in child.children):
            yield from _responsible_items(child, level, sectioned)
        elif node.kind != "root" or not sectioned:
            yield child


def _leaf_items(node: Node, level: int) -> Iterator[Node]:
    sectioned = any(child.children and child.rank < level for child in node.children) if node.kind == "root" else False
    for child in node.children:
        deeper = [other for other in child.children if other.rank <= level]
        if child.rank >= level or (not deeper and not (sectioned and node.kind == "root")):
            yield child
        elif deeper:
            yield from _leaf_items(child, level)


def _heading_rank(flow: Flow, root: Node) -> int:
    """Rank of the lowest level whose numbers open headings rather than list entries."""
    kinds: dict[str, list[bool]] = {}
    for node in root.walk():
        if node.kind in RANKS:
            kinds.setdefault(node.kind, []).append(_is_heading(flow, node))
    if "条" in kinds:
        return RANKS["条"]
    ranked = sorted(kinds, key=lambda kind: RANKS[kind])
    best = RANKS[ranked[0]] if ranked else 0
    for kind in ranked:
        if sum(kinds[kind]) >= 0.6 * len(kinds[kind]):
            best = RANKS[kind]
    return best


def _is_heading(flow: Flow, node: Node) -> bool:
    if not node.segments:
        return bool(node.children)
    start, end = node.segments[0]
    stop = first_stop(flow, start, end)
    more = len(node.segments) > 1 or bool(node.children)
    if stop is None:
        return more and end - start <= TITLE_LIMIT and flow.view[end - 1] not in "；，"
    return stop - start <= TITLE_LIMIT and (stop + 1 < end or more)


def first_stop(flow: Flow, start: int, end: int) -> int | None:
    """Place of the first 。 outside brackets and quotes."""
    place = flow.view.find("。", start, end)
    while place >= 0 and not flow.outside(place):
        place = flow.view.find("。", place + 1, end)
    return place if place >= 0 else None
