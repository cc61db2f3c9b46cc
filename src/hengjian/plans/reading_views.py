"""What the review page shows of a draft: items, measures, duties, and the doubts to settle."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString

from hengjian.parties.queries import UnitMatch

Json = dict[str, Any]
SPLIT_AT = "，,；;、和并"
FEWEST_AROUND_SPLIT = 4


@dataclass
class Doubt:
    """Something to settle. `kind`: item, duties, deadlines, targets (accept or correct) or unit (choose).

    `key` addresses the question on the page, `place` is the number of the measure or 0 for the item.
    """

    key: str
    kind: str
    question: str
    place: int = 0
    entry: Json = field(default_factory=dict)
    match: UnitMatch | None = None


@dataclass
class MeasureView:
    index: int
    code: str
    key: str
    title: str
    text: str
    skip: bool
    is_key: bool
    deadlines: list[Json]
    targets: list[Json]
    citations: list[Json]
    doubts: list[Doubt]
    last: bool = False
    nature: str = "action"

    @property
    def splits(self) -> list[tuple[int, str, str]]:
        """(offset, end of the first half, beginning of the second) where the sentence may be cut."""
        found = []
        for place, char in enumerate(self.text):
            at = place if char in "和并" else place + 1
            if char in SPLIT_AT and FEWEST_AROUND_SPLIT <= at <= len(self.text) - FEWEST_AROUND_SPLIT:
                found.append((at, self.text[max(0, at - 12) : at], self.text[at : at + 12]))
        return found

    @property
    def due(self) -> Json:
        """The deadline that governs the task, or an empty one."""
        dated = [line for line in self.deadlines if line.get("due")]
        return max(dated, key=lambda line: line["due"]) if dated else {}


@dataclass
class DutyView:
    role: str
    written: str
    match: UnitMatch | None
    chosen: str  # name of the unit that a person chose
    sure: bool
    reason: str


@dataclass
class ItemView:
    section: int
    item: int
    key: str
    label: str
    title: str
    skip: bool
    measures: list[MeasureView]
    duties: list[DutyView]
    targets: list[Json]
    doubts: list[Doubt]
    deadlines: list[Json] = field(default_factory=list)
    by_hand: bool = False
    # The item that follows it in the text within its section, for joining the two.
    following: ItemView | None = None

    @property
    def all_doubts(self) -> list[Doubt]:
        return [*self.doubts, *(doubt for measure in self.measures for doubt in measure.doubts)]


@dataclass
class Block:
    """A stretch of the source; `item` is None where nothing but running text or headings stands."""

    html: SafeString
    item: ItemView | None = None
    start: int = 0
    end: int = 0


@dataclass
class Reading:
    blocks: list[Block]
    warnings: list[str]
    unread: list[tuple[str, str, str]]  # (address in the page, reason, beginning of the text)
    doubts: list[Doubt]
    measures: int
    duties: int
    deadlines: int
