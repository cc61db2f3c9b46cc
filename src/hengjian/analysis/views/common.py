"""What the pages of the room share: the tabs, the region of the reader, regions and periods of an address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.methods.periods import Period, parse_period
from hengjian.pages.components import Tab, tabs
from hengjian.parties.models import Region


def room_tabs(current: str) -> str:
    """The pages of the room."""
    pages = (
        ("region", _("地区画像"), "analysis:index"),
        ("map", _("一张图"), "analysis:map"),
        ("compare", _("地区比较"), "analysis:compare"),
        ("industry", _("行业"), "analysis:industries"),
        ("supervision", _("监督抽查"), "analysis:supervision"),
        ("satisfaction", _("满意度"), "analysis:satisfaction"),
        ("air", _("空气质量"), "analysis:air"),
        ("index", _("综合指数"), "analysis:composites"),
        ("reports", _("分析报告"), "analysis:reports"),
        ("calendar", _("报告日历"), "analysis:calendar"),
    )
    return tabs([Tab(label, reverse(name), current=key == current) for key, label, name in pages], _("质量分析"))


def own_region(user: Any) -> Region:
    """The region of the person's unit, or the topmost one there is.

    Raises:
        Http404: no region exists yet.
    """
    unit = getattr(user, "unit", None)
    found = unit.region if unit is not None else Region.objects.filter(parent=None).order_by("code").first()
    if found is None:
        raise Http404(_("还没有登记地区。"))
    return Region.objects.select_related("parent").get(pk=found.pk)


def region_of(code: str) -> Region:
    """The region of an address.

    Raises:
        Http404: there is none of that code.
    """
    found = Region.objects.select_related("parent").filter(code=code).first()
    if found is None:
        raise Http404(_("没有区划代码为“%(code)s”的地区。") % {"code": code[:12]})
    return found


def chosen_region(request: HttpRequest) -> Region:
    """`?region=…`, or the reader's own."""
    code = request.GET.get("region", "")
    return region_of(code) if code else own_region(request.user)


def chosen_period(request: HttpRequest, known: Sequence[Period]) -> Period | None:
    """`?period=…` where there are values for it, else the newest that is over and has any."""
    try:
        wanted = parse_period(request.GET.get("period", ""))
    except ValueError:
        wanted = None
    if wanted in known:
        return wanted
    today = timezone.localdate()
    return max(known, key=lambda period: (period.last < today, period.last, period.months), default=None)


def upper_of(region: Region) -> Region:
    """The region whose parts a map or comparison shows: itself where it has parts, else the one above."""
    if region.parent is not None and not region.children.exists():
        return region.parent
    return region


def region_groups() -> list[tuple[str, list[Region]]]:
    """All regions for a choice, by level."""
    groups: dict[str, list[Region]] = {}
    for region in Region.objects.exclude(level=Region.Level.TOWNSHIP).order_by("code"):
        groups.setdefault(region.get_level_display(), []).append(region)
    return list(groups.items())
