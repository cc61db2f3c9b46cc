"""Repair from the application to the effect; expiry, shields, false papers, the log of looks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from hengjian.cases.actions import TakeStep
from hengjian.cases.models import Case, IssuedPaper
from hengjian.credit.records import hooks, jobs, repairing
from hengjian.credit.records.actions import (
    ApplyForRepair,
    ApplyForRepairs,
    CorrectRecord,
    RevokeRepair,
    SetDispute,
    SetFulfilment,
    ShieldRecords,
    WithdrawRecord,
)
from hengjian.credit.records.actions import repairing as actions_repairing
from hengjian.credit.records.admitting import repair_rule
from hengjian.credit.records.looks import anchor, log_look, looks_at, verify_looks
from hengjian.credit.records.models import CreditRecord, Look
from hengjian.credit.records.notices import served_notice
from hengjian.credit.records.queries import records
from hengjian.credit.records.repairing import also_repairable, clock_of
from hengjian.credit.records.rules import add_months
from hengjian.credit.sharing import bulk
from hengjian.documents.official import render_docx
from hengjian.ledger.queries import timeline
from hengjian.parties.policies import Forbidden
from hengjian.parties.verbs import ActionRefused
from hengjian.rulebook.parameters.credit_records import CreditRepair
from tests.credit.records.conftest import MARK, World, days_ago

Make = Callable[..., CreditRecord]


def apply(world: World, record: CreditRecord, **changes: object) -> Case:
    fields: dict[str, object] = {
        "user": world.firm_user,
        "fulfilled_on": days_ago(5),
        "committed": True,
        "statement": "已缴清罚款，改进了工艺。",
        **changes,
    }
    return ApplyForRepair(record=record, **fields).execute()  # type: ignore[arg-type]


def step(world: World, case: Case, code: str, user: str = "officer", **values: object) -> None:
    note = str(values.pop("note", ""))
    TakeStep(user=getattr(world.place, user), case=case, step=code, values=values, note=note).execute()
    case.refresh_from_db()


def decided(world: World, record: CreditRecord) -> Case:
    case = apply(world, record)
    step(world, case, "accept")
    step(world, case, "check", corrected=True, fulfilled=True, how="papers")
    step(world, case, "repair", "reviewer")
    return case


def test_repair_ends_publication_sharing_and_use(world: World, record: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[CreditRecord] = []
    monkeypatch.setattr(hooks, "_sealed", [told.extend])
    made = record()
    case = decided(world, made)
    assert case.outcome == "repaired"
    assert told == [made]
    row = CreditRecord.everything.get(pk=made.pk)
    assert (row.state, row.title) == ("repaired", "")
    assert not records(world.firm, reader=world.place.officer).exists()
    assert not timeline(world.firm.subject, disclosure="internal", kinds=["credit.recorded"], history=True).exists()
    assert IssuedPaper.objects.filter(case=case).exists()
    assert MARK not in str(case.data) + case.title


def test_the_same_person_does_not_decide(world: World, record: Make) -> None:
    case = apply(world, record())
    step(world, case, "accept", "head")
    step(world, case, "check", "head", corrected=True, fulfilled=True, how="papers")
    with pytest.raises(ActionRefused):
        step(world, case, "repair", "head")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"fulfilled_on": None}, "尚未履行"),
        ({"committed": False}, "承诺"),
        ({"statement": " "}, "情况说明"),
    ],
)
def test_conditions(world: World, record: Make, changes: dict[str, object], told: str) -> None:
    with pytest.raises(ActionRefused, match=told):
        apply(world, record(), **changes)


def test_not_before_the_minimum_nor_twice_nor_in_dispute_nor_by_others(world: World, record: Make) -> None:
    with pytest.raises(ActionRefused, match="最短公示期"):
        apply(world, record(decided_on=days_ago(30)))
    made = record()
    with pytest.raises(Forbidden):
        apply(world, made, user=world.other_firm_user)
    with pytest.raises(Forbidden):
        apply(world, made, user=world.place.other)
    SetDispute(user=world.place.officer, record=made, disputed=True).execute()
    with pytest.raises(ActionRefused, match="异议"):
        apply(world, made)
    SetDispute(user=world.place.officer, record=made, disputed=False).execute()
    apply(world, made, user=world.place.officer)  # on paper, at the desk
    with pytest.raises(ActionRefused, match="正在办理"):
        apply(world, made)


def test_a_failed_check_cannot_be_repaired(world: World, record: Make) -> None:
    case = apply(world, record())
    step(world, case, "accept")
    step(world, case, "check", corrected=True, fulfilled=False, how="on_site")
    with pytest.raises(ActionRefused, match="尚未"):
        step(world, case, "repair", "reviewer")
    step(world, case, "refuse", "reviewer", note="罚款尚未缴清")
    assert case.outcome == "refused"
    assert CreditRecord.objects.count() == 1


def test_false_papers_bring_the_record_back_and_bar(world: World, record: Make) -> None:
    made, other = record(), record()
    decided(world, made)
    row = CreditRecord.everything.get(pk=made.pk)
    with pytest.raises(Forbidden):
        RevokeRepair(user=world.place.officer, record=row, reason="材料虚假").execute()
    RevokeRepair(user=world.place.reviewer, record=row, reason="材料虚假").execute()
    assert records(world.firm, reader="public").count() == 2
    with pytest.raises(ActionRefused, match="弄虚作假"):
        apply(world, other)


def test_expiry_at_the_maximum(world: World, record: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    stops, goes_on = record(), record()
    SetFulfilment(user=world.place.officer, record=goes_on, fulfilled_on=None).execute()
    assert jobs.expire(timezone.now()) == 0
    assert stops.max_until is not None
    later = timezone.make_aware(datetime.combine(stops.max_until, datetime.min.time())) + timedelta(hours=1)
    day_before = [one.pk for one in records(world.firm, reader="public")]
    monkeypatch.setattr(timezone, "now", lambda: later)
    # From midnight on, even where the worker has not come round.
    assert sorted(day_before) == sorted([stops.pk, goes_on.pk])
    for reader in ("public", world.place.officer):
        assert [one.pk for one in records(world.firm, reader=reader)] == [goes_on.pk]
    assert [one.pk for one in bulk.published("penalty", None)] == [goes_on.pk]
    assert jobs.run_due(later) >= 1
    assert [one.pk for one in CreditRecord.objects.all()] == [goes_on.pk]
    assert CreditRecord.everything.get(pk=stops.pk).state == "expired"
    assert jobs.expire(later) == 0


def test_a_shield_comes_and_goes(world: World, record: Make) -> None:
    made, now = record(), timezone.now()
    ShieldRecords(user=world.place.head, records=[made], until=now + timedelta(days=9), reason="重整计划").execute()
    assert not records(world.firm, reader="public").exists()
    assert jobs.unshield(now + timedelta(days=8)) == 0
    assert jobs.unshield(now + timedelta(days=10)) == 1
    assert records(world.firm, reader="public").get().title.startswith(MARK)
    with pytest.raises(ActionRefused):
        ShieldRecords(user=world.place.head, records=[], until=now, reason="无").execute()


@pytest.mark.parametrize(
    ("day", "severity", "least", "most"),
    [
        (date(2026, 4, 1), "minor", 0, 3),
        (date(2026, 4, 1), "general", 3, 12),
        (date(2026, 4, 1), "serious", 12, 36),
        (date(2025, 1, 1), "general", 3, 36),
        (date(2022, 1, 1), "general", 6, 36),
    ],
)
def test_terms_by_date_and_severity(day: date, severity: str, least: int, most: int) -> None:
    rule = repair_rule("990100", day).typed(CreditRepair)
    assert (rule.least(severity), rule.term(severity).most) == (least, most)


def test_longer_terms_in_some_fields() -> None:
    assert repair_rule("990100", date(2022, 1, 1)).typed(CreditRepair).least("general", "food") == 12
    assert repair_rule("990100", date(2026, 5, 1)).typed(CreditRepair).least("general", "food") == 3


@pytest.mark.parametrize(
    ("measures", "procedure", "level", "severity", "published"),
    [
        (["warning"], "ordinary", "", "minor", False),
        (["fine"], "simple", "very_large", "minor", False),
        (["fine"], "ordinary", "larger", "general", True),
        (["warning", "confiscation"], "ordinary", "", "general", True),
        (["fine"], "ordinary", "very_large", "serious", True),
        (["revocation"], "ordinary", "", "serious", True),
    ],
)
def test_severity_follows_the_gravest_part(
    measures: list[str], procedure: str, level: str, severity: str, published: bool
) -> None:
    rule = repair_rule("990100", date(2026, 5, 1)).typed(CreditRepair)
    assert rule.severity_of(measures, procedure, level) == severity
    assert rule.is_published(severity, measures, procedure) == published


def test_the_notice_that_is_served_with_the_penalty(world: World, record: Make) -> None:
    made = record()
    assert render_docx(served_notice(made))[:2] == b"PK"
    clock = clock_of(made)
    assert clock is not None
    assert clock.share is not None
    assert 0 < clock.share < 100


def test_looks_are_logged_anchored_and_verified(world: World) -> None:
    assert log_look(world.firm_user, world.firm, "自查", "档案") is None
    log_look(world.place.officer, world.firm, "招标审查", "质量信用档案")
    log_look(world.place.other, world.firm, "评优", "信用等级")
    assert [look.purpose for look in looks_at(world.firm)] == ["评优", "招标审查"]
    assert anchor(timezone.now() + timedelta(seconds=1)) == 2
    assert anchor(timezone.now() + timedelta(seconds=1)) == 0
    assert (verify_looks().rows, verify_looks().passed) == (2, True)
    Look.objects.filter(purpose="评优").update(purpose="改过")
    assert not verify_looks().passed
    with pytest.raises(TypeError):
        Look.objects.first().delete()  # type: ignore[union-attr]


def under(monkeypatch: pytest.MonkeyPatch, **parameters: object) -> None:
    """Let the rule on repair say something else."""
    kept = repairing.repair_of
    monkeypatch.setattr(repairing, "repair_of", lambda rule: kept(rule).model_copy(update=parameters))


def test_after_a_refusal_the_rule_may_ask_to_wait(world: World, record: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    made = record()
    case = apply(world, made)
    step(world, case, "accept")
    with pytest.raises(ActionRefused):
        step(world, case, "refuse", "reviewer")  # a refusal names its reason
    step(world, case, "refuse", "reviewer", note="罚款尚未缴清")
    with monkeypatch.context() as rule:
        under(rule, refused_bar=30)
        with pytest.raises(ActionRefused, match="上次申请"):
            apply(world, made)
    assert apply(world, made).pk != case.pk


def test_what_the_law_does_not_admit_is_not_repaired(
    world: World, record: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = record()
    monkeypatch.setattr(repairing, "is_repairable", lambda record: False)
    with pytest.raises(ActionRefused, match="不予修复"):
        apply(world, made)


def test_terms_begin_anew_where_the_rule_says_so(world: World, record: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    made = record()
    decided(world, made)
    kept = actions_repairing.repair_of
    monkeypatch.setattr(actions_repairing, "repair_of", lambda rule: kept(rule).model_copy(update={"restarts": True}))
    row = CreditRecord.everything.get(pk=made.pk)
    RevokeRepair(user=world.place.reviewer, record=row, reason="材料虚假").execute()
    back = CreditRecord.objects.get(pk=made.pk)
    today = timezone.localdate()
    assert (back.min_until, back.max_until) == (add_months(today, 3), add_months(today, 12))


def test_one_application_for_several_records(world: World, record: Make) -> None:
    first, second, early = record(), record(), record(decided_on=days_ago(20))
    assert also_repairable(first) == [second]
    given = {"fulfilled_on": days_ago(5), "committed": True, "statement": "已缴清。"}
    with pytest.raises(ActionRefused):
        ApplyForRepairs(user=world.firm_user, records=[first, early], given=given).execute()
    assert not Case.objects.exists()
    assert len(ApplyForRepairs(user=world.firm_user, records=[first, second], given=given).execute()) == 2
    assert also_repairable(first) == []


def test_a_body_barred_for_false_papers_stays_barred_after_the_record_has_ended(world: World, record: Make) -> None:
    made, other = record(), record()
    decided(world, made)
    row = CreditRecord.everything.get(pk=made.pk)
    RevokeRepair(user=world.place.reviewer, record=row, reason="材料虚假").execute()
    row.refresh_from_db()
    WithdrawRecord(user=world.place.officer, record=row, reason="判决撤销").execute()
    with pytest.raises(ActionRefused, match="弄虚作假"):
        apply(world, other)


def test_a_correction_dates_the_record_anew(world: World, record: Make) -> None:
    made = record(decided_on=days_ago(30))
    CorrectRecord(
        user=world.place.officer,
        record=made,
        values={"measures": ["warning"], "fine_level": None},
        decided_on=days_ago(40),
        reason="误录",
    ).execute()
    made.refresh_from_db()
    assert (made.severity, made.state, made.disclosure) == ("minor", "kept", "shared")
    assert made.min_until == days_ago(40)
    assert not records(world.firm, reader="public").exists()
    apply(world, made)


def test_severity_by_kind_of_information() -> None:
    rule = repair_rule("990100", date(2026, 5, 1)).typed(CreditRepair)
    assert rule.severity_of((), category="serious") == "serious"
    assert rule.severity_of((), category="abnormal") == "general"
    assert rule.materials
