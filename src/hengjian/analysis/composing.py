"""Makes the blocks of a report from the values that its writer may see. Writes nothing; the same values give the same
blocks, so that a report is compared with what it would say today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import translation

from hengjian.analysis import readings
from hengjian.analysis.charting import meta_of, number, regions_chart, trend_chart
from hengjian.analysis.layouts import places
from hengjian.analysis.readings import Reader
from hengjian.analysis.rules import sentences
from hengjian.analysis.rules.comparing import change, gap
from hengjian.analysis.rules.contributions import contributions
from hengjian.analysis.rules.reading import Reading
from hengjian.analysis.rules.sentences import Mention, Spoken
from hengjian.analysis.structures import Block, Structure
from hengjian.indicators.models import Observation, Target
from hengjian.methods import charts
from hengjian.methods.periods import MONTHS, Period
from hengjian.parties.models import Region

KINDS = {"prefecture": "地州市", "county": "县市区", "provincial": "省区市"}
TREND = 8


@dataclass(frozen=True)
class Draft:
    """One block as it would stand in the report now. `mentions` point at `Composed.readings` by number."""

    chapter: str
    key: str
    kind: str
    text: str = ""
    content: dict[str, Any] = field(default_factory=dict)
    mentions: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Composed:
    blocks: tuple[Draft, ...]
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class _Subject:
    """One indicator with everything that can be said of it."""

    now: Reading
    before: Reading | None
    past: Sequence[Reading]
    parts: Sequence[Reading]
    earlier_parts: Sequence[Reading]
    target: Target | None


class _Numbers:
    """Numbers of the figures, in the order in which the report names them."""

    def __init__(self) -> None:
        self.known: dict[object, int] = {}
        self.readings: list[Reading] = []

    def of(self, reading: Reading) -> int:
        if reading.key not in self.known:
            self.readings.append(reading)
            self.known[reading.key] = len(self.readings)
        return self.known[reading.key]

    def mentions(self, given: Iterable[Mention]) -> tuple[dict[str, Any], ...]:
        return tuple({"slot": m.slot, "figure": self.of(m.reading), "printed": m.printed} for m in given)


def compose(structure: Structure, region: Region, period: Period, reader: Reader) -> Composed:
    """All blocks of a report for a region and period, as a reader may see them; in Chinese, whoever asks."""
    with translation.override("zh-hans"):
        return _compose(structure, region, period, reader)


def _compose(structure: Structure, region: Region, period: Period, reader: Reader) -> Composed:
    subjects = _subjects(region, period, reader)
    numbers = _Numbers()
    blocks: list[Draft] = []
    for chapter in structure.chapters:
        made = [
            draft
            for block in chapter.blocks
            for draft in _Maker(chapter.code, block, region, period, subjects, numbers).drafts()
        ]
        if not made:
            made = [Draft(chapter.code, f"{chapter.code}.empty", "text", "本期没有可用数据。")]
        blocks += [Draft(chapter.code, f"{chapter.code}.heading", "heading", chapter.title), *made]
    return Composed(tuple(blocks), tuple(numbers.readings))


def _subjects(region: Region, period: Period, reader: Reader) -> list[_Subject]:
    """Every indicator that has a value inside the period: the longest period in it, and of these the last."""
    values = readings.queries.observations(reader).filter(dimensions="", value__isnull=False, last__lte=period.last)
    own: dict[str, list[Observation]] = {}
    for row in readings.loaded(values.filter(region=region).order_by("indicator", "first")):
        own.setdefault(row.indicator, []).append(row)
    chosen: list[tuple[Observation, Observation | None, list[Observation]]] = []
    for mine in own.values():
        inside = [row for row in mine if row.first >= period.first]
        if not inside:
            continue
        now = max(inside, key=lambda row: (MONTHS[row.when.frequency], row.last))
        same = {row.period: row for row in mine if row.frequency == now.frequency}
        # The same season of the year before, where there is one.
        earlier = same.get(now.when.year_earlier.code) or same.get(now.when.previous.code)
        chosen.append((now, earlier, [row for row in same.values() if row.last <= now.last][-TREND:]))
    below = _below(
        region, values, {(row.indicator, row.period) for now, before, _past in chosen for row in (now, before) if row}
    )
    targets = readings.targets([region], reader)
    return [
        _Subject(
            readings.reading(now, "zh"),
            readings.reading(earlier, "zh") if earlier else None,
            [readings.reading(row, "zh") for row in past],
            below.get((now.indicator, now.period), []),
            below.get((now.indicator, earlier.period), []) if earlier else [],
            targets.get((now.indicator, region.code)),
        )
        for now, earlier, past in chosen
    ]


def _below(
    region: Region, values: QuerySet[Observation], wanted: set[tuple[str, str]]
) -> dict[tuple[str, str], list[Reading]]:
    """(indicator, period) → the values of the parts of the region."""
    rows = values.filter(
        region__parent=region,
        indicator__in={code for code, _period in wanted},
        period__in={period for _code, period in wanted},
    )
    found: dict[tuple[str, str], list[Reading]] = {}
    for row in readings.loaded(rows.order_by("indicator", "first", "region__code")):
        if (row.indicator, row.period) in wanted:
            found.setdefault((row.indicator, row.period), []).append(readings.reading(row, "zh"))
    return found


@dataclass(frozen=True)
class _Maker:
    """Makes the drafts of one block."""

    chapter: str
    block: Block
    region: Region
    period: Period
    subjects: Sequence[_Subject]
    numbers: _Numbers

    @property
    def key(self) -> str:
        return f"{self.chapter}.{self.block.code}"

    @property
    def parts_kind(self) -> str:
        level = {"provincial": "prefecture", "prefecture": "county"}.get(self.region.level, "")
        return KINDS.get(level, "地区")

    def drafts(self) -> list[Draft]:
        made: list[Draft] = getattr(self, f"_{self.block.kind}")()
        if made and self.block.heading:
            made.insert(0, Draft(self.chapter, f"{self.key}.heading", "heading", self.block.heading, {"level": 2}))
        return made

    def chosen(self) -> list[_Subject]:
        """The subjects of the block: named ones in their order, then those of the themes, targets first."""
        order = {code: place for place, code in enumerate(self.block.indicators)}
        found = [each for each in self.subjects if each.now.code in order or each.now.theme in self.block.themes]
        themes = {theme: place for place, theme in enumerate(self.block.themes)}
        found.sort(
            key=lambda each: (
                order.get(each.now.code, len(order)),
                themes.get(each.now.theme, len(themes)),
                each.target is None,
                each.now.code,
            )
        )
        return found[: self.block.most]

    def _text(self) -> list[Draft]:
        made = []
        for subject in self.chosen():
            spoken = self.spoken(subject)
            mentions = self.numbers.mentions(spoken.mentions)
            made.append(Draft(self.chapter, f"{self.key}.{subject.now.code}", "text", spoken.text, {}, mentions))
        return made

    def spoken(self, subject: _Subject) -> Spoken:
        """The paragraph of one indicator."""
        now, wanted = subject.now, self.block.sentences
        text = sentences.level(now)
        if "change" in wanted:
            text += sentences.changed(now, subject.before)
        if "target" in wanted and subject.target is not None:
            due = subject.target.when.said()
            text += sentences.against_target(now, subject.target.value, due)
        text += sentences.said("。")
        if "regions" in wanted:
            text += sentences.among(subject.parts, self.parts_kind)
        if "reasons" in wanted:
            text += self._reasons(subject)
        return text

    def _reasons(self, subject: _Subject) -> Spoken:
        """Only where the parts make up the whole and the change is more than noise."""
        found = change(subject.now, subject.before)
        if found is None or found.verdict not in ("better", "worse") or subject.now.scale != "percent":
            return Spoken()
        times = [
            {
                each.region: (each.numerator, each.denominator)
                for each in given
                if each.numerator is not None and each.denominator
            }
            for given in (subject.earlier_parts, subject.parts)
        ]
        wholes = [subject.before, subject.now]
        for whole, parts in zip(wholes, times, strict=True):
            total = sum((denominator for _numerator, denominator in parts.values()), Decimal(0))
            if whole is None or whole.denominator is None or not total or total != whole.denominator:
                return Spoken()
        names = {each.region: each.place for each in subject.parts}
        found_parts = contributions(*times)
        return sentences.reasons(subject.now, found_parts, names, f"各{self.parts_kind}")

    def _table(self) -> list[Draft]:
        rows = []
        mentions: list[dict[str, Any]] = []
        for subject in self.chosen():
            now = subject.now
            value = sentences.mention(now, "value", now.printed)
            mentions += self.numbers.mentions(value.mentions)
            moved = sentences.changed(now, subject.before).text.lstrip("，；")
            aim = (
                sentences.against_target(now, subject.target.value, subject.target.when.said())
                if subject.target
                else Spoken()
            )
            rows.append(
                {
                    "figure": self.numbers.of(now),
                    "cells": [now.title, now.period.said(), now.printed, moved or "—", aim.text.lstrip("，") or "—"],
                    "marks": list(now.marks),
                }
            )
        if not rows:
            return []
        columns = ["指标", "时期", "数值", "变化", "目标完成情况"]
        content = {"columns": columns, "rows": rows, "caption": f"{self.region.name}主要质量指标"}
        return [Draft(self.chapter, self.key, "table", "", content, tuple(mentions))]

    def _chart(self) -> list[Draft]:
        for subject in self.chosen():
            spec, used = self._spec(subject)
            if spec is not None:
                # The moment of drawing is no content: without it the same values give the same block.
                spec["usermeta"]["hengjian"]["data_time"] = ""
                value = [m for each in used for m in sentences.mention(each, "value", each.printed).mentions]
                return [Draft(self.chapter, self.key, "chart", "", {"spec": spec}, self.numbers.mentions(value))]
        return []

    def _spec(self, subject: _Subject) -> tuple[dict[str, Any] | None, Sequence[Reading]]:
        now = subject.now
        target = subject.target.value if subject.target else None
        if self.block.chart == "trend":
            if len(subject.past) < 3:
                return None, ()
            return trend_chart(f"{self.region.name}{now.title}", subject.past, target), subject.past
        if len(subject.parts) < 2:
            return None, ()
        title = f"{now.period.said()}各{self.parts_kind}{now.title}"
        if self.block.chart == "regions":
            return regions_chart(title, subject.parts, target=target), subject.parts
        return tiles_chart(self.region, title, subject.parts), subject.parts

    def _summary(self) -> list[Draft]:
        if not self.subjects:
            return []
        verdicts = [found.verdict for each in self.subjects if (found := change(each.now, each.before))]
        aimed = [each for each in self.subjects if each.target]
        reached = sum((gap(each.now, each.target.value) or 0) <= 0 for each in aimed if each.target)
        marked = sum(bool(each.now.marks) for each in self.subjects)
        text = (
            f"{self.period.said()}，{self.region.name}有数据的质量指标{len(self.subjects)}项；"
            f"与上年同期相比，向好{verdicts.count('better')}项，变差{verdicts.count('worse')}项，"
            f"变化在误差范围内或持平{verdicts.count('within') + verdicts.count('same')}项，"
            f"口径不可比{verdicts.count('unlike')}项。"
        )
        if aimed:
            text += f"设定目标的{len(aimed)}项，已达到{reached}项。"
        if marked:
            text += f"有{marked}项含有未经官方确定的权重、界限或其他假定，已逐项标明。"
        return [Draft(self.chapter, self.key, "text", text)]

    def _problems(self) -> list[Draft]:
        """What fell short of its target or got worse, with its figures."""
        made = []
        for subject in self.subjects:
            now = subject.now
            missing = gap(now, subject.target.value) if subject.target else None
            found = change(now, subject.before)
            if not ((missing is not None and missing > 0) or (found is not None and found.verdict == "worse")):
                continue
            spoken = sentences.level(now) + sentences.changed(now, subject.before)
            if subject.target is not None:
                spoken += sentences.against_target(now, subject.target.value, subject.target.when.said())
            spoken += sentences.said("。")
            mentions = self.numbers.mentions(spoken.mentions)
            made.append(Draft(self.chapter, f"{self.key}.{now.code}", "text", spoken.text, {}, mentions))
        return made[: self.block.most] or [
            Draft(self.chapter, self.key, "text", "有数据的指标均达到目标，没有超出误差范围的变差。")
        ]

    def _note(self) -> list[Draft]:
        text = self.block.text.format(place=self.region.name, period=self.period.said())
        return [Draft(self.chapter, self.key, "text", text)]


def tiles_chart(upper: Region, title: str, parts: Sequence[Reading]) -> dict[str, Any]:
    """A tile map as a picture for documents; pages draw their own with links."""
    where = places(upper.code, [part.region for part in parts])
    rows = [
        {
            "name": part.place,
            "value": number(part.value, part.decimals),
            "label": part.printed,
            "column": where[part.region][0],
            "row": where[part.region][1],
        }
        for part in parts
    ]
    return charts.tile_map(rows, meta_of(title, parts))
