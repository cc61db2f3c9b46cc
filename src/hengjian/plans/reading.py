"""A draft as the review page shows it: blocks of the source beside what was read in them, with the doubts to settle.

Pure but for the matches of units, which the caller looks up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hengjian.parties.queries import UnitMatch
from hengjian.plans.highlight import Heading, Mark, paragraphs
from hengjian.plans.marking import living_items
from hengjian.plans.outline import short_title
from hengjian.plans.reading_views import Block, Doubt, DutyView, ItemView, MeasureView, Reading

Json = dict[str, Any]
# Below this a person should look (as in `UnitMatch.confidence`).
SURE = 0.9
# How far behind its last unit the bracket of a list may close.
LONGEST_TAIL = 40


def written_names(draft: Json) -> dict[str, str]:
    """Every name of a unit as written → its usual name, in text order."""
    return {
        duty["organisation"]: duty.get("name") or duty["organisation"]
        for _section, _place, item in living_items(draft)
        for duty in item.get("duties") or []
    }


def best_matches(draft: Json, found: Mapping[str, UnitMatch]) -> dict[str, UnitMatch]:
    """As when the plan is built: the written form first, then the usual name."""
    return {
        written: found[written] if found[written].unit else found[name]
        for written, name in written_names(draft).items()
    }


class Reader:
    """Builds the views of one draft. `chosen`: written name → name of the unit that a person chose."""

    def __init__(self, draft: Json, text: str, matches: Mapping[str, UnitMatch], chosen: Mapping[str, str]) -> None:
        self.draft, self.text, self.matches, self.chosen = draft, text, matches, chosen
        self.asked: set[str] = set()
        self.marks: list[Mark] = found_marks(draft, text)
        self.items: list[tuple[int, int, ItemView]] = []
        for s, i, item in living_items(draft):
            start, end = item.get("span") or (0, 0)
            view = self._item(s, i, item)
            if self.items and self.items[-1][2].section == s:
                self.items[-1][2].following = view
            self.items.append((start, end, view))
        self._unread_marks()

    def read(self) -> Reading:
        """The whole page."""
        views = [view for _start, _end, view in self.items]
        doubts = [doubt for view in views for doubt in view.all_doubts]
        return Reading(
            blocks=self._blocks(),
            warnings=[warning_text(line) for line in self.draft.get("warnings") or []],
            unread=self._unread(),
            doubts=doubts,
            measures=sum(len(view.measures) for view in views),
            duties=sum(len(view.duties) for view in views),
            deadlines=sum(len(item.get("deadlines") or []) for _section, _place, item in living_items(self.draft)),
        )

    # ---- items

    def _item(self, s: int, i: int, item: Json) -> ItemView:
        key = f"{s}-{i}"
        start = (item.get("span") or [0])[0]
        title_end = (item.get("title_span") or [0, 0])[1]
        self.marks.append(Mark(start, title_end, element="strong"))
        doubts = self._reader_doubts(key, item)
        measures = self._measures(key, item)
        duties = [self._duty(key, duty, doubts) for duty in item.get("duties") or []]
        self._doubt_marks(item)
        in_measures = [id(line) for measure in measures for line in measure.targets]
        dated = [id(line) for measure in measures for line in measure.deadlines]
        number = item.get("number")
        return ItemView(
            section=s,
            item=i,
            key=key,
            label=item.get("label") or (str(number) if number is not None else str(item.get("sequence") or i + 1)),
            title=item.get("title") or "",
            skip=bool(item.get("skip")),
            by_hand=bool(item.get("by_hand")),
            measures=measures,
            duties=duties,
            targets=[line for line in item.get("targets") or [] if id(line) not in in_measures],
            deadlines=[line for line in item.get("deadlines") or [] if id(line) not in dated],
            doubts=doubts,
        )

    def _reader_doubts(self, key: str, item: Json) -> list[Doubt]:
        """One question per part of the item and reason, whatever the number of entries."""
        doubts: list[Doubt] = []
        if item.get("confidence", 1) < SURE:
            doubts.append(Doubt(f"q-{key}-item", "item", reason_text(item)))
        by_reason: dict[str, list[str]] = {}
        for duty in item.get("duties") or []:
            if duty.get("confidence", 1) < SURE:
                by_reason.setdefault(reason_text(duty), []).append(duty["organisation"])
        for number, (reason, names) in enumerate(by_reason.items()):
            question = _("责任单位%(names)s：%(reason)s。") % {"names": "、".join(names), "reason": reason}
            doubts.append(Doubt(f"q-{key}-duties{number or ''}", "duties", question))
        return doubts

    def _measures(self, key: str, item: Json) -> list[MeasureView]:
        texts: list[str] = item.get("measures") or []
        spans = item.get("measure_spans") or [(0, 0)] * len(texts)
        details = item.get("measure_details") or {}
        sequence = item.get("sequence") or item.get("number") or 0
        views = []
        for index, (text, span) in enumerate(zip(texts, spans, strict=False), 1):
            detail = details.get(str(index)) or {}
            name = f"{key}-{index}"
            deadlines = entries_in(item.get("deadlines"), span)
            link = format_html(
                '<sup><a href="#p-{}" aria-label="{}">{}</a></sup>', name, _("举措 %(n)s") % {"n": index}, index
            )
            self.marks.append(Mark(span[0], span[1], "m-measure", f"s-{name}", link))
            doubts = [
                Doubt(
                    f"q-{name}-due{number or ''}",
                    "deadlines",
                    _("“%(phrase)s”按哪个日期管理？") % {"phrase": line["phrase"]},
                    index,
                    line,
                )
                for number, line in enumerate(deadlines)
                if line.get("confidence", 1) < SURE
            ]
            targets = entries_in(item.get("targets"), span)
            doubtful = [line for line in targets if line.get("confidence", 1) < SURE]
            if doubtful:
                names = "、".join(line["indicator"] for line in doubtful)
                question = _("目标“%(names)s”是否正确？") % {"names": names}
                doubts.append(Doubt(f"q-{name}-target", "targets", question, index, doubtful[0]))
            views.append(
                MeasureView(
                    index=index,
                    code=f"{sequence}.{index}",
                    key=name,
                    title=detail.get("title") or short_title(text),
                    text=text,
                    skip=bool(detail.get("skip")),
                    is_key=bool(detail.get("is_key")),
                    nature=detail.get("nature") or "action",
                    deadlines=deadlines,
                    targets=targets,
                    citations=entries_in(self.draft.get("citations"), span),
                    doubts=doubts,
                    last=index == len(texts),
                )
            )
        return views

    def _duty(self, key: str, duty: Json, doubts: list[Doubt]) -> DutyView:
        written = duty["organisation"]
        match = self.matches.get(written)
        chosen = self.chosen.get(written, "")
        sure = bool(chosen) or (match is not None and match.unit is not None and match.confidence >= SURE)
        if not sure and match is not None and written not in self.asked:
            # One answer settles the name in the whole text, so it is asked once, where it first stands.
            self.asked.add(written)
            question = _("“%(name)s”对应登记的哪个单位？") % {"name": written}
            doubts.append(Doubt(f"q-{key}-unit{len(self.asked)}", "unit", question, 0, duty, match))
        reason = "" if duty.get("confidence", 1) >= SURE else reason_text(duty)
        return DutyView(duty["role"], written, match, chosen, sure, reason)

    # ---- marks

    def _doubt_marks(self, item: Json) -> None:
        for line in item.get("deadlines") or []:
            if line.get("span") and line.get("confidence", 1) < SURE:
                self.marks.append(over(line, "m-doubt", level=3))
        for duty in item.get("duties") or []:
            written = duty["organisation"]
            match = self.matches.get(written)
            known = written in self.chosen or match is None or (match.unit and match.confidence >= SURE)
            if duty.get("span") and (not known or duty.get("confidence", 1) < SURE):
                self.marks.append(over(duty, "m-doubt", level=3))

    def _unread_marks(self) -> None:
        for number, passage in enumerate(self.draft.get("unread") or [], 1):
            if passage.get("span"):
                self.marks.append(over(passage, "m-unread", f"u-{number}", level=-1))

    # ---- blocks

    def _blocks(self) -> list[Block]:
        """Items and what stands between them, in text order; every character is in exactly one block."""
        headings = self._headings()
        blocks: list[Block] = []
        at = 0
        ordered = sorted(self.items, key=lambda entry: entry[0])
        stretches: list[tuple[int, int, ItemView | None]] = []
        for number, (start, end, item) in enumerate(ordered):
            following = ordered[number + 1][0] if number + 1 < len(ordered) else len(self.text)
            start, end = max(start, at), max(at, min(end, following))
            if start > at:
                stretches.append((at, start, None))
            stretches.append((start, max(start, end), item))
            at = max(start, end)
        stretches.append((at, len(self.text), None))
        marks = sorted(self.marks, key=lambda mark: mark.start)
        longest = max((mark.end - mark.start for mark in marks), default=0)
        first = 0
        for start, end, view in stretches:
            while first < len(marks) and marks[first].start < start - longest:
                first += 1
            own: list[Mark] = []
            for mark in marks[first:]:
                if mark.start >= end:
                    break
                if mark.end > start:
                    own.append(mark)
            html = paragraphs(self.text, start, end, own, headings, placed=True)
            if html or view is not None:
                blocks.append(Block(html, view, start, end))
        return blocks

    def _headings(self) -> list[Heading]:
        found = []
        for section in self.draft.get("sections", []):
            if section.get("title") and section.get("span"):
                found.append(Heading(section["span"][0], 3))
            found += [Heading(group["span"][0], 4) for group in section.get("groups") or [] if group.get("span")]
        items = {start for start, _end, _view in self.items}
        return [heading for heading in found if heading.start not in items]

    def _unread(self) -> list[tuple[str, str, str]]:
        return [
            (f"u-{number}", passage.get("reason") or _("未识别"), short_title(passage.get("text") or "", 30))
            for number, passage in enumerate(self.draft.get("unread") or [], 1)
        ]


def over(entry: Json, css: str, id: str = "", level: int = 0) -> Mark:
    """A mark over the place of an entry of the reading."""
    start, end = entry["span"]
    return Mark(start, end, css, id, level=level)


def found_marks(draft: Json, text: str) -> list[Mark]:
    """Lists of units, deadlines and cited documents, wherever they stand. A list in one bracket is one mark."""
    items = [item for _section, _place, item in living_items(draft)]
    parts = [draft.get("preamble"), draft.get("closing"), *draft.get("sections", []), *items]
    deadlines = [line for part in parts for line in (part or {}).get("deadlines") or []]
    deadlines += draft.get("notice_deadlines") or []
    marks = [over(line, "m-due", level=2) for line in deadlines if line.get("span")]
    marks += [over(line, "m-doc", level=2) for line in draft.get("citations") or [] if line.get("span")]
    for item in items:
        groups: list[tuple[int, int, int]] = []
        for duty in sorted(item.get("duties") or [], key=lambda duty: duty.get("span") or [0]):
            if not duty.get("span"):
                continue
            start, end = duty["span"]
            bracket = int(duty.get("bracket") or 1)
            if groups and groups[-1][0] == bracket and "\n" not in text[groups[-1][2] : start]:
                groups[-1] = (bracket, groups[-1][1], max(end, groups[-1][2]))
            else:
                groups.append((bracket, start, end))
        marks += [
            over({"span": _whole_bracket(text, start, end)}, "m-duty", level=1) for _bracket, start, end in groups
        ]
    return list(dict.fromkeys(marks))


def _whole_bracket(text: str, start: int, end: int) -> tuple[int, int]:
    """The list with the bracket around it and the words in it that name no unit (…按职责分工负责)."""
    if start == 0 or text[start - 1] not in "（(":
        return start, end
    depth = 0
    for place in range(start - 1, min(len(text), end + LONGEST_TAIL)):
        depth += (text[place] in "（(") - (text[place] in "）)")
        if depth == 0:
            return (start - 1, place + 1) if place >= end else (start, end)
        if text[place] == "\n":
            break
    return start, end


def entries_in(entries: list[Json] | None, span: Any) -> list[Json]:
    """Those that stand within the span."""
    start, end = span
    return [line for line in entries or [] if line.get("span") and start <= line["span"][0] < end]


def reason_text(entry: Json) -> str:
    return str(entry.get("reason") or _("识别把握不大"))


def warning_text(line: Json) -> str:
    """A warning of the reader in the language of the page."""
    chinese = (get_language() or "zh").startswith("zh")
    return str(line.get("message_zh" if chinese else "message_en") or line.get("message_zh") or line.get("code") or "")
