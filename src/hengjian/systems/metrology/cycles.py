"""What the registers engine asks this room: cycles of instruments, and readers of its tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian import rulebook
from hengjian.methods.line_tables import LineError
from hengjian.methods.verification_rates import FitLine
from hengjian.registers.hooks import register_check, register_saved
from hengjian.registers.parsing import register_parser
from hengjian.rulebook.base import Rule
from hengjian.rulebook.parameters.metrology import MeteringFit, VerificationCycle
from hengjian.systems.metrology import rules
from hengjian.systems.metrology.models import Instrument

#: statuses in which an instrument is not used any more, or not now
STILL = frozenset({"stopped", "replaced", "scrapped"})


def cycle_of(type_code: str, region: str, on: date) -> Rule | None:
    """The rule for a type of instrument, or None when the rulebook has none for that day."""
    try:
        return rulebook.at("verification_cycles", region, on, type_code)
    except rulebook.RuleNotFound:
        return None


def mark_of(rule: Rule | None) -> str:
    """Names the rule and its content, so that an edited cycle is noticed."""
    return f"{rule.id}@{rule.version}" if rule is not None else "-"


def history_of(entry: Instrument) -> rules.History:
    return rules.History(
        entry.installed_on,
        entry.first_verified_on,
        entry.last_verified_on,
        entry.certificate_until,
        entry.last_result == "failed",
    )


def complete_instrument(entry: Instrument) -> None:
    """Scheme, cycle, purpose and next due day from the rulebook; the day since which it stands still."""
    rule = cycle_of(entry.type_code, entry.region.code, timezone.localdate())
    entry.cycle_rule = mark_of(rule)
    entry.scheme, entry.months = "periodic", None
    if rule is not None:
        cycle = rule.typed(VerificationCycle)
        entry.scheme, entry.months = cycle.scheme, cycle.months
        entry.purpose = entry.purpose or cycle.purposes[0]
    if entry.first_verified_on is None:
        entry.first_verified_on = entry.last_verified_on
    entry.next_due = rules.next_due(entry.scheme, entry.months, history_of(entry))
    entry.stopped_on = (entry.status_on or timezone.localdate()) if entry.status in STILL else None


def check_instrument(values: Mapping[str, Any], on: date) -> dict[str, str]:
    found = {}
    today = timezone.localdate().isoformat()
    first, last, until = (values.get(name) for name in ("first_verified_on", "last_verified_on", "certificate_until"))
    for name in ("first_verified_on", "last_verified_on"):
        if values.get(name) and values[name] > today:
            found[name] = _("检定日期不能晚于今天。")
    if first and last and last < first:
        found["last_verified_on"] = _("最近检定早于首次检定。")
    if last and until and until < last:
        found["certificate_until"] = _("有效期早于检定日期。")
    return found


# ---- energy metering


def fit_rule(on: date | None = None, region: str = rulebook.NATIONAL) -> MeteringFit:
    return rulebook.at("metering_fit", region, on or timezone.localdate()).typed(MeteringFit)


def read_fit(text: str, on: date | None = None) -> list[FitLine]:
    """The lines of a table of meters; ValueError says what is wrong, in the user's language."""
    fit = fit_rule(on)

    def complain(line: int, what: str, cell: str) -> ValueError:
        words = {
            "carrier": _("第 %(line)d 行：没有能源种类“%(cell)s”，可填：%(known)s。"),
            "level": _("第 %(line)d 行：级别“%(cell)s”应为用能单位、次级用能单位或用能设备。"),
            "number": _("第 %(line)d 行：应配数和实配数应为整数，现为“%(cell)s”。"),
        }
        known = "、".join(row.title for row in fit.rows)
        return ValueError(words[what] % {"line": line, "cell": cell[:30], "known": known})

    try:
        return rules.read_fit(text, fit, complain)
    except LineError as error:
        raise ValueError(
            _("第 %(line)d 行写法不对：“%(text)s”。每行写“能源种类 | 级别 | 应配数 | 实配数”，用竖线隔开。")
            % {"line": error.line, "text": error.text}
        ) from None


def fit_table(text: str) -> str:
    return rules.write_fit(read_fit(text), fit_rule())


def register() -> None:
    """Called when the app is ready."""
    register_parser("fit_table", fit_table)
    register_check("instrument", check_instrument)
    register_saved("instrument", complete_instrument)
