"""Many duties in little time, for benchmarks: generated plans through the real models, rules and rows, without a person
for every step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from random import Random

from django.db import transaction
from django.utils import timezone

from hengjian import rulebook
from hengjian.demo.texts import demo_year
from hengjian.demo.world import REGION
from hengjian.parties.models import Region, Unit
from hengjian.plans.actions.imports import sha256
from hengjian.plans.building import build_plan
from hengjian.plans.following import refresh_tasks
from hengjian.plans.models import Duty, Plan, Task
from hengjian.plans.outline import ClauseDraft, DutyDraft, PlanOutline, TaskDraft, fingerprint

UNITS_PER_TASK = 5
TASKS_PER_ITEM, ITEMS_PER_SECTION, SECTIONS = 8, 10, 5
TASKS_PER_PLAN = TASKS_PER_ITEM * ITEMS_PER_SECTION * SECTIONS
VERBS = ("检查", "推广", "培育", "核查", "建立", "公布", "试行", "完善", "组织", "编制")
PLACES = ("山区", "园区", "口岸", "集镇", "牧区", "社区", "车站", "学校", "医院", "市场")
THINGS = ("电梯", "童车", "农机", "滴灌带", "水表", "燃气阀", "校服", "眼镜", "充电桩", "奶粉", "线缆", "门窗")
AIMS = ("质量档案", "风险监测", "比对试验", "维保制度", "追溯平台", "检测能力", "品牌名录", "服务清单")
Progress = Callable[[int, int, str], None]


def add_duties(wanted: int, progress: Progress, seed: int = 1) -> int:
    """Add plans of the region until the database holds `wanted` duties; returns how many duties were added."""
    random = Random(seed)
    region = Region.objects.get(code=REGION)
    names = [str(unit.name) for unit in Unit.objects.filter(region=region, kind=Unit.Kind.DEPARTMENT, valid_to=None)]
    owner = Unit.objects.get(key=f"{REGION}-quality-office")
    before = Duty.objects.count()
    have, number = before, 0
    while have < wanted:
        tasks = min(TASKS_PER_PLAN, -(-(wanted - have) // UNITS_PER_TASK))
        number += 1
        with transaction.atomic():
            plan = _plan(region, owner, number, random)
            build_plan(plan, outline(tasks, names, random))
            _work(plan, random)
        have = Duty.objects.count()
        progress(min(have, wanted), wanted, "批量任务 generated duties")
    return have - before


def _plan(region: Region, owner: Unit, number: int, random: Random) -> Plan:
    year = demo_year(timezone.localdate())
    title = f"澜川自治区{random.choice(PLACES)}{random.choice(THINGS)}质量专项行动计划（{number}）"
    return Plan.objects.create(
        title=title,
        number=f"澜质强办发〔{year.start.year}〕{100 + number}号",
        issuer="澜川自治区质量强区工作领导小组办公室",
        issued_on=year.issued,
        region=region,
        owner=owner,
        period_start=year.start,
        period_end=year.end,
        light_rule=rulebook.at("traffic_lights", region.code, year.start).id,
        escalation_rule=rulebook.at("escalation", region.code, year.start).id,
        report_rule=rulebook.at("reporting", region.code, year.start).id,
        text=title,
        text_hash=sha256(title),
    )


def outline(tasks: int, names: list[str], random: Random) -> PlanOutline:
    """A plan with so many tasks, each with a lead and four supporting units."""
    clauses: list[ClauseDraft] = []
    left = iter(_tasks(tasks, names, random))
    section, item, done = -1, 0, 0
    while done < tasks:
        if item % ITEMS_PER_SECTION == 0:
            section = len(clauses)
            number = item // ITEMS_PER_SECTION + 1
            clauses.append(ClauseDraft("section", number, f"{number}.", random.choice(AIMS), None, None, 0, 0))
        item += 1
        own = list(islice(left, TASKS_PER_ITEM))
        title = f"{random.choice(VERBS)}{random.choice(THINGS)}{random.choice(AIMS)}"
        clauses.append(ClauseDraft("item", item, f"（{item}）", title, item, section, 0, 0, "lead_support", tasks=own))
        for index, task in enumerate(own, 1):
            task.code, task.index = f"{item}.{index}", index
        done += len(own)
    return PlanOutline(clauses)


def _tasks(number: int, names: list[str], random: Random) -> Iterator[TaskDraft]:
    year = demo_year(timezone.localdate())
    for _ in range(number):
        text = f"{random.choice(VERBS)}{random.choice(PLACES)}{random.choice(THINGS)}{random.choice(AIMS)}"
        due = year.month_end(random.randint(4, 12)) if random.random() < 0.3 else None
        units = random.sample(names, UNITS_PER_TASK)
        yield TaskDraft(
            code="",
            title=text,
            text=text,
            fingerprint=fingerprint(text),
            index=1,
            start=0,
            end=0,
            due=due,
            due_phrase=f"{due.month}月底前" if due else "",
            is_key=random.random() < 0.2,
            duties=[
                DutyDraft("lead" if place == 0 else "support", name, name, False, 1, 0)
                for place, name in enumerate(units)
            ],
        )


def _work(plan: Plan, random: Random) -> None:
    """States, percentages and dates as after some months of work; lights and roll-ups by the room's own rules."""
    now, today = timezone.now(), timezone.localdate()
    elapsed = (today - plan.period_start).days / ((plan.period_end - plan.period_start).days or 1)
    duties = list(Duty.objects.filter(task__plan=plan))
    for duty in duties:
        duty.assigned_at = now - timedelta(days=random.randint(60, 120))
        duty.signed_at = duty.assigned_at + timedelta(days=random.randint(1, 9))
        duty.last_report_on = today - timedelta(days=random.randint(3, 60))
        closed = random.random() < 0.25
        duty.state = Duty.State.CLOSED if closed else Duty.State.SIGNED
        duty.percent = 100 if closed else max(0, min(97, round(100 * elapsed) - random.randint(-5, 25)))
        duty.completed_on = duty.last_report_on if closed else None
        duty.closed_at = now if closed else None
    fields = ["assigned_at", "signed_at", "last_report_on", "state", "percent", "completed_on", "closed_at"]
    Duty.objects.bulk_update(duties, fields, batch_size=500)
    refresh_tasks(Task.objects.filter(plan=plan).values_list("pk", flat=True))
