"""Official papers of the demonstration and the office's words on the cascade, through the real actions."""

from __future__ import annotations

from datetime import date

from hengjian.parties.models import User
from hengjian.plans.actions.cascade import AlignPlans, ExplainDropped
from hengjian.plans.actions.papers import DraftCircular, IssueDocument, IssueDraft, agency_for
from hengjian.plans.models import CascadeLink, Duty, IssuedDocument, PaperDraft, Plan

Kind = IssuedDocument.Kind
# Items of the region's plan that the city does not take up, and why.
REASONS = {
    2: "本市没有风电、滴灌和农机整机企业，由自治区统一组织。",
    7: "国省道和重点水利工程由自治区直接管理。",
    16: "检验检测资源整合由自治区实施，本市机构按要求配合。",
}
NOTICE = "请查明原因，列出剩余工作和责任人，于反馈时限前书面报告。"
CIRCULAR = "各单位要对照序时进度找差距，逾期事项须在反馈时限前提出办结日期。"


def align(plan: Plan, user: User) -> None:
    """Compare the plan with its parent and say why some clauses were left out."""
    cascade = AlignPlans(user=user, plan=plan).execute()
    dropped = cascade.links.filter(relation=CascadeLink.Relation.DROPPED, parent_item__in=REASONS)
    for link in dropped:
        ExplainDropped(user=user, link=link, reason=REASONS[link.parent_item or 0]).execute()


def issue(plan: Plan, kind: str, user: User) -> None:
    """A task breakdown table or a consolidation of progress."""
    IssueDocument(user=user, plan=plan, kind=kind, agency=agency_for(plan, kind)).execute()


def issue_notice(duty: Duty, user: User, reply_by: date) -> None:
    """A supervision notice about the task of an overdue duty, to the units that have not finished."""
    plan = duty.task.plan
    IssueDocument(
        user=user,
        plan=plan,
        kind=Kind.NOTICE,
        agency=agency_for(plan, Kind.NOTICE),
        message=NOTICE,
        reply_by=reply_by,
        tasks=[duty.task_id],
    ).execute()


def draft_circular(plan: Plan, user: User, reply_by: date) -> PaperDraft:
    """A circular with the figures of the moment, which another person has to issue."""
    draft: PaperDraft = DraftCircular(
        user=user,
        plan=plan,
        kind=Kind.CIRCULAR,
        agency=agency_for(plan, Kind.CIRCULAR),
        message=CIRCULAR,
        reply_by=reply_by,
    ).execute()
    return draft


def issue_circular(plan: Plan, drafter: User, issuer: User, reply_by: date) -> None:
    """Drafted by one, issued by another."""
    IssueDraft(user=issuer, draft=draft_circular(plan, drafter, reply_by)).execute()
