"""The list of plans and the page of one plan."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml import etree

from hengjian.parties.models import CollectiveMembership, Region, Unit
from hengjian.plans.import_settings import guess_period
from hengjian.plans.models import Duty, Plan, PlanImport
from tests.plans.conftest import TEXT, World, person
from tests.plans.test_import_pages import settings_of, signed_in, start

pytestmark = pytest.mark.django_db
AKN = "{http://docs.oasis-open.org/legaldocml/ns/akn/3.0}"


@pytest.fixture
def office(world: World, settings: Any, tmp_path: Path) -> Client:
    settings.MEDIA_ROOT = tmp_path
    return signed_in(world.office)


def page_of(plan: Plan) -> str:
    return reverse("plans:plan", args=[plan.pk])


def imported(world: World, office: Client, text: str) -> Plan:
    start(world, office, pasted=text)
    draft = PlanImport.objects.filter(state=PlanImport.State.DRAFT).get()
    confirm = reverse("plans:import_confirm", args=[draft.pk])
    office.post(confirm, settings_of(office.get(confirm)))
    return Plan.objects.latest("pk")


def test_every_clause_has_its_anchor_and_every_task_its_link(plan: Plan, office: Client) -> None:
    page = office.get(page_of(plan)).content.decode()
    for clause in plan.clauses.all():
        assert page.count(f'id="clause-{clause.pk}"') == 1
    for task in plan.tasks.all():
        assert page.count(f'id="task-{task.pk}"') == 1
        assert reverse("plans:task", args=[task.pk]) in page
    text = re.sub(r"<sup>.*?</sup>", "", page)
    shown = "".join(re.sub(r"<[^>]+>", "", text).split())
    for line in TEXT.split():
        assert line in shown


def test_groups_between_section_and_item_have_their_anchors(world: World, office: Client) -> None:
    text = (
        "澜川自治区质量发展2026年工作方案\n\n一、重点任务\n（一）提升产品质量\n1.加强农产品监管。开展专项整治。（农业农村厅负责）\n"
        "2.加强工业品监管。开展监督抽查。（市场监管局负责）\n（二）提升服务质量\n3.提升旅游服务。开展服务评价。"
        "（文化和旅游厅负责）\n二、保障措施\n（一）加强考核\n4.完善考核。公布考核结果。（市场监管局负责）\n"
    )
    plan = imported(world, office, text)
    assert plan.clauses.filter(kind="group").count() == 3
    page = office.get(page_of(plan)).content.decode()
    for clause in plan.clauses.all():
        assert page.count(f'id="clause-{clause.pk}"') == 1, clause
    assert ">（二）提升服务质量</h4>" in page


def test_who_sees_a_plan(world: World, assigned: Plan) -> None:
    address = page_of(assigned)
    assert "/account/login/" in Client().get(address)["Location"]
    assert signed_in(world.citizen).get(address).status_code == 404
    region = Region.objects.create(code="980000", name="别区", level=Region.Level.PROVINCIAL)
    outside = Unit.objects.create(key="outside", name="别区市场监管局", region=region, level=region.level)
    stranger = person("stranger", outside, "officer")
    assert signed_in(stranger).get(address).status_code == 404
    assert signed_in(stranger).get(reverse("plans:plan_export", args=[assigned.pk, "csv"])).status_code == 404
    assert signed_in(world.tourism_officer).get(address).status_code == 200


def test_the_list_shows_only_plans_of_the_reader(world: World, assigned: Plan) -> None:
    region = Region.objects.create(code="980000", name="别区", level=Region.Level.PROVINCIAL)
    outside = Unit.objects.create(key="outside", name="别区市场监管局", region=region, level=region.level)
    secret = Plan.objects.create(
        title="别区内部计划", region=region, owner=outside, period_start="2026-01-01", period_end="2026-12-31",
        text="", text_hash="",
    )  # fmt: skip
    address = reverse("plans:list")
    for user in (world.office, world.market_officer, world.tourism_officer):
        answer = signed_in(user).get(address)
        page = answer.content.decode()
        assert assigned.title in page and secret.title not in page and "别区" not in page
        row = next(iter(answer.context["table"].page))
        assert row.task_count == 5
    assert assigned.title not in signed_in(world.citizen).get(address).content.decode()
    assert "/account/login/" in Client().get(address)["Location"]
    sheet = signed_in(world.office).get(f"{address}?export=csv").content.decode("utf-8-sig")
    assert assigned.title in sheet and secret.title not in sheet


def test_other_units_tasks_are_text_without_link_and_without_decisions(world: World, assigned: Plan) -> None:
    page = signed_in(world.tourism_officer).get(page_of(assigned)).content.decode()
    own = assigned.tasks.get(code="1.1")
    other = assigned.tasks.get(code="2.2")
    assert reverse("plans:task", args=[own.pk]) in page
    assert reverse("plans:task", args=[other.pk]) not in page
    assert other.title[:6] in page
    for words in ("交办全部任务", "更正文本", "导入记录", "归档说明"):
        assert words not in page


@pytest.mark.parametrize("do", ["assign", "archive", "unit", "nothing"])
def test_decisions_are_the_offices(world: World, plan: Plan, do: str) -> None:
    Duty.objects.filter(task__plan=plan, unit=world.market).update(unit=None)
    duty = Duty.objects.filter(task__plan=plan, unit=None).first()
    assert duty is not None
    data = {"do": do, "reason": "x", "duty": duty.pk, "unit": world.market.pk}
    answer = signed_in(world.tourism_officer).post(page_of(plan), data)
    assert answer.status_code in (400, 403)
    assert not Duty.objects.filter(task__plan=plan).exclude(state=Duty.State.PENDING).exists()
    plan.refresh_from_db()
    assert plan.status == Plan.Status.ACTIVE


def test_a_name_without_unit_is_decided_then_assigned(world: World, office: Client) -> None:
    plan = imported(world, office, TEXT.replace("市场监管局牵头", "量子质量委牵头"))
    answer = office.get(page_of(plan))
    assert [(name.written, name.count) for name in answer.context["undecided"]] == [("量子质量委", 2)]
    done = office.post(page_of(plan), {"do": "assign"}, follow=True).content.decode()
    assert "还不能交办" in done
    assert Duty.objects.filter(task__plan=plan, state=Duty.State.PENDING, unit=None).count() == 2
    duty = Duty.objects.filter(task__plan=plan, unit=None).first()
    assert duty is not None
    wrong = office.post(page_of(plan), {"do": "unit", "duty": duty.pk, "unit_name": "没有这个单位"})
    assert wrong.status_code == 400
    office.post(page_of(plan), {"do": "unit", "duty": duty.pk, "unit_name": "农业农村厅"})
    assert not Duty.objects.filter(task__plan=plan, unit=None).exists()
    office.post(page_of(plan), {"do": "assign"})
    assert not Duty.objects.filter(task__plan=plan, state=Duty.State.PENDING).exists()


def test_a_collective_without_members_is_named(world: World, plan: Plan, office: Client) -> None:
    CollectiveMembership.objects.all().delete()
    answer = office.get(page_of(plan))
    assert [(unit, n) for unit, n in answer.context["empty_collectives"]] == [(world.members, 1)]
    assert "还没有登记成员单位" in answer.content.decode()


def test_archiving_needs_a_reason_while_duties_are_open(assigned: Plan, office: Client) -> None:
    assert office.post(page_of(assigned), {"do": "archive"}).status_code == 409
    assert office.post(page_of(assigned), {"do": "archive", "reason": "结转到下一年度"}).status_code == 302
    assigned.refresh_from_db()
    assert assigned.status == Plan.Status.ARCHIVED
    page = office.get(page_of(assigned)).content.decode()
    assert "交办全部任务" not in page and "更正文本" not in page


def test_exports(plan: Plan, office: Client) -> None:
    def export(suffix: str) -> Any:
        return office.get(reverse("plans:plan_export", args=[plan.pk, suffix]))

    root = etree.fromstring(export("xml").content)
    assert root.tag == f"{AKN}akomaNtoso"
    rows = export("csv").content.decode("utf-8-sig").splitlines()
    assert len(rows) >= 1 + 5
    assert export("xlsx").content.startswith(b"PK")
    assert export("exe").status_code == 404


@pytest.mark.parametrize(
    "name", ["xinjiang-2016", "xinjiang-2017", "ningxia-2015", "inner-mongolia-2015", "state-council-2016"]
)
def test_the_five_real_plans_from_upload_to_page(world: World, office: Client, name: str) -> None:
    path = Path(__file__).resolve().parents[3] / "shared" / "policies" / f"{name}.txt"
    if not path.exists():
        pytest.skip("the real plans are test input outside the project")
    plan = imported(world, office, path.read_text(encoding="utf-8"))
    page = office.get(page_of(plan)).content.decode()
    assert str(plan.period_start.year) == name[-4:]
    for clause in plan.clauses.all():
        assert page.count(f'id="clause-{clause.pk}"') == 1, clause
    for task in plan.tasks.all():
        assert page.count(f'id="task-{task.pk}"') == 1, task


@pytest.mark.parametrize(
    ("read", "start_year", "end_year"),
    [
        ({"title": "质量强区建设2026年行动计划"}, 2026, 2026),
        ({"plan_title": "质量发展规划（2021—2025年）"}, 2021, 2025),
        ({"title": "“十四五”市场监管规划"}, 2021, 2025),
        ({"title": "关于质量强区的决定", "number": "新政发〔2017〕17号"}, 2017, 2017),
        ({"title": "方案", "issued_on": "2019-05-06"}, 2019, 2019),
        ({"title": None}, 2030, 2030),
    ],
)
def test_the_period_is_read_from_the_text(read: dict[str, Any], start_year: int, end_year: int) -> None:
    begin, end = guess_period(read, date(2030, 3, 1))
    assert (begin, end) == (date(start_year, 1, 1), date(end_year, 12, 31))
