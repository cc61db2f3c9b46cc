"""Closing a period, and opening it again with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.indicators.catalogue import definition
from hengjian.indicators.models import PeriodLock
from hengjian.methods.periods import Period
from hengjian.parties.models import Region
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused


@dataclass(kw_only=True)
class LockPeriod(Action[PeriodLock]):
    """No value of the period in the region and below it changes any more. `indicator`: empty for all."""

    verb: ClassVar[str] = "indicators.lock"

    region: Region
    period: Period
    indicator: str = ""

    def target(self) -> Scope:
        return Scope(region=self.region)

    def check_state(self) -> None:
        if self.indicator:
            definition(self.indicator)
        if self.period.last >= timezone.localdate():
            raise ActionRefused(_("%(period)s 尚未结束，不能锁定。") % {"period": self.period.said()})
        open_locks = PeriodLock.objects.filter(lifted_at__isnull=True, region=self.region, period=self.period.code)
        if open_locks.filter(indicator__in=["", self.indicator]).exists():
            raise ActionRefused(_("%(period)s 已经锁定。") % {"period": self.period.said()})

    def perform(self) -> PeriodLock:
        assert self.actor is not None
        return PeriodLock.objects.create(
            indicator=self.indicator,
            region=self.region,
            period=self.period.code,
            first=self.period.first,
            last=self.period.last,
            reason=self.reason.strip()[:400],
            locked_by=self.actor,
        )


@dataclass(kw_only=True)
class LiftLock(Action[PeriodLock]):
    """Open a closed period again."""

    verb: ClassVar[str] = "indicators.lock"
    needs_reason: ClassVar[bool] = True

    lock: PeriodLock

    def target(self) -> PeriodLock:
        return self.lock

    def check_state(self) -> None:
        if self.lock.lifted_at is not None:
            raise ActionRefused(_("这一期已经解锁。"), _("请刷新页面查看最新状态。"))

    def perform(self) -> PeriodLock:
        self.lock.lifted_at = timezone.now()
        self.lock.lifted_by = self.actor
        self.lock.lifted_for = self.reason.strip()[:400]
        self.lock.save(update_fields=["lifted_at", "lifted_by", "lifted_for"])
        return self.lock
