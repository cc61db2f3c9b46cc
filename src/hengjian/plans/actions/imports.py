"""Reading a text, correcting the reading, making a plan of it, taking it back."""

from __future__ import annotations

import copy
import hashlib
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian import rulebook
from hengjian.methods.policy_text import SourceError, read_policy
from hengjian.parties.models import Region, Unit
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.plans.actions.cascade import AlignPlans
from hengjian.plans.building import Built, build_plan, revise_plan
from hengjian.plans.corrections import CorrectionError, apply_correction, without
from hengjian.plans.marking import living_items
from hengjian.plans.models import Duty, Plan, PlanImport
from hengjian.plans.outline import build_outline
from hengjian.plans.passage_reading import completed
from hengjian.plans.writing import write_fact


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(kw_only=True)
class StartImport(Action[PlanImport]):
    """Read a file or pasted text and keep the reading as a draft. `file_hash` is the stored original's."""

    verb = "plans.import"
    unit: Unit
    region: Region
    data: bytes | str
    filename: str = ""
    file_hash: str = ""
    revises: Plan | None = None

    def target(self) -> Scope:
        return Scope(unit=self.unit, region=self.region)

    def perform(self) -> PlanImport:
        try:
            document = read_policy(self.data, self.filename)
        except SourceError as error:
            raise ActionRefused(
                _(error.message_zh), _("请换一个文件，或把正文粘贴到文本框里再试。"), status=400
            ) from error
        if not document.items:
            raise ActionRefused(
                _("没有识别出任何条目，无法生成任务。"),
                _("请检查原文是否有“一、”“（一）”一类的编号或写明了责任单位，补上后再导入。"),
                status=400,
            )
        parsed = document.to_dict()
        parsed["chosen"] = remembered_choices(self.unit, self.region, parsed)
        assert self.actor is not None
        return PlanImport.objects.create(
            unit=self.unit,
            region=self.region,
            created_by=self.actor,
            filename=self.filename[:255],
            file_hash=self.file_hash,
            text=document.text,
            parsed=parsed,
            draft=copy.deepcopy(parsed),
            revises=self.revises,
        )


@dataclass(kw_only=True)
class CorrectPlanReading(Action[PlanImport]):
    """Open the reading of a plan's present text again, with all corrections made to it, so that passages can be
    marked and items joined or taken apart; confirming it keeps the work already done."""

    verb = "plans.import"
    plan: Plan

    def target(self) -> Plan:
        return self.plan

    def source(self) -> PlanImport | None:
        """The confirmed import that gave the plan its present text."""
        return self.plan.imports.filter(state=PlanImport.State.CONFIRMED).order_by("-created_at", "-pk").first()

    def check_state(self) -> None:
        if self.plan.status == Plan.Status.ARCHIVED:
            raise ActionRefused(_("计划已归档，不能再改。"), _("如需更正，请联系牵头办公室。"))
        if self.source() is None:
            raise ActionRefused(_("这份计划不是从文本导入的。"), _("请在任务页上直接修改任务。"))

    def perform(self) -> PlanImport:
        source = self.source()
        assert source is not None and self.actor is not None
        begun = PlanImport.objects.filter(
            revises=self.plan, state=PlanImport.State.DRAFT, text=source.text, unit=source.unit
        ).first()
        return begun or PlanImport.objects.create(
            unit=source.unit,
            region=source.region,
            created_by=self.actor,
            filename=source.filename,
            file_hash=source.file_hash,
            text=source.text,
            parsed=source.parsed,
            draft=copy.deepcopy(source.draft),
            corrections=copy.deepcopy(source.corrections),
            revises=self.plan,
        )


@dataclass(kw_only=True)
class CorrectImport(Action[PlanImport]):
    """One correction by hand. `version` is the draft's that the person saw: two people cannot overwrite each other."""

    verb = "plans.import"
    draft: PlanImport
    version: int
    correction: dict[str, Any]

    def target(self) -> PlanImport:
        return self.draft

    def check_state(self) -> None:
        _still_draft(self.draft)
        if self.draft.version != self.version:
            raise ActionRefused(
                _("这份草稿刚刚被改动过，您的修改没有保存。"), _("请刷新页面，在最新内容上重做这一处修改。")
            )

    def perform(self) -> PlanImport:
        try:
            made = completed(
                self.draft.draft, self.draft.text, timezone.localdate(self.draft.created_at), self.correction
            )
            apply_correction(self.draft.draft, made)
        except CorrectionError as error:
            raise ActionRefused(str(error), _("请检查这一处的内容。"), status=400) from error
        person = self.actor
        self.draft.corrections.append(
            {
                **made,
                "by": person.ref if person else "",
                "at": timezone.now().isoformat(timespec="seconds"),
            }
        )
        self.draft.version += 1
        self.draft.save(update_fields=["draft", "corrections", "version"])
        return self.draft


@dataclass(kw_only=True)
class UndoCorrection(CorrectImport):
    """Take one correction back and keep the others; `correction` holds its place in the list as `index`."""

    def perform(self) -> PlanImport:
        try:
            changed, kept = without(self.draft.parsed, self.draft.corrections, self.correction["index"])
        except CorrectionError as error:
            raise ActionRefused(str(error), _("也可以在条目里直接改成需要的内容。")) from error
        self.draft.draft, self.draft.corrections = changed, kept
        self.draft.version += 1
        self.draft.save(update_fields=["draft", "corrections", "version"])
        return self.draft


def remembered_choices(unit: Unit, region: Region, parsed: dict[str, Any]) -> dict[str, int]:
    """Names of this text for which the office said in an earlier import of the region which unit they mean."""
    names = {
        duty["organisation"] for section in parsed["sections"] for item in section["items"] for duty in item["duties"]
    }
    known: dict[str, int] = {}
    earlier = PlanImport.objects.filter(unit=unit, region=region, state=PlanImport.State.CONFIRMED)
    for choices in earlier.order_by("created_at").values_list("draft__chosen", flat=True):
        known |= choices or {}
    units = set(Unit.objects.filter(pk__in=known.values()).values_list("pk", flat=True))
    return {name: pk for name, pk in known.items() if name in names and pk in units}


@dataclass
class PlanSettings:
    """What the office says when it confirms. Empty texts are taken from the reading."""

    title: str = ""
    number: str = ""
    issuer: str = ""
    period_start: date | None = None
    period_end: date | None = None
    parent: Plan | None = None
    granularity: str = Plan.Granularity.MEASURE
    rollup: str = Plan.Rollup.MEAN
    light_rule: str = ""
    escalation_rule: str = ""
    report_rule: str = ""
    # Written name → unit id, where a person decided; besides those that are kept with the draft.
    chosen: dict[str, int] = field(default_factory=dict)


@dataclass
class Confirmed:
    plan: Plan
    built: Built


@dataclass(kw_only=True)
class ConfirmImport(Action[Confirmed]):
    """Make tasks and duties of a draft; for a draft that revises a plan, replace that plan's text and keep the work."""

    verb = "plans.import"
    draft: PlanImport
    settings: PlanSettings

    def target(self) -> PlanImport:
        return self.draft

    def check_state(self) -> None:
        _still_draft(self.draft)
        if not any(living_items(self.draft.draft)):
            raise ActionRefused(
                _("没有识别出任何条目，无法生成任务。"),
                _("请检查原文是否有“一、”“（一）”一类的编号，或手工划分条目。"),
                status=400,
            )
        start, end = self.settings.period_start, self.settings.period_end
        if self.draft.revises is None and (start is None or end is None or end < start):
            raise ActionRefused(_("计划的起止日期不完整。"), _("请填写计划的开始和结束日期。"), status=400)

    def perform(self) -> Confirmed:
        plan = self.draft.revises
        chosen = {**(self.draft.draft.get("chosen") or {}), **self.settings.chosen}
        granularity = plan.granularity if plan is not None else self.settings.granularity
        outline = build_outline(self.draft.draft, granularity)
        if plan is None:
            plan = self._new_plan()
            built = build_plan(plan, outline, chosen)
            write_fact(
                "plan.adopted",
                plan,
                {
                    "title": plan.title,
                    "number": plan.number,
                    "issuer": plan.issuer,
                    "period_start": plan.period_start,
                    "period_end": plan.period_end,
                    "text_sha256": plan.text_hash,
                    "clauses": built.clauses,
                    "measures": built.measures,
                    "tasks": built.tasks,
                    "duties": built.duties,
                    "targets": built.targets,
                },
                user=self.actor,
                system=self.system,
            )
        else:
            before = plan.text_hash
            plan.text, plan.text_hash = self.draft.text, sha256(self.draft.text)
            plan.save(update_fields=["text", "text_hash"])
            built = revise_plan(plan, outline, chosen)
            write_fact(
                "plan.revised",
                plan,
                {
                    "old_text_sha256": before,
                    "text_sha256": plan.text_hash,
                    "kept": built.kept,
                    "reworded": built.reworded,
                    "added": built.added,
                    "retired": built.retired,
                },
                user=self.actor,
                system=self.system,
            )
        self.draft.plan = plan
        self.draft.state = PlanImport.State.CONFIRMED
        self.draft.outcome = dict(vars(built))
        self.draft.save(update_fields=["plan", "state", "outcome"])
        if plan.parent is not None:
            # The comparison with the parent belongs to the text, so it is there as soon as the text is.
            AlignPlans(user=self.user, system=self.system, plan=plan).perform()
        return Confirmed(plan, built)

    def _new_plan(self) -> Plan:
        read, given, region = self.draft.draft, self.settings, self.draft.region
        assert given.period_start is not None and given.period_end is not None
        issued = read.get("issued_on") or read.get("published_on")
        begins = given.period_start
        return Plan.objects.create(
            title=(
                given.title or read.get("plan_title") or read.get("title") or self.draft.filename or _("未命名计划")
            )[:300],
            number=(given.number or read.get("number") or "")[:80],
            issuer=(given.issuer or read.get("issuer") or "")[:200],
            issued_on=date.fromisoformat(issued) if issued else None,
            region=region,
            owner=self.draft.unit,
            parent=given.parent,
            period_start=begins,
            period_end=given.period_end,
            granularity=given.granularity,
            rollup=given.rollup,
            light_rule=given.light_rule or rulebook.at("traffic_lights", region.code, begins).id,
            escalation_rule=given.escalation_rule or rulebook.at("escalation", region.code, begins).id,
            report_rule=given.report_rule or rulebook.at("reporting", region.code, begins).id,
            text=self.draft.text,
            text_hash=sha256(self.draft.text),
            header={key: read.get(key) for key in ("addressees", "copy_to", "citations", "published_on")},
        )


@dataclass(kw_only=True)
class UndoImport(Action[PlanImport]):
    """Take a confirmed import back while nobody has begun to work on it; a draft can always be thrown away."""

    verb = "plans.import"
    draft: PlanImport

    def target(self) -> PlanImport:
        return self.draft

    def check_state(self) -> None:
        if self.draft.state == PlanImport.State.UNDONE:
            raise ActionRefused(_("这次导入已经撤销。"), _("请返回计划列表。"))
        if self.draft.state == PlanImport.State.CONFIRMED:
            if self.draft.revises is not None:
                raise ActionRefused(
                    _("文本更正不能直接撤销，因为已有的进展随新文本保留。"), _("如需恢复，请把原来的文本再导入一次。")
                )
            begun = Duty.objects.filter(task__plan=self.draft.plan, signed_at__isnull=False).count()
            if begun:
                raise ActionRefused(
                    _("已有 %(count)s 项责任被签收，不能撤销导入。") % {"count": begun},
                    _("请用“更正文本”导入修改后的文件，或逐项撤回任务。"),
                )

    def perform(self) -> PlanImport:
        plan = self.draft.plan
        if plan is not None:
            from hengjian.ledger.queries import timeline

            for fact in timeline(plan.ref, kinds=["plan.adopted"], disclosure="internal"):
                write_fact(
                    "ledger.retraction",
                    plan,
                    {"reason": self.reason.strip() or "撤销导入"},
                    user=self.actor,
                    system=self.system,
                    retracts=str(fact.id),
                )
            plan.delete()
        self.draft.plan = None
        self.draft.state = PlanImport.State.UNDONE
        self.draft.save(update_fields=["plan", "state"])
        return self.draft


def _still_draft(draft: PlanImport) -> None:
    if draft.state != PlanImport.State.DRAFT:
        raise ActionRefused(
            _("这份草稿已经%(state)s，不能再改。") % {"state": draft.get_state_display()},
            _("请打开生成的计划查看，或重新导入。"),
        )
