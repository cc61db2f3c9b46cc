"""一张图: one indicator over the parts of a region, period by period. No boundaries, no script: tiles and links."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.analysis import readings
from hengjian.analysis.layouts import places
from hengjian.analysis.profile import THEMES, change_words, standing_words
from hengjian.analysis.readings import Reader, language
from hengjian.analysis.rules.comparing import change, standing
from hengjian.analysis.rules.reading import Reading
from hengjian.analysis.views.common import chosen_period, chosen_region, room_tabs, upper_of
from hengjian.methods import charts
from hengjian.methods.periods import Period
from hengjian.parties.models import Region
from hengjian.parties.policies import require
from hengjian.parties.requests import UserRequest

SIDE, TALL, GAP = 88, 60, 5
MOST_PERIODS = 16


@login_required
@require_safe
def tile_map(request: UserRequest) -> HttpResponse:
    """The map with its table twin, periods as links, indicators as a form."""
    require(request.user, "analysis.open")
    upper = upper_of(chosen_region(request))
    parts = list(Region.objects.filter(parent=upper).order_by("code"))
    context = {
        "title": _("一张图"),
        "room_tabs": room_tabs("map"),
        "upper": upper,
        **map_context(upper, parts, request.user, request, "analysis:map"),
    }
    return render(request, "analysis/map.html", context)


def map_context(upper: Region, parts: Sequence[Region], reader: Reader, request: Any, name: str) -> dict[str, Any]:
    """Everything of the map for a reader; the public page shows the same of what everybody may see."""
    rows = readings.queries.observations(reader).filter(region__in=parts, dimensions="", value__isnull=False)
    choices = _choices(rows, parts)
    code = request.GET.get("indicator", "")
    if code not in {item["code"] for group in choices for item in group["items"]}:
        code = choices[0]["items"][0]["code"] if choices else ""
    mine = readings.loaded(rows.filter(indicator=code).order_by("first")) if code else []
    by_period: dict[Period, dict[str, Reading]] = {}
    for row in mine:
        by_period.setdefault(row.when, {})[row.region.code] = readings.reading(row)
    own = readings.definition_of(mine[0]).frequency if mine else ""
    alike = [each for each in by_period if each.frequency == own] or list(by_period)
    periods = sorted(alike, key=lambda each: (each.last, each.months))
    period = chosen_period(request, periods)
    shown = by_period.get(period, {}) if period else {}
    earlier = by_period.get(period.previous, {}) if period else {}
    address = {"region": upper.code, "indicator": code}
    link = reverse(name)
    found = [shown[part.code] for part in parts if part.code in shown]
    return {
        "choices": choices,
        "code": code,
        "period": period,
        "said_period": period.said(language()) if period else "",
        "periods": [
            {
                "said": each.said(language()),
                "url": f"{link}?{urlencode({**address, 'period': each.code})}",
                "current": each == period,
            }
            for each in periods[: -MOST_PERIODS - 1 : -1]
        ],
        "before": _step(link, address, periods, period, -1),
        "after": _step(link, address, periods, period, +1),
        "grid": grid(upper, parts, shown, place="analysis:region" if reader else "analysis:public_region")
        if shown
        else None,
        "rows": table_rows(parts, shown, earlier),
        "sample": found[0] if found else None,
        "missing": [part for part in parts if part.code not in shown],
    }


def _choices(rows: Any, parts: Sequence[Region]) -> list[dict[str, Any]]:
    """Indicators with a value in at least two parts, by theme."""
    counts: dict[str, set[int]] = {}
    newest: dict[str, int] = {}
    for pk, code, region in rows.order_by("last").values_list("pk", "indicator", "region_id"):
        counts.setdefault(code, set()).add(region)
        newest[code] = pk
    chosen = [pk for code, pk in newest.items() if len(counts[code]) >= min(2, len(parts))]
    groups: dict[str, list[dict[str, str]]] = {}
    found = readings.queries.observations(readings.SYSTEM).filter(pk__in=chosen)
    for reading in sorted((readings.reading(row) for row in readings.loaded(found)), key=lambda each: each.code):
        groups.setdefault(reading.theme, []).append({"code": reading.code, "title": reading.title})
    return [{"title": title, "items": groups[theme]} for theme, title in THEMES.items() if theme in groups]


def _step(link: str, address: dict[str, str], periods: Sequence[Period], period: Period | None, step: int) -> str:
    """The address of the period before or after; empty at the ends."""
    if period is None:
        return ""
    place = periods.index(period) + step
    if not 0 <= place < len(periods):
        return ""
    return f"{link}?{urlencode({**address, 'period': periods[place].code})}"


def grid(upper: Region, parts: Sequence[Region], shown: dict[str, Reading], place: str) -> dict[str, Any]:
    """The tiles: place, shade, figure and words for those who do not see them.

    `place` names the page of a region without a figure.
    """
    where = places(upper.code, [part.code for part in parts])
    levels, bounds = charts.classes(
        [float(shown[part.code].value or 0) if part.code in shown else None for part in parts]
    )
    tiles = []
    for part, level in zip(parts, levels, strict=True):
        column, row = where[part.code]
        reading = shown.get(part.code)
        x, y = column * (SIDE + GAP) + 1, row * (TALL + GAP) + 1
        printed = reading.printed if reading else "—"
        tiles.append(
            {
                "x": x,
                "y": y,
                "middle": x + SIDE // 2,
                "top": y + 23,
                "bottom": y + 46,
                "name": part.short_name or part.name,
                "printed": printed,
                "level": level,
                "url": reading.url if reading else reverse(place, args=[part.code]),
                "words": f"{part.name} {printed if reading else _('没有数据')}",
            }
        )
    columns = max(column for column, _row in where.values()) + 1
    rows = max(row for _column, row in where.values()) + 1
    return {
        "tiles": tiles,
        "width": columns * (SIDE + GAP),
        "height": rows * (TALL + GAP),
        "side": SIDE,
        "tall": TALL,
        "title": upper.name,
        "bounds": bounds,
    }


def table_rows(parts: Sequence[Region], shown: dict[str, Reading], earlier: dict[str, Reading]) -> list[dict[str, Any]]:
    """The table twin, best first."""
    found = list(shown.values())
    sign = -1 if found and found[0].direction == "lower" else 1
    known = [part for part in parts if part.code in shown]
    known.sort(key=lambda part: (-sign * (shown[part.code].value or 0), part.code))
    rows = []
    for part in known:
        now = shown[part.code]
        moved = change(now, earlier.get(part.code))
        rows.append(
            {
                "region": part,
                "now": now,
                "change": change_words(moved, now),
                "standing": standing_words(
                    # Beside those of its own level, as on every page: a county is not ranked among prefectures.
                    standing(now, [shown[each.code] for each in known if each.level == part.level])
                ),
            }
        )
    return rows
