"""Charts of the room: the pure specifications of `methods.charts` filled from readings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from hengjian.analysis.readings import language
from hengjian.analysis.rules.reading import Reading, shown
from hengjian.methods import charts


def spark(past: Sequence[Reading], target: Decimal | None = None) -> SafeString:
    """The trend of a line in a table, with words for those who do not see it."""
    known = [reading for reading in past if reading.value is not None]
    if len(known) < 2:
        return mark_safe("")
    words = _("%(first)s %(a)s，%(last)s %(b)s") % {
        "first": known[0].period.said(language()),
        "a": known[0].printed,
        "last": known[-1].period.said(language()),
        "b": known[-1].printed,
    }
    values = [None if each.value is None else float(each.value) for each in past]
    return mark_safe(charts.sparkline(values, words, None if target is None else float(target)))


def unit_of(reading: Reading) -> str:
    """The unit as an axis names it; pure numbers have one too, because a figure never stands without."""
    if reading.scale == "percent":
        return "%"
    if reading.unit:
        return reading.unit
    return {"index_point": _("点"), "score": _("分"), "ratio": _("比值"), "count": _("个")}.get(
        reading.scale, _("数值")
    )


def meta_of(title: str, readings: Iterable[Reading], source: str = "", period: str = "") -> charts.Meta:
    """What a chart of these readings says about itself; the marks of all of them follow."""
    given = list(readings)
    marks = tuple(dict.fromkeys(mark for reading in given for mark in reading.marks))
    if any(reading.status == "provisional" for reading in given):
        marks += (_("含未核定的初步值"),)
    if any(reading.selection == "risk_oriented" for reading in given):
        marks += (_("按风险选取对象，不代表全部产品"),)
    periods = sorted({reading.period for reading in given}, key=lambda period: (period.first, period.months))
    said = period
    if not said and periods:
        first, last = periods[0].said(language()), periods[-1].said(language())
        said = first if first == last else f"{first}～{last}"
    now = timezone.localtime()
    return charts.Meta(
        title,
        unit_of(given[0]) if given else "—",
        said or "—",
        source or _("质量指标库"),
        f"{now:%Y-%m-%d %H:%M}",
        marks,
    )


def interval_rows(readings: Sequence[Reading], own: str = "", name: str = "place") -> list[dict[str, Any]]:
    """Rows of an interval chart: one per reading, by region or by the value of a break-down."""
    return [
        {
            "name": getattr(reading, name) if isinstance(name, str) else name,
            "value": number(reading.value, reading.decimals),
            "low": number(reading.low, reading.decimals) if reading.value is not None else None,
            "high": number(reading.high, reading.decimals) if reading.value is not None else None,
            "own": reading.region == own,
        }
        for reading in readings
    ]


def number(value: Decimal | None, decimals: int) -> float | None:
    """As printed, as a number: what a chart shows and what a table says are the same digits."""
    return None if value is None else float(shown(value, decimals).replace(",", ""))


def regions_chart(
    title: str, readings: Sequence[Reading], own: str = "", target: Decimal | None = None
) -> dict[str, Any]:
    """Regions with their intervals, best first."""
    sign = -1 if readings and readings[0].direction == "lower" else 1
    order = sorted(readings, key=lambda each: (each.value is None, -sign * float(each.value or 0)))
    return charts.interval_chart(
        interval_rows(order, own),
        meta_of(title, readings),
        target=None if target is None else float(target),
        target_label=_("目标"),
        titles=(_("地区"), _("数值"), _("下限"), _("上限")),
    )


def trend_chart(title: str, past: Sequence[Reading], target: Decimal | None = None) -> dict[str, Any]:
    """One series over time with its target."""
    rows = [{"period": each.period.said(language()), "value": number(each.value, each.decimals)} for each in past]
    return charts.line_with_target(
        rows,
        meta_of(title, past),
        target=None if target is None else float(target),
        target_label=_("目标"),
        x_title=_("时期"),
        y_title=_("数值"),
    )


def series_chart(title: str, series: Sequence[tuple[str, Sequence[Reading]]]) -> dict[str, Any]:
    """Two to six named series of one family on one axis."""
    periods = sorted({each.period for _name, past in series for each in past})
    rows = []
    for name, past in series:
        values = {each.period: number(each.value, each.decimals) for each in past}
        rows += [{"series": name, "period": each.said(language()), "value": values.get(each)} for each in periods]
    return charts.several_lines(
        rows,
        meta_of(title, [each for _name, past in series for each in past]),
        series_title=_("系列"),
        x_title=_("时期"),
        y_title=_("数值"),
    )
