"""Merge, split, undo, decisions that bind, codes issued twice, corrections."""

from __future__ import annotations

import pytest
from django.utils import timezone

from hengjian.documents.sheets import write_csv
from hengjian.documents.sheets_in import read_table
from hengjian.enterprises import hooks
from hengjian.enterprises.actions.identity import (
    CorrectEnterprise,
    DecidePair,
    MergeEnterprises,
    SettleConflict,
    SplitEnterprise,
    UndoIdentity,
)
from hengjian.enterprises.correcting import Answered, read_return_sheet, return_sheet
from hengjian.enterprises.models import CodeConflict, Enterprise, ResolverEdge, ReviewPair
from hengjian.enterprises.queries import by_code, by_key, subjects_of, values_of
from hengjian.enterprises.relinking import relink
from hengjian.ledger.queries import timeline
from hengjian.parties.policies import Forbidden
from hengjian.parties.verbs import ActionRefused
from tests.enterprises.conftest import World, code_of, deliver

MILK = ("澜东区远岫乳业有限公司", code_of(11), "祁望野", "澜东区银杏路12号")
LOOSE = ("远岫奶站", "", "", "")


def two(world: World) -> tuple[Enterprise, Enterprise]:
    """A body with a code, and one without that nothing connects to it."""
    deliver(world.officer, [MILK])
    deliver(world.farm_officer, [LOOSE])
    return by_code(MILK[1]), Enterprise.objects.get(name=LOOSE[0])


def test_merge_and_undo(world: World) -> None:
    milk, loose = two(world)
    before = timezone.now()
    told: list[tuple[str, str]] = []
    hooks.register_merged("test", lambda kept, gone: told.append((kept.key, gone.key)))
    event = MergeEnterprises(user=world.officer, enterprise=milk, other=loose, reason="同一奶站").execute()
    del hooks._merged["test"]
    assert told == [(milk.key, loose.key)]
    assert by_key(loose.key) == milk and f"enterprise:{loose.key}" in subjects_of(milk)
    assert milk.records.count() == 2 and len({claim.source for claim in values_of(milk)}) == 2
    assert {claim.record for claim in values_of(milk, before)} != {claim.record for claim in values_of(milk)}
    assert timeline(milk.subject, disclosure="shared").last().kind == "enterprise.merged"
    again = deliver(world.farm_officer, [LOOSE])
    assert again.repeated == 1
    UndoIdentity(user=world.officer, event=event, reason="看错了").execute()
    assert by_key(loose.key) == Enterprise.objects.get(pk=loose.pk) != milk
    assert milk.records.count() == 1
    with pytest.raises(ActionRefused, match="已经撤销"):
        UndoIdentity(user=world.officer, event=event, reason="再来一次").execute()


def test_two_valid_codes_are_refused(world: World) -> None:
    deliver(world.officer, [MILK, ("澜东区归雁面业有限公司", code_of(12))])
    one, other = Enterprise.objects.order_by("pk")
    with pytest.raises(ActionRefused, match="不同"):
        MergeEnterprises(user=world.officer, enterprise=one, other=other, reason="试试").execute()


def test_only_the_own_region_is_decided_on(world: World) -> None:
    milk, loose = two(world)
    for person in (world.other_officer, world.citizen, world.enterprise):
        with pytest.raises(Forbidden):
            MergeEnterprises(user=person, enterprise=milk, other=loose, reason="越权").execute()


def test_split_keeps_the_two_apart(world: World) -> None:
    deliver(world.officer, [MILK])
    deliver(world.farm_officer, [("澜东区远岫乳业公司", "", "祁望野", "澜东区银杏路12号")])
    (milk,) = Enterprise.objects.all()
    wrong = milk.records.get(source=world.farm)
    with pytest.raises(ActionRefused, match="全选"):
        SplitEnterprise(
            user=world.officer, enterprise=milk, records=list(milk.records.values_list("pk", flat=True)), reason="x"
        ).execute()
    event = SplitEnterprise(user=world.officer, enterprise=milk, records=[wrong.pk], reason="另一家").execute()
    assert event.other.records.get() == wrong and event.other.code == ""
    assert by_code(MILK[1]) == milk
    # The same row again, changed a little: it stays with the body that it was split off to.
    deliver(world.farm_officer, [("澜东区远岫乳业公司", "", "祁望野", "澜东区银杏路12号", "2015-01-01")])
    assert relink().merged == 0
    assert Enterprise.objects.filter(merged_into=None).count() == 2
    UndoIdentity(user=world.officer, event=event, reason="原来就是一家").execute()
    assert by_key(event.other.key) == milk


def pair_of(world: World) -> ReviewPair:
    milk, loose = two(world)
    one, other = sorted((milk, loose), key=lambda body: body.pk)
    return ReviewPair.objects.create(
        one=one, other=other, one_record=one.records.get(), other_record=other.records.get(), region=world.county,
        probability=0.7, reason="unsure",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("decision", "state", "edges"), [("same", "same", 1), ("different", "different", 1), ("later", "later", 0)]
)
def test_decisions_are_kept(world: World, decision: str, state: str, edges: int) -> None:
    pair = pair_of(world)
    DecidePair(user=world.county_officer, pair=pair, decision=decision, reason="核对过").execute()  # type: ignore[arg-type]
    pair.refresh_from_db()
    assert pair.state == state and ResolverEdge.objects.count() == edges
    assert Enterprise.objects.filter(merged_into=None).count() == (1 if decision == "same" else 2)
    if decision != "later":
        with pytest.raises(ActionRefused, match="已经核对"):
            DecidePair(user=world.county_officer, pair=pair, decision="same").execute()


def test_a_later_delivery_keeps_to_the_decision(world: World) -> None:
    deliver(world.officer, [MILK])
    deliver(world.farm_officer, [("澜东区远岫奶业公司", "", "", "")])
    milk, other = Enterprise.objects.order_by("pk")
    pair = ReviewPair.objects.filter(one=milk, other=other).first() or ReviewPair.objects.create(
        one=milk, other=other, one_record=milk.records.get(), other_record=other.records.get(), region=world.county,
        probability=0.7, reason="unsure",
    )  # fmt: skip
    DecidePair(user=world.officer, pair=pair, decision="different", reason="两家").execute()
    # This row resembles both: without the decision it would show them to be one.
    deliver(world.county_officer, [("澜东区远岫奶业公司", MILK[1], "祁望野", "澜东区银杏路12号")])
    assert Enterprise.objects.filter(merged_into=None).count() == 2


def test_codes_issued_twice_are_settled_by_the_return_sheet(world: World) -> None:
    deliver(world.officer, [MILK])
    deliver(world.farm_officer, [("河湾区草川养殖专业合作社", MILK[1], "穆以宁", "河湾区文昌路9号")])
    conflict = CodeConflict.objects.get()
    milk, herd = Enterprise.objects.order_by("pk")
    sheet = return_sheet(CodeConflict.objects.all())
    table = read_table(sheet, "核查单.xlsx")
    at = next(number for number, cells in enumerate(table) if "统一社会信用代码" in cells)
    filled = {milk.key: (2, ""), herd.key: (0, code_of(500, first="93"))}
    rows = [[*cells[:6], *filled[str(cells[1])], ""] for cells in table[at + 1 :]]
    returned = read_return_sheet(write_csv([str(cell) for cell in table[at]], rows), "核查单.csv")
    assert not returned.faults
    SettleConflict(user=world.officer, conflict=conflict, answers=returned.answers[MILK[1]]).execute()
    assert by_code(MILK[1]) == milk and by_code(code_of(500, first="93")) == herd
    conflict.refresh_from_db()
    assert conflict.state == "closed"
    deliver(world.farm_officer, [("河湾区草川养殖专业合作社", MILK[1], "穆以宁", "河湾区文昌路10号")])
    assert CodeConflict.objects.exclude(state="closed").count() <= 1


def test_the_code_may_go_to_the_other_body(world: World) -> None:
    deliver(world.officer, [MILK])
    deliver(world.farm_officer, [("河湾区草川养殖专业合作社", MILK[1], "穆以宁", "河湾区文昌路9号")])
    milk, herd = Enterprise.objects.order_by("pk")
    answers = {milk.key: Answered(0, code_of(600)), herd.key: Answered(2)}
    SettleConflict(user=world.officer, conflict=CodeConflict.objects.get(), answers=answers).execute()
    assert by_code(MILK[1]) == herd and by_code(code_of(600)) == milk


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (((2, ""), (2, "")), "只能有一个"),
        (((2, ""), (0, "")), "新代码"),
        (((2, ""), (7, "")), "操作标识"),
        (((2, ""), None), "没有填写"),
    ],
)
def test_wrong_answers_are_refused(world: World, flags: tuple[tuple[int, str] | None, ...], message: str) -> None:
    deliver(world.officer, [MILK])
    deliver(world.farm_officer, [("河湾区草川养殖专业合作社", MILK[1], "穆以宁", "河湾区文昌路9号")])
    bodies = Enterprise.objects.order_by("pk")
    answers = {body.key: Answered(*flag) for body, flag in zip(bodies, flags, strict=True) if flag}
    with pytest.raises(ActionRefused, match=message):
        SettleConflict(user=world.officer, conflict=CodeConflict.objects.get(), answers=answers).execute()


def test_deleting_a_body_takes_its_records_back(world: World) -> None:
    deliver(world.officer, [MILK])
    deliver(world.farm_officer, [("河湾区草川养殖专业合作社", MILK[1], "穆以宁", "河湾区文昌路9号")])
    milk, herd = Enterprise.objects.order_by("pk")
    answers = {milk.key: Answered(2), herd.key: Answered(1)}
    SettleConflict(user=world.officer, conflict=CodeConflict.objects.get(), answers=answers).execute()
    herd.refresh_from_db()
    assert herd.status == "void" and by_code(MILK[1]) == milk


def test_a_correction_goes_before_all_departments(world: World) -> None:
    deliver(world.officer, [MILK])
    milk = by_code(MILK[1])
    CorrectEnterprise(
        user=world.county_officer, enterprise=milk, values={"address": "澜东区新渠街5号"}, reason="现场核查"
    ).execute()
    CorrectEnterprise(
        user=world.county_officer, enterprise=milk, values={"status": "歇业"}, reason="现场核查"
    ).execute()
    deliver(world.officer, [(*MILK[:3], "澜东区观岭路1号")])
    milk.refresh_from_db()
    assert (milk.address, milk.status) == ("澜东区新渠街5号", "suspended")
    with pytest.raises(ActionRefused, match="将来"):
        CorrectEnterprise(
            user=world.officer, enterprise=milk, values={"registered_on": "2999-01-01"}, reason="试试"
        ).execute()


def test_relinking_learns_and_tells(world: World) -> None:
    deliver(world.officer, [MILK])
    found = relink()
    assert (found.records, found.merged) == (1, 0)
