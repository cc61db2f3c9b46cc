"""A round from filing to rectification through its verbs; versions after the freeze; who may do what."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hengjian.assessment.actions.filing import DecideTarget, FileTarget
from hengjian.assessment.actions.marking import DepartmentMark, PanelMark, SelfMark
from hengjian.assessment.actions.orders import AnswerOrder, CloseRound, ReportOrder
from hengjian.assessment.actions.panel import ConfirmDecision, ProposeDecision
from hengjian.assessment.actions.publishing import (
    DecideAppeal,
    DraftPublication,
    FileAppeal,
    IssueCircular,
    PublishRound,
)
from hengjian.assessment.actions.results import ApproveResults, ComputeResults, CorrectItem
from hengjian.assessment.actions.rounds import AdvanceRound
from hengjian.assessment.actions.schemes import CopyScheme, DecideScheme, EditScheme, SubmitScheme
from hengjian.assessment.models import Order, Result, ResultSet, Round
from hengjian.assessment.results import approved, reproduce
from hengjian.ledger.models import Fact
from hengjian.ledger.queries import facts
from hengjian.parties.grants import Forbidden
from hengjian.parties.verbs import ActionRefused
from tests.assessment.conftest import (
    World,
    advance,
    approved_scheme,
    file_targets,
    good_answer,
    opened,
    owner,
    score_self,
    to_approved,
    to_panel,
)

D = Decimal
DONE = "逐项整改完毕，措施和结果如下，佐证附后，已经落实到位。"


@pytest.mark.parametrize("variant", ["anhui", "thousand"])
def test_from_filing_to_rectification(world: World, variant: str) -> None:
    row = to_approved(world, opened(world, variant))
    assert row.state == Round.State.APPROVAL
    results = approved(row)
    assert results is not None
    rows = list(results.rows.all())
    assert [one.rank for one in rows] == [1, 2, 3] and rows[0].grade == "A" and rows[0].total == row.content.sheet.total
    assert not facts(disclosure="public", kinds=["assessment.result"]).exists()
    DraftPublication(user=world.office, round=row).execute()
    with pytest.raises(ActionRefused, match="另一人"):
        PublishRound(user=world.office, round=row).execute()
    PublishRound(user=world.office2, round=row).execute()
    published = facts(disclosure="public", kinds=["assessment.result"])
    assert published.count() == 3 and row.state == Round.State.PUBLICATION
    IssueCircular(user=world.office, round=row, agency="澜质强办通").execute()
    assert row.state == Round.State.RECTIFICATION and "澜质强办通〔" in row.circular_number
    orders = list(Order.objects.filter(entry__round=row))
    assert orders and all(order.due is not None for order in orders)
    with pytest.raises(ActionRefused, match="整改没有验收"):
        CloseRound(user=world.office, round=row).execute()
    for order in orders:
        who = owner(world, order.entry)
        with pytest.raises(ActionRefused, match="只有"):
            ReportOrder(user=world.office, entry=order.entry, order=order, text="x" * 30).execute()
        ReportOrder(user=who, entry=order.entry, order=order, text=DONE).execute()
        AnswerOrder(user=world.office, entry=order.entry, order=order, accepts=False, reason="缺少佐证").execute()
        ReportOrder(user=who, entry=order.entry, order=order, text=DONE).execute()
        AnswerOrder(user=world.office, entry=order.entry, order=order, reason="同意验收").execute()
    CloseRound(user=world.office, round=row).execute()
    assert row.state == Round.State.CLOSED
    assert facts(disclosure="shared", kinds=["assessment.rectified"]).count() == len(orders)


def test_a_change_after_the_freeze_makes_a_version_and_the_old_score_reproduces(world: World) -> None:
    row = to_approved(world, opened(world))
    DraftPublication(user=world.office, round=row).execute()
    PublishRound(user=world.office2, round=row).execute()
    first = approved(row)
    assert first is not None
    entry = row.entries.last()
    assert entry is not None
    before = first.rows.get(entry=entry)
    with pytest.raises(ActionRefused, match="现在是"):
        PanelMark(user=world.panel[0], entry=entry, item="m2", answer={"value": "good", "note": "改"}).execute()
    appeal = FileAppeal(
        user=owner(world, entry), entry=entry, item="m2", text="年度活动方案和总结已补充，请求复核。"
    ).execute()
    with pytest.raises(ActionRefused, match="还有申诉没有处理"):
        IssueCircular(user=world.office, round=row, agency="澜质强办通").execute()
    with pytest.raises(ActionRefused, match="改定的评分"):
        DecideAppeal(user=world.office, round=row, appeal=appeal, upheld=True, text="材料属实").execute()
    DecideAppeal(
        user=world.office, round=row, appeal=appeal, upheld=True, text="材料属实", answer={"value": "good"}
    ).execute()
    second = row.results.get(version=2)
    assert second.state == ResultSet.State.COMPUTED and approved(row) == first
    with pytest.raises(ActionRefused, match="还没有批准"):
        IssueCircular(user=world.office, round=row, agency="澜质强办通").execute()
    with pytest.raises(ActionRefused, match="另一人"):
        ApproveResults(user=world.office, round=row, paper="批示").execute()
    ApproveResults(user=world.office2, round=row, paper="批示").execute()
    first.refresh_from_db()
    now = second.rows.get(entry=entry)
    assert first.state == ResultSet.State.SUPERSEDED and now.total > before.total
    for version in (first, second):
        again = {one.key: one.scored for one in reproduce(version)}
        for one in Result.objects.filter(result_set=version):
            assert again[str(one.entry_id)].total == one.total and again[str(one.entry_id)].grade == one.grade
    latest = Fact.objects.filter(kind="assessment.result").order_by("-leaf_index")[:3]
    assert all(fact.supersedes is not None for fact in latest)
    assert facts(disclosure="public", kinds=["assessment.result"]).count() == 3
    CorrectItem(
        user=world.office, round=row, entry=entry, item="m4", answer={"value": "none"}, reason="抽查发现材料不实"
    ).execute()
    assert row.results.count() == 3


def test_targets_are_filed_approved_and_returned_with_history(world: World) -> None:
    row = opened(world)
    entry = row.entries.first()
    assert entry is not None
    city = owner(world, entry)
    first = FileTarget(user=city, entry=entry, item="t1", value=D("93.5"), basis="上年实际").execute()
    FileTarget(user=city, entry=entry, item="t1", value=D(94)).execute()
    first.refresh_from_db()
    assert first.state == "replaced"
    latest = entry.targets.get(state="filed")
    with pytest.raises(ActionRefused, match="退回须写明原因"):
        DecideTarget(user=world.office, entry=entry, target_value=latest, approves=False).execute()
    DecideTarget(user=world.office, entry=entry, target_value=latest, approves=False, reason="低于上年实际").execute()
    third = FileTarget(user=city, entry=entry, item="t1", value=D(95)).execute()
    DecideTarget(user=world.office, entry=entry, target_value=third).execute()
    with pytest.raises(ActionRefused, match="已经核定"):
        FileTarget(user=city, entry=entry, item="t1", value=D(90)).execute()
    assert [str(one.value) for one in entry.targets.order_by("pk")] == ["93.5000", "94.0000", "95.0000"]
    for stranger in (world.office, world.assessed["990300"]):
        with pytest.raises((ActionRefused, Forbidden)):
            FileTarget(user=stranger, entry=entry, item="t2", value=D(90)).execute()
    with pytest.raises(ActionRefused, match="目标值未核定"):
        AdvanceRound(user=world.office, round=row).execute()


def test_the_approved_target_is_what_the_ratio_is_taken_of(world: World) -> None:
    row = opened(world)
    file_targets(world, row)
    advance(world, row)
    entry = row.entries.first()
    assert entry is not None
    mark = SelfMark(user=owner(world, entry), entry=entry, item="t1", answer={"value": "90.25"}).execute()
    assert mark is not None and mark.points == D("14.25")  # 90.25 / 95 × 15


def test_a_department_scores_only_its_items_and_explains_less_than_the_self_score(world: World) -> None:
    row = opened(world)
    file_targets(world, row)
    advance(world, row)
    score_self(world, row)
    advance(world, row)
    entry = row.entries.first()
    assert entry is not None
    farm, market = world.scorers["agriculture_rural"], world.scorers["market_regulation"]
    item = row.content.sheet.item("t2")
    with pytest.raises(ActionRefused, match="由“农业农村厅”评分"):
        DepartmentMark(user=market, entry=entry, item="t2", answer=good_answer(item)).execute()
    with pytest.raises(ActionRefused, match="写明扣分原因"):
        DepartmentMark(user=farm, entry=entry, item="t2", answer=good_answer(item, D("0.9"))).execute()
    made = DepartmentMark(user=farm, entry=entry, item="t2", answer=good_answer(item, D("0.9"), "样品不足")).execute()
    assert made is not None and made.points == D("13.5")
    DepartmentMark(user=farm, entry=entry, item="t2", answer=good_answer(item, D("0.8"), "复核后")).execute()
    kept = entry.marks.filter(item="t2", stage="department").order_by("pk")
    assert [mark.current for mark in kept] == [False, True]  # the first word stays readable
    with pytest.raises(Forbidden):
        DepartmentMark(user=owner(world, entry), entry=entry, item="t2", answer=good_answer(item)).execute()


def test_vetoes_and_bonuses_take_two_panel_members(world: World) -> None:
    row = to_panel(world, opened(world))
    best, second = list(row.entries.all())[:2]
    one, other = world.panel
    veto = ProposeDecision(
        user=one,
        entry=best,
        kind="veto",
        code="regional-event",
        facts="三家企业同一工艺缺陷造成区域性事件，见报告。",
    ).execute()
    with pytest.raises(ActionRefused, match="待确认"):
        ComputeResults(user=world.office, round=row).execute()
    with pytest.raises(ActionRefused, match="另一人"):
        ConfirmDecision(user=one, entry=best, decision=veto).execute()
    ConfirmDecision(user=other, entry=best, decision=veto).execute()
    with pytest.raises(ActionRefused, match="方案没有规定"):
        ProposeDecision(user=one, entry=best, kind="veto", code="unknown", facts="没有这种情形的事实依据。").execute()
    loss = ProposeDecision(
        user=one, entry=second, kind="deduction", title="瞒报", points=D(2), facts="未按时报告一起较大质量安全事件。"
    ).execute()
    ConfirmDecision(user=other, entry=second, decision=loss).execute()
    with pytest.raises(Forbidden):
        ProposeDecision(user=world.viewer, entry=best, kind="bonus", facts="不是评审组成员提出的加分。").execute()
    results = ComputeResults(user=world.office, round=row).execute()
    by_entry = {result.entry_id: result for result in results.rows.all()}
    assert (by_entry[best.pk].grade, by_entry[best.pk].rank) == ("D", 3)
    plain = reproduce(results)
    assert next(s for s in plain if s.key == str(second.pk)).scored.total == by_entry[second.pk].total


def test_schemes_need_two_people_and_are_frozen(world: World) -> None:
    scheme = approved_scheme(world)
    with pytest.raises(ActionRefused, match="只有拟稿状态"):
        EditScheme(user=world.office, scheme=scheme, definition=scheme.definition).execute()
    newer = CopyScheme(user=world.office, unit=world.unit, region=world.region, scheme=scheme).execute()
    broken = {**newer.definition, "scheme": {**newer.definition["scheme"], "targets": ["nothing"]}}
    with pytest.raises(ActionRefused, match="不在评分表中"):
        EditScheme(user=world.office, scheme=newer, definition=broken).execute()
    SubmitScheme(user=world.office, scheme=newer).execute()
    with pytest.raises(ActionRefused, match="另一人"):
        DecideScheme(user=world.office, scheme=newer).execute()
    DecideScheme(user=world.office2, scheme=newer).execute()
    scheme.refresh_from_db()
    assert (newer.edition, scheme.state) == (2, "retired")
    with pytest.raises(Forbidden):
        CopyScheme(user=world.assessed["990100"], unit=world.unit, region=world.region, scheme=scheme).execute()
