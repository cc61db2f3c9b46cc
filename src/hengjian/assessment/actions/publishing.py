"""Publication, appeals, circular."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengjian import rulebook
from hengjian.assessment.actions.base import FILES, EntryAction, RoundAction, item_of, require_state
from hengjian.assessment.actions.results import CorrectItem, write_facts
from hengjian.assessment.actions.rounds import move
from hengjian.assessment.actions.site import stored
from hengjian.assessment.models import Appeal, Entry, Order, ResultSet, Round
from hengjian.assessment.papers.notices import public_text
from hengjian.assessment.results import approved, reproduce
from hengjian.assessment.rules import low_items, must_rectify
from hengjian.assessment.standing import short
from hengjian.clocks.actions import start_clock
from hengjian.documents.actions import take_number
from hengjian.pages.notices import tell
from hengjian.parties.models import User
from hengjian.parties.policies import who_may
from hengjian.parties.verbs import ActionRefused, require_other_person
from hengjian.publishing.actions import PublishNotice, WriteNotice
from hengjian.publishing.models import Notice
from hengjian.scoring.answers import Answer
from hengjian.scoring.words import item_dict

APPEALED = gettext_noop("“%(name)s”对“%(title)s”提出申诉，请处理。")
ANSWERED = gettext_noop("“%(title)s”的申诉已处理：%(result)s。")
ORDERED = gettext_noop("“%(title)s”要求整改，请于 %(due)s 前提交整改报告。")
RECTIFY = "assessment.rectify"


def notice_of(row: Round) -> Notice | None:
    """The public notice of the result."""
    return Notice.objects.filter(pk=row.notice).first() if row.notice is not None else None


@dataclass(kw_only=True)
class DraftPublication(RoundAction[Notice]):
    """Write the public notice of the approved result; another person publishes it."""

    def check_state(self) -> None:
        require_state(self.round, Round.State.APPROVAL)
        if approved(self.round) is None:
            raise ActionRefused(_("结果还没有批准。"), _("请先由另一人登记批准。"))
        if "publication" not in self.round.sequence:
            raise ActionRefused(_("这份方案没有公示环节。"), _("请直接制发通报。"))
        if notice_of(self.round) is not None:
            raise ActionRefused(_("公示稿已经拟好。"), _("请由另一人发布。"))

    def perform(self) -> Notice:
        row = self.round
        results = approved(row)
        assert results is not None
        with translation.override("zh-hans"):
            title = f"关于{row.title}结果的公示"
            body = public_text(row, results)
        made = WriteNotice(
            user=self.user,
            unit=row.unit,
            region=row.region,
            title=title,
            body=body,
            subject=row.ref,
            term=row.content.scheme.publish,
            stays=True,
        ).execute()
        row.notice = made.pk
        row.save(update_fields=["notice"])
        return made

    def logged(self, result: Any) -> Round:
        return self.round


@dataclass(kw_only=True)
class PublishRound(RoundAction[Round]):
    """Publish the notice, write the results as public facts, and open the window for appeals."""

    verb = "assessment.approve"

    def check_state(self) -> None:
        require_state(self.round, Round.State.APPROVAL)
        notice = notice_of(self.round)
        if notice is None or approved(self.round) is None:
            raise ActionRefused(_("还没有拟好公示稿。"), _("请先拟公示稿，再由另一人发布。"))
        require_other_person(self.user, notice.written_by, _("发布"))

    def perform(self) -> Round:
        results, notice = approved(self.round), notice_of(self.round)
        assert results is not None and notice is not None
        PublishNotice(user=self.user, notice=notice).execute()
        write_facts(self, results)
        return move(self.round, self.actor)


@dataclass(kw_only=True)
class FileAppeal(EntryAction[Appeal]):
    """The assessed body objects to one item while the window is open."""

    verb = "assessment.file"

    item: str
    text: str
    files: Sequence[tuple[bytes, str]] = ()

    def check_state(self) -> None:
        row = self.entry.round
        require_state(row, Round.State.PUBLICATION)
        self.require_own()
        item_of(row, self.item)
        if not appeals_open(row):
            raise ActionRefused(_("申诉期已过。"), _("确有新情况的，请向办公室书面反映。"))
        if len(self.text.strip()) < 10:
            raise ActionRefused(_("请写明申诉的理由（至少 10 个字）。"), status=400)
        if self.entry.appeals.filter(item=self.item).exists():
            raise ActionRefused(_("这一项已经申诉过。"))

    def perform(self) -> Appeal:
        made = Appeal.objects.create(
            entry=self.entry,
            item=self.item,
            text=self.text.strip(),
            files=stored(self.files, self.entry.ref, self.actor, FILES),
            filed_by=self.actor,
        )
        row = self.entry.round
        values = {"name": self.entry.name, "title": row.title}
        tell(who_may("assessment.manage", row), APPEALED, row.ref, f"assessment.appeal:{made.pk}", values)
        return made

    def logged(self, result: Any) -> Entry:
        return self.entry


def appeals_open(row: Round) -> bool:
    """Whether the window for appeals is open: as long as the public notice takes objections."""
    notice = notice_of(row)
    return notice is not None and (notice.objections_until is None or timezone.localdate() <= notice.objections_until)


@dataclass(kw_only=True)
class DecideAppeal(RoundAction[Appeal]):
    """Decide an appeal with reasons; upheld, the item is corrected and a new version waits for approval."""

    appeal: Appeal
    upheld: bool
    text: str
    answer: Answer | Mapping[str, Any] | None = None

    def check_state(self) -> None:
        require_state(self.round, Round.State.PUBLICATION)
        if self.appeal.entry.round_id != self.round.pk or self.appeal.state != Appeal.State.FILED:
            raise ActionRefused(_("这项申诉不在待处理状态。"), _("请刷新页面查看最新状态。"))
        if len(self.text.strip()) < 4:
            raise ActionRefused(_("请写明处理意见。"), status=400)
        if self.upheld:
            if self.answer is None:
                raise ActionRefused(_("申诉成立的，请给出改定的评分。"), status=400)
            self.correction().check_state()

    def correction(self) -> CorrectItem:
        assert self.answer is not None
        return CorrectItem(
            user=self.user,
            round=self.round,
            entry=self.appeal.entry,
            item=self.appeal.item,
            answer=self.answer,
            reason=self.text,
        )

    def perform(self) -> Appeal:
        row = self.appeal
        row.state = Appeal.State.UPHELD if self.upheld else Appeal.State.REJECTED
        row.answer, row.decided_by, row.decided_at = self.text.strip(), self.actor, timezone.now()
        row.save()
        if self.upheld:
            self.correction().execute()
        values = {"title": self.round.title, "result": str(row.get_state_display())}
        people = User.objects.filter(unit=row.entry.unit_id, is_active=True)
        tell(people, ANSWERED, row.entry.ref, f"assessment.answered:{row.pk}", values)
        return row

    def logged(self, result: Any) -> Round:
        return self.round


@dataclass(kw_only=True)
class IssueCircular(RoundAction[Round]):
    """Take the number of the circular, and order those to rectify who have to: the clock of a month starts."""

    agency: str

    def ready_from(self) -> tuple[str, ...]:
        if "publication" in self.round.sequence:
            return (Round.State.PUBLICATION,)
        return (Round.State.APPROVAL,)

    def check_state(self) -> None:
        require_state(self.round, *self.ready_from())
        newest = self.round.results.order_by("-version").first()
        if newest is None or newest.state != ResultSet.State.APPROVED:
            raise ActionRefused(_("最新版本的结果还没有批准。"), _("请先由另一人登记批准。"))
        waiting = Appeal.objects.filter(entry__round=self.round, state=Appeal.State.FILED).select_related("entry")
        if waiting:
            names = short([one.entry.name for one in waiting])
            raise ActionRefused(_("还有申诉没有处理：%(names)s。") % {"names": names})
        if not 2 <= len(self.agency.strip()) <= 20:
            raise ActionRefused(_("机关代字应为 2 至 20 个汉字。"), status=400)

    def perform(self) -> Round:
        row, today = self.round, timezone.localdate()
        results = approved(row)
        assert results is not None
        number = take_number(
            self.agency.strip(), today.year, subject=row.ref, taken_by=self.actor.ref if self.actor else ""
        )
        row.circular_number, row.circular_on = str(number), today
        row.save(update_fields=["circular_number", "circular_on"])
        if "publication" not in row.sequence:
            write_facts(self, results)
        while row.state != Round.State.CIRCULAR:
            move(row, self.actor)
        order_rectification(self, results)
        return move(row, self.actor)


def order_rectification(action: RoundAction[Any], results: ResultSet) -> list[Order]:
    """Orders for low grades, last places and items far below their points; the report is due by the rule."""
    row, today = action.round, timezone.localdate()
    found = reproduce(results)
    bound = must_rectify(row.content, found)
    entries = {str(entry.pk): entry for entry in row.entries.select_related("unit", "region")}
    rule = rulebook.at("terms", row.region.code, today, variant=row.content.scheme.rectify)
    made = []
    for one in found:
        low = low_items(row.content, one.scored)
        if one.key not in bound and not low:
            continue
        entry = entries[one.key]
        points = [
            {key: item_dict(item)[key] for key in ("code", "title", "lost", "points", "full", "reasons", "note")}
            for item in (low or sorted(one.scored.items, key=lambda item: -item.lost)[:5])
        ]
        if one.key in bound and one.scored.grade in row.content.scheme.rectify_grades:
            cause = f"等级为{one.scored.grade}"
        elif one.key in bound:
            cause = f"排名第{one.rank}，位列末{row.content.scheme.bottom}名"
        else:
            cause = "部分评分项失分较多"
        order = Order.objects.create(entry=entry, points=points, cause=cause, issued_on=today, issued_by=action.actor)
        deadline = start_clock(
            order.ref,
            RECTIFY,
            today,
            rule=rule,
            alarms=[("before_5", -5), ("over_1", 1)],
            unit=entry.unit.ref,
            region=row.region.code,
            by=action.actor.ref if action.actor else action.system,
        )
        order.due = deadline.due_on
        order.save(update_fields=["due"])
        values = {"title": row.title, "due": f"{deadline.due_on:%Y-%m-%d}"}
        people = User.objects.filter(unit=entry.unit_id, is_active=True)
        tell(people, ORDERED, order.ref, f"assessment.order:{order.pk}", values)
        made.append(order)
    return made
