"""The verbs of the room; everything else is done by registers, cases and programmes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hengjian.methods.brand_valuation import Inputs, Valuation, ValuationError, rounded, value_brand
from hengjian.parties.models import Unit
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.registers.actions import CreateEntry, SetStatus
from hengjian.registers.models import EntryBase
from hengjian.registers.queries import entries

REGISTER = "brand_value"
SYSTEM = "honours"
RATES = ("short_rate", "long_rate", "share", "industry", "growth")


def valued(inputs: Inputs) -> Valuation:
    """The valuation, with a refusal in the reader's language when the inputs allow none."""
    try:
        return value_brand(inputs)
    except ValuationError as error:
        english = (get_language() or "").startswith("en")
        raise ActionRefused(error.message_en if english else error.message_zh, status=400) from None


def percent(rate: Decimal) -> str:
    """A fraction as it is read: 0.0435 → 4.35."""
    return f"{(rate * 100).normalize():f}"


def inputs_of(entry: EntryBase) -> Inputs:
    """The inputs that a saved valuation rests on."""

    def number(code: str) -> Decimal:
        return Decimal(str(entry.value(code)))

    profits = tuple(Decimal(part) for part in str(entry.value("profits")).split("、"))
    rates = {code: number(code) / 100 for code in RATES}
    return Inputs(
        profits=profits,
        current=number("current"),
        non_current=number("non_current"),
        strength=number("strength"),
        **rates,
    )


@dataclass(kw_only=True)
class SaveValuation(Action[EntryBase]):
    """Keep a valuation with all its inputs as an entry; an earlier one of the same brand is superseded."""

    verb = "registers.edit"
    unit: Unit
    brand: str
    enterprise: str
    enterprise_code: str
    base_on: date
    inputs: Inputs
    note: str = ""

    def target(self) -> Scope:
        return Scope(unit=self.unit, region=self.unit.region)

    def check_state(self) -> None:
        if self.base_on > timezone.localdate():
            raise ActionRefused(_("评价基准日不能晚于今天。"), _("请更正日期。"), status=400)
        valued(self.inputs)

    def perform(self) -> EntryBase:
        result = valued(self.inputs)
        share = result.terminal_share
        given = self.inputs
        before = entries(REGISTER).filter(unit=self.unit, status="current", title=self.brand)
        for entry in before.filter(extras__enterprise=self.enterprise):
            SetStatus(user=None, system=SYSTEM, entry=entry, status="superseded", reason=_("有新的评价结果")).execute()
        return CreateEntry(
            user=None,
            system=SYSTEM,
            register=REGISTER,
            values={
                "brand": self.brand,
                "enterprise": self.enterprise,
                "enterprise_code": self.enterprise_code,
                "base_on": self.base_on.isoformat(),
                "value": str(rounded(result.value)),
                "terminal_share": str(rounded((share or Decimal(0)) * 100)),
                "profits": "、".join(f"{profit.normalize():f}" for profit in given.profits),
                "current": f"{given.current:f}",
                "non_current": f"{given.non_current:f}",
                "strength": f"{given.strength:f}",
                "note": self.note,
                **{code: percent(getattr(given, code)) for code in RATES},
            },
            unit=self.unit,
            region=self.unit.region,
            reason=_("品牌价值测算"),
        ).execute()

    def logged(self, result: EntryBase) -> EntryBase:
        return result
