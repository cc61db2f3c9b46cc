"""Columns of a lift that follow from others: its inspection calendar, its area, its maintainer's account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from time import monotonic
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian import rulebook
from hengjian.methods.lift_inspections import Check, Standing, Years, standing
from hengjian.parties.models import Unit
from hengjian.registers.models import EntryBase
from hengjian.registers.queries import entries
from hengjian.rulebook.parameters.terms import Terms
from hengjian.systems.equipment.models import Lift

# A district (市辖区) ends so; counties and county-level cities do not.
DISTRICT = "区"
# For how long the accounts of maintainers are kept: an import asks for them a hundred thousand times.
KEPT_SECONDS = 2.0


@lru_cache(maxsize=256)
def inspection_years(region: str, on: date) -> Years:
    """The years in which lifts are inspected, as the rulebook has them for a region on a day."""
    spec = rulebook.at("terms", region, on, "lift-inspection").typed(Terms).recurrence
    if spec is None or not spec.years:
        raise ValueError("terms.lift-inspection must list years")
    return Years(spec.years, spec.then_every_years or 1, spec.early_months)


def compute_lift(entry: Lift) -> None:
    """Everything about a lift that is computed; called before it is saved, also in imports."""
    if not entry.area_kind:
        entry.area_kind = "urban" if entry.region.name.endswith(DISTRICT) else "other"
    entry.maintainer_id = account_of(entry.maint_unit_code)
    if entry.install_inspected_on is None:
        return
    if entry.inspection_base is None:
        entry.inspection_base = entry.install_inspected_on
    # A major repair counts for the inspection of its year, which may come later in it: the later of both holds.
    counted, last = entry.inspection_counted, entry.last_inspected_on
    if last is not None and (counted is None or counted < last):
        entry.inspection_counted = last
    if entry.status == "in_use":
        found = where_it_stands(entry)
        entry.next_inspection, entry.next_self_test = found.next_inspection, found.next_self_test
    else:
        entry.next_inspection = entry.next_self_test = None


def where_it_stands(entry: Lift, *more: Check) -> Standing:
    """Where a lift stands in its inspection calendar, from its columns and what comes `more`.

    Raises:
        ValueError: it has no first inspection, or something lies before it.
    """
    base = entry.inspection_base or entry.install_inspected_on
    if base is None:
        raise ValueError(_("没有登记安装监督检验日期。"))
    checks = list(more)
    # What came before an alteration started the calendar anew is settled by it.
    if entry.inspection_counted is not None and entry.inspection_counted >= base:
        checks.append(Check(entry.inspection_counted, "periodic"))
    if entry.last_self_test_on is not None and entry.last_self_test_on >= base:
        checks.append(Check(entry.last_self_test_on, "self_test"))
    return standing(base, inspection_years(entry.region.code, timezone.localdate()), checks)


def account_of(code: str) -> int | None:
    """Primary key of the account of a maintainer, by its credit code; None without one."""
    return _accounts().get(code) if code else None


_kept: tuple[float, dict[str, int]] | None = None


def _accounts() -> dict[str, int]:
    """Credit code → account, for all rescue bodies with one."""
    global _kept
    if _kept is None or monotonic() - _kept[0] > KEPT_SECONDS:
        bodies = entries("rescue_body").filter(extras__has_keys=["code", "account"])
        named = dict(bodies.values_list("extras__code", "extras__account"))
        units = dict(Unit.objects.filter(key__in=set(named.values())).values_list("key", "pk"))
        _kept = monotonic(), {code: units[key] for code, key in named.items() if key in units}
    return _kept[1]


def body_saved(entry: EntryBase) -> None:
    """A rescue body is about to be saved: its lifts get its account, and what is kept is read again."""
    forget_accounts()
    code, key = entry.extras.get("code"), entry.extras.get("account")
    if code:
        account = Unit.objects.filter(key=key).first() if key else None
        Lift.objects.filter(maint_unit_code=code).exclude(maintainer=account).update(maintainer=account)


def forget_accounts() -> None:
    global _kept
    _kept = None


def check_lift(values: Mapping[str, Any], on: date) -> dict[str, str]:
    """What does not fit together in a lift's days."""
    errors: dict[str, str] = {}
    today, first = timezone.localdate().isoformat(), values.get("install_inspected_on") or ""
    for code in ("install_inspected_on", "last_inspected_on", "last_maintained_on", "last_self_test_on"):
        day = values.get(code)
        if day and day > today:
            errors[code] = _("日期不能晚于今天。")
        elif day and day < first:
            errors[code] = _("早于安装监督检验日期。")
    return errors
