"""The readable form of `hengjian policy align`."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from hengjian.methods.policy_cascade import Alignment, MeasureRow
from hengjian.methods.policy_cascade.model import DOUBTS, Place
from hengjian.methods.policy_text.model import PolicyDocument

RELATIONS = {"kept": "保留", "adapted": "改写", "dropped": "未承接", "added": "新增"}
COLOURS = {"adapted": "cyan", "dropped": "red", "added": "green"}
EDITS = {"equal": "", "del": "red strike", "ins": "green underline"}


def print_alignment(above: PolicyDocument, below: PolicyDocument, alignment: Alignment) -> None:
    """Every row that is not kept word for word, with the changes marked; then the totals of measures and units."""
    console = Console(highlight=False)
    upper, lower = _sentences(above), _sentences(below)
    for row in alignment.measures:
        if row.relation != "kept":
            console.print(_headline(row))
            _print_row(console, row, upper, lower)
    units = alignment.totals["units"]
    counts = alignment.totals["measures"]
    console.print("  ".join(f"{name} {counts[key]}" for key, name in RELATIONS.items()), style="bold")
    console.print(
        f"责任单位：同名 {units['same']}  对口 {units['counterpart']}  一分为多 {units['split']}"
        f"  未列 {units['lost']}  新增 {units['gained']}"
    )


def _sentences(document: PolicyDocument) -> dict[tuple[int, int], str]:
    return {(item.sequence, k): m.text for item in document.items for k, m in enumerate(item.measures, start=1)}


def _place(place: Place) -> str:
    return f"{place['item']}.{place['index']}"


def _headline(row: MeasureRow) -> Text:
    line = Text(f"{RELATIONS[row.relation]}  {row.score:.2f}", style=COLOURS[row.relation])
    if row.note:
        line.append(f"  {row.note}", style="default")
    if row.doubt:
        line.append(f"  存疑：{DOUBTS[row.doubt]}", style="yellow")
    return line


def _print_row(
    console: Console, row: MeasureRow, upper: dict[tuple[int, int], str], lower: dict[tuple[int, int], str]
) -> None:
    if row.changes and row.parent:
        for change in row.changes:
            line = Text(
                f"   {row.parent['item']}.{row.parent['index']} → {change.child['item']}.{change.child['index']}  "
            )
            for edit in change.edits:
                line.append(edit.text, style=EDITS[edit.op])
            console.print(line)
    elif row.parent:
        place = row.parent["item"], row.parent["index"]
        console.print(Text(f"   {place[0]}.{place[1]}  {upper[place]}"))
    else:
        place = row.children[0]["item"], row.children[0]["index"]
        console.print(Text(f"   {place[0]}.{place[1]}  {lower[place]}"))
