"""The verbs on public lists: take a dated snapshot, publish it, drop it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.ledger.actions import append
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.parties.models import Region, Unit
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused, require_other_person
from hengjian.publishing import facts
from hengjian.publishing.lists import PublicList, list_hash, public_list, row_hash, shown_rows
from hengjian.publishing.models import ListSnapshot
from hengjian.publishing.queries import difference, latest, snapshot_hash, taken_out, values_of


def declared_list(code: str) -> PublicList:
    """The declared list; a refusal when there is none."""
    found = public_list(code)
    if found is None:
        raise ActionRefused(_("没有“%(code)s”这份名单。") % {"code": code[:40]}, status=404)
    return found


@dataclass(kw_only=True)
class PrepareList(Action[ListSnapshot]):
    """Generate a list by its rule as of today, for a second person to publish."""

    verb = "publishing.write"

    code: str
    unit: Unit
    region: Region
    on: date | None = None

    def target(self) -> Scope:
        return Scope(unit=self.unit, region=self.region)

    def check_state(self) -> None:
        declared = declared_list(self.code)
        if self.on is not None and self.on > timezone.localdate():
            raise ActionRefused(_("名单的截至日期不能晚于今天。"), status=400)
        waiting = ListSnapshot.objects.filter(code=self.code, state=ListSnapshot.State.PREPARED).first()
        if waiting is not None:
            raise ActionRefused(
                _("已有一份待公布的“%(title)s”。") % {"title": declared.title}, url=waiting.get_absolute_url()
            )
        before = latest(self.code)
        now = shown_rows(declared, self.on or timezone.localdate())
        if before is not None and not taken_out(before) and values_of(before) == now:
            raise ActionRefused(_("名单自 %(day)s 公布以来没有变化。") % {"day": before.as_of})

    def perform(self) -> ListSnapshot:
        declared, as_of = declared_list(self.code), self.on or timezone.localdate()
        salted = [(row, secrets.token_hex(16)) for row in shown_rows(declared, as_of)]
        return ListSnapshot.objects.create(
            code=self.code,
            title=str(declared.title),
            as_of=as_of,
            unit=self.unit,
            region=self.region,
            columns=[
                {"code": column.code, "title": column.title, "title_en": column.title_en} for column in declared.columns
            ],
            rows=[{"values": row, "salt": salt} for row, salt in salted],
            count=len(salted),
            sha256=list_hash(self.code, as_of, [row_hash(row, salt) for row, salt in salted]),
            previous=latest(self.code),
            prepared_by=self.actor,
        )


@dataclass(kw_only=True)
class PublishList(Action[ListSnapshot]):
    """Publish a snapshot; not by whoever generated it."""

    verb = "publishing.publish"

    snapshot: ListSnapshot

    def target(self) -> ListSnapshot:
        return self.snapshot

    def check_state(self) -> None:
        if self.snapshot.state != ListSnapshot.State.PREPARED:
            raise ActionRefused(_("这份名单不在待公布状态。"), _("请刷新页面查看最新状态。"))
        require_other_person(self.user, self.snapshot.prepared_by, _("公布名单"))
        if snapshot_hash(self.snapshot) != self.snapshot.sha256:
            raise ActionRefused(_("名单与生成时的摘要不一致。"), _("数据被改动过，请联系系统管理员核查。"))

    def perform(self) -> ListSnapshot:
        row = self.snapshot
        declared = declared_list(row.code)
        changes = difference(declared, row.previous, row)
        row.state, row.published_by, row.published_at = ListSnapshot.State.PUBLISHED, self.actor, timezone.now()
        payload = facts.ListPublished(
            code=row.code,
            title=row.title,
            as_of=row.as_of,
            count=row.count,
            added=len(changes.added),
            removed=len(changes.removed) + (taken_out(row.previous) if row.previous else 0),
            changed=len(changes.changed),
            sha256=row.sha256,
            previous=row.previous.sha256 if row.previous else "",
        )
        fact = append(
            FactDraft(
                kind=facts.LIST.name,
                subject=f"list:{row.code}",
                payload=payload,
                region=row.region.code,
                occurred_on=timezone.localdate(),
                source=Source(unit=row.unit.ref, user=self.actor.ref if self.actor else "", system=self.system),
                refs={"snapshot": row.ref},
            )
        )
        row.fact = fact.id
        row.save(update_fields=["state", "published_by", "published_at", "fact"])
        return row


@dataclass(kw_only=True)
class DropList(Action[Any]):
    """Give up a snapshot that is not published yet."""

    verb = "publishing.write"
    needs_reason = True

    snapshot: ListSnapshot

    def target(self) -> ListSnapshot:
        return self.snapshot

    def check_state(self) -> None:
        if self.snapshot.state != ListSnapshot.State.PREPARED:
            raise ActionRefused(_("这份名单不在待公布状态。"), _("请刷新页面查看最新状态。"))

    def perform(self) -> ListSnapshot:
        self.snapshot.state = ListSnapshot.State.DROPPED
        self.snapshot.save(update_fields=["state"])
        return self.snapshot
