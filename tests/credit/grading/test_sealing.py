"""What was repaired is used no more: the grade changes at once, and no page tells what it rested on."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from hengjian.credit.grading.actions import ClassifyMonth, ReplayMonth
from hengjian.credit.grading.packs import pack_of
from hengjian.credit.grading.queries import grade_of, history
from hengjian.credit.records.actions import RecordCredit, WithdrawRecord
from hengjian.ledger.kinds import kind_of
from hengjian.rulebook import versions
from tests.credit.grading.conftest import World

pytestmark = pytest.mark.django_db


def test_a_sealed_record_changes_the_grade_and_leaves_no_reason(world: World) -> None:
    one = world.enterprises[0]
    record = RecordCredit(
        user=None,
        system="test",
        subject=one.subject,
        category="penalty",
        values={"title": "生产不合格产品", "content": "罚款", "measures": ["fine"], "fine_level": "larger"},
        organ=world.places.county_market,
        decided_on=date(2026, 9, 3),
        document="澜东市监罚〔2026〕88号",
        severity="general",
    ).execute()
    fact = str(record.fact)
    run = ClassifyMonth(user=None, system="test", pack="risk-class", month="2026-09").execute()
    found = grade_of(one, "risk-class")
    assert found is not None
    feature = next(item for item in found.features if item.code == "penalty_general_24m")
    assert (feature.value, feature.facts) == ("1 件", (fact,))
    before = found.score
    WithdrawRecord(user=None, system="test", record=record, reason="复议撤销").execute()
    found = grade_of(one, "risk-class")
    assert found is not None and found.score == before + 10 and found.since == timezone.localdate()
    past = history(one, "risk-class")[-1]
    hidden = next(item for item in past.features if item.code == "penalty_general_24m")
    assert (hidden.sealed, hidden.value, hidden.points, hidden.facts) == (True, "", None, ())
    assert past.groups == () and past.limits == ()
    result = ReplayMonth(user=None, system="test", run=run).execute()
    assert result.holds and (result.same, result.sealed) == (5, 1)


@pytest.mark.parametrize("rule", [rule.id for rule in versions("credit_grading")])
def test_every_pack_can_be_computed(world: World, rule: str) -> None:
    pack = pack_of(rule)
    for use in pack.uses:
        for kind in use.spec.kinds:
            assert kind_of(kind), kind
    month = min(pack.rule.in_force_to or date(2026, 10, 31), date(2026, 10, 31)).strftime("%Y-%m")
    run = ClassifyMonth(user=None, system="test", pack=rule, month=month).execute()
    assert run.total == 6 and set(run.counts) <= set(pack.model.grades)
    assert all(band.title_en for band in pack.grading.bands)
