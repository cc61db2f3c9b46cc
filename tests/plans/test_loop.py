"""Import → assign → sign → report → review → extend → urge → close, as people do it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from hengjian.ledger.queries import timeline
from hengjian.parties.models import Unit
from hengjian.parties.policies import Forbidden, visible
from hengjian.parties.verbs import ActionRefused
from hengjian.plans.actions.adjust import AdjustTask, BreakDown, PartDraft, WithdrawDuty
from hengjian.plans.actions.extensions import DecideExtension, RequestExtension
from hengjian.plans.actions.follow import ArchivePlan, CloseDuty, ReopenDuty, ReplyUrge, UrgeDuty
from hengjian.plans.actions.imports import ConfirmImport, PlanSettings, StartImport, UndoImport
from hengjian.plans.actions.reports import (
    ReportContent,
    ReportIncomplete,
    ReviewReport,
    SaveReport,
    SubmitReport,
    WithdrawReport,
)
from hengjian.plans.actions.work import SignDuty
from hengjian.plans.following import run_due
from hengjian.plans.models import Duty, LightChange, Plan, PlanImport, Report, Task, Urge
from tests.plans.conftest import TEXT, World

Find = Callable[[str, Unit], Duty]
CHINA = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def summer(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """It is 2026-08-19 unless a test says otherwise."""

    def go_to(day: date) -> None:
        moment = datetime(day.year, day.month, day.day, 10, 0, tzinfo=CHINA)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    go_to(date(2026, 8, 19))
    return go_to


def kinds(ref: str) -> list[str]:
    return sorted(fact.kind for fact in timeline(ref, disclosure="internal"))


def test_a_text_becomes_tasks_and_duties(world: World, plan: Plan) -> None:
    assert [task.code for task in plan.tasks.all()] == ["1.1", "1.2", "2.1", "2.2", "3.1"]
    elevator = plan.tasks.get(code="2.1")
    assert (elevator.due_on, elevator.due_phrase) == (date(2026, 9, 30), "9月底前")
    assert plan.tasks.get(code="1.2").due_on == date(2026, 12, 31)
    roles = {(duty.unit.key, duty.role) for duty in plan.tasks.get(code="1.1").duties.all() if duty.unit}
    assert roles == {("market", "lead"), ("tourism", "support"), ("industry", "support")}
    # A plan without a named lead gets none.
    assert set(elevator.duties.values_list("role", flat=True)) == {"joint"}
    assert plan.targets.get().value == "95"
    assert kinds(plan.ref) == ["plan.adopted"]


def test_assigning_spreads_a_collective_over_its_members(world: World, assigned: Plan) -> None:
    task = assigned.tasks.get(code="3.1")
    working = task.duties.exclude(state=Duty.State.WITHDRAWN)
    assert {duty.unit.key for duty in working if duty.unit} == {"market", "tourism", "industry", "farming"}
    assert {duty.via_id for duty in working} == {world.members.pk}
    assert kinds(working[0].ref)[0] == "plan.assigned"
    assert world.market_officer.notifications.count() == 1


def test_the_whole_walk(world: World, duty_of: Find) -> None:
    duty = duty_of("1.1", world.market)
    SignDuty(user=world.market_officer, duty=duty).execute()
    content = ReportContent(
        result="抽查 120 批次，合格率 97.5%", percent=60, figure_label="抽查批次", figure_value=None
    )
    SaveReport(user=world.market_officer, duty=duty, content=content).execute()
    with pytest.raises(ReportIncomplete) as refused:
        SubmitReport(user=world.market_officer, duty=duty, content=content).execute()
    assert refused.value.codes == ["figure_incomplete"]
    content.figure_label = ""
    SubmitReport(user=world.market_officer, duty=duty, content=content).execute()
    duty.refresh_from_db()
    assert (duty.state, duty.percent) == ("reported", 0)  # submitted is not accepted

    ReviewReport(user=world.office, duty=duty, accept=False, note="请补充不合格产品的处置").execute()
    content.result += "，不合格 3 批次已下架"
    SubmitReport(user=world.market_officer, duty=duty, content=content).execute()
    ReviewReport(user=world.office, duty=duty, accept=True).execute()
    duty.refresh_from_db()
    assert (duty.state, duty.percent, duty.last_report_on) == ("signed", 60, date(2026, 8, 19))
    assert duty.task.percent == 20  # mean of 60, 0, 0

    SubmitReport(user=world.market_officer, duty=duty, content=ReportContent(result="全部完成", percent=100)).execute()
    ReviewReport(user=world.office, duty=duty, accept=True).execute()
    CloseDuty(user=world.office, duty=duty).execute()
    duty.refresh_from_db()
    assert (duty.state, duty.light) == ("closed", "blue")
    assert duty.completed_on == date(2026, 8, 19)
    facts = kinds(duty.ref)
    assert facts.count("plan.progress") == 2
    assert {"plan.assigned", "plan.signed", "plan.closed"} <= set(facts)
    ReopenDuty(user=world.office, duty=duty, reason="抽查发现新的不合格产品").execute()
    duty.refresh_from_db()
    assert (duty.state, duty.completed_on) == ("signed", None)


def test_nobody_reviews_the_own_report(world: World, duty_of: Find) -> None:
    duty = duty_of("1.1", world.market)
    world.office.grants.create(role="officer", unit=world.market)
    SignDuty(user=world.office, duty=duty).execute()
    SubmitReport(user=world.office, duty=duty, content=ReportContent(result="完成", percent=30)).execute()
    with pytest.raises(ActionRefused, match="须由另一人完成"):
        ReviewReport(user=world.office, duty=duty, accept=True).execute()
    ReviewReport(user=world.office_two, duty=duty, accept=True).execute()


def test_other_units_and_citizens_are_kept_out(world: World, duty_of: Find) -> None:
    duty = duty_of("2.1", world.market)
    for user in (world.tourism_officer, world.citizen):
        with pytest.raises(Forbidden):
            SignDuty(user=user, duty=duty).execute()
    # The office sees every duty but does not sign for a unit.
    with pytest.raises(Forbidden):
        SignDuty(user=world.office, duty=duty).execute()
    assert duty not in visible(world.tourism_officer, Duty.objects.all())
    assert set(visible(world.tourism_officer, Duty.objects.all()).values_list("unit__key", flat=True)) == {"tourism"}
    assert not visible(world.citizen, Duty.objects.all()).exists()
    assert visible(world.office, Duty.objects.all()).count() == Duty.objects.count()


def test_extension_is_asked_before_expiry(world: World, duty_of: Find, summer: Callable[[date], None]) -> None:
    duty = duty_of("2.1", world.market)
    SignDuty(user=world.market_officer, duty=duty).execute()

    def ask() -> None:
        RequestExtension(
            user=world.market_officer,
            duty=duty,
            reason="检测机构排期已满",
            to_due=date(2026, 11, 30),
            progress_so_far="已评估 60%",
            head_consents=True,
        ).execute()

    ask()
    with pytest.raises(ActionRefused, match="已有一份延期申请"):
        ask()
    DecideExtension(user=world.office, duty=duty, grant=True).execute()
    duty.refresh_from_db()
    assert duty.due_on == date(2026, 11, 30)
    assert Duty.objects.get(task=duty.task, unit=world.farming).due_on == date(2026, 9, 30)
    summer(date(2026, 12, 1))
    with pytest.raises(ActionRefused, match="已过完成时限"):
        ask()


def test_similar_text_is_flagged(world: World, duty_of: Find) -> None:
    first, second = duty_of("2.2", world.market), duty_of("2.2", world.farming)
    farmer = world.tourism_officer
    farmer.grants.create(role="officer", unit=world.farming)
    text = "组织召开推进会议2次，印发实施方案，开展督导检查15家次，取得明显成效"
    for duty, user, words in ((first, world.market_officer, text), (second, farmer, text.replace("15", "18"))):
        SignDuty(user=user, duty=duty).execute()
        SubmitReport(user=user, duty=duty, content=ReportContent(result=words, percent=40)).execute()
    report = Report.objects.get(duty=second)
    assert report.similarity == 100
    assert report.similar_to is not None and report.similar_to.duty_id == first.pk


def test_a_report_can_be_taken_back(world: World, duty_of: Find) -> None:
    duty = duty_of("2.2", world.market)
    SignDuty(user=world.market_officer, duty=duty).execute()
    SubmitReport(user=world.market_officer, duty=duty, content=ReportContent(result="完成", percent=40)).execute()
    WithdrawReport(user=world.market_officer, duty=duty).execute()
    duty.refresh_from_db()
    assert duty.state == "signed" and duty.reports.get().state == "draft"


def test_two_tabs_do_not_overwrite_each_other(world: World, duty_of: Find) -> None:
    duty = duty_of("2.2", world.market)
    SignDuty(user=world.market_officer, duty=duty).execute()
    SaveReport(user=world.market_officer, duty=duty, content=ReportContent(result="甲")).execute()
    SaveReport(user=world.market_officer, duty=duty, content=ReportContent(result="乙"), version=1).execute()
    with pytest.raises(ActionRefused, match="刚刚在别处保存过"):
        SaveReport(user=world.market_officer, duty=duty, content=ReportContent(result="丙"), version=1).execute()
    assert duty.reports.get().result == "乙"


def test_urging_by_hand_and_reply(world: World, duty_of: Find) -> None:
    duty = duty_of("2.1", world.market)
    UrgeDuty(user=world.office, duty=duty, message="请于月底前完成").execute()
    urge = duty.urges.get()
    assert (urge.level, urge.automatic) == (1, False)
    with pytest.raises(Forbidden):
        ReplyUrge(user=world.tourism_officer, urge=urge, reply="不归我").execute()
    ReplyUrge(user=world.market_officer, urge=urge, reply="9月10日前完成").execute()
    urge.refresh_from_db()
    assert urge.replied_by == world.market_officer


def test_the_worker_reminds_urges_and_does_nothing_twice(
    world: World, duty_of: Find, summer: Callable[[date], None]
) -> None:
    duty = duty_of("2.1", world.market)
    SignDuty(user=world.market_officer, duty=duty).execute()
    for day in (date(2026, 9, 28), date(2026, 9, 28), date(2026, 10, 20), date(2026, 10, 20)):
        summer(day)
        Duty.objects.filter(state__in=["assigned", "signed"]).update(next_action_at=timezone.now())
        while run_due():
            pass
    duty.refresh_from_db()
    sent = [(urge.level, urge.automatic) for urge in duty.urges.order_by("pk")]
    assert (0, True) in sent and any(level > 0 for level, _ in sent)
    assert len(sent) == len({urge.key for urge in Urge.objects.filter(duty=duty)})
    assert duty.light == "red"
    red = LightChange.objects.filter(duty=duty, after="red")
    assert red.count() == 1 and red[0].rule == duty.task.plan.light_rule
    assert kinds(duty.ref).count("plan.light") == LightChange.objects.filter(duty=duty).count()


def test_adjusting_needs_a_note_and_keeps_extended_dates(world: World, duty_of: Find) -> None:
    duty = duty_of("2.1", world.market)
    duty.due_on = date(2026, 11, 30)
    duty.save()
    task = duty.task
    with pytest.raises(ActionRefused, match="变更说明"):
        AdjustTask(user=world.office, task=task, changes={"due_on": date(2026, 10, 31)}).execute()
    AdjustTask(user=world.office, task=task, changes={"due_on": date(2026, 10, 31)}, reason="与上级一致").execute()
    assert dict(task.duties.values_list("unit__key", "due_on")) == {
        "market": date(2026, 11, 30),
        "farming": date(2026, 10, 31),
    }


def test_parts_roll_up_by_weight(world: World, assigned: Plan, duty_of: Find) -> None:
    from decimal import Decimal

    assigned.rollup = Plan.Rollup.WEIGHTS
    assigned.save()
    task = assigned.tasks.get(code="1.1")
    parts = [
        PartDraft("制定方案", date(2026, 6, 30), date(2026, 1, 1), Decimal(1), [(world.market.pk, "lead")]),
        PartDraft("组织实施", date(2026, 12, 31), date(2026, 1, 1), Decimal(3), [(world.market.pk, "lead")]),
    ]
    BreakDown(user=world.office, task=task, parts=parts).execute()
    from hengjian.plans.actions.work import AssignDuties

    AssignDuties(user=world.office, plan=assigned).execute()
    part = task.parts.get(code="1.1-1")
    duty = part.duties.get()
    SignDuty(user=world.market_officer, duty=duty).execute()
    SubmitReport(user=world.market_officer, duty=duty, content=ReportContent(result="印发方案", percent=100)).execute()
    ReviewReport(user=world.office, duty=duty, accept=True).execute()
    task.refresh_from_db()
    assert task.percent == 25
    # Closed when all parts are, and no duty of its own is left.
    for row in task.duties.all():
        WithdrawDuty(user=world.office, duty=row, reason="由子任务承担").execute()
    second = task.parts.get(code="1.1-2").duties.get()
    SignDuty(user=world.market_officer, duty=second).execute()
    SubmitReport(user=world.market_officer, duty=second, content=ReportContent(result="完成", percent=100)).execute()
    ReviewReport(user=world.office, duty=second, accept=True).execute()
    for row in (duty, second):
        CloseDuty(user=world.office, duty=row).execute()
    task.refresh_from_db()
    assert (task.status, task.percent, task.light) == ("closed", 100, "blue")


def test_a_corrected_text_keeps_the_work(world: World, assigned: Plan, duty_of: Find) -> None:
    duty = duty_of("2.2", world.market)
    SignDuty(user=world.market_officer, duty=duty).execute()
    SubmitReport(user=world.market_officer, duty=duty, content=ReportContent(result="平台上线", percent=70)).execute()
    ReviewReport(user=world.office, duty=duty, accept=True).execute()
    corrected = (
        TEXT.replace(
            "建立农产品质量追溯平台，追溯覆盖率达到95%以上。", "建成农产品质量安全追溯平台，追溯覆盖率达到96%以上。"
        )
        .replace("9月底前完成老旧电梯安全评估。", "")
        .replace("完善考核指标体系。", "完善考核指标体系。推行首席质量官制度。")
    )
    draft = StartImport(
        user=world.office, unit=world.office_unit, region=world.region, data=corrected, revises=assigned
    ).execute()
    built = ConfirmImport(user=world.office, draft=draft, settings=PlanSettings()).execute().built
    assert (built.reworded, built.added, built.retired) == (1, 1, 1)
    duty.refresh_from_db()
    assert (duty.percent, duty.task.code) == (70, "2.1")
    assert duty.task.title.startswith("建成农产品质量安全追溯平台")
    assert assigned.targets.get().value == "96"
    assert Task.objects.get(title__startswith="9月底前完成").status == Task.Status.RETIRED


def test_undo_only_while_nobody_has_begun(world: World, assigned: Plan, duty_of: Find) -> None:
    draft = PlanImport.objects.get(plan=assigned)
    SignDuty(user=world.market_officer, duty=duty_of("1.1", world.market)).execute()
    with pytest.raises(ActionRefused, match="已有 1 项责任被签收"):
        UndoImport(user=world.office, draft=draft).execute()
    Duty.objects.update(signed_at=None)
    UndoImport(user=world.office, draft=draft, reason="传错文件").execute()
    assert not Plan.objects.exists()
    draft.refresh_from_db()
    assert draft.state == PlanImport.State.UNDONE


def test_archive_says_what_is_still_open(world: World, assigned: Plan) -> None:
    with pytest.raises(ActionRefused, match="没有办结"):
        ArchivePlan(user=world.office, plan=assigned).execute()
    ArchivePlan(user=world.office, plan=assigned, reason="结转 2027 年").execute()
    assert assigned.status == Plan.Status.ARCHIVED
    assert not Duty.objects.filter(next_action_at__isnull=False).exists()
