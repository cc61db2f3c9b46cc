"""One condition for one row, all rows and all people: units of a case, those it was sent from and to."""

from __future__ import annotations

import pytest

from hengjian.cases.actions import AnswerTransfer, SendCase
from hengjian.cases.models import Case, Transfer
from hengjian.parties.models import User
from hengjian.parties.policies import can, permitted, policy_of, visible, who_may
from tests.cases.conftest import World, open_case

VERBS = ["cases.view", "cases.inside", "cases.handle", "cases.approve", "cases.transfer", "cases.file", "cases.oversee"]


@pytest.fixture
def sent(world: World, case: Case) -> Case:
    transfer = SendCase(user=world.officer, case=case, receiver=world.farming, reason="属其职责").execute()
    AnswerTransfer(user=world.farm_officer, transfer=transfer, accepts=True).execute()
    case.refresh_from_db()
    return case


@pytest.mark.parametrize("verb", VERBS)
def test_the_three_questions_have_one_answer(world: World, sent: Case, verb: str) -> None:
    Case.objects.filter(pk=sent.pk).update(owner=world.citizen, filer=world.firm)
    named = set(who_may(verb, sent).values_list("pk", flat=True))
    for user in User.objects.all():
        one, all_rows = bool(can(user, verb, sent)), permitted(user, verb, Case.objects.all()).count()
        assert one == bool(all_rows) == (user.pk in named), (verb, user)


def test_a_sender_sees_and_the_receiver_acts(world: World, sent: Case) -> None:
    assert visible(world.officer, Case.objects.all()).count() == 1
    assert not can(world.officer, "cases.handle", sent) and can(world.farm_officer, "cases.handle", sent)
    assert visible(world.far_officer, Case.objects.all()).count() == 0
    assert permitted(world.farm_officer, "cases.transfer", Transfer.objects.all()).count() == 1
    assert permitted(world.officer, "cases.transfer", Transfer.objects.all()).count() == 0


def test_several_transfers_repeat_no_row(world: World, sent: Case) -> None:
    for _n in range(2):
        Transfer.objects.create(
            case=sent, sender=world.market, receiver=world.far, reason="x", sent_at=sent.opened_at, state="refused"
        )
    assert visible(world.officer, Case.objects.all()).count() == 1


def test_paths_to_many_rows_are_subqueries(world: World, sent: Case) -> None:
    open_case(world)
    sql = str(policy_of(Case).visible(world.officer, Case.objects.all()).query)
    assert " JOIN " not in sql.split(" WHERE ")[0] and sql.count('SELECT U0."case_id"') == 2
