"""Procedures of the room from end to end: forms, appraisal, rewards, IP aid, transfers, call-back."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import docx
import pytest
from django.utils import timezone

from hengjian.cases import jobs
from hengjian.cases.actions.opening import OpenCase
from hengjian.cases.actions.steps import TakeStep
from hengjian.cases.actions.transfers import AnswerTransfer, ReportBack, SendCase
from hengjian.cases.models import Case, IssuedPaper, Transfer
from hengjian.clocks.models import Deadline
from hengjian.documents import files
from hengjian.documents.models import StoredFile
from hengjian.ledger.models import Fact
from hengjian.pages.models import Notification
from hengjian.parties.models import Confidentiality, Unit
from hengjian.parties.policies import Forbidden
from hengjian.parties.verbs import ActionRefused
from hengjian.systems.complaints.actions.tickets import Registered
from tests.systems.complaints.conftest import PERSON, World, at, person

Register = Callable[..., Registered]


def words(paper: IssuedPaper) -> str:
    stored = StoredFile.objects.select_related("content").get(pk=paper.file)
    document = docx.Document(io.BytesIO(files.read(stored.content.sha256)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(part.text for part in document.paragraphs), *cells])


def step(world: World, case: Case, code: str, **more: Any) -> None:
    TakeStep(user=more.pop("user", world.officer), case=case, step=code, **more).execute()


def test_the_forms_of_a_complaint_say_what_they_must_and_never_who(world: World, register: Register) -> None:
    case = register(kinds=("complaint",), received_at=at("2026-06-01 09:00"), amount=None).opened[0].case
    step(world, case, "ask_identity", note="请提供身份证复印件")
    step(world, case, "supplied")
    step(world, case, "accept")
    step(world, case, "convene", values={"session_at": "2026-06-10T09:30", "place": "二楼调解室"})
    session = {"held_at": "2026-06-10T09:30", "attended": ["complainant", "respondent"], "result": "agreed"}
    step(world, case, "session", values=session, note="双方同意退货退款")
    step(world, case, "agree", values={"agreement": "退货并赔偿二百元", "settled_amount": "1480"})
    step(world, case, "performed")
    step(world, case, "call_back", values={"satisfaction": "4"}, note="回访满意")
    papers = {paper.template: words(paper) for paper in IssuedPaper.objects.filter(case=case)}
    assert set(papers) == {"identity_notice", "registration", "acceptance", "mediation_call", "agreement"}
    assert "受理决定书" in papers["acceptance"] and "第121号" in papers["acceptance"]
    assert "二楼调解室" in papers["mediation_call"] and "退货并赔偿二百元" in papers["agreement"]
    assert "儿童床" in papers["registration"]
    for text in papers.values():
        assert case.number in text and PERSON["name"] not in text and PERSON["phone"] not in text
    case.refresh_from_db()
    assert (case.outcome, case.rating) == ("settled", 4)
    fact = Fact.objects.get(kind="complaint.closed")
    assert fact.payload["rating"] == 4 and fact.payload["outcome"] == "settled"


@pytest.mark.parametrize(
    ("received", "code", "ground"), [("2026-04-14 09:00", "6", "其他情形"), ("2026-04-15 09:00", "6", "冒用他人名义")]
)
def test_a_refusal_rests_on_the_list_of_its_day(
    world: World, register: Register, received: str, code: str, ground: str
) -> None:
    case = register(kinds=("complaint",), received_at=at(received)).opened[0].case
    step(world, case, "decline", outcome_code=code, note="详见所附说明")
    assert ground in words(IssuedPaper.objects.get(case=case, template="refusal"))


def test_code_seven_is_not_known_before_order_121(world: World, register: Register) -> None:
    case = register(kinds=("complaint",), received_at=at("2026-04-14 09:00")).opened[0].case
    with pytest.raises(ActionRefused, match="依据代码"):
        step(world, case, "decline", outcome_code="7", note="其他")


def test_an_appraisal_pauses_the_complaint_and_resumes_it(world: World, register: Register) -> None:
    case = register(kinds=("complaint",), received_at=timezone.now() - timedelta(days=9)).opened[0].case
    step(world, case, "accept", at=timezone.now() - timedelta(days=8))
    values = {"applicant_kind": "parties", "product": "儿童床", "question": "床板强度是否合格", "basis": "GB 28007"}
    test = OpenCase(
        user=world.officer, type="arbitration_test", values=values, unit=world.market, region=world.county, parent=case,
        opened_at=timezone.now() - timedelta(days=7),
    ).execute().case  # fmt: skip
    step(world, test, "accept", values={"body": "朔安市质检所", "fee": "800"}, at=timezone.now() - timedelta(days=6))
    case.refresh_from_db()
    assert case.state == "testing" and case.paused
    before = Deadline.objects.get(owner=case.ref, purpose="complaint.mediate").due_on
    found = {"report_number": "ZJ-1", "received_on": timezone.localdate().isoformat(), "finding": "nonconforming"}
    step(world, test, "report", values=found, note="床板开裂", at=timezone.now() - timedelta(days=2))
    assert Deadline.objects.get(owner=test.ref, purpose="arbitration_test.objection").term_amount == 15
    step(world, test, "conclude")
    case.refresh_from_db()
    assert case.state == "mediating" and not case.paused
    assert Deadline.objects.get(owner=case.ref, purpose="complaint.mediate").due_on > before


def reward(world: World, **values: Any) -> Case:
    case = OpenCase(
        user=world.officer, type="reward", values={"report_number": "JB1"}, unit=world.market, region=world.county,
        identity=PERSON,
    ).execute().case  # fmt: skip
    given = {"level": "1", "natural_person": "true", **values}
    step(world, case, "propose", values=given, note="线索与查处结果完全相符")
    return case


def test_a_reward_is_computed_approved_by_another_and_paid_without_a_name(world: World) -> None:
    case = reward(world, base="80000")
    assert case.data["amount"] == "5000.00"
    with pytest.raises((ActionRefused, Forbidden)):
        step(world, case, "approve")
    step(world, case, "approve", user=world.head)
    step(world, case, "tell")
    paid = {"payment_reference": "6222020200112233445"}
    with pytest.raises(ActionRefused, match="账号"):
        step(world, case, "pay", user=world.second, values=paid)
    step(world, case, "pay", user=world.second, values={"payment_reference": "JZ-2026-031"})
    assert case.outcome == "paid"
    assert not [fact for fact in Fact.objects.all() if PERSON["name"] in str(fact.payload)]


def test_a_large_reward_is_decided_with_finance(world: World) -> None:
    case = reward(world, base="10000000")
    assert case.data["amount"] == "500000.00" and case.data["joint"]
    with pytest.raises(ActionRefused, match="会同财政"):
        step(world, case, "approve", user=world.head)
    step(world, case, "to_finance", user=world.head)
    step(world, case, "joint_decide", user=world.head, values={"finance_paper": "北财函〔2026〕1号"})
    assert case.state == "approved"


def test_rewards_are_for_natural_persons(world: World) -> None:
    with pytest.raises(ActionRefused, match="自然人"):
        reward(world, natural_person="")


def test_a_silent_receiver_brings_urging_to_both_heads(world: World, register: Register) -> None:
    boss = person("landong-head", world.far_market, "unit_head", ceiling=Confidentiality.SENSITIVE)
    case = register(kinds=("complaint",)).opened[0].case
    transfer = SendCase(user=world.officer, case=case, receiver=world.far_market, reason="平台在你区").execute()
    AnswerTransfer(user=world.far_officer, transfer=transfer, accepts=True).execute()
    clock = Deadline.objects.get(owner=transfer.ref)
    Notification.objects.all().delete()
    late = clock.due_at + timedelta(days=4)
    from hengjian.clocks import jobs as clock_jobs

    clock_jobs.run_due(late)
    jobs.run_due(late)
    told = set(Notification.objects.values_list("user__username", flat=True))
    assert {world.head.username, boss.username} <= told
    ReportBack(user=world.far_officer, transfer=transfer, answer="已约谈商家").execute()
    assert Transfer.objects.get().state == Transfer.State.ANSWERED


def test_refused_twice_it_goes_to_the_default_unit(world: World, register: Register) -> None:
    case = register(kinds=("complaint",)).opened[0].case

    def send(receiver: Unit) -> Transfer:
        return SendCase(user=world.officer, case=case, receiver=receiver, reason="请贵单位办理").execute()

    for receiver, who in ((world.far_market, world.far_officer), (world.district_market, world.district_officer)):
        AnswerTransfer(user=who, transfer=send(receiver), accepts=False, answer="不属本单位职责").execute()
    assert send(world.city_market).receiver == world.office_unit


def test_ip_aid_goes_out_and_comes_back(world: World) -> None:
    values = {
        "right_kind": "trade_mark", "right_name": "百谷堂", "infringer": "某商行", "content": "仿冒商标",
        "aid": ["enforcement"],
    }  # fmt: skip
    case = OpenCase(
        user=world.officer, type="ip_aid", values=values, unit=world.market, region=world.county, identity=PERSON
    ).execute().case  # fmt: skip
    step(world, case, "accept")
    step(world, case, "move", values={"receiver": "城北区市场监督管理局"}, note="请依法查处")
    assert Deadline.objects.get(owner=case.ref, purpose="ip_aid.feedback").rule_id == "terms.ip-aid-feedback.2016"
    step(world, case, "feedback", values={"result": "punished"}, note="已罚款")
    step(world, case, "close")
    assert case.outcome == "aided"
    assert "城北区市场监督管理局" in words(IssuedPaper.objects.get(case=case, template="referral"))


def test_reports_are_secret(world: World, register: Register) -> None:
    from hengjian.parties.policies import visible

    case = register(kinds=("report",)).opened[0].case
    assert visible(world.officer, Case.objects.all()).exists()
    assert not visible(world.plain, Case.objects.all()).exists()
    assert Fact.objects.get(kind="violation_report.opened").disclosure == "internal"
    assert case.confidentiality == Confidentiality.SENSITIVE
