"""What the parts of the demonstration share: units, days, and short ways to the actions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from hengjian.cases.actions import OpenCase, TakeStep
from hengjian.cases.models import Case
from hengjian.methods import fictional
from hengjian.methods.fictional import Enterprise
from hengjian.parties.models import Region, Unit
from hengjian.registers.actions import ChangeEntry, CreateEntry, SetStatus
from hengjian.registers.models import EntryBase

SYSTEM = "demonstration"
REGION = "990000"


class Part:
    """One part of the build; the clock stands at `now`, which no day is after."""

    def __init__(self, now: datetime, random: Random) -> None:
        self.now, self.today, self.random = now, now.date(), random
        self.units = {unit.key: unit for unit in Unit.objects.select_related("region").filter(key__startswith="99")}
        self.regions = {region.code: region for region in Region.objects.filter(code__startswith="99")}
        self.cities = [code for code in self.regions if code.endswith("00") and code != REGION]

    def unit(self, region: str, family: str) -> Unit:
        return self.units[f"{region}-{family}"]

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def at(self, days: int, hour: int = 10, minute: int = 0) -> datetime:
        """That hour so many days ago, never after now."""
        moment = datetime.combine(self.ago(days), time(hour, minute), self.now.tzinfo)
        return min(moment, self.now)

    def firms(self, count: int, *trades: str, region: str = REGION) -> list[Enterprise]:
        return fictional.enterprises(self.random, count, region, trades=trades)

    def enter(self, code: str, unit: Unit, values: Mapping[str, Any], days: int = 0, **more: Any) -> EntryBase:
        region = more.pop("region", unit.region)
        return CreateEntry(
            user=None,
            system=SYSTEM,
            register=code,
            values=values,
            unit=unit,
            region=region,
            on=self.ago(days),
            **more,
        ).execute()

    def change(self, entry: EntryBase, values: Mapping[str, Any], reason: str, days: int = 0) -> None:
        ChangeEntry(user=None, system=SYSTEM, entry=entry, values=values, reason=reason, on=self.ago(days)).execute()

    def status(self, entry: EntryBase, status: str, reason: str, days: int = 0) -> None:
        SetStatus(user=None, system=SYSTEM, entry=entry, status=status, reason=reason, on=self.ago(days)).execute()

    def open(self, code: str, unit: Unit, days: int, values: Mapping[str, Any], **more: Any) -> Case:
        given = {
            "unit": unit,
            "region": more.pop("region", unit.region),
            "opened_at": self.at(days, more.pop("hour", 9)),
        }
        return OpenCase(user=None, system=SYSTEM, type=code, values=values, **given, **more).execute().case

    def step(self, case: Case, code: str, days: int, note: str = "", hour: int = 15, **values: Any) -> None:
        case.refresh_from_db()
        moment = self.at(days, hour)
        last = case.events.order_by("-number").values_list("occurred_at", flat=True).first()
        TakeStep(
            user=None,
            system=SYSTEM,
            case=case,
            step=code,
            note=note,
            values=values,
            at=max(moment, last) if last else moment,
        ).execute()
