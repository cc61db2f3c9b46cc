"""Confirming that an ended record is not used any more; sending again what an address did not take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.credit.sharing.models import Alert, Subscription
from hengjian.parties.verbs import Action, ActionRefused


@dataclass(kw_only=True)
class ConfirmReceipts(Action[int]):
    """Confirm for the unit that the records are neither shown, shared nor used any more."""

    verb = "sharing.confirm"
    subscription: Subscription
    alerts: Sequence[UUID]
    note: str = ""

    def target(self) -> Subscription:
        return self.subscription

    def logged(self, result: int) -> Subscription:
        return self.subscription

    def check_state(self) -> None:
        if not self.alerts:
            raise ActionRefused(_("没有选择消息。"), _("请勾选要回执的消息。"), status=400)

    def perform(self) -> int:
        rows = Alert.objects.filter(
            subscription=self.subscription, key__in=list(self.alerts), due__isnull=False, confirmed_at__isnull=True
        )
        done = rows.update(confirmed_at=timezone.now(), confirmed_by=self.actor, receipt=self.note.strip()[:200])
        if not done:
            raise ActionRefused(_("所选消息不需要回执，或已经回执。"), _("请刷新页面查看最新状态。"))
        return done


@dataclass(kw_only=True)
class SendAgain(Action[int]):
    """Put messages that could not be delivered back into the queue."""

    verb = "sharing.subscribe"
    subscription: Subscription

    def target(self) -> Subscription:
        return self.subscription

    def logged(self, result: int) -> Subscription:
        return self.subscription

    def perform(self) -> int:
        if not self.subscription.url:
            raise ActionRefused(_("这个订阅没有接收地址。"), _("请先填写接收地址。"))
        dead = self.subscription.alerts.filter(sending=Alert.Sending.DEAD)
        done = dead.update(sending=Alert.Sending.WAITING, next_at=timezone.now(), attempts=0)
        if not done:
            raise ActionRefused(_("没有推送失败的消息。"), _("无需重新推送。"))
        return done
