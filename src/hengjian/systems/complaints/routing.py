"""Where intake goes: category × territory → unit, with the reasons shown to the officer and to whoever filed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengjian import rulebook
from hengjian.cases.routing import default_unit
from hengjian.parties.models import Region, Unit
from hengjian.parties.models.base import valid_on
from hengjian.parties.verbs import ActionRefused
from hengjian.rulebook.base import NATIONAL, Sentence
from hengjian.rulebook.parameters.complaints import Categories, Category, Channel, Intake, Jurisdiction
from hengjian.systems.complaints.rules import competence

P = Categories | Intake | Jurisdiction


@lru_cache(maxsize=4096)
def categories(on: date, region: str = NATIONAL) -> Categories:
    """The catalogue of categories that holds on a day."""
    return rulebook.at("complaint_categories", region, on).typed(Categories)


@lru_cache(maxsize=4096)
def intake_rule(on: date, region: str = NATIONAL) -> Intake:
    return rulebook.at("complaint_intake", region, on).typed(Intake)


@lru_cache(maxsize=4096)
def jurisdiction(on: date, region: str = NATIONAL) -> tuple[Jurisdiction, str]:
    """The rule on jurisdiction of a day, and the document it stands in."""
    rule = rulebook.at("complaint_jurisdiction", region, on)
    return rule.typed(Jurisdiction), rule.source.document


def channels(on: date, region: str = NATIONAL) -> list[Channel]:
    """The lines and other ways in that there are on a day, merged ones too: their calls still come under the number."""
    return [rule.typed(Channel) for rule in rulebook.variants("channels", region, on)]


def channel_labels(english: bool = False) -> dict[str, str]:
    """Every channel there ever was, by code."""
    found: dict[str, str] = {}
    for rule in rulebook.versions("channels"):
        item = rule.typed(Channel)
        found[item.code] = item.label_en if english and item.label_en else item.label
    return found


@lru_cache(maxsize=2)
def category_labels(english: bool = False) -> dict[str, str]:
    """Every category there ever was, by code; the newest name wins."""
    found: dict[str, str] = {}
    for rule in sorted(rulebook.versions("complaint_categories"), key=lambda item: item.in_force_from):
        for item in rule.typed(Categories).categories:
            found[item.code] = item.label_en if english and item.label_en else item.label
    return found


@dataclass(frozen=True)
class Route:
    """Where a case of one kind goes: the competent region, the unit, why; `default`: nobody fitted (兜底)."""

    kind: str
    region: Region
    unit: Unit
    reasons: tuple[Sentence, ...]
    default: bool = False

    def sentences(self) -> list[dict[str, object]]:
        """The reasons as they are kept with the ticket."""
        return [{"pattern": item.pattern, "values": dict(item.values)} for item in self.reasons]


@dataclass
class Router:
    """Finds units; one object per page or import, so that a thousand rows of one county ask the database once.

    `shared`: a router of another day whose knowledge of regions and units is used.
    """

    on: date
    shared: Router | None = None
    today: date = field(default_factory=timezone.localdate)
    _regions: dict[str, Region | None] = field(default_factory=dict)
    _above: dict[int, list[Region]] = field(default_factory=dict)
    _units: dict[tuple[int, tuple[str, ...]], tuple[Unit, Region] | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.shared is not None:
            self._regions, self._above, self._units = self.shared._regions, self.shared._above, self.shared._units

    def region(self, code: str) -> Region | None:
        """The region with the code, or the nearest one above that there is."""
        if code not in self._regions:
            wanted = [code[:length].ljust(6, "0") if length < 6 else code[:length] for length in (12, 9, 6, 4, 2)]
            rows = {row.code: row for row in Region.objects.filter(code__in=wanted)}
            self._regions[code] = next((rows[item] for item in wanted if item in rows), None)
        return self._regions[code]

    def route(
        self,
        kind: str,
        category: str,
        places: Mapping[str, str],
        *,
        shop_published: bool | None = None,
        fallback: str = "",
    ) -> Route:
        """The unit for a kind of case.

        Raises:
            ActionRefused: neither a place nor a fallback is known, or the region has no unit at all.
        """
        rule, source = jurisdiction(self.on)
        found = competence(kind, places, rule, shop_published=shop_published, fallback=fallback, source=source)
        region = self.region(found.region) if found else None
        if found is None or region is None:
            raise ActionRefused(
                _("没有写明地点，无法确定由哪个地区办理。"), _("请选择事情发生或者对方经营的地区。"), status=400
            )
        catalogue = categories(self.on, region.code)
        item = catalogue.category(category)
        reasons = list(found.reasons)
        if item is not None and (unit := self._nearest(region, item.families)) is not None:
            if unit[1].pk != region.pk:
                told = {"region": region.name, "unit": unit[0].name}
                reasons.append(Sentence("%(region)s没有对应的单位，由%(unit)s办理。", told))
            else:
                reasons.append(Sentence("“%(category)s”由%(unit)s办理。", self._told(item, unit[0])))
            return Route(kind, region, unit[0], tuple(reasons))
        last = default_unit(region)
        if last is None:
            raise ActionRefused(
                _("%(region)s及其上级都没有可以办理的单位。") % {"region": region.name}, _("请联系系统管理员建立单位。")
            )
        reasons.append(Sentence("没有对应的单位，由%(unit)s兜底。", {"unit": last.name}))
        return Route(kind, region, last, tuple(reasons), default=True)

    @staticmethod
    def _told(item: Category, unit: Unit) -> dict[str, object]:
        return {"category": item.label, "unit": unit.name}

    def above(self, region: Region) -> list[Region]:
        """The region and those above it, nearest first."""
        if region.pk not in self._above:
            rows = {row.pk: row for row in Region.objects.above(region)}
            chain, step = [], rows.get(region.pk)
            while step is not None:
                chain.append(step)
                step = rows.get(step.parent_id) if step.parent_id else None
            self._above[region.pk] = chain
        return self._above[region.pk]

    def _nearest(self, region: Region, families: Sequence[str]) -> tuple[Unit, Region] | None:
        """The unit of the first family that exists in the region, else in the nearest region above."""
        key = (region.pk, tuple(families))
        if key not in self._units:
            chain = self.above(region)
            rows = Unit.objects.filter(
                valid_on(self.today), family__in=families, region__in=[row.pk for row in chain]
            ).order_by("pk")
            place = {row.pk: number for number, row in enumerate(chain)}
            order = {family: number for number, family in enumerate(families)}
            best = min(rows, key=lambda unit: (place[unit.region_id], order[unit.family], unit.pk), default=None)
            self._units[key] = (best, chain[place[best.region_id]]) if best is not None else None
        return self._units[key]


# Patterns and words of `rules` and the rulebook that pages say in the reader's language; listed for the translators.
SAID = (
    gettext_noop("写明了投诉请求。"),
    gettext_noop("文中有%(words)s，是向经营者提出的请求。"),
    gettext_noop("文中有%(words)s，是涉嫌违法的线索。"),
    gettext_noop("文中有%(words)s，是咨询。"),
    gettext_noop("文中有%(words)s，是建议。"),
    gettext_noop("写明了对方，按投诉登记。"),
    gettext_noop("没有写明对方和请求，按咨询登记。"),
    gettext_noop("文中有%(words)s。"),
    gettext_noop("来自 %(line)s。"),
    gettext_noop("没有识别出类别。"),
    gettext_noop("店铺没有公示有效地址，%(kind)s由平台经营者住所地处理（%(source)s）。"),
    gettext_noop("%(kind)s由%(place)s处理（%(source)s）。"),
    gettext_noop("没有写明地点，由接收地处理。"),
    gettext_noop("%(region)s没有对应的单位，由%(unit)s办理。"),
    gettext_noop("“%(category)s”由%(unit)s办理。"),
    gettext_noop("没有对应的单位，由%(unit)s兜底。"),
    gettext_noop("实际经营地"),
    gettext_noop("住所地"),
    gettext_noop("平台经营者住所地"),
    gettext_noop("违法行为发生地"),
    gettext_noop("投诉"),
    gettext_noop("举报"),
    gettext_noop("咨询"),
    gettext_noop("建议"),
    gettext_noop("%(n)s 个工作日"),
    gettext_noop("%(n)s 日"),
)


def said(reason: Sentence) -> str:
    """A reason in the reader's language, the words in it too."""
    values = {name: _(value) if isinstance(value, str) and value else value for name, value in reason.values.items()}
    return Sentence(reason.pattern, values).text(_)


def spoken(reasons: Sequence[Mapping[str, object]]) -> list[str]:
    """Kept reasons in the reader's language."""
    return [
        said(Sentence(str(item["pattern"]), values if isinstance(values := item.get("values"), dict) else {}))
        for item in reasons
    ]
