"""The quality profile of a region (质量画像): its newest values by theme, beside those of its peers and its targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from hengjian.analysis import readings
from hengjian.analysis.readings import Reader
from hengjian.analysis.rules.comparing import Change, Standing, change, gap, standing
from hengjian.analysis.rules.reading import Reading, shown
from hengjian.indicators import catalogue
from hengjian.indicators.declarations import Definition
from hengjian.indicators.models import Target
from hengjian.indicators.tracking import standings
from hengjian.parties.models import Region

THEMES = {
    "product": gettext_lazy("产品质量"),
    "engineering": gettext_lazy("工程质量"),
    "environment": gettext_lazy("环境质量"),
    "service": gettext_lazy("服务质量"),
    "foundation": gettext_lazy("质量基础设施"),
    "brand": gettext_lazy("品牌与荣誉"),
    "safety": gettext_lazy("质量安全"),
    "governance": gettext_lazy("质量治理"),
    "integrity": gettext_lazy("质量诚信"),
    "economy": gettext_lazy("经济与规模"),
}


@dataclass(frozen=True)
class Line:
    """One indicator of a region.

    Attributes:
        now: the newest value; `before` the one of the period before; `past` all that are drawn, in order of time.
        upper: the value of the region above for the same period.
        target: the target in force; `missing` what lacks to it in the unit of the figure; `pace` the light of the way
            to it.
        owner: who answers for it.
    """

    now: Reading
    past: Sequence[Reading]
    before: Reading | None
    change: Change | None
    standing: Standing | None
    upper: Reading | None = None
    target: Target | None = None
    missing: Decimal | None = None
    pace: str = ""
    owner: str = ""

    @property
    def over(self) -> bool:
        """Whether the time of its target is over."""
        return self.target is not None and self.target.due_on < timezone.localdate()

    @property
    def light(self) -> str:
        """With a target: green when reached, else the light of the rulebook for how far along it is; without: green
        better, amber worse than before, grey nothing to say."""
        if self.missing is not None:
            return "green" if self.missing <= 0 else (self.pace or "amber")
        if self.change is None:
            return "grey"
        return {"better": "green", "worse": "amber"}.get(self.change.verdict, "grey")

    @property
    def changed(self) -> bool:
        """Whether something happened that is more than noise."""
        return self.change is not None and self.change.verdict in ("better", "worse", "moved", "unlike")


@dataclass(frozen=True)
class Theme:
    code: str
    title: str
    lines: Sequence[Line]

    def count(self, light: str) -> int:
        return sum(line.light == light for line in self.lines)


@dataclass(frozen=True)
class Profile:
    """All of it.

    Attributes:
        themes: those that have a value, in the order of reports.
        empty: indicators that exist for the level of the region and have no value that the reader may see.
        provisional: how many of the values shown are not approved yet.
    """

    region: Region
    upper: Region | None
    themes: Sequence[Theme]
    empty: Sequence[Definition] = field(default_factory=tuple)
    provisional: int = 0

    @property
    def lines(self) -> list[Line]:
        return [line for theme in self.themes for line in theme.lines]

    @property
    def changes(self) -> list[Line]:
        """What changed since the period before, worse first."""
        order = {"worse": 0, "unlike": 1, "moved": 2, "better": 3}
        found = [line for line in self.lines if line.changed]
        return sorted(found, key=lambda line: order[line.change.verdict] if line.change else 9)

    @property
    def short(self) -> list[Line]:
        """Targets not reached, the largest gap in relation to its target first."""
        found = [line for line in self.lines if line.missing is not None and line.missing > 0]
        return sorted(found, key=_relative, reverse=True)

    @property
    def marked(self) -> int:
        """How many values rest on something assumed."""
        return sum(bool(line.now.marks) for line in self.lines)


def _relative(line: Line) -> Decimal:
    assert line.missing is not None and line.target is not None
    return line.missing / abs(line.target.value) if line.target.value else line.missing


def siblings(region: Region) -> list[Region]:
    """The regions that it is compared with: those of its level below the same region, itself included."""
    if region.parent_id is None:
        return [region]
    return list(Region.objects.filter(parent=region.parent_id, level=region.level).order_by("code"))


def profile(region: Region, reader: Reader, *, periods: int = 8) -> Profile:
    """The profile for a reader, in a number of queries that does not depend on how many indicators there are."""
    upper = region.parent
    group = siblings(region)
    others = [other for other in group if other.pk != region.pk] + ([upper] if upper else [])
    own = readings.history([region], reader, periods=periods)
    wanted = {(key[0], past[-1].period.code) for key, past in own.items()}
    beside = _beside(others, reader, wanted)
    targets = readings.targets([region], reader)
    owners = readings.owners(region, reader)
    paces = {each.target.indicator: str(each.light.colour) for each in standings(list(targets.values()), reader)}
    lines: dict[str, list[Line]] = {}
    for (code, _region), past in own.items():
        now = past[-1]
        before = past[-2] if len(past) > 1 else None
        peers = [beside[key] for other in group if (key := (code, other.code)) in beside]
        target = targets.get((code, region.code))
        lines.setdefault(now.theme, []).append(
            Line(
                now,
                past,
                before,
                change(now, before),
                standing(now, peers) if peers else None,
                beside.get((code, upper.code)) if upper else None,
                target,
                gap(now, target.value) if target else None,
                paces.get(code, ""),
                owners.get(code, ""),
            )
        )
    shown = {code for code, _region in own}
    declared = [item for item in catalogue.definitions() if region.level in item.levels and item.code not in shown]
    themes = [Theme(code, str(title), lines[code]) for code, title in THEMES.items() if code in lines]
    return Profile(
        region,
        upper,
        themes,
        declared,
        sum(past[-1].status == "provisional" for past in own.values()),
    )


def _beside(regions: Sequence[Region], reader: Reader, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], Reading]:
    """(indicator, region code) → the value of other regions for the very periods that the region has."""
    if not regions or not wanted:
        return {}
    rows = readings.queries.observations(reader).filter(
        region__in=regions,
        dimensions="",
        value__isnull=False,
        indicator__in={code for code, _period in wanted},
        period__in={period for _code, period in wanted},
    )
    return {
        (row.indicator, row.region.code): readings.reading(row)
        for row in readings.loaded(rows)
        if (row.indicator, row.period) in wanted
    }


def change_words(change: Change | None, reading: Reading) -> str:
    """A change for people: "+0.36 个百分点", with what it may not be taken for."""
    if change is None:
        return ""
    if change.verdict == "unlike":
        return {
            "edition": _("计算规则已换版，不可比"),
            "version": _("指标定义已修订，不可比"),
        }[change.why]
    if change.verdict == "same":
        return pgettext("与上期比", "持平")
    amount = signed(change.amount, reading)
    if change.verdict == "within":
        return _("%(amount)s，在误差范围内") % {"amount": amount}
    return amount


def signed(amount: Decimal, reading: Reading) -> str:
    """ "+0.36 个百分点", "−1.2 分", "不足 0.01 个百分点"."""
    least = Decimal(1).scaleb(-reading.decimals)
    number = shown(abs(amount), reading.decimals)
    if amount and Decimal(number.replace(",", "")) == 0:
        return _("不足 %(least)s%(unit)s") % {"least": least, "unit": points(reading)}
    sign = "+" if amount > 0 else "−" if amount < 0 else ""
    return f"{sign}{number}{points(reading)}"


def points(reading: Reading) -> str:
    """What differences of a figure are counted in."""
    if reading.scale == "percent":
        return _(" 个百分点")
    if reading.scale == "index_point":
        return _(" 点")
    return f" {reading.unit}" if reading.unit else ""


def standing_words(standing: Standing | None) -> str:
    """ "第 2～5 位，共 12 个"; a place is named exactly only where it is."""
    if standing is None or standing.of < 2:
        return ""
    if standing.exact:
        return _("第 %(place)s 位，共 %(of)s 个") % {"place": standing.best, "of": standing.of}
    if (standing.best, standing.worst) == (1, standing.of):
        return _("%(of)s 个地区分不出先后") % {"of": standing.of}
    return _("第 %(best)s～%(worst)s 位，共 %(of)s 个") % {
        "best": standing.best,
        "worst": standing.worst,
        "of": standing.of,
    }
