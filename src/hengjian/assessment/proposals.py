"""Target values that the system can propose: the plan's own target, last year's figure, last year's target."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from hengjian.assessment.models import Entry, TargetValue
from hengjian.assessment.offers import address
from hengjian.indicators.models import Target as IndicatorTarget
from hengjian.indicators.queries import SYSTEM, observations
from hengjian.plans.models import Target
from hengjian.rulebook.parameters.score_sheets import Item


@dataclass(frozen=True)
class Proposal:
    """A value with where it comes from."""

    value: Decimal
    text: str
    url: str = ""


def proposals(entry: Entry) -> dict[str, list[Proposal]]:
    """Item → proposals, the plan's target first."""
    row = entry.round
    found: dict[str, list[Proposal]] = {code: [] for code in row.content.scheme.targets}
    sources = {source.item: source.code for source in row.content.scheme.sources if source.kind == "indicator"}
    _from_targets(entry, sources, found)
    _from_plans(entry, found)
    last = row.period.shift(-1).code
    values = observations(SYSTEM).filter(
        region=entry.region, indicator__in=set(sources.values()), period=last, dimensions=""
    )
    by_code = {value.indicator: value for value in values}
    for code, indicator in sources.items():
        value = by_code.get(indicator)
        if code in found and value is not None and value.value is not None:
            words = _("上年实际（%(period)s）") % {"period": value.period}
            found[code].append(Proposal(short(value.value), words, address(value)))
    earlier = TargetValue.objects.filter(
        entry__unit=entry.unit_id, entry__round__year=row.year - 1, state=TargetValue.State.APPROVED
    ).order_by("pk")
    for one in earlier:
        if one.item in found:
            found[one.item].append(Proposal(short(one.value), _("上年核定的目标值")))
    return found


def short(value: Decimal) -> Decimal:
    """At most two places, no trailing zeros."""
    text = format(value.quantize(Decimal("0.01")), "f")
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


def _from_targets(entry: Entry, sources: dict[str, str], found: dict[str, list[Proposal]]) -> None:
    """Targets of the indicators behind the items, of the region itself before those above it."""
    row = entry.round
    regions = {entry.region_id: 0, row.region_id: 1}
    rows = IndicatorTarget.objects.filter(
        indicator__in=set(sources.values()),
        region__in=regions,
        period=row.period.code,
        dimensions="",
        state=IndicatorTarget.State.ACTIVE,
    )
    for code, indicator in sources.items():
        fitting = sorted((one for one in rows if one.indicator == indicator), key=lambda one: regions[one.region_id])
        if code in found and fitting:
            words = _("指标目标：%(source)s") % {"source": fitting[0].source or fitting[0].plan_text or indicator}
            found[code].append(Proposal(short(fitting[0].value), words, address(fitting[0])))


def _from_plans(entry: Entry, found: dict[str, list[Proposal]]) -> None:
    """Targets of the plans of the region and of those above it whose name fits the item."""
    row = entry.round
    regions = [entry.region_id, row.region_id]
    rows = Target.objects.filter(plan__region__in=regions, retired=False).exclude(value="").select_related("plan")
    own_first = sorted(rows, key=lambda one: (one.plan.region_id != entry.region_id, one.pk))
    for code in found:
        item = row.content.sheet.item(code)
        for target in own_first:
            value = _decimal(target.value)
            in_year = target.year is None or target.year == row.year
            if value is None or not in_year or not fits(item, target.indicator):
                continue
            words = _("计划目标：%(plan)s") % {"plan": target.plan.title}
            found[code].append(Proposal(value, words, f"/plans/{target.plan_id}/"))
            break


def fits(item: Item, indicator: str) -> bool:
    """Whether a plan's target names the item's indicator: one name holds the other's characters in their order."""
    short, long = sorted((item.title, indicator), key=len)
    rest = iter(long)
    return len(short) >= 6 and all(character in rest for character in short)


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", "").removesuffix("%"))
    except InvalidOperation:
        return None
