"""Reading and storing the blocks of a report: what it says, what it would say today, what the public version keeps."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hengjian.analysis import readings
from hengjian.analysis.composing import Composed, Draft, compose
from hengjian.analysis.models import Paragraph, Report, ReportFigure
from hengjian.analysis.rules.linking import Linked, link, updated
from hengjian.analysis.rules.reading import Reading
from hengjian.analysis.structures import Structure, structures
from hengjian.indicators.keys import dimensions_key
from hengjian.indicators.models import Observation

STEP = 10


def structure_of(report: Report) -> Structure | None:
    """Its declared structure; None for a deposited file, or when the structure is no longer declared."""
    return structures().get(report.structure)


def compose_again(report: Report) -> Composed | None:
    """What the report would say now, as its writer sees the values."""
    structure = structure_of(report)
    if structure is None:
        return None
    return compose(structure, report.region, report.when, report.written_by)


def store(report: Report, composed: Composed) -> None:
    """Put the blocks into the report: new ones as they are; of those that were rewritten the text stays, with its
    figures printed as they are now; a rewritten block that would not be made any more stays where it is."""
    known = {row.key: row for row in report.paragraphs.all()}
    report.figures.all().delete()
    ReportFigure.objects.bulk_create(
        _figure(report, number, reading) for number, reading in enumerate(composed.readings, start=1)
    )
    made = {draft.key for draft in composed.blocks}
    kept = [row for key, row in known.items() if key not in made and row.edited]
    report.paragraphs.exclude(key__in=[*made, *(row.key for row in kept)]).delete()
    fresh: list[Paragraph] = []
    old: list[Paragraph] = []
    for order, draft in enumerate(_in_order(composed.blocks, kept, known), start=1):
        if isinstance(draft, Paragraph):
            draft.order = order * STEP
            old.append(draft)
            continue
        row = known.get(draft.key) or Paragraph(report=report, key=draft.key)
        row.text = _text(row, draft)
        row.order, row.chapter, row.kind = order * STEP, draft.chapter, draft.kind
        row.generated, row.content, row.mentions = draft.text, draft.content, list(draft.mentions)
        (fresh if row.pk is None else old).append(row)
    Paragraph.objects.bulk_create(fresh)
    Paragraph.objects.bulk_update(
        old, ["order", "chapter", "kind", "text", "generated", "content", "mentions"], batch_size=100
    )


def _text(row: Paragraph, draft: Draft) -> str:
    """The text of a block that is made again: what people wrote stays, its figures follow."""
    if row.pk is None or not row.edited:
        return draft.text
    before = occurrences(row)
    now = {str(mention["slot"]): str(mention["printed"]) for mention in draft.mentions}
    slots = [str(mention["slot"]) for mention in row.mentions]
    return updated(row.text, before, {n: now.get(slot, before[n - 1][1]) for n, slot in enumerate(slots, start=1)})


def _in_order(
    drafts: Sequence[Draft], kept: Sequence[Paragraph], known: dict[str, Paragraph]
) -> list[Draft | Paragraph]:
    """The drafts, each kept block after the last one of its chapter."""
    result: list[Draft | Paragraph] = list(drafts)
    for row in kept:
        places = [place for place, item in enumerate(result) if item.chapter == row.chapter]
        result.insert((places[-1] + 1) if places else len(result), row)
    return result


def _figure(report: Report, number: int, reading: Reading) -> ReportFigure:
    return ReportFigure(
        report=report,
        number=number,
        indicator=reading.code,
        title=reading.title,
        definition=reading.meaning[:500],
        region=reading.region,
        place=reading.place,
        period=reading.period.code,
        dimensions=dimensions_key(reading.dimensions),
        observation=reading.pk,
        printed=reading.printed,
        parts=reading.parts,
        marks=list(reading.marks),
        public=reading.public,
    )


def occurrences(row: Paragraph) -> list[tuple[int, str]]:
    """The mentions of a paragraph as (position from 1, printed)."""
    return [(position, str(mention["printed"])) for position, mention in enumerate(row.mentions, start=1)]


def linked(row: Paragraph) -> Linked:
    """Its text taken apart; numbers that the generated text had without a figure (counts of regions) are not loose."""
    found = link(row.text, occurrences(row))
    allowed = list(link(row.generated, occurrences(row)).loose)
    loose = []
    for number in found.loose:
        if number in allowed:
            allowed.remove(number)
        else:
            loose.append(number)
    return Linked(found.spans, found.missing, tuple(loose))


@dataclass(frozen=True)
class Changed:
    """A block that would be made differently today.

    Attributes:
        now: the block as it would be, None when it would not be made.
        numbers: (printed, printed now) of the figures that differ; now is empty where there is no value any more.
    """

    now: Draft | None
    numbers: tuple[tuple[str, str], ...]


def changed(report: Report, rows: Sequence[Paragraph]) -> dict[str, Changed]:
    """Block key → what would be different today. A new block has the key of its draft."""
    composed = compose_again(report)
    if composed is None:
        return {}
    drafts = {draft.key: draft for draft in composed.blocks}
    found: dict[str, Changed] = {}
    for row in rows:
        draft = drafts.pop(row.key, None)
        if draft is None or _same(row, draft):
            if draft is None:
                found[row.key] = Changed(None, ())
            continue
        now = {mention["slot"]: mention["printed"] for mention in draft.mentions}
        pairs = [(mention["printed"], now.get(mention["slot"], "")) for mention in row.mentions]
        numbers = dict.fromkeys((str(before), str(after)) for before, after in pairs if before != after)
        found[row.key] = Changed(draft, tuple(numbers))
    for key, draft in drafts.items():
        found[key] = Changed(draft, ())
    return found


def _same(row: Paragraph, draft: Draft) -> bool:
    return row.generated == draft.text and _canonical(row.content) == _canonical(draft.content)


def _canonical(content: Any) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=False)


def digest(report: Report) -> str:
    """SHA-256 of what the report says."""
    rows = report.paragraphs.order_by("order").values_list("key", "kind", "text", "content")
    return hashlib.sha256(_canonical([list(row) for row in rows]).encode()).hexdigest()


def public_numbers(report: Report) -> set[int]:
    """The figures that the public may see as they stand: approved, public, and still the current version."""
    figures = list(report.figures.all())
    rows = readings.queries.observations(None).filter(pk__in=[figure.observation for figure in figures])
    open_ones = set(rows.values_list("pk", flat=True))
    return {figure.number for figure in figures if figure.observation in open_ones}


def public_rows(report: Report, open_numbers: set[int] | None = None) -> list[Paragraph]:
    """What the public version keeps: of tables the lines with public figures, of the rest the blocks whose figures are
    all public, that the writer meant for the public, and that have no number that nobody can open. A chapter that loses
    all its blocks loses its heading."""
    numbers = {figure.number for figure in report.figures.all() if figure.public}
    open_numbers = numbers if open_numbers is None else open_numbers
    kept: list[Paragraph] = []
    for row in report.paragraphs.order_by("order"):
        if row.kind == Paragraph.Kind.TABLE:
            _keep_open_lines(row, open_numbers)
        if row.kind == Paragraph.Kind.HEADING or fit_for_public(row, open_numbers):
            kept.append(row)
    return [
        row
        for place, row in enumerate(kept)
        if row.kind != Paragraph.Kind.HEADING
        or (place + 1 < len(kept) and kept[place + 1].chapter == row.chapter and _leads(kept, place))
    ]


def _leads(kept: Sequence[Paragraph], place: int) -> bool:
    """Whether a heading has something under it that is no heading."""
    chapter = kept[place].chapter
    return any(row.kind != Paragraph.Kind.HEADING for row in kept[place + 1 :] if row.chapter == chapter)


def _keep_open_lines(row: Paragraph, open_numbers: set[int]) -> None:
    """Leave the lines of a table that nobody may see out of it; in memory only."""
    lines = [line for line in row.content["rows"] if line["figure"] in open_numbers]
    row.content = {**row.content, "rows": lines}
    row.mentions = [mention for mention in row.mentions if mention["figure"] in open_numbers]
    row.public = row.public and bool(lines)


def fit_for_public(row: Paragraph, open_numbers: set[int]) -> bool:
    return row.public and all(int(mention["figure"]) in open_numbers for mention in row.mentions)


def newest(figure: ReportFigure) -> Observation | None:
    """The version of a value that counts today."""
    return readings.queries.value(
        figure.indicator,
        figure.region,
        figure.period,
        dimensions=dict(part.split("=", 1) for part in figure.dimensions.split(";") if part),
        reader=readings.SYSTEM,
    )
