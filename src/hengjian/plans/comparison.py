"""The stored comparison as the page shows it: rows grouped by item, wording marked, differences in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hengjian.plans.models import Cascade, CascadeLink

Json = dict[str, Any]
VIEWS = ("kept", "adapted", "dropped", "added", "moved", "doubtful")


@dataclass(frozen=True)
class Side:
    """One clause: its number and its sentence with the wording marked."""

    place: str
    html: SafeString


@dataclass(frozen=True)
class Row:
    link: CascadeLink
    parent: Side | None
    children: list[Side]
    differences: list[str]
    doubt: str

    @property
    def asks(self) -> bool:
        """Whether the office may still say why the clause was dropped."""
        return self.link.relation == "dropped"


@dataclass
class Group:
    """The rows of one parent item, or of child items that no parent item explains."""

    title: str
    note: str
    rows: list[Row] = field(default_factory=list)


def chosen(links: Iterable[CascadeLink], view: str) -> list[CascadeLink]:
    """The rows of one tab; an unknown or empty name gives all."""
    rows = list(links)
    if view == "moved":
        return [row for row in rows if row.moved]
    if view == "doubtful":
        return [row for row in rows if row.doubt and not row.by_hand]
    return [row for row in rows if row.relation == view] if view in VIEWS else rows


def groups(cascade: Cascade, links: list[CascadeLink], shown: list[CascadeLink]) -> list[Group]:
    """`links`: all rows (they decide how merged clauses are marked); `shown`: those of the tab."""
    marks = _Marks(links)
    answers = {row["parent"]: row["children"] for row in cascade.answers}
    # A new clause stands with the parent item that its own item answers.
    owner = {child: parent for parent in sorted(answers, reverse=True) for child in answers[parent]}
    found: dict[tuple[int, int], Group] = {}
    for link in shown:
        if link.parent_item is not None:
            key = (0, link.parent_item)
        else:
            item = link.children[0]["item"]
            key = (0, owner[item]) if item in owner else (1, item)
        if key not in found:
            found[key] = _group(cascade, answers, key)
        found[key].rows.append(_row(link, marks))
    return [found[key] for key in sorted(found)]


def _group(cascade: Cascade, answers: dict[int, list[int]], key: tuple[int, int]) -> Group:
    new, item = key
    if new:
        return Group(cascade.child_items.get(str(item), ""), _("本级第 %(item)s 条，上级没有对应条目") % {"item": item})
    below = "、".join(str(child) for child in answers.get(item, []))
    words = {"above": item, "below": below}
    note = _("上级第 %(above)s 条 → 本级第 %(below)s 条") if below else _("上级第 %(above)s 条，本级没有对应条目")
    return Group(cascade.parent_items.get(str(item), ""), note % words)


def place(child: Json) -> str:
    return f"{child['item']}.{child['index']}"


def _row(link: CascadeLink, marks: _Marks) -> Row:
    parent = Side(link.parent_place, marks.parent(link)) if link.parent_item is not None else None
    children = [Side(place(child), marks.child(child)) for child in link.children]
    doubt = DOUBT_WORDS[link.doubt]() if link.doubt in DOUBT_WORDS and not link.by_hand else ""
    return Row(link, parent, children, differences(link, marks.merged_with(link)), doubt)


DOUBT_WORDS = {
    "weak": lambda: _("相似度接近判定界限"),
    "near_miss": lambda: _("另有相近条款，也可理解为改写"),
    "duplicate": lambda: _("与已对应的另一条文字相同"),
}


class _Marks:
    """Marks words as deleted or inserted.

    A word of a clause that was split or merged counts as changed only when none of its partners has it.
    """

    def __init__(self, links: list[CascadeLink]) -> None:
        self._inserted: dict[str, set[int]] = {}
        self._partners: dict[str, list[str]] = defaultdict(list)
        for link in links:
            if link.parent_item is None:
                continue
            for child in link.children:
                new = _places(child.get("edits", ()), "ins", "child_span")
                key = place(child)
                self._inserted[key] = self._inserted[key] & new if key in self._inserted else new
                self._partners[key].append(link.parent_place)

    def parent(self, link: CascadeLink) -> SafeString:
        gone: set[int] | None = None
        for child in link.children:
            own = _places(child.get("edits", ()), "del", "parent_span")
            gone = own if gone is None else gone & own
        return _marked(link.parent_text, gone or set(), "del")

    def child(self, child: Json) -> SafeString:
        return _marked(child["text"], self._inserted.get(place(child), set()), "ins")

    def merged_with(self, link: CascadeLink) -> list[str]:
        """Other parent clauses that the same child clauses take up."""
        if link.parent_item is None:
            return []
        others = [other for child in link.children for other in self._partners[place(child)]]
        return [other for other in dict.fromkeys(others) if other != link.parent_place]


def _places(edits: Iterable[Json], op: str, span: str) -> set[int]:
    return {at for edit in edits if edit["op"] == op for at in range(*edit[span])}


def _marked(text: str, places: set[int], tag: str) -> SafeString:
    """The text with runs of `places` inside <del> or <ins>."""
    runs: list[tuple[bool, str]] = []
    for at, character in enumerate(text):
        inside = at in places
        if runs and runs[-1][0] == inside:
            runs[-1] = (inside, runs[-1][1] + character)
        else:
            runs.append((inside, character))
    pattern = {"del": "<del>{}</del>", "ins": "<ins>{}</ins>"}[tag]
    return format_html_join("", "{}", ((format_html(pattern, run) if inside else run,) for inside, run in runs))


def differences(link: CascadeLink, merged: list[str]) -> list[str]:
    """What changed, in words of the reader's language."""
    if link.relation == "kept":
        told = [_("一致")]
    elif link.relation == "added":
        told = [_("本级新增")]
    else:
        told = []
    if link.note:
        told.append(link.note)
    if merged:
        told.append(_("与上级 %(places)s 合并") % {"places": "、".join(merged)})
    if len(link.children) > 1:
        told.append(_("拆为 %(n)s 句") % {"n": len(link.children)})
    if link.moved:
        told.append(_("移至第 %(item)s 条") % {"item": link.children[0]["item"]})
    for key, words in CHANGE_WORDS.items():
        entries = [_entry(entry) for child in link.children for entry in child.get(key, ())]
        if entries:
            told.append(words() % {"what": "、".join(dict.fromkeys(entries))})
    return told


CHANGE_WORDS = {
    "deadlines": lambda: _("新增时限：%(what)s"),
    "removed_deadlines": lambda: _("不再有时限：%(what)s"),
    "targets": lambda: _("新增目标：%(what)s"),
    "removed_targets": lambda: _("不再有目标：%(what)s"),
    "citations": lambda: _("新引文件：%(what)s"),
    "removed_citations": lambda: _("不再引用：%(what)s"),
}


def _entry(entry: Any) -> str:
    """A deadline with its day, a target with its value, a citation."""
    if isinstance(entry, str):
        return entry
    if entry.get("phrase"):
        return f"{entry['phrase']}（{entry['due']}）" if entry.get("due") else str(entry["phrase"])
    return f"{entry.get('indicator') or ''}{entry.get('value') or ''}{entry.get('unit') or ''}"


UNIT_WORDS = {
    "same": lambda: _("同名"),
    "counterpart": lambda: _("对口"),
    "split": lambda: _("一对多"),
    "lost": lambda: _("本级未列"),
    "gained": lambda: _("本级增加"),
}


@dataclass(frozen=True)
class UnitLine:
    """A unit of a parent item and who answers for it below."""

    parent: str
    children: list[str]
    relation: str
    word: str
    note: str


def unit_groups(cascade: Cascade) -> list[tuple[str, list[UnitLine]]]:
    """Item by item: which units answer which."""
    found = []
    for block in cascade.units:
        names = cascade.parent_items if block["item"] is not None else cascade.child_items
        key = block["item"] if block["item"] is not None else block["child_items"][0]
        lines = [
            UnitLine(
                row.get("parent", ""),
                row.get("children") or ([row["child"]] if "child" in row else []),
                row["relation"],
                UNIT_WORDS[row["relation"]](),
                row.get("note", ""),
            )
            for row in block["mapping"]
        ]
        if lines:
            found.append((names.get(str(key), ""), lines))
    return found


COLUMNS = (
    lambda: _("上级条目"),
    lambda: _("上级编号"),
    lambda: _("上级条款"),
    lambda: _("关系"),
    lambda: _("本级编号"),
    lambda: _("本级条款"),
    lambda: _("差异"),
    lambda: _("说明"),
)


def sheet_rows(found: list[Group]) -> list[list[str]]:
    """The rows of the page for a sheet, in the same order."""
    return [
        [
            group.title,
            row.link.parent_place,
            row.link.parent_text,
            str(row.link.get_relation_display()),
            "、".join(side.place for side in row.children),
            "\n".join(child["text"] for child in row.link.children),
            "；".join([*row.differences, *([row.doubt] if row.doubt else [])]),
            row.link.reason,
        ]
        for group in found
        for row in group.rows
    ]
