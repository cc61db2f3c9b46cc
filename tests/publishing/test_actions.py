"""Writing, publishing, ending and objecting; lists that rules generate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from hengjian.demo import clock
from hengjian.ledger.models import Fact, VaultEntry
from hengjian.ledger.queries import fact_by_id
from hengjian.parties.policies import Forbidden
from hengjian.parties.verbs import ActionRefused
from hengjian.publishing import jobs, lists, queries
from hengjian.publishing.actions import (
    DecideObjection,
    EditNotice,
    FileObjection,
    PrepareList,
    PublishList,
    PublishNotice,
    WithdrawNotice,
    WriteNotice,
)
from hengjian.publishing.models import ListSnapshot, Notice, Objection
from tests.places import Place


def at(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


def written(place: Place, **more: Any) -> Notice:
    given = {
        "title": "拟授予名单公示",
        "body": "现将拟授予单位予以公示。",
        "unit": place.market,
        "region": place.region,
    }
    return WriteNotice(user=place.officer, **{**given, **more}).execute()


def published(place: Place, **more: Any) -> Notice:
    return PublishNotice(user=place.head, notice=written(place, **more)).execute()


def test_gi_notice_takes_objections_for_two_months_rolled_to_a_working_day(place: Place) -> None:
    with clock.at(at("2020-12-21 10:00")):
        notice = published(place, term="gi-objection", kind="announcement", stays=True)
        assert notice.objections_until == date(2021, 2, 22)  # the 21st is a Sunday
    assert notice.takes_objections(at("2021-02-22 23:59"))
    assert not notice.takes_objections(at("2021-02-23 00:00"))
    assert notice.on_show(at("2021-06-01 00:00"))


def test_notice_is_gone_from_its_last_moment_without_any_worker(place: Place) -> None:
    with clock.at(at("2026-09-01 10:00")):
        notice = published(place, until=date(2026, 9, 7))
    assert queries.public_notices(at("2026-09-07 23:59")).contains(notice)
    assert not queries.public_notices(at("2026-09-08 00:00")).exists()
    with clock.at(at("2026-09-08 08:00")):
        assert jobs.end_notices(timezone.now()) == 1
        assert jobs.end_notices(timezone.now()) == 0
    notice.refresh_from_db()
    assert notice.state == Notice.State.ENDED
    assert Fact.objects.filter(kind="notice.withdrawn", subject=notice.ref).count() == 1


def test_writer_does_not_publish_and_last_editor_counts_as_writer(place: Place) -> None:
    notice = WriteNotice(
        user=place.head, title="公示", body="正文内容", unit=place.market, region=place.region
    ).execute()
    with pytest.raises(ActionRefused, match="须由另一人完成"):
        PublishNotice(user=place.head, notice=notice).execute()
    with pytest.raises(Forbidden):
        PublishNotice(user=place.officer, notice=notice).execute()
    EditNotice(user=place.officer, notice=notice, values={"title": "更正后的公示"}).execute()
    PublishNotice(user=place.head, notice=notice).execute()
    with pytest.raises(ActionRefused, match="不能修改"):
        EditNotice(user=place.officer, notice=notice, values={"title": "再改"}).execute()
    assert notice.sha256 == queries.notice_hash(notice)


def test_other_unit_and_county_can_neither_edit_nor_publish(place: Place) -> None:
    notice = written(place)
    for stranger in (place.other, place.county_officer, place.citizen):
        with pytest.raises(Forbidden):
            EditNotice(user=stranger, notice=notice, values={"title": "x"}).execute()
        with pytest.raises(Forbidden):
            PublishNotice(user=stranger, notice=notice).execute()


def test_withdrawal_needs_a_reason_and_enters_the_ledger(place: Place) -> None:
    notice = published(place)
    with pytest.raises(ActionRefused, match="变更说明"):
        WithdrawNotice(user=place.head, notice=notice).execute()
    WithdrawNotice(user=place.head, notice=notice, reason="公示内容有误").execute()
    assert not queries.public_notices().exists()
    fact = Fact.objects.get(kind="notice.withdrawn")
    assert "公示内容有误" in str(fact.payload)


def test_objection_keeps_identity_in_the_vault_and_out_of_facts_and_logs(place: Place) -> None:
    notice = published(place, until=timezone.localdate() + timedelta(days=5))
    filed = FileObjection(
        notice=notice, text="该单位去年发生过质量事故。", identity={"name": "赵小满", "phone": "13812345678"}
    ).execute()
    assert filed.objection.identity.startswith("vault:")
    assert VaultEntry.objects.count() == 1
    assert queries.tracked(filed.objection.number, filed.code.lower()) == filed.objection
    assert queries.tracked(filed.objection.number, "WRONGONE") is None
    decided = DecideObjection(
        user=place.officer, objection=filed.objection, decision="rejected", answer="经核查，事故与该单位无关。"
    ).execute()
    assert decided.state == Objection.State.REJECTED
    from hengjian.parties.models import AuditEntry

    everything = str(list(Fact.objects.values())) + str(list(AuditEntry.objects.values()))
    for secret in ("赵小满", "13812345678", filed.code, "质量事故"):
        assert secret not in everything
    with pytest.raises(ActionRefused, match="已经处理"):
        DecideObjection(user=place.officer, objection=decided, decision="upheld", answer="经核查成立").execute()


def test_objection_only_within_the_window(place: Place) -> None:
    notice = published(place, until=timezone.localdate(), objections_open=False)
    with pytest.raises(ActionRefused, match="不接受异议"):
        FileObjection(notice=notice, text="足够长的异议内容和理由。", identity={}).execute()


def test_calendar_that_comes_later_moves_the_end(place: Place) -> None:
    from hengjian.clocks.models import Deadline

    notice = published(place, term="gi-objection")
    Deadline.objects.filter(owner=notice.ref).update(due_on=date(2030, 1, 2))
    assert jobs.follow_clocks() == 1
    notice.refresh_from_db()
    assert notice.objections_until == date(2030, 1, 2)
    assert notice.shown_until == at("2030-01-03 00:00")


# ---- lists

WINNERS: list[dict[str, Any]] = []


@pytest.fixture
def award() -> Iterator[lists.PublicList]:
    WINNERS[:] = [
        {"number": "1", "name": "澜川乳业", "until": date(2029, 1, 1), "contact": "张三丰"},
        {"number": "2", "name": "望澜化工", "until": date(2029, 1, 1), "contact": "李四"},
    ]
    declared = lists.PublicList(
        "test.award",
        "质量奖名单",
        columns=(
            lists.ListColumn("number", "编号", "Number"),
            lists.ListColumn("name", "组织", "Organisation"),
            lists.ListColumn("until", "有效期止", "Until"),
            lists.ListColumn("contact", "联系人", "Contact", mask="name"),
        ),
        key="number",
        rows=lambda on: [row for row in WINNERS if row["until"] >= on],
    )
    lists.register_list(declared)
    yield declared
    lists.forget_list("test.award")


def snapshot(place: Place) -> ListSnapshot:
    made = PrepareList(user=place.officer, code="test.award", unit=place.market, region=place.region).execute()
    return PublishList(user=place.head, snapshot=made).execute()


def test_award_that_is_revoked_leaves_the_list_on_the_day(place: Place, award: lists.PublicList) -> None:
    first = snapshot(place)
    assert [row["name"] for row in queries.current_rows(award)] == ["澜川乳业", "望澜化工"]
    assert first.rows[0]["values"]["contact"] == "张**"
    WINNERS.pop()  # revoked
    assert [row["name"] for row in queries.current_rows(award)] == ["澜川乳业"]
    old = queries.public_rows(first)
    assert [row.get("left", False) for row in old] == [False, True]
    assert "望澜化工" not in str(old)
    # What outsiders see still proves the hash.
    assert lists.list_hash("test.award", first.as_of, [row["hash"] for row in old]) == first.sha256
    second = snapshot(place)
    changes = queries.difference(award, first, second)
    assert [row["name"] for row in changes.removed] == ["望澜化工"]
    shown, left = queries.shown_difference(award, first, second)
    assert (shown.removed, left) == ([], 1)
    fact = fact_by_id(second.fact, disclosure="public")
    assert fact is not None and '"removed":1' in str(fact.payload).replace(" ", "").replace("'", '"')


def test_entering_a_list_takes_a_publication_by_two(place: Place, award: lists.PublicList) -> None:
    snapshot(place)
    with pytest.raises(ActionRefused, match="没有变化"):
        snapshot(place)
    WINNERS.append({"number": "3", "name": "新增单位", "until": date(2029, 1, 1), "contact": "王五"})
    assert len(queries.current_rows(award)) == 2
    made = PrepareList(user=place.head, code="test.award", unit=place.market, region=place.region).execute()
    with pytest.raises(ActionRefused, match="须由另一人完成"):
        PublishList(user=place.head, snapshot=made).execute()
    PublishList(user=place.reviewer, snapshot=made).execute()
    assert len(queries.current_rows(award)) == 3


def test_tampered_snapshot_is_not_published(place: Place, award: lists.PublicList) -> None:
    made = PrepareList(user=place.officer, code="test.award", unit=place.market, region=place.region).execute()
    made.rows[0]["values"]["name"] = "别的单位"
    made.save()
    with pytest.raises(ActionRefused, match="摘要不一致"):
        PublishList(user=place.head, snapshot=made).execute()


def test_worker_publishes_automatic_lists_once(place: Place, award: lists.PublicList) -> None:
    from dataclasses import replace

    lists.register_list(replace(award, automatic=True, keeper=lambda: place.market))
    assert (jobs.publish_lists(), jobs.publish_lists()) == (1, 0)
    WINNERS.pop()
    assert jobs.publish_lists() == 1
    assert ListSnapshot.objects.count() == 2


def test_two_rows_with_one_key_are_an_error(award: lists.PublicList) -> None:
    WINNERS.append(WINNERS[0])
    with pytest.raises(ValueError, match="two rows with the key '1'"):
        lists.shown_rows(award, date(2026, 1, 1))
