"""From the reader's draft (a dict, possibly corrected by people) to clauses, tasks, duties and targets. Pure.

The draft has the fields of `hengjian policy parse --json`; see docs/plans.md for what people may correct.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hengjian.methods.numerals import format_chinese_number
from hengjian.plans.marking import in_text_order

Json = dict[str, Any]


@dataclass
class DutyDraft:
    """One unit in an item's responsibility list."""

    role: str
    as_written: str
    name: str
    collective: bool
    bracket: int
    start: int


@dataclass
class TargetDraft:
    indicator: str
    operator: str
    value: str
    unit: str
    year: int | None
    direction: str
    strength: str
    scope: str
    start: int
    end: int


@dataclass
class TaskDraft:
    """One measure (or one whole item) that becomes a task. `due` None = the end of the plan's period."""

    code: str
    title: str
    text: str
    fingerprint: str
    index: int
    start: int
    end: int
    due: date | None = None
    due_phrase: str = ""
    due_strength: str = "firm"
    is_key: bool = False
    nature: str = "action"
    duties: list[DutyDraft] = field(default_factory=list)


@dataclass
class ClauseDraft:
    """Section, group or item. `parent` is the place of the parent in `PlanOutline.clauses`, or None."""

    kind: str
    number: int | None
    label: str
    title: str
    sequence: int | None
    parent: int | None
    start: int
    end: int
    duty_mode: str = ""
    open_list: bool = False
    tasks: list[TaskDraft] = field(default_factory=list)
    targets: list[TargetDraft] = field(default_factory=list)


@dataclass
class PlanOutline:
    clauses: list[ClauseDraft]

    @property
    def tasks(self) -> list[TaskDraft]:
        return [task for clause in self.clauses for task in clause.tasks]


def fingerprint(text: str) -> str:
    """SHA-256 of the text after NFKC and without white space: equal for texts that a reader would call the same."""
    return hashlib.sha256("".join(unicodedata.normalize("NFKC", text).split()).encode()).hexdigest()


def short_title(text: str, most: int = 44) -> str:
    """The beginning of a measure, cut at a comma, at most `most` characters; a short measure stays whole."""
    plain = "".join(text.split()) if not re.search(r"[A-Za-z]", text) else " ".join(text.split())
    if len(plain) <= most:
        return plain
    head = ""
    for part in re.split(r"(?<=[，,；;：:])", plain):
        if head and len(head) + len(part) > most + 1:
            break
        head += part
    head = head.rstrip("，,；;：:")
    if len(head) <= most:
        return head
    # One clause longer than the limit: the end of an enumeration is the next best place to stop.
    cut = max(head.rfind("、", 0, most), head.rfind("“", 0, most))
    return (head[:cut] if cut > most // 2 else head[:most]) + "…"


def build_outline(draft: Json, granularity: str) -> PlanOutline:
    """Lay out a draft as clauses with their tasks.

    `granularity`: `measure` (one task per action sentence) or `item` (one task per item). Items and measures marked
    `"skip": true` by a person give no task; the text stays in its clause.

    Raises:
        ValueError: unknown granularity.
    """
    if granularity not in ("measure", "item"):
        raise ValueError(f"unknown granularity {granularity!r}")
    clauses: list[ClauseDraft] = []
    for section in draft.get("sections", []):
        place = len(clauses)
        start, end = _span(section)
        number = section.get("number")
        section_clause = ClauseDraft(
            kind="section",
            number=number,
            label=section.get("label") or (f"{format_chinese_number(number)}、" if number else ""),
            title=section.get("title") or "",
            sequence=None,
            parent=None,
            start=start,
            end=end,
            targets=[_target(target) for target in section.get("targets") or []],
        )
        clauses.append(section_clause)
        groups: dict[int, int] = {}
        for group in section.get("groups") or []:
            groups[group["number"]] = len(clauses)
            g_start, g_end = _span(group)
            clauses.append(
                ClauseDraft("group", group["number"], f"（{format_chinese_number(group['number'])}）",
                            group.get("title") or "", None, place, g_start, g_end)
            )  # fmt: skip
        for _place, item in in_text_order(section):
            clauses.append(_item(item, groups.get(item.get("group") or -1, place), granularity))
    return PlanOutline(clauses)


def _span(node: Json) -> tuple[int, int]:
    start, end = node.get("span") or (0, 0)
    return int(start), int(end)


def _item(item: Json, parent: int, granularity: str) -> ClauseDraft:
    start, end = _span(item)
    number = item.get("number")
    clause = ClauseDraft(
        kind="item",
        number=number,
        label=item.get("label") or (f"（{format_chinese_number(number)}）" if number else ""),
        title=item.get("title") or "",
        sequence=item.get("sequence"),
        parent=parent,
        start=start,
        end=end,
        duty_mode=item.get("duty_mode") or "",
        open_list=bool(item.get("open_list")),
        targets=[_target(target) for target in item.get("targets") or []],
    )
    duties = [
        DutyDraft(
            role=duty["role"],
            as_written=duty.get("organisation") or duty["name"],
            name=duty.get("name") or duty["organisation"],
            collective=bool(duty.get("collective")),
            bracket=int(duty.get("bracket") or 1),
            start=_span(duty)[0],
        )
        for duty in item.get("duties") or []
    ]
    if item.get("skip"):
        return clause
    measures: list[str] = list(item.get("measures") or [])
    spans = item.get("measure_spans") or [(0, 0)] * len(measures)
    details: Json = item.get("measure_details") or {}
    deadlines = item.get("deadlines") or []
    sequence = item.get("sequence") or number or 0
    if granularity == "item" or not measures:
        whole = "。".join(measures) or clause.title
        task = TaskDraft(str(sequence), short_title(clause.title or whole), whole, fingerprint(whole), 0, start, end)
        natures = {(details.get(str(index)) or {}).get("nature") or "action" for index in range(1, len(measures) + 1)}
        task.nature = "mechanism" if natures == {"mechanism"} else "action"
        _set_deadline(task, deadlines)
        task.duties = _first_of_each(duties)
        clause.tasks.append(task)
        return clause
    for index, text in enumerate(measures, 1):
        detail = details.get(str(index)) or {}
        if detail.get("skip"):
            continue
        m_start, m_end = spans[index - 1]
        task = TaskDraft(
            code=f"{sequence}.{index}",
            title=detail.get("title") or short_title(text),
            text=text,
            fingerprint=fingerprint(text),
            index=index,
            start=int(m_start),
            end=int(m_end),
            is_key=bool(detail.get("is_key")),
            nature=detail.get("nature") or "action",
        )
        _set_deadline(task, [line for line in deadlines if _belongs(line, text, int(m_start), int(m_end))])
        task.duties = _duties_of(task, duties)
        clause.tasks.append(task)
    return clause


def _belongs(deadline: Json, text: str, start: int, end: int) -> bool:
    span = deadline.get("span")
    if span and end > start:
        return start <= int(span[0]) < end
    return bool(deadline.get("sentence")) and _same(text).startswith(_same(deadline["sentence"]))


def _same(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _set_deadline(task: TaskDraft, deadlines: list[Json]) -> None:
    """The last dated deadline governs the task; an undated one (长期) only leaves its words."""
    for line in deadlines:
        due = date.fromisoformat(line["due"]) if line.get("due") else None
        if due is None and task.due is not None:
            continue
        if task.due is None or (due is not None and due >= task.due):
            task.due, task.due_phrase = due, line["phrase"]
            task.due_strength = line.get("strength") or "firm"


def _duties_of(task: TaskDraft, duties: list[DutyDraft]) -> list[DutyDraft]:
    """The list that stands after the measure. Of several brackets each governs what stands before it."""
    starts: dict[int, int] = {}
    for duty in duties:
        starts[duty.bracket] = min(starts.get(duty.bracket, duty.start), duty.start)
    if len(starts) > 1 and task.end > task.start:
        after = sorted((start, bracket) for bracket, start in starts.items() if start >= task.end)
        wanted = after[0][1] if after else max(starts, key=lambda bracket: starts[bracket])
        return _first_of_each([duty for duty in duties if duty.bracket == wanted])
    return _first_of_each(duties)


def _first_of_each(duties: list[DutyDraft]) -> list[DutyDraft]:
    """A unit named twice keeps its stronger role (lead before joint before support) at its first place."""
    rank = {"lead": 0, "joint": 1, "support": 2}
    kept: dict[str, DutyDraft] = {}
    for duty in duties:
        known = kept.get(duty.name)
        if known is None:
            kept[duty.name] = duty
        elif rank[duty.role] < rank[known.role]:
            kept[duty.name] = DutyDraft(duty.role, known.as_written, known.name, known.collective, known.bracket,
                                        known.start)  # fmt: skip
    return list(kept.values())


def _target(target: Json) -> TargetDraft:
    start, end = _span(target)
    value = target.get("value")
    if isinstance(value, list):
        value = "～".join(str(part) for part in value)
    return TargetDraft(
        indicator=target["indicator"],
        operator=target["operator"],
        value="" if value is None else str(value),
        unit=target.get("unit") or "",
        year=target.get("year"),
        direction=target.get("direction") or "",
        strength=target.get("strength") or "firm",
        scope=target.get("scope") or "",
        start=start,
        end=end,
    )
