from __future__ import annotations

import pytest

from hengjian.cases.actions import OpenCase, TakeStep
from hengjian.cases.declarations import CaseType
from hengjian.cases.models import Case
from hengjian.clocks.models import Deadline
from hengjian.parties.verbs import ActionRefused
from tests.cases.conftest import VALUES, World, open_case


def test_a_case_runs_from_intake_to_its_end(world: World, case: Case) -> None:
    assert case.number == f"SQ{case.opened_at.year}-990100-00001"
    assert case.title == "学习机：退款" and case.clock == "answer" and case.due_at is not None
    TakeStep(user=world.officer, case=case, step="accept").execute()
    case.refresh_from_db()
    assert case.state == "working" and case.clock == "decide"
    assert Deadline.objects.get(owner=case.ref, purpose="petition.answer").state == "met"
    TakeStep(user=world.officer, case=case, step="propose", note="建议办结").execute()
    with pytest.raises(Exception):
        TakeStep(user=world.officer, case=case, step="approve").execute()
    TakeStep(user=world.head, case=case, step="approve", note="同意").execute()
    case.refresh_from_db()
    assert (case.state, case.outcome, case.clock, case.due_at) == ("done", "settled", "", None)
    assert case.closed_at is not None
