"""What the system computes in entries of this room, and what it refuses there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from hengjian import rulebook
from hengjian.methods.air_quality import day_index
from hengjian.registers.hooks import register_check, register_saved
from hengjian.registers.models import EntryBase
from hengjian.rulebook.parameters.air import POLLUTANTS, AirQuality
from hengjian.rulebook.parameters.grades import Grades
from hengjian.systems.supervision import rules

OLD_AIR_TABLE = "hj633-2012"
# (register, part, whole, computed field)
SHARES = (
    ("recall", "recalled", "quantity", "completion"),
    ("insurance_figures", "insured", "eligible", "share"),
    ("quality_budget", "spent", "budget", "execution"),
    ("trade_window", "by_window", "declared", "share"),
)
# (register, part, whole): the part cannot be larger.
PARTS = (
    ("recall", "recalled", "quantity"),
    ("insurance_figures", "insured", "eligible"),
    ("trade_window", "by_window", "declared"),
    ("campaign_figures", "corrected", "found"),
    ("deliverable", "adopted", "opinions"),
    ("quality_credit_report", "failed", "sampled"),
    ("litigation_outcome", "punitive", "compensation"),
)
# (register, first day, last day)
ORDERS = (
    ("campaign", "starts_on", "ends_on"),
    ("insurance_figures", "period_start", "period_end"),
    ("deliverable", "consult_from", "consult_to"),
)


def _decimal(value: Any) -> Decimal | None:
    return None if value in (None, "") else Decimal(str(value))


def _set(entry: EntryBase, code: str, value: Decimal | None) -> None:
    if value is None:
        entry.extras.pop(code, None)
    else:
        entry.extras[code] = f"{value:f}"


def _share_of(part: str, whole: str, into: str) -> Any:
    def compute(entry: EntryBase) -> None:
        _set(entry, into, rules.share(_decimal(entry.value(part)), _decimal(entry.value(whole))))

    return compute


def budget_growth(entry: EntryBase) -> None:
    _set(entry, "growth", rules.growth(_decimal(entry.value("budget")), _decimal(entry.value("previous"))))


def environmental_band(entry: EntryBase) -> None:
    """The band of the rules in force at the end of the rated year."""
    year = int(entry.value("year"))
    rule = rulebook.at("grades", entry.region.code, date(year, 12, 31), "environmental-credit")
    entry.extras["band"] = rules.environmental_band(
        rule.typed(Grades),
        _decimal(entry.value("score")),
        bool(entry.value("vetoes")),
        bool(entry.value("shut_down")),
    )
    entry.extras["rule"] = rule.id


def air_index(entry: EntryBase) -> None:
    """The index by the table in force on the day, and by the table of 2012 beside it."""
    day = parse_date(str(entry.value("day")))
    assert day is not None
    found_values = {name: _decimal(entry.value(name)) for name in POLLUTANTS}
    measured: dict[str, Decimal] = {name: value for name, value in found_values.items() if value is not None}
    old = rulebook.at("air_quality", entry.region.code, day, OLD_AIR_TABLE)
    own = rulebook.at("air_quality", entry.region.code, day)
    for code, rule in (("aqi", own), ("aqi_2012", old)):
        found = day_index(measured, rule.typed(AirQuality))
        if found is None:
            entry.extras.pop(code, None)
        else:
            entry.extras[code] = found.value
    entry.extras["table"] = own.variant


# ---- checks


def _part_of(part: str, whole: str) -> Any:
    def check(values: Mapping[str, Any], on: date) -> Mapping[str, str]:
        smaller, larger = _decimal(values.get(part)), _decimal(values.get(whole))
        if smaller is not None and larger is not None and smaller > larger:
            return {part: _("不能大于总数 %(whole)s。") % {"whole": larger}}
        return {}

    return check


def _in_order(first: str, last: str) -> Any:
    def check(values: Mapping[str, Any], on: date) -> Mapping[str, str]:
        start, end = values.get(first), values.get(last)
        if start and end and str(end) < str(start):
            return {last: _("早于开始日期 %(day)s。") % {"day": start}}
        return {}

    return check


def day_is_key(values: Mapping[str, Any], on: date) -> Mapping[str, str]:
    """A day's air may be entered on the day itself, not before."""
    if str(values.get("day") or "") > on.isoformat():
        return {"day": _("监测日期不能晚于登记日期 %(day)s。") % {"day": on.isoformat()}}
    return {}


def register() -> None:
    """Called when the app is ready."""
    for code, part, whole, into in SHARES:
        register_saved(code, _share_of(part, whole, into))
    register_saved("quality_budget", budget_growth)
    register_saved("environmental_rating", environmental_band)
    register_saved("air_day", air_index)
    for code, part, whole in PARTS:
        register_check(code, _part_of(part, whole))
    for code, first, last in ORDERS:
        register_check(code, _in_order(first, last))
    register_check("air_day", day_is_key)
