"""How a plan comes into being: read, marked, confirmed, broken down, by the actions of the import and the office."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from decimal import Decimal

from hengjian.demo.texts import DemoYear
from hengjian.demo.world import REGION
from hengjian.documents.actions import store_file
from hengjian.parties.models import Region, Unit, User
from hengjian.plans.actions.adjust import BreakDown, PartDraft, SetMilestones, WithdrawDuty
from hengjian.plans.actions.imports import ConfirmImport, CorrectImport, PlanSettings, StartImport
from hengjian.plans.models import Plan, PlanImport

REPORT_RULE = "reporting.quarterly.2012"
# The task that is broken down; those with milestones.
BROKEN_DOWN = "16.1"
WITH_MILESTONES = ("2.3", "8.2", "15.2")


def start(text: str, filename: str, region: Region, user: User) -> PlanImport:
    """Read the file and keep it."""
    assert user.unit is not None
    data = text.encode()
    draft = StartImport(
        user=user,
        unit=user.unit,
        region=region,
        data=data,
        filename=filename,
        file_hash=f"sha256:{hashlib.sha256(data).hexdigest()}",
    ).execute()
    store_file(data, filename, subject=f"import:{draft.pk}", stored_by=user.ref)
    return draft


def confirm(draft: PlanImport, year: DemoYear, parent: Plan | None, user: User) -> Plan:
    """Mark the first measure of every item as a key task, then make the plan."""
    for section, part in enumerate(draft.draft["sections"]):
        for item in range(len(part["items"])):
            place = {"kind": "measure_key", "section": section, "item": item, "measure": 1, "value": True}
            CorrectImport(user=user, draft=draft, version=draft.version, correction=place).execute()
    settings = PlanSettings(
        period_start=year.start,
        period_end=year.end,
        parent=parent,
        rollup=Plan.Rollup.WEIGHTS,
        report_rule=REPORT_RULE,
    )
    return ConfirmImport(user=user, draft=draft, settings=settings).execute().plan


def break_down(plan: Plan, year: DemoYear, user: User) -> None:
    """Three parts with own dates, weights and units; the duties of the whole go with them."""
    task = plan.tasks.get(code=BROKEN_DOWN)
    units = {unit.key: unit.pk for unit in Unit.objects.filter(region=plan.region)}

    def part(title: str, month: int, weight: str, lead: str, support: str) -> PartDraft:
        who = [(units[f"{REGION}-{lead}"], "lead"), (units[f"{REGION}-{support}"], "support")]
        return PartDraft(title, min(year.month_end(month), task.due_on), year.start, Decimal(weight), who)

    parts = [
        part("清点六家机构的仪器、场所和人员，提出资产划转方案", 6, "0.5", "state-assets", "finance"),
        part("核定联合体的资质承接清单并办理变更", 8, "0.3", "market-regulation", "state-assets"),
        part("上线大型仪器共享目录和预约收费规则", 9, "0.2", "market-regulation", "finance"),
    ]
    BreakDown(user=user, task=task, parts=parts).execute()
    for duty in list(task.duties.all()):
        WithdrawDuty(user=user, duty=duty, reason="已分解为三个子任务，由子任务分别跟踪").execute()


def set_milestones(plan: Plan, user: User) -> None:
    """Three steps on the way to the date of some tasks."""
    steps = (("方案和经费落实", 0.35), ("首批对象完成", 0.65), ("全部完成并验收", 1.0))
    for code in WITH_MILESTONES:
        task = plan.tasks.get(code=code)
        length = (task.due_on - task.start_on).days
        lines: list[tuple[str, date, Decimal, date | None]] = [
            (title, task.start_on + timedelta(days=round(length * share)), Decimal(1), None) for title, share in steps
        ]
        SetMilestones(user=user, task=task, milestones=lines).execute()
