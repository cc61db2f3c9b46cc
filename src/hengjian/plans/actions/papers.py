"""Issuing official papers: number, .docx and .xlsx, duties, notifications, reply; circulars by a second person."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengjian.documents.actions import store_file, take_number
from hengjian.ledger.log import log_size
from hengjian.pages.notices import tell
from hengjian.parties.models import User
from hengjian.parties.policies import who_may
from hengjian.parties.verbs import Action, ActionRefused, require_other_person
from hengjian.plans.following import recipients, rules_of
from hengjian.plans.models import Duty, IssuedDocument, PaperDraft, Plan, Urge
from hengjian.plans.papers import breakdown, circular, consolidation, notice
from hengjian.plans.papers.lines import duty_lines, ground_of, task_lines
from hengjian.plans.papers.paper import Paper
from hengjian.plans.rules import OPEN_STATES
from hengjian.plans.writing import log_step, write_fact
from hengjian.rulebook.parameters.escalation import Step

Kind = IssuedDocument.Kind
AGENCY = re.compile(r"[一-鿿]{2,20}")
#: Ending of the agency word by kind: 督办, 发文, 通报.
ENDINGS = {Kind.NOTICE: "督", Kind.BREAKDOWN: "发", Kind.CONSOLIDATION: "报", Kind.CIRCULAR: "通"}


@dataclass(frozen=True)
class Prepared:
    """A paper with the duties that it is about, and those from which a reply is wanted."""

    paper: Paper
    duties: tuple[int, ...]
    asked: tuple[int, ...]


def agency_for(plan: Plan, kind: str) -> str:
    """机关代字 for the form: as used last for this kind by the same office, else region and kind (澜质强办督)."""
    last = IssuedDocument.objects.filter(plan__owner=plan.owner, kind=kind).first()
    if last is not None and "〔" in last.number:
        return last.number.partition("〔")[0]
    return f"{(plan.region.short_name or plan.region.name)[:1]}质强办{ENDINGS[Kind(kind)]}"


def prepare(
    kind: str, plan: Plan, tasks: Iterable[int] = (), *, message: str = "", reply_by: date | None = None
) -> list[Prepared]:
    """The papers as they would be issued now: one, or for notices one per set of responsible units.

    `tasks`: the tasks of a notice; other papers are about the whole plan. The text is Chinese whatever the interface.
    """
    today = timezone.localdate()
    duties = Duty.objects.filter(task__plan=plan)
    with translation.override("zh-hans"):
        ground = ground_of(plan, today)
        if kind == Kind.NOTICE:
            chosen = duties.filter(task__in=list(tasks), state__in=OPEN_STATES).exclude(unit=None)
            found = []
            for bundle in notice.bundles(duty_lines(chosen, today)):
                ids = tuple(line.duty for line in bundle.lines)
                paper = notice.build(ground, bundle, message=message, reply_by=reply_by)
                found.append(Prepared(paper, ids, ids))
            return found
        if kind == Kind.BREAKDOWN:
            ids = tuple(duties.exclude(state=Duty.State.WITHDRAWN).values_list("pk", flat=True))
            return [Prepared(breakdown.build(ground, task_lines(plan), message=message, reply_by=reply_by), ids, ())]
        lines = duty_lines(duties, today)
        ids = tuple(line.duty for line in lines)
        if kind == Kind.CONSOLIDATION:
            return [Prepared(consolidation.build(ground, task_lines(plan), lines, message=message), ids, ())]
        asked = tuple(line.duty for line in circular.red(lines)) if reply_by else ()
        return [Prepared(circular.build(ground, lines, message=message, reply_by=reply_by), ids, asked)]


@dataclass(kw_only=True)
class PaperAction(Action[Any]):
    """What preparing and issuing a paper share."""

    verb = "plans.issue"
    plan: Plan
    kind: str
    agency: str
    message: str = ""
    reply_by: date | None = None
    tasks: list[int] = field(default_factory=list)

    def target(self) -> Plan:
        return self.plan

    def check_state(self) -> None:
        if not AGENCY.fullmatch(self.agency):
            raise ActionRefused(_("机关代字应为 2 至 20 个汉字。"), _("例如：澜质强办督。"), status=400)
        if self.reply_by is not None and self.reply_by < timezone.localdate():
            raise ActionRefused(_("反馈时限已经过去。"), _("请填写今天或以后的日期。"), status=400)
        if not any(prepared.duties for prepared in self.prepared()):
            raise ActionRefused(
                _("没有可以列入文书的责任。"), _("请先交办任务；督办单只列尚未办结、已确定单位的责任。"), status=400
            )

    def prepared(self) -> list[Prepared]:
        return prepare(self.kind, self.plan, self.tasks, message=self.message, reply_by=self.reply_by)


@dataclass(kw_only=True)
class IssueDocument(PaperAction):
    """Number the papers, write and keep their files, and tell the units. Gives the list of `IssuedDocument`."""

    def check_state(self) -> None:
        if self.kind == Kind.CIRCULAR:
            raise ActionRefused(_("通报须先拟稿，再由另一人签发。"), _("请使用“拟稿送签”。"), status=400)
        super().check_state()

    def perform(self) -> list[IssuedDocument]:
        return [
            _issue(
                self.plan, prepared, self.agency, self.reply_by, log_size(), drafted_by=self.actor, issued_by=self.actor
            )
            for prepared in self.prepared()
        ]


@dataclass(kw_only=True)
class DraftCircular(PaperAction):
    """Write a circular and hand it to another person; its figures are those of this moment."""

    def check_state(self) -> None:
        if self.kind != Kind.CIRCULAR:
            raise ActionRefused(_("只有通报需要拟稿送签。"), _("其他文书可以直接制发。"), status=400)
        super().check_state()

    def perform(self) -> PaperDraft:
        (prepared,) = self.prepared()
        assert self.actor is not None
        draft = PaperDraft.objects.create(
            plan=self.plan,
            kind=self.kind,
            content=_content(prepared),
            agency=self.agency,
            reply_by=self.reply_by,
            asked=list(prepared.asked),
            ledger_size=log_size(),
            drafted_by=self.actor,
        )
        draft.duties.set(prepared.duties)
        others = [user for user in who_may("plans.issue", self.plan) if user.pk != self.actor.pk]
        tell(others, gettext_noop("通报待签发：%(title)s") % {"title": draft}, f"draft:{draft.pk}", f"draft:{draft.pk}")
        return draft

    def logged(self, result: Any) -> Any:
        return result


@dataclass(kw_only=True)
class IssueDraft(Action[IssuedDocument]):
    """Issue a circular that another person drafted, with the content that was drafted."""

    verb = "plans.issue"
    draft: PaperDraft

    def target(self) -> PaperDraft:
        return self.draft

    def check_state(self) -> None:
        require_other_person(self.user, self.draft.drafted_by, _("签发通报"))

    def perform(self) -> IssuedDocument:
        draft = self.draft
        prepared = Prepared(
            Paper.from_dict(draft.content), tuple(draft.duties.values_list("pk", flat=True)), tuple(draft.asked)
        )
        issued = _issue(
            draft.plan,
            prepared,
            draft.agency,
            draft.reply_by,
            draft.ledger_size,
            content=draft.content,
            drafted_by=draft.drafted_by,
            issued_by=self.actor,
        )
        draft.delete()
        return issued

    def logged(self, result: IssuedDocument) -> IssuedDocument:
        return result


@dataclass(kw_only=True)
class DiscardDraft(Action[None]):
    """Throw a draft away; it never had a number."""

    verb = "plans.issue"
    draft: PaperDraft

    def target(self) -> PaperDraft:
        return self.draft

    def perform(self) -> None:
        self.draft.delete()

    def logged(self, result: None) -> Plan:
        return self.draft.plan


def _content(prepared: Prepared) -> dict[str, Any]:
    """What the paper says, and the progress of its duties at this moment, which the ledger must give again."""
    percents = Duty.objects.filter(pk__in=prepared.duties).values_list("pk", "percent")
    return prepared.paper.to_dict() | {"progress": {str(pk): percent for pk, percent in percents}}


def _issue(
    plan: Plan,
    prepared: Prepared,
    agency: str,
    reply_by: date | None,
    ledger_size: int,
    *,
    content: dict[str, Any] | None = None,
    drafted_by: User | None,
    issued_by: User | None,
) -> IssuedDocument:
    """Everything that makes a paper an issued one; inside the caller's transaction."""
    assert issued_by is not None
    today, paper = timezone.localdate(), prepared.paper
    document = IssuedDocument.objects.create(
        plan=plan,
        kind=paper.kind,
        number=uuid4().hex,  # until the series has given one to this row
        title=paper.title[:300],
        issued_on=today,
        issued_by=issued_by,
        drafted_by=drafted_by,
        content=content or _content(prepared),
        reply_by=reply_by if prepared.asked or paper.kind == Kind.BREAKDOWN else None,
        ledger_size=ledger_size,
    )
    number = str(take_number(agency, today.year, subject=document.ref, taken_by=issued_by.ref))
    document.number = number
    stored = store_file(paper.docx(number, today), f"{paper.title}.docx", subject=document.ref, stored_by=issued_by.ref)
    document.file_hash = stored.address
    for place, table in enumerate(paper.tables):
        sheet = store_file(
            table.xlsx(paper, number), f"{table.title}.xlsx", subject=document.ref, stored_by=issued_by.ref
        )
        document.sheet_hash = document.sheet_hash or (sheet.address if place == 0 else "")
    document.save(update_fields=["number", "file_hash", "sheet_hash"])
    document.duties.set(prepared.duties)
    _tell(document, prepared, issued_by)
    write_fact(
        "plan.document",
        plan,
        {
            "kind": paper.kind,
            "number": number,
            "title": document.title,
            "duties": len(prepared.duties),
            "reply_by": document.reply_by,
            "file_sha256": stored.address.removeprefix("sha256:"),
        },
        user=issued_by,
        evidence=(stored.address,),
    )
    return document


def _tell(document: IssuedDocument, prepared: Prepared, issued_by: User) -> None:
    """Step log and message for every unit; an urge that waits for a reply where one is wanted."""
    with translation.override("zh-hans"):
        label = f"{document.get_kind_display()} {document.number}"
    told: dict[int, User] = {}
    asked = set(prepared.asked)
    duties = Duty.objects.filter(pk__in=prepared.duties).select_related("task__plan__region", "unit", "handler")
    steps = rules_of(document.plan).escalation.steps
    staff: dict[int | None, list[User]] = {}
    for duty in duties:
        if duty.unit_id not in staff:
            staff[duty.unit_id] = list(User.objects.filter(unit=duty.unit_id, is_active=True)) if duty.unit_id else []
        told.update({user.pk: user for user in staff[duty.unit_id]})
        if document.kind == Kind.NOTICE or duty.pk in asked:
            log_step(duty, "document", label, issued_by, document.title)
        if duty.pk in asked:
            step = _step(steps, document.kind, duty.urge_level)
            told.update({user.pk: user for user in _people(duty, step)})
            _ask(document, duty, step, issued_by, label)
    text = gettext_noop("收到%(label)s：%(title)s") % {"label": label, "title": document.title}
    tell(list(told.values()), text, document.ref, document.ref)


def _people(duty: Duty, step: Step | None) -> list[User]:
    return recipients(duty, step) if step is not None else []


def _step(steps: Iterable[Step], kind: str, level: int) -> Step | None:
    """The rung of the ladder that this paper is: the next one above that is such a paper, else the last such one."""
    rungs = [step for step in steps if step.document == kind]
    return next((step for step in rungs if step.level > level), rungs[-1] if rungs else None)


def _ask(document: IssuedDocument, duty: Duty, step: Step | None, user: User, label: str) -> None:
    level = step.level if step is not None else max(1, duty.urge_level)
    Urge.objects.create(
        duty=duty,
        document=document,
        step=step.code if step is not None else document.kind,
        level=level,
        label=label[:40],
        message=document.title,
        # The day stands in the key, so that the ladder knows which time limit this step belongs to.
        key=f"{duty.pk}:{duty.due_on}:{document.ref}",
        sent_by=user,
    )
    if level > duty.urge_level:
        duty.urge_level = level
        duty.save(update_fields=["urge_level"])
