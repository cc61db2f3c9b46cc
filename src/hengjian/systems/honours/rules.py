"""Checks over several fields of the room's registers. Pure but for the words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _


def check_topic(values: Mapping[str, Any], on: date) -> dict[str, str]:
    """A QC topic is started in the year for which it is registered."""
    started, year = values.get("started_on"), values.get("year")
    if started and year and date.fromisoformat(str(started)).year > int(year):
        return {"started_on": _("课题开始日期晚于登记年度。")}
    return {}


def check_activity(values: Mapping[str, Any], on: date) -> dict[str, str]:
    """An activity does not end before it begins."""
    starts, ends = values.get("starts_on"), values.get("ends_on")
    if starts and ends and str(ends) < str(starts):
        return {"ends_on": _("结束日期早于开始日期。")}
    return {}
