"""A decision that fell: the record is withdrawn within three working days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from hengjian.cases.actions import TakeStep
from hengjian.cases.models import Case
from hengjian.clocks.models import Deadline
from hengjian.credit.records.actions import ReportReversal, WithdrawRecord
from hengjian.credit.records.models import CreditRecord
from hengjian.demo.clock import at
from hengjian.ledger.models import Fact
from hengjian.parties.models import RoleGrant
from hengjian.parties.verbs import ActionRefused
from tests.credit.records.conftest import World, days_ago
from tests.places import person

Make = Callable[..., CreditRecord]
MONDAY = datetime(2026, 11, 9, 2, tzinfo=UTC)


def client_of(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def test_the_enterprise_says_so_and_the_organ_withdraws(world: World, record: Make) -> None:
    with at(MONDAY):
        made = record()
        own, page = client_of(world.firm_user), f"/credit/records/{made.key}/reversal/"
        assert "获知日期" not in own.get(page).content.decode()
        refused = own.post(page, {"basis": " "})
        assert refused.status_code == 422
        own.post(page, {"basis": "澜复决〔2026〕8号", "statement": "复议撤销"})
        case = Case.objects.get(type="credit_reversal")
        deadline = Deadline.objects.get(owner=case.ref, purpose="credit_reversal.withdraw")
        assert timezone.localdate(deadline.due_at) == datetime(2026, 11, 12).date()
        told = client_of(world.place.officer).get(made.get_absolute_url()).content.decode()
        assert case.number in told and "2026-11-12 前停止公示" in told
        assert "澜复决" not in str(list(Fact.objects.values_list("payload", flat=True)))
        with pytest.raises(ActionRefused, match="正在办理"):
            ReportReversal(user=world.firm_user, record=made, basis="又一份").execute()
        TakeStep(user=world.place.officer, case=case, step="withdraw").execute()
    gone = CreditRecord.everything.get(pk=made.pk)
    assert (gone.state, gone.title, gone.values) == ("withdrawn", "", {})
    assert not CreditRecord.objects.filter(pk=made.pk).exists()


def test_the_days_count_from_when_it_was_known(world: World, record: Make) -> None:
    with at(MONDAY):
        made = record()
    with at(MONDAY + timedelta(days=2)):
        desk = client_of(world.place.officer)
        page = f"/credit/records/{made.key}/reversal/"
        later = {"basis": "判决书", "known_on": "2026-11-12"}
        assert "获知日期不能晚于今天" in desk.post(page, later).content.decode()
        desk.post(page, {"basis": "判决书", "known_on": "2026-11-09"})
        case = Case.objects.get(type="credit_reversal")
        deadline = Deadline.objects.get(owner=case.ref, purpose="credit_reversal.withdraw")
        assert timezone.localdate(deadline.due_at) == datetime(2026, 11, 12).date()


def test_others_cannot_say_so(world: World, record: Make) -> None:
    made = record()
    for user in (world.place.other, world.other_firm_user, world.place.citizen):
        answer = client_of(user).post(f"/credit/records/{made.key}/reversal/", {"basis": "x", "known_on": days_ago(0)})
        assert answer.status_code == 404
    assert Client().get(f"/credit/records/{made.key}/reversal/").status_code == 302
    assert not Case.objects.filter(type="credit_reversal").exists()


def test_a_record_that_ended_meanwhile_is_not_withdrawn_again(world: World, record: Make) -> None:
    made = record()
    case = ReportReversal(user=world.firm_user, record=made, basis="复议决定").execute()
    WithdrawRecord(user=world.place.officer, record=made, reason="复议撤销").execute()
    with pytest.raises(ActionRefused, match="已封存"):
        TakeStep(user=world.place.officer, case=case, step="withdraw").execute()
    TakeStep(user=world.place.head, case=case, step="refuse", note="已直接撤销").execute()


def test_what_is_sealed_opens_for_its_organ_only(world: World, record: Make) -> None:
    made = record()
    WithdrawRecord(user=world.place.officer, record=made, reason="复议撤销").execute()
    address = f"/credit/records/{made.key}/sealed/"
    assert client_of(world.place.reviewer).get(address).status_code == 200
    everywhere = person("everywhere", world.place.tourism)
    for role in ("reviewer", "office", "unit_head"):
        RoleGrant.objects.create(user=everywhere, role=role, region=world.place.region, ceiling=30)
    assert client_of(everywhere).get(address).status_code == 404
    assert client_of(everywhere).get(made.get_absolute_url()).status_code == 404
