"""Subscribing: what to hear of, about whom, where it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from hengjian.credit.sharing.models import Event, Subscription, Watched
from hengjian.enterprises.models import Enterprise
from hengjian.enterprises.queries import by_code, by_key
from hengjian.methods import uscc
from hengjian.parties.models import Region, Unit
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.parties.webhooks import UrlRefused, check_url

#: Enterprises in one portfolio; who wants more describes them by a filter or takes the bulk files.
LARGEST = 100_000


def _check_url(url: str) -> None:
    if not url:
        return
    try:
        check_url(url)
    except UrlRefused as error:
        raise ActionRefused(error.message, error.next_step, status=400) from None


def _check_words(title: str, purpose: str, events: Sequence[str]) -> None:
    if not title.strip() or not purpose.strip():
        raise ActionRefused(_("没有写名称或用途。"), _("请写明订阅的名称，以及这些信息用来做什么。"), status=400)
    unknown = sorted(set(events) - set(Event.values))
    if unknown:
        raise ActionRefused(
            _("没有这些事项：%(names)s。") % {"names": "、".join(unknown)}, _("请从列出的事项中选择。"), status=400
        )


@dataclass(kw_only=True)
class Subscribe(Action[Subscription]):
    """Watch enterprises for a unit. With a region it watches all of it (and of a kind), otherwise a portfolio."""

    verb = "sharing.subscribe"
    unit: Unit
    title: str
    purpose: str
    events: Sequence[str]
    region: Region | None = None
    kind: str = ""
    url: str = ""

    def target(self) -> Scope:
        return Scope(unit=self.unit)

    def check_state(self) -> None:
        _check_words(self.title, self.purpose, self.events)
        _check_url(self.url)
        if self.region is not None and self.unit.kind == Unit.Kind.ENTERPRISE:
            raise ActionRefused(_("企业不能订阅整个地区。"), _("请逐家添加关注的企业，或导入名单。"), status=400)

    def perform(self) -> Subscription:
        return Subscription.objects.create(
            unit=self.unit,
            title=self.title.strip()[:80],
            purpose=self.purpose.strip()[:200],
            events=[event for event in Event.values if event in self.events],
            region=self.region,
            kind=self.kind,
            url=self.url,
            created_by=self.actor,
        )


@dataclass(kw_only=True)
class ChangeSubscription(Action[Subscription]):
    """Change words, events or address."""

    verb = "sharing.subscribe"
    subscription: Subscription
    title: str
    purpose: str
    events: Sequence[str]
    url: str

    def target(self) -> Subscription:
        return self.subscription

    def check_state(self) -> None:
        _check_words(self.title, self.purpose, self.events)
        _check_url(self.url)

    def perform(self) -> Subscription:
        row = self.subscription
        row.title, row.purpose, row.url = self.title.strip()[:80], self.purpose.strip()[:200], self.url
        row.events = [event for event in Event.values if event in self.events]
        row.save(update_fields=["title", "purpose", "url", "events"])
        return row


@dataclass(kw_only=True)
class EndSubscription(Action[Subscription]):
    """Stop it; what was told and confirmed stays."""

    verb = "sharing.subscribe"
    subscription: Subscription

    def target(self) -> Subscription:
        return self.subscription

    def check_state(self) -> None:
        if not self.subscription.active:
            raise ActionRefused(_("这个订阅已经停止。"), _("如需继续接收，请新建订阅。"))
        left = self.subscription.alerts.filter(due__isnull=False, confirmed_at__isnull=True).count()
        if left:
            raise ActionRefused(_("还有 %(n)s 条停止使用的通知没有回执。") % {"n": left}, _("请先回执，再停止订阅。"))

    def perform(self) -> Subscription:
        self.subscription.active = False
        self.subscription.save(update_fields=["active"])
        return self.subscription


@dataclass(frozen=True)
class Added:
    """What became of a list of codes: how many came in, were there already, and which could not be found."""

    added: int
    known: int
    missing: tuple[str, ...] = field(default=())


@dataclass(kw_only=True)
class AddToPortfolio(Action[Added]):
    """Add enterprises by code or key."""

    verb = "sharing.subscribe"
    subscription: Subscription
    codes: Sequence[str]

    def target(self) -> Subscription:
        return self.subscription

    def logged(self, result: Added) -> Subscription:
        return self.subscription

    def check_state(self) -> None:
        if self.subscription.by_filter:
            raise ActionRefused(_("这个订阅按地区接收，不需要名单。"), _("请新建按名单接收的订阅。"), status=400)
        if not any(code.strip() for code in self.codes):
            raise ActionRefused(_("没有给出代码。"), _("请每行写一个统一社会信用代码。"), status=400)
        if self.subscription.portfolio.count() + len(self.codes) > LARGEST:
            raise ActionRefused(
                _("一个订阅最多关注 %(n)s 家企业。") % {"n": LARGEST}, _("请分成几个订阅，或按地区订阅。"), status=400
            )

    def perform(self) -> Added:
        wanted = list(dict.fromkeys(uscc.normalise(code) for code in self.codes if code.strip()))
        found: dict[str, Enterprise] = {}
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            rows = Enterprise.objects.filter(code__in=part, merged_into__isnull=True).exclude(code="")
            found.update((row.code, row) for row in rows)
        for code in wanted:
            if code not in found:
                row = by_code(code) or by_key(code)
                if row is not None:
                    found[code] = row
        before = self.subscription.portfolio.count()
        Watched.objects.bulk_create(
            [Watched(subscription=self.subscription, enterprise=row, name=row.name) for row in found.values()],
            ignore_conflicts=True,
            batch_size=1000,
        )
        added = self.subscription.portfolio.count() - before
        missing = tuple(code for code in wanted if code not in found)
        return Added(added, len(found) - added, missing)


@dataclass(kw_only=True)
class RemoveFromPortfolio(Action[int]):
    """Stop watching enterprises."""

    verb = "sharing.subscribe"
    subscription: Subscription
    keys: Sequence[str]

    def target(self) -> Subscription:
        return self.subscription

    def logged(self, result: int) -> Subscription:
        return self.subscription

    def perform(self) -> int:
        rows = self.subscription.portfolio.filter(enterprise__key__in=list(self.keys))
        return rows.delete()[0]
