"""The figures of an issued paper come out of the ledger again."""

from __future__ import annotations

from collections.abc import Callable

from hengjian.parties.models import Unit
from hengjian.plans.actions.papers import IssueDocument
from hengjian.plans.actions.reports import ReportContent, ReviewReport, SubmitReport
from hengjian.plans.actions.work import SignDuty
from hengjian.plans.models import Duty, IssuedDocument, Plan
from hengjian.plans.recounting import recount
from tests.plans.conftest import World


def report(world: World, duty: Duty, percent: int) -> None:
    content = ReportContent(result=f"完成 {percent}%", percent=percent)
    SubmitReport(user=world.market_officer, duty=duty, content=content).execute()
    ReviewReport(user=world.office, duty=duty, accept=True).execute()


def test_a_paper_is_recomputed_at_its_ledger_position(
    world: World, assigned: Plan, duty_of: Callable[[str, Unit], Duty]
) -> None:
    duty = duty_of("2.2", world.market)
    SignDuty(user=world.market_officer, duty=duty).execute()
    report(world, duty, 40)
    IssueDocument(user=world.office, plan=assigned, kind="consolidation", agency="澜质强办").execute()
    document = IssuedDocument.objects.get()
    # What comes later does not change what the paper said.
    report(world, duty, 70)
    found = recount(document)
    assert found is not None and found.checked > 1 and found.differing == ()
    document.content["progress"][str(duty.pk)] = 90
    changed = recount(document)
    assert changed is not None and changed.differing == ((duty.pk, 90, 40),)
