"""What everybody may read by the interface, and that it ends when it should."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hengjian.demo import clock
from hengjian.draws.exchange import replay
from hengjian.publishing import lists
from hengjian.publishing.actions import PrepareList, PublishList, PublishNotice, WriteNotice
from tests.draws.conftest import drawn, place, ready  # noqa: F401
from tests.places import Place

ROWS: list[dict[str, Any]] = []


def get(path: str) -> Any:
    return Client().get(f"/api/v1{path}", HTTP_ACCEPT_LANGUAGE="zh-hans")


@pytest.fixture
def award(place: Place) -> Iterator[None]:  # noqa: F811
    ROWS[:] = [{"number": "1", "name": "澜川乳业"}, {"number": "2", "name": "望澜化工"}]
    columns = (lists.ListColumn("number", "编号"), lists.ListColumn("name", "组织"))
    declared = lists.PublicList("test.api", "质量奖名单", columns=columns, key="number", rows=lambda on: list(ROWS))
    lists.register_list(declared)
    made = PrepareList(user=place.officer, code="test.api", unit=place.market, region=place.region).execute()
    PublishList(user=place.head, snapshot=made).execute()
    yield
    lists.forget_list("test.api")


def test_notices_are_gone_with_their_last_moment(place: Place) -> None:  # noqa: F811
    last = timezone.localdate() + timedelta(days=3)
    draft = WriteNotice(
        user=place.officer, unit=place.market, region=place.region, title="公示", body="正文", until=last
    ).execute()
    assert get("/notices").json()["total"] == 0
    notice = PublishNotice(user=place.head, notice=draft).execute()
    assert get("/notices?kind=publicity&region=990000").json()["items"][0]["sha256"] == notice.sha256
    assert get("/notices?kind=warning").json()["total"] == 0
    assert get(f"/notices/{notice.pk}").json()["objections_until"] == last.isoformat()
    with clock.at(timezone.make_aware(datetime.combine(last + timedelta(days=1), datetime.min.time()))):
        assert get("/notices").json()["total"] == 0
        assert get(f"/notices/{notice.pk}").status_code == 404


def test_lists_and_snapshots_follow_the_rule(award: None) -> None:
    assert [row["code"] for row in get("/lists").json() if row["code"] == "test.api"] == ["test.api"]
    assert get("/lists/test.api").json()["total"] == 2
    (snapshot,) = get("/lists/test.api/snapshots").json()["items"]
    ROWS.pop()
    assert [row["name"] for row in get("/lists/test.api").json()["items"]] == ["澜川乳业"]
    found = get(f"/lists/test.api/snapshots/{snapshot['id']}").json()
    assert [row["values"] is None for row in found["rows"]] == [False, True]
    assert get("/lists/nothing").status_code == 404
    assert get("/lists/test.api/snapshots/0").status_code == 404


def test_a_draw_can_be_computed_again_from_the_interface(drawn: Any) -> None:  # noqa: F811
    assert get("/draws").json()["items"][0]["commitment"] == drawn.commitment
    found = get(f"/draws/{drawn.pk}").json()
    assert len(found["checks"]) == 2 and found["checks"][0]["result"] is None
    file = get(f"/draws/{drawn.pk}/file").json()
    assert replay(file).same and "检查员" not in str(file)
    assert get("/draws/0").status_code == 404
