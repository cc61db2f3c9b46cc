"""What the parts share: units, people, days, and the demonstration's clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from hengjian.methods import fictional
from hengjian.methods.fictional import Enterprise
from hengjian.parties.models import Region, Unit, User
from hengjian.registers.actions import CreateEntry
from hengjian.registers.models import EntryBase

SYSTEM = "demonstration"
REGION, CITY = "990000", "990300"


class Part:
    """One part of the build; the clock stands at `now`, which no day is after."""

    def __init__(self, now: datetime, random: Random) -> None:
        self.now, self.today, self.random = timezone.localtime(now), timezone.localdate(now), random
        self.units = {unit.key: unit for unit in Unit.objects.select_related("region").filter(key__startswith="99")}
        self.regions = {region.code: region for region in Region.objects.filter(code__startswith="99")}
        self.people = {user.username: user for user in User.objects.select_related("unit")}

    def unit(self, family: str, region: str = REGION) -> Unit:
        return self.units[f"{region}-{family}"]

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def at(self, days: int, hour: int = 10, minute: int = 0) -> datetime:
        """That hour so many days ago, never after now."""
        return min(datetime.combine(self.ago(days), time(hour, minute), self.now.tzinfo), self.now)

    def firms(self, count: int, *trades: str, region: str = REGION) -> list[Enterprise]:
        return fictional.enterprises(self.random, count, region, trades=trades)

    def enter(self, code: str, unit: Unit, values: Mapping[str, Any], on: date | None = None, **more: Any) -> EntryBase:
        region = more.pop("region", unit.region)
        return CreateEntry(
            user=None,
            system=SYSTEM,
            register=code,
            values=values,
            unit=unit,
            region=region,
            on=on or self.today,
            **more,
        ).execute()


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Turn back the clock that the builder of the demonstration has put in place of Django's.

    Actions of programmes take their day from the clock alone; with the real clock nothing is turned.
    """
    clock: Any = vars(timezone)["datetime"]
    if clock is datetime:
        yield
        return
    before = clock.moment
    clock.moment = moment
    try:
        yield
    finally:
        clock.moment = before
