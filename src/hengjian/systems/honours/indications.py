"""Geographical indications: the notice with its window for objections, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.parties.verbs import Action, ActionRefused, require_other_person
from hengjian.publishing.actions import PublishNotice, WriteNotice
from hengjian.publishing.models import Notice, Objection
from hengjian.publishing.queries import notices_of
from hengjian.registers.actions import ChangeEntry, SetStatus
from hengjian.registers.hooks import Related
from hengjian.registers.models import EntryBase
from hengjian.registers.queries import entries

REGISTER, TERM, SYSTEM = "geographical_indication", "gi-objection", "honours"


def notice_of(entry: EntryBase) -> Notice | None:
    """The newest notice about an indication."""
    return notices_of(entry.ref).first()


@dataclass(kw_only=True)
class AnnounceIndication(Action[Notice]):
    """Publish the notice of an indication for objections, by somebody else than who entered it."""

    verb = "publishing.publish"
    entry: EntryBase

    def target(self) -> EntryBase:
        return self.entry

    def check_state(self) -> None:
        if self.entry.status != "notice":
            raise ActionRefused(_("只有公告异议期的地理标志才发布公告。"), _("请核对状态。"))
        require_other_person(self.actor, self.entry.created_by, _("发布公告"))
        found = notice_of(self.entry)
        if found is not None and found.state == Notice.State.PUBLISHED:
            raise ActionRefused(_("公告已经发布。"), _("请等待异议期满。"))

    def perform(self) -> Notice:
        entry = self.entry
        body = (
            f"根据地理标志有关规定，对“{entry.title}”予以公告。申请人：{entry.extras.get('applicant', '')}；"
            f"产地范围：{entry.extras.get('area_of_origin') or '见申请材料'}。"
            "任何单位和个人对公告内容有异议的，可以在公告之日起两个月内提出，并说明理由。"
        )
        notice = WriteNotice(
            user=None,
            system=SYSTEM,
            unit=entry.unit,
            region=entry.region,
            title=f"关于“{entry.title}”地理标志的公告",
            body=body,
            kind=Notice.Kind.ANNOUNCEMENT,
            subject=entry.ref,
            term=TERM,
        ).execute()
        notice.written_by = entry.created_by
        notice.save(update_fields=["written_by"])
        published = PublishNotice(
            user=self.user, system=self.system if self.user is None else "", notice=notice
        ).execute()
        ChangeEntry(
            user=None,
            system=SYSTEM,
            entry=entry,
            values={"notice_on": timezone.localdate().isoformat()},
            reason=_("公告发布"),
        ).execute()
        return published

    def logged(self, result: Any) -> EntryBase:
        return self.entry


def settle(now: datetime) -> int:
    """Indications whose window is over: without an objection that was upheld or is open they are valid."""
    done, today = 0, timezone.localdate(now)
    for entry in entries(REGISTER).filter(status="notice").select_related("unit", "region"):
        notice = notice_of(entry)
        if notice is None or notice.objections_until is None or notice.objections_until >= today:
            continue
        standing = notice.objections.exclude(state=Objection.State.REJECTED)
        if notice.state == Notice.State.WITHDRAWN or standing.exists():
            continue
        SetStatus(user=None, system=SYSTEM, entry=entry, status="valid", reason=_("异议期满无异议")).execute()
        done += 1
    return done


def related(user: Any, refs: Sequence[str]) -> Iterable[Related]:
    """On the page of an indication: its notice and the way to publish one. On that of a valuation: its computation."""
    for ref in refs:
        kind, _sep, rest = ref.partition(":")
        register, _sep, pk = rest.partition(":")
        if kind != "entry" or not pk.isdigit():
            continue
        if register == REGISTER:
            yield Related(_("公告与异议"), reverse("honours:indication", args=[int(pk)]))
        elif register == "brand_value":
            yield Related(_("查看测算过程"), reverse("honours:valuation_entry", args=[int(pk)]))
