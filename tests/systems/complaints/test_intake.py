"""One intake, several cases: split, routing, version of the rules, identity."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from hengjian.cases.actions.steps import TakeStep
from hengjian.cases.models import Case
from hengjian.clocks.models import Deadline
from hengjian.ledger.models import Fact
from hengjian.parties.verbs import ActionRefused
from hengjian.systems.complaints.actions.sorting import JoinTicket
from hengjian.systems.complaints.actions.tickets import Registered, RegisterTicket
from hengjian.systems.complaints.models import Ticket
from tests.systems.complaints.conftest import PERSON, World, at, draft

Register = Callable[..., Registered]


def due(case: Case, clock: str) -> date:
    return Deadline.objects.get(owner=case.ref, purpose=f"{case.type}.{clock}").due_on


def test_a_claim_and_a_lead_become_two_cases_and_closing_one_leaves_the_other(world: World, register: Register) -> None:
    made = register()
    complaint, report = (item.case for item in made.opened)
    assert (complaint.type, report.type) == ("complaint", "report")
    assert complaint.rules_on == date(2026, 6, 1)
    assert complaint.links_out.get().second == report
    TakeStep(user=world.officer, case=complaint, step="accept").execute()
    TakeStep(
        user=world.officer, case=complaint, step="terminate", outcome_code="3", note="双方明确表示无法达成协议"
    ).execute()
    report.refresh_from_db()
    made.ticket.refresh_from_db()
    assert complaint.closed_at is not None and report.closed_at is None
    assert made.ticket.state == Ticket.State.OPEN


@pytest.mark.parametrize(
    ("received", "version", "terms", "codes"),
    [
        ("2026-04-14 16:00", 2, "terms.complaint-decide.order-20-2019", 6),
        ("2026-04-15 09:00", 3, "terms.complaint-decide.order-121-2025", 7),
    ],
)
def test_the_day_decides_between_order_20_and_121(
    world: World, register: Register, received: str, version: int, terms: str, codes: int
) -> None:
    from hengjian.cases.actions.steps import codes_of

    case = register(received_at=at(received), kinds=("complaint",)).opened[0].case
    assert case.type_version == version
    assert Deadline.objects.get(owner=case.ref).rule_id == terms
    declared = case_type_of(case)
    assert len(codes_of(case, declared.transition("decline"))) == codes


def case_type_of(case: Case):  # type: ignore[no-untyped-def]
    from hengjian.cases.actions.base import declaration

    return declaration(case)


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("2026-02-14 10:00", date(2026, 3, 3)),
        ("2026-02-15 10:00", date(2026, 3, 3)),
        ("2026-09-19 10:00", date(2026, 9, 29)),
        ("2026-09-20 10:00", date(2026, 9, 30)),
        ("2016-09-28 10:00", date(2016, 10, 12)),
        ("2020-01-22 10:00", date(2020, 2, 10)),
    ],
)
def test_seven_working_days_to_decide(register: Register, received: str, expected: date) -> None:
    case = register(received_at=at(received), kinds=("complaint",)).opened[0].case
    assert due(case, "decide") == expected


def test_mediation_clocks_of_both_orders(world: World, register: Register) -> None:
    old = register(received_at=at("2026-02-02 09:00"), kinds=("complaint",)).opened[0].case
    TakeStep(user=world.officer, case=old, step="accept", at=at("2026-02-03 09:00")).execute()
    assert due(old, "mediate") == date(2026, 4, 14)
    new = register(received_at=at("2026-04-17 09:00"), kinds=("complaint",)).opened[0].case
    TakeStep(user=world.officer, case=new, step="accept", at=at("2026-04-20 09:00")).execute()
    assert due(new, "mediate") == date(2026, 6, 22)
    TakeStep(user=world.officer, case=new, step="test", at=at("2026-05-06 09:00"), note="送检").execute()
    TakeStep(user=world.officer, case=new, step="tested", at=at("2026-05-18 09:00"), note="报告已出").execute()
    assert due(new, "mediate") == date(2026, 7, 1)


def test_report_clocks(world: World, register: Register) -> None:
    case = register(received_at=at("2026-03-16 09:00"), kinds=("report",)).opened[0].case
    assert due(case, "file") == date(2026, 4, 7)
    TakeStep(user=world.officer, case=case, step="file", at=at("2026-04-07 09:00"), note="立案").execute()
    assert due(case, "tell") == date(2026, 4, 14)
    assert due(case, "decide") == date(2026, 7, 6)


def test_routing_by_place_and_category(world: World, register: Register) -> None:
    assert register(kinds=("complaint",)).ticket.unit == world.market
    farm = register("买的玉米种子不出苗，要求赔偿", category="agriculture", kinds=("complaint",))
    assert farm.ticket.unit == world.farming
    assert "没有对应的单位" in farm.ticket.routing[0]["reasons"][-1]["pattern"]
    lost = register("景区乱收费", category="tourism", kinds=("complaint",))
    assert lost.ticket.unit == world.office_unit and lost.ticket.routing[0]["default"]


@pytest.mark.parametrize(("received", "unit"), [("2026-04-14 10:00", "market"), ("2026-04-15 10:00", "far_market")])
def test_a_shop_without_address_goes_to_the_platform_from_order_121(
    world: World, register: Register, received: str, unit: str
) -> None:
    places = {"operation": "990321", "platform": "990102"}
    made = register(received_at=at(received), kinds=("complaint",), places=places, shop_published=False)
    assert made.ticket.unit == getattr(world, unit)


def test_a_report_goes_to_the_place_of_the_act(world: World, register: Register) -> None:
    made = register(places={"operation": "990321", "act": "990302"})
    assert [item.case.unit for item in made.opened] == [world.market, world.district_market]


def test_another_unit_needs_a_reason(world: World) -> None:
    action = RegisterTicket(user=world.officer, desk=world.market, draft=draft(), unit=world.city_market)
    with pytest.raises(ActionRefused, match="改派理由"):
        action.execute()
    again = RegisterTicket(
        user=world.officer, desk=world.market, draft=draft(), unit=world.city_market, reason="市局直接办理"
    ).execute()
    assert again.ticket.unit == world.city_market and again.ticket.routed_otherwise == "市局直接办理"


def test_who_wrote_it_is_covered_in_the_text_and_told_nowhere(world: World, register: Register) -> None:
    text = f"我是{PERSON['name']}，电话{PERSON['phone']}，商家拒绝退款，要求赔偿。"
    made = register(text)
    case = made.opened[0].case
    case.refresh_from_db()
    assert PERSON["name"] not in made.ticket.content + str(case.data) + case.title + made.ticket.title
    assert "［已隐去］" in made.ticket.content
    assert case.identity.startswith("vault:")
    assert not [fact for fact in Fact.objects.all() if PERSON["name"] in str(fact.payload)]


def test_one_form_sent_twice_makes_one_ticket(world: World) -> None:
    def send() -> Registered:
        return RegisterTicket(user=world.citizen, owner=world.citizen, draft=draft(), token="t" * 20).execute()

    first, second = send(), send()
    assert second.repeated and second.ticket == first.ticket
    assert [item.code for item in second.opened] == [item.code for item in first.opened]
    assert Case.objects.count() == 2


def test_a_line_gives_a_number_once(register: Register) -> None:
    register(channel="12345", source_number="A1")
    with pytest.raises(ActionRefused, match="已经登记"):
        register(channel="12345", source_number="A1")


def test_a_complaint_needs_a_name_and_a_report_does_not(register: Register) -> None:
    with pytest.raises(ActionRefused, match="真实身份"):
        register(identity={}, kinds=("complaint",))
    assert register(identity={}, kinds=("report",)).ticket.anonymous


def test_a_report_from_before_its_procedure_is_refused_in_words(world: World) -> None:
    with pytest.raises(ActionRefused, match="“举报”的办理程序自 2020-01-01 起适用") as caught:
        RegisterTicket(
            user=world.officer, desk=world.market, draft=draft(kinds=("report",), received_at=at("2019-06-03 10:00"))
        ).execute()
    assert caught.value.next_step and not Ticket.objects.exists()


def test_two_officers_do_not_put_two_tickets_into_each_other(world: World, register: Register) -> None:
    first, second = register(kinds=("complaint",)).ticket, register(kinds=("complaint",)).ticket
    # What the second officer's page was drawn from, before the first one acted.
    stale_first, stale_second = (Ticket.objects.get(pk=row.pk) for row in (first, second))
    JoinTicket(user=world.officer, ticket=second, other=first, reason="同一件事").execute()
    with pytest.raises(ActionRefused, match="已经并入"):
        JoinTicket(user=world.second, ticket=stale_first, other=stale_second, reason="同一件事").execute()
    first.refresh_from_db()
    assert first.state == Ticket.State.OPEN and first.joined_to is None
