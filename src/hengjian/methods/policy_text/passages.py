"""One passage that a person marks → an item with one measure: what else stands in those words is read as usual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hengjian.methods.policy_text.deadlines import Context, find_deadlines, labelled_deadline
from hengjian.methods.policy_text.duties import DutyReader
from hengjian.methods.policy_text.item_duties import add_duties
from hengjian.methods.policy_text.measures import split_sentences, subtract
from hengjian.methods.policy_text.model import Deadline, Duty, Item, Measure, Target
from hengjian.methods.policy_text.normalise import normalise
from hengjian.methods.policy_text.reader import known_names
from hengjian.methods.policy_text.responsibility import find_responsibilities
from hengjian.methods.policy_text.sources import SourceText
from hengjian.methods.policy_text.targets import find_targets
from hengjian.methods.policy_text.units import Names

if TYPE_CHECKING:
    from hengjian.methods.organisations import Organisations


def read_passage(
    text: str, start: int, end: int, *, year: int | None = None, organisations: Organisations | None = None
) -> Item:
    """Read [start, end) of `text` (the text of a `PolicyDocument`) as one action.

    `year` is what 年内 or 6月底前 means. The item has one measure without the brackets that name who is responsible;
    duties, targets and deadlines carry spans in `text`. A passage that holds nothing but such a bracket, or no word at
    all, gives an item without a measure. Title, number and sequence are left empty.
    """
    end = min(end, len(text))
    start = max(0, min(start, end))
    flow = normalise(SourceText(text[start:end], "txt"))
    names = known_names() if organisations is None else Names(organisations)
    prose = [paragraph for paragraph in flow.paragraphs if paragraph.table < 0]
    found = find_responsibilities(flow, prose, DutyReader(flow, names))
    holes = sorted((entry.start, entry.end) for entry in found)
    stretches = subtract([(paragraph.start, paragraph.end) for paragraph in prose], holes)
    sentences = [sentence for a, b in stretches for sentence in split_sentences(flow, a, b)]
    item = Item(None, 0, "", [start, start], [start, end])
    context = Context(year)
    state: list[int | None] = [None]
    for sentence in sentences:
        item.targets.extend(find_targets(flow, sentence, context, state))
        item.deadlines.extend(find_deadlines(flow, sentence, context))
    if sentences:
        span = flow.span(sentences[0][0], sentences[-1][1])
        words = "。".join(" ".join(flow.text[a:b].split()) for a, b in sentences)
        item.measures = [Measure(words, [span[0] + start, span[1] + start])]
    add_duties(item, [entry for entry in found if entry.duties], [])
    first = item.measures[0].text[:20] if item.measures else ""
    for entry in found:
        for a, b in entry.times:
            item.deadlines.extend(labelled_deadline(flow, a, b, first, context))
    parts: list[Duty | Target | Deadline] = [*item.duties, *item.targets, *item.deadlines]
    for part in parts:
        part.span = [part.span[0] + start, part.span[1] + start]
    return item
