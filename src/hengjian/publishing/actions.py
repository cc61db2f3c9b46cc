"""The verbs on notices and objections. Writing is one person's, publishing another's."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengjian import rulebook
from hengjian.clocks.actions import cancel_clock, start_clock, stop_clock
from hengjian.clocks.models import Deadline
from hengjian.ledger import vault
from hengjian.ledger.actions import append
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.pages.notices import tell
from hengjian.parties.models import Region, Unit, User
from hengjian.parties.policies import Scope, who_may
from hengjian.parties.verbs import Action, ActionRefused, require_other_person
from hengjian.publishing import facts
from hengjian.publishing.list_actions import DropList, PrepareList, PublishList
from hengjian.publishing.models import Notice, Objection
from hengjian.publishing.queries import code_hash, notice_hash
from hengjian.rulebook import RuleNotFound

__all__ = [
    "DecideObjection",
    "DropList",
    "EditNotice",
    "EndNotice",
    "FileObjection",
    "PrepareList",
    "PublishList",
    "PublishNotice",
    "WithdrawNotice",
    "WriteNotice",
]
PERIOD = "notice.period"
FILED = gettext_noop("对公示“%(title)s”有新的异议 %(number)s，请处理。")
# No 0, O, 1, I: codes are read out on the telephone.
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@dataclass(kw_only=True)
class WriteNotice(Action[Notice]):
    """Draft a notice.

    Attributes:
        term: variant of the rulebook family `terms` for its period ("gi-objection"); or
        until: its last day; or neither: shown until it is withdrawn.
        objections_open: whether objections are taken during the period.
        stays: shown on after the period.
    """

    verb = "publishing.write"

    unit: Unit
    region: Region
    title: str
    body: str
    kind: str = Notice.Kind.PUBLICITY
    subject: str = ""
    term: str = ""
    until: date | None = None
    objections_open: bool = True
    stays: bool = False
    contact: str = ""

    def target(self) -> Scope:
        return Scope(unit=self.unit, region=self.region)

    def check_state(self) -> None:
        check_text(self.title, self.body)
        if self.term and self.until:
            raise ActionRefused(_("公示期限和截止日期只能填一项。"), status=400)

    def perform(self) -> Notice:
        return Notice.objects.create(
            kind=self.kind,
            subject=self.subject,
            title=self.title.strip(),
            body=self.body.strip(),
            contact=self.contact.strip(),
            unit=self.unit,
            region=self.region,
            term=self.term,
            until=self.until,
            objections_open=self.objections_open and bool(self.term or self.until),
            stays=self.stays,
            written_by=self.actor,
        )


def check_text(title: str, body: str) -> None:
    if not title.strip() or not body.strip():
        raise ActionRefused(_("标题和正文不能为空。"), _("请补全后再保存。"), status=400)


@dataclass(kw_only=True)
class NoticeAction(Action[Any]):
    notice: Notice

    def target(self) -> Notice:
        return self.notice

    def fact(self, kind: str, payload: Any, **more: Any) -> Any:
        row = self.notice
        source = Source(unit=row.unit.ref, user=self.actor.ref if self.actor else "", system=self.system)
        refs = {"about": row.subject} if row.subject else {}
        draft = FactDraft(
            kind=kind,
            subject=row.ref,
            payload=payload,
            region=row.region.code,
            occurred_on=timezone.localdate(),
            source=source,
            refs=refs,
            **more,
        )
        return append(draft).id


@dataclass(kw_only=True)
class EditNotice(NoticeAction):
    """Change a draft; whoever changed it last counts as its writer."""

    verb = "publishing.write"
    values: Mapping[str, Any]

    EDITABLE = frozenset({"kind", "title", "body", "contact", "term", "until", "objections_open", "stays"})

    def check_state(self) -> None:
        if self.notice.state != Notice.State.DRAFT:
            raise ActionRefused(_("已经发布的公示不能修改。"), _("确有错误的，请撤下后另行发布。"))
        if unknown := set(self.values) - self.EDITABLE:
            raise ValueError(f"no such field of a notice: {', '.join(sorted(unknown))}")
        check_text(self.values.get("title", self.notice.title), self.values.get("body", self.notice.body))

    def perform(self) -> Notice:
        for name, value in self.values.items():
            setattr(self.notice, name, value)
        if self.notice.term and self.notice.until:
            raise ActionRefused(_("公示期限和截止日期只能填一项。"), status=400)
        self.notice.objections_open = self.notice.objections_open and bool(self.notice.term or self.notice.until)
        self.notice.written_by, self.notice.written_at = self.actor, timezone.now()
        self.notice.save()
        return self.notice


@dataclass(kw_only=True)
class PublishNotice(NoticeAction):
    """Publish a draft: freeze its text, start its period, write the fact. Not by whoever wrote it."""

    verb = "publishing.publish"

    def check_state(self) -> None:
        if self.notice.state != Notice.State.DRAFT:
            raise ActionRefused(_("这份公示不在待发布状态。"), _("请刷新页面查看最新状态。"))
        require_other_person(self.user, self.notice.written_by, _("发布"))
        if self.notice.until is not None and self.notice.until < timezone.localdate():
            raise ActionRefused(_("公示截止日期已经过去。"), _("请由拟稿人改期后再发布。"))

    def perform(self) -> Notice:
        row, now = self.notice, timezone.now()
        row.state, row.published_by, row.published_at = Notice.State.PUBLISHED, self.actor, now
        row.sha256 = notice_hash(row)
        rule, last = "", row.until
        if row.term:
            deadline = start_clock(
                row.ref,
                PERIOD,
                timezone.localdate(now),
                rule=self._rule(),
                region=row.region.code,
                unit=row.unit.ref,
                by=self.actor.ref if self.actor else self.system,
            )
            rule, last = deadline.rule_id, deadline.due_on
        set_period(row, last)
        payload = facts.NoticePublished(
            notice_kind=row.kind,
            title=row.title,
            about=row.subject,
            sha256=row.sha256,
            published_at=now,
            shown_until=row.shown_until,
            objections_until=row.objections_until,
            rule=rule,
        )
        row.fact = self.fact(facts.PUBLISHED.name, payload)
        row.save()
        return row

    def _rule(self) -> rulebook.Rule:
        try:
            return rulebook.at("terms", self.notice.region.code, timezone.localdate(), variant=self.notice.term)
        except RuleNotFound:
            raise ActionRefused(
                _("规则库中没有现行的公示期限“%(term)s”。") % {"term": self.notice.term}, _("请由拟稿人另选公示期限。")
            ) from None


def set_period(notice: Notice, last: date | None) -> None:
    """Set until when a notice is shown and takes objections, from the last day of its period."""
    notice.objections_until = last if notice.objections_open else None
    notice.shown_until = None if last is None or notice.stays else start_of(last + timedelta(days=1))


class LeavingAction(NoticeAction):
    """What ends a notice: no page, feed or answer shows it from that moment."""

    def leave(self, state: str, *, ended: bool, reason: str = "") -> Notice:
        row = self.notice
        row.state, row.ended_at, row.withdrawn_for = state, timezone.now(), reason
        row.save(update_fields=["state", "ended_at", "withdrawn_for"])
        payload = facts.NoticeWithdrawn(
            title=row.title, sha256=row.sha256, ended=ended, reason=reason, objections=row.objections.count()
        )
        self.fact(facts.WITHDRAWN.name, payload)
        by = self.actor.ref if self.actor else self.system
        for deadline in Deadline.objects.filter(owner=row.ref, purpose=PERIOD, state=Deadline.State.OPEN):
            (stop_clock if ended else cancel_clock)(deadline, by=by)
        return row


@dataclass(kw_only=True)
class WithdrawNotice(LeavingAction):
    """Take a notice down before its time, or one without an end, for a reason that enters the ledger."""

    verb = "publishing.publish"
    needs_reason = True

    def check_state(self) -> None:
        if self.notice.state != Notice.State.PUBLISHED:
            raise ActionRefused(_("这份公示没有在发布中。"), _("请刷新页面查看最新状态。"))

    def perform(self) -> Notice:
        return self.leave(Notice.State.WITHDRAWN, ended=False, reason=self.reason.strip()[:300])


@dataclass(kw_only=True)
class EndNotice(LeavingAction):
    """Book that a notice's time has run out; the worker does, some time after it left the pages by itself."""

    verb = "publishing.publish"

    def check_state(self) -> None:
        until = self.notice.shown_until
        if self.notice.state != Notice.State.PUBLISHED or until is None or until > timezone.now():
            raise ActionRefused(_("这份公示还没有期满。"))

    def perform(self) -> Notice:
        return self.leave(Notice.State.ENDED, ended=True)


class Filed(NamedTuple):
    objection: Objection
    code: str


@dataclass(kw_only=True)
class FileObjection(Action[Filed]):
    """Somebody objects, from a public page. `identity` (name, phone, address …) goes to the vault; `code` is told once.

    Attributes:
        filer: the account, where the objector has one.
    """

    verb = "publishing.objections"

    user: User | AnonymousUser | None = None
    system: str = "public"
    notice: Notice
    text: str
    identity: Mapping[str, str]
    filer: User | None = None

    def check_state(self) -> None:
        if not self.notice.takes_objections():
            raise ActionRefused(_("这份公示现在不接受异议。"), _("异议期已过的，请向发布单位反映。"), status=409)
        if len(self.text.strip()) < 10:
            raise ActionRefused(_("请写明异议的内容和理由（至少 10 个字）。"), status=400)

    def perform(self) -> Filed:
        code = "".join(secrets.choice(LETTERS) for _place in range(8))
        objection = Objection.objects.create(
            notice=self.notice,
            number=self._number(),
            code_hash=code_hash(code),
            text=self.text.strip(),
            filer=self.filer,
        )
        given = {name: value.strip() for name, value in self.identity.items() if value.strip()}
        if given:
            owner = self.filer.ref if self.filer else objection.ref
            objection.identity = vault.put(
                given, owner=owner, category="notice.objector", readers=[self.notice.unit.ref]
            )
            objection.save(update_fields=["identity"])
        values = {"number": objection.number, "title": self.notice.title}
        tell(who_may("publishing.decide", objection), FILED, objection.ref, f"publishing.filed:{objection.pk}", values)
        return Filed(objection, code)

    def _number(self) -> str:
        """YY-<year>-<six random digits>: does not tell how many others there are."""
        while True:
            number = f"YY-{timezone.localdate():%Y}-{secrets.randbelow(10**6):06}"
            if not Objection.objects.filter(number=number).exists():
                return number


@dataclass(kw_only=True)
class DecideObjection(Action[Objection]):
    """Decide an objection with its reasons; the objector reads them on the tracking page."""

    verb = "publishing.decide"

    objection: Objection
    decision: str
    answer: str

    def target(self) -> Objection:
        return self.objection

    def check_state(self) -> None:
        if self.objection.state != Objection.State.FILED:
            raise ActionRefused(_("这件异议已经处理。"), _("请刷新页面查看最新状态。"))
        if self.decision not in (Objection.State.UPHELD, Objection.State.PARTLY, Objection.State.REJECTED):
            raise ActionRefused(_("请选择处理结论。"), status=400)
        if len(self.answer.strip()) < 5:
            raise ActionRefused(_("请写明处理意见。"), _("提出异议的人会看到这段文字。"), status=400)

    def perform(self) -> Objection:
        row, notice = self.objection, self.objection.notice
        row.state, row.answer = self.decision, self.answer.strip()
        row.decided_by, row.decided_at = self.actor, timezone.now()
        row.save(update_fields=["state", "answer", "decided_by", "decided_at"])
        append(
            FactDraft(
                kind=facts.DECIDED.name,
                subject=notice.ref,
                payload=facts.ObjectionDecided(notice=notice.ref, number=row.number, decision=row.state),
                region=notice.region.code,
                occurred_on=timezone.localdate(),
                source=Source(unit=notice.unit.ref, user=self.actor.ref if self.actor else "", system=self.system),
            )
        )
        return row
