"""What the views share: cities, choices, running an action for a page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hengjian import rulebook
from hengjian.pages.errors import UserError
from hengjian.parties.models import Region, User
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.keys import prefecture_of
from hengjian.rulebook.parameters.codes import Codes

CITY = Region.Level.PREFECTURE


def cities_for(user: User) -> list[Region]:
    """The cities that a person's unit works in: its own, or all below it."""
    if user.unit is None:
        return []
    here = user.unit.region
    if here.level in (Region.Level.COUNTY, Region.Level.TOWNSHIP, CITY):
        return [prefecture_of(here)]
    return list(Region.objects.within(here).filter(level=CITY).order_by("code"))


def counties_for(user: User, city: Region | None = None) -> list[Region]:
    """The regions in which a call may be placed: the city itself and what lies in it."""
    if user.unit is None:
        return []
    root = city or user.unit.region
    return list(Region.objects.within(root).exclude(level=Region.Level.TOWNSHIP).order_by("code"))


def cause_words(on: date | None = None) -> dict[str, str]:
    """Code → name of the causes of entrapments, in the reader's language."""
    codes = rulebook.at("codes", "000000", on or timezone.localdate(), "lift-causes").typed(Codes)
    return {item.code: item.said(get_language() or "zh") for item in codes.items}


def attempt(request: HttpRequest, form: Form | None, run: Callable[[], Any], done: str) -> bool:
    """Run an action: True and a message when it was done; what was entered wrongly goes to the form.

    Raises:
        ActionRefused: the state forbids it, or there is no form to show it in.
    """
    try:
        run()
    except ActionRefused as error:
        if form is None or error.status != 400:
            raise
        form.add_error(None, f"{error.message}{error.next_step}")
        return False
    messages.success(request, done)
    return True


def months_of(request: HttpRequest, months: int = 12) -> tuple[date, date]:
    """The period of the address (`start=2026-01&end=2026-06`): whole months, by default the last twelve.

    Raises:
        UserError: no months, in the wrong order, or more than ten years.
    """
    today = timezone.localdate()
    last = today.replace(day=1)
    first = _back(last, months - 1)
    try:
        if text := request.GET.get("start", ""):
            first = date.fromisoformat(f"{text}-01")
        if text := request.GET.get("end", ""):
            last = date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise UserError(_("月份应写成“2026-01”。"), _("请更正后重新查询。")) from error
    if first > last or (last.year - first.year) > 10:
        raise UserError(_("起始月不能晚于截止月，最多查询十年。"), _("请更正后重新查询。"))
    return first, (last + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _back(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)
