"""Verbs of the room besides capturing: identifiers of units, named queries, subscriptions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.parties.models import Unit
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.parties.webhooks import UrlRefused, check_url, seal
from hengjian.trace.events.compiling import QueryError, compile_query
from hengjian.trace.events.keys import key_of
from hengjian.trace.events.models import (
    Event,
    EventReader,
    EventTerm,
    NamedQuery,
    PartyKey,
    Subscription,
)
from hengjian.trace.events.policies import DECLARE, SUBSCRIBE
from hengjian.trace.events.schedules import ScheduleError, read_schedule

QUERIES_PER_UNIT, SUBSCRIPTIONS_PER_QUERY = 200, 20
_NAME = re.compile(r"[\w.\-]{1,100}")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`]+")


@dataclass(kw_only=True)
class DeclareKey(Action[PartyKey]):
    """Say under which identifier (GLN, web address) a unit appears in events. What names it becomes readable to it,
    what was captured before as well."""

    verb = DECLARE
    unit: Unit
    key: str

    def target(self) -> Scope:
        return Scope(unit=self.unit)

    def check_state(self) -> None:
        if not _URI.fullmatch(self.key.strip()) or len(self.key) > 500:
            raise ActionRefused(
                _("这不是有效的标识。"), _("请填写 GLN 的 URN 或网址，如 https://id.gs1.org/417/…"), status=400
            )
        known = PartyKey.objects.filter(key=key_of(self.key)).first()
        if known is not None:
            raise ActionRefused(
                _("这个标识已由“%(unit)s”登记。") % {"unit": known.unit}, _("如登记有误，请联系系统管理员。")
            )

    def perform(self) -> PartyKey:
        key = key_of(self.key)
        made = PartyKey.objects.create(key=key, unit=self.unit, declared_at=timezone.now())
        named = EventTerm.objects.filter(text=key).filter(name__regex=r"^(source|destination):")
        have = EventReader.objects.filter(unit=self.unit).values("event_id")
        fresh = named.exclude(event_id__in=have).values_list("event_id", flat=True).distinct()
        EventReader.objects.bulk_create(
            [EventReader(event_id=event, unit=self.unit) for event in fresh], batch_size=500, ignore_conflicts=True
        )
        return made

    def logged(self, result: PartyKey) -> PartyKey:
        return result


@dataclass(kw_only=True)
class CreateQuery(Action[NamedQuery]):
    """Give a query a name."""

    verb = SUBSCRIBE
    unit: Unit
    name: str
    parameters: dict[str, Any]

    def target(self) -> Scope:
        return Scope(unit=self.unit)

    def check_state(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ActionRefused(
                _("名称只能由文字、数字、点、下划线和连字符组成。"), _("请换一个名称，最长 100 个字符。"), status=400
            )
        compile_query(self.parameters)
        if NamedQuery.objects.filter(unit=self.unit, name=self.name).exists():
            raise ActionRefused(_("已有名为“%(name)s”的查询。") % {"name": self.name}, _("请换一个名称。"))
        if NamedQuery.objects.filter(unit=self.unit).count() >= QUERIES_PER_UNIT:
            raise ActionRefused(_("本单位的命名查询已达上限。"), _("请先删除不用的查询。"))

    def perform(self) -> NamedQuery:
        assert self.actor is not None
        return NamedQuery.objects.create(
            name=self.name,
            unit=self.unit,
            user=self.actor,
            parameters=self.parameters,
            created_at=timezone.now(),
        )


@dataclass(kw_only=True)
class DeleteQuery(Action[None]):
    """Delete a named query with its subscriptions."""

    verb = SUBSCRIBE
    query: NamedQuery

    def target(self) -> NamedQuery:
        return self.query

    def perform(self) -> None:
        self.query.delete()


@dataclass(kw_only=True)
class Subscribe(Action[Subscription]):
    """Have the new results of a query sent to an address: as they come (`stream`), or by a schedule."""

    verb = SUBSCRIBE
    query: NamedQuery
    dest: str
    secret: str = ""
    stream: bool = False
    schedule: dict[str, Any] | None = None
    report_if_empty: bool = False
    initial_record_time: datetime | None = None
    format: dict[str, Any] = field(default_factory=dict)

    def target(self) -> NamedQuery:
        return self.query

    def check_state(self) -> None:
        try:
            check_url(self.dest)
        except UrlRefused as error:
            raise ActionRefused(error.message, error.next_step, status=400) from error
        if self.stream == (self.schedule is not None):
            raise ActionRefused(
                _("请在“有新事件即发送”和“定时发送”中选择一种。"), _("stream 与 schedule 只能有一个。"), status=400
            )
        if self.schedule is not None:
            try:
                read_schedule(self.schedule).next_after(timezone.localtime())
            except ScheduleError as error:
                raise ActionRefused(
                    _("发送时间的“%(field)s”有误。") % {"field": error.field or "schedule"},
                    _("请写成数字、逗号分隔的列表或 [起-止]，如 0,30 或 [9-17]。"),
                    status=400,
                ) from error
        if self.query.subscriptions.count() >= SUBSCRIPTIONS_PER_QUERY:
            raise ActionRefused(_("这个查询的订阅已达上限。"), _("请先删除不用的订阅。"))

    def perform(self) -> Subscription:
        now = timezone.now()
        before = Event.objects.order_by("-pk")
        if self.initial_record_time is not None:
            before = before.filter(record_time__lt=self.initial_record_time)
        first = now
        if self.schedule is not None:
            first = read_schedule(self.schedule).next_after(timezone.localtime(now))
        return Subscription.objects.create(
            query=self.query,
            dest=self.dest,
            secret=seal(self.secret),
            stream=self.stream,
            schedule=self.schedule,
            report_if_empty=self.report_if_empty,
            initial_record_time=self.initial_record_time,
            format=self.format,
            position=before.values_list("pk", flat=True).first() or 0,
            created_at=now,
            next_action_at=first,
        )

    def logged(self, result: Subscription) -> NamedQuery:
        return self.query


@dataclass(kw_only=True)
class Unsubscribe(Action[None]):
    """End a subscription."""

    verb = SUBSCRIBE
    subscription: Subscription

    def target(self) -> Subscription:
        return self.subscription

    def perform(self) -> None:
        self.subscription.delete()


@dataclass(kw_only=True)
class Resume(Action[Subscription]):
    """Start a subscription again that was stopped because its receiver did not answer."""

    verb = SUBSCRIBE
    subscription: Subscription

    def target(self) -> Subscription:
        return self.subscription

    def check_state(self) -> None:
        if self.subscription.state != Subscription.State.BROKEN:
            raise ActionRefused(_("订阅正在运行。"), _("无需再次操作。"))

    def perform(self) -> Subscription:
        self.subscription.state, self.subscription.failures = Subscription.State.ACTIVE, 0
        self.subscription.next_action_at = timezone.now()
        self.subscription.save(update_fields=["state", "failures", "next_action_at"])
        return self.subscription


__all__ = ["CreateQuery", "DeclareKey", "DeleteQuery", "QueryError", "Resume", "Subscribe", "Unsubscribe"]
