"""The pages: who sees what, forms with mistakes, feeds that follow the end of a notice."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone

from hengjian.demo import clock
from hengjian.ledger.models import VaultAccess
from hengjian.publishing import lists
from hengjian.publishing.actions import PublishNotice, WriteNotice
from hengjian.publishing.models import ListSnapshot, Notice, Objection
from tests.places import Place, queries_of

OFFICE = "/notices/office/"


def client_of(user: Any) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


@pytest.fixture
def notice(place: Place) -> Notice:
    draft = WriteNotice(
        user=place.officer,
        unit=place.market,
        region=place.region,
        title="第六届质量奖拟奖名单公示",
        body="现将拟奖名单予以公示。\n\n一、澜川乳业",
        until=timezone.localdate() + timedelta(days=7),
    ).execute()
    return PublishNotice(user=place.head, notice=draft).execute()


def test_everybody_reads_notices_and_only_while_they_are_on_show(notice: Notice) -> None:
    public = Client()
    addresses = ["/notices/", f"/notices/{notice.pk}/", "/notices/feed.json", "/notices/feed.atom"]
    for address in addresses:
        assert notice.title in public.get(address).content.decode()
    after = timezone.make_aware(datetime.combine(notice.until + timedelta(days=1), datetime.min.time()))
    with clock.at(after):
        for address in addresses:
            answer = public.get(address)
            assert notice.title not in answer.content.decode()
        assert public.get(f"/notices/{notice.pk}/").status_code == 404
        assert public.get(f"/notices/{notice.pk}/objection/").status_code == 404


def test_drafts_are_not_public(place: Place) -> None:
    draft = WriteNotice(
        user=place.officer, unit=place.market, region=place.region, title="未发布的草稿", body="正文"
    ).execute()
    assert Client().get(f"/notices/{draft.pk}/").status_code == 404
    for address in ("/notices/", "/notices/feed.json"):
        assert "未发布的草稿" not in Client().get(address).content.decode()


def test_feeds_are_well_formed(notice: Notice) -> None:
    feed = json.loads(Client().get("/notices/feed.json").content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["items"][0]["_hengjian"]["sha256"] == notice.sha256
    root = ElementTree.fromstring(Client().get("/notices/feed.atom").content)
    assert root.tag == "{http://www.w3.org/2005/Atom}feed"
    assert len(root.findall("{http://www.w3.org/2005/Atom}entry")) == 1


def test_objecting_following_and_deciding(place: Place, notice: Notice) -> None:
    public = Client()
    address = f"/notices/{notice.pk}/objection/"
    wrong = public.post(address, {"text": "短", "name": "", "phone": ""})
    assert wrong.status_code == 422
    assert "有 3 处需要修改" in wrong.content.decode()
    given = {"text": "该企业去年被通报过，不符合条件。", "name": "赵小满", "phone": "13812345678"}
    done = public.post(address, given).content.decode()
    objection = Objection.objects.get()
    code = re.search(r"<strong>([2-9A-Z]{8})</strong>", done)
    assert code is not None and objection.number in done
    track = public.post("/notices/objection/", {"number": objection.number, "code": "AAAAAAAA"})
    assert track.status_code == 422
    officer = client_of(place.officer)
    page = officer.get(f"{OFFICE}objections/{objection.pk}/").content.decode()
    assert "赵小满" not in page
    seen = officer.post(f"{OFFICE}objections/{objection.pk}/identity/", {"purpose": "核实异议事实"}).content.decode()
    assert "赵小满" in seen
    assert VaultAccess.objects.filter(action="revealed").count() == 1
    refused = officer.post(f"{OFFICE}objections/{objection.pk}/identity/", {"purpose": ""})
    assert refused.status_code == 422
    decided = officer.post(
        f"{OFFICE}objections/{objection.pk}/", {"decision": "rejected", "answer": "通报对象为另一家企业。"}
    )
    assert decided.status_code == 302
    track = public.post("/notices/objection/", {"number": objection.number, "code": code[1]})
    assert "通报对象为另一家企业" in track.content.decode()


@pytest.mark.parametrize("name", ["other", "county_officer", "citizen", None])
def test_strangers_reach_no_office_page(place: Place, notice: Notice, name: str | None) -> None:
    Client().post(
        f"/notices/{notice.pk}/objection/",
        {"text": "该企业去年被通报过，不符合条件。", "name": "赵小满", "phone": "13812345678"},
    )
    objection = Objection.objects.get()
    client = client_of(getattr(place, name) if name else None)
    for path in (f"{notice.pk}/", f"{notice.pk}/edit/", f"objections/{objection.pk}/"):
        assert client.get(OFFICE + path).status_code in (302, 403, 404)
    identity = client.post(f"{OFFICE}objections/{objection.pk}/identity/", {"purpose": "想看看是谁"})
    assert identity.status_code in (302, 403, 404)
    for path in ("", "objections/"):
        answer = client.get(OFFICE + path)
        assert notice.title not in answer.content.decode()
        assert objection.number not in answer.content.decode()


def test_office_writes_edits_and_another_person_publishes(place: Place) -> None:
    officer, head = client_of(place.officer), client_of(place.head)
    bad = officer.post(f"{OFFICE}new/", {"unit": place.market.pk, "title": "", "body": ""})
    assert bad.status_code == 422
    given = {"unit": place.market.pk, "kind": "publicity", "title": "公示", "body": "正文", "until": "2030-01-01"}
    made = officer.post(f"{OFFICE}new/", {**given, "objections_open": "on"})
    notice = Notice.objects.get()
    assert made.status_code == 302
    assert "须由另一人完成" in head.get(f"{OFFICE}{notice.pk}/").content.decode() or notice.written_by == place.officer
    officer.post(f"{OFFICE}{notice.pk}/edit/", {**given, "title": "公示（修订）"})
    assert officer.post(f"{OFFICE}{notice.pk}/", {"do": "publish"}).status_code == 403
    assert head.post(f"{OFFICE}{notice.pk}/", {"do": "publish"}).status_code == 302
    notice.refresh_from_db()
    assert (notice.state, notice.title) == ("published", "公示（修订）")
    assert head.post(f"{OFFICE}{notice.pk}/", {"do": "withdraw"}).status_code == 422
    head.post(f"{OFFICE}{notice.pk}/", {"do": "withdraw", "reason": "标题有误"})
    assert Client().get(f"/notices/{notice.pk}/").status_code == 404


def test_foreign_unit_cannot_be_written_for(place: Place) -> None:
    given = {"unit": place.tourism.pk, "kind": "publicity", "title": "公示", "body": "正文"}
    assert client_of(place.officer).post(f"{OFFICE}new/", given).status_code == 422
    assert client_of(place.citizen).get(f"{OFFICE}new/").status_code == 403


def test_lists_take_as_many_queries_for_many_rows_as_for_one(place: Place, notice: Notice) -> None:
    client = client_of(place.head)
    before = [queries_of(client, OFFICE), queries_of(Client(), "/notices/")]
    for number in range(6):
        draft = WriteNotice(
            user=place.officer, unit=place.market, region=place.region, title=f"公示{number}", body="正文"
        ).execute()
        PublishNotice(user=place.head, notice=draft).execute()
    assert [queries_of(client, OFFICE), queries_of(Client(), "/notices/")] == before


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_renders_in_both_languages(place: Place, notice: Notice, award: Any, language: str) -> None:
    officer = client_of(place.officer)
    officer.cookies["django_language"] = language
    made = officer.post(f"{OFFICE}lists/", {"code": "test.pages", "unit": place.market.pk})
    snapshot = ListSnapshot.objects.get()
    assert made.status_code == 302
    head = client_of(place.head)
    head.cookies["django_language"] = language
    assert head.get(f"{OFFICE}lists/{snapshot.pk}/").status_code == 200
    head.post(f"{OFFICE}lists/{snapshot.pk}/", {"do": "publish"})
    paths = [
        "/notices/", f"/notices/{notice.pk}/", f"/notices/{notice.pk}/objection/", "/notices/objection/",
        "/notices/lists/", "/notices/lists/test.pages/", f"/notices/snapshots/{snapshot.pk}/", OFFICE, f"{OFFICE}new/",
        f"{OFFICE}{notice.pk}/", f"{OFFICE}objections/", f"{OFFICE}lists/", f"{OFFICE}lists/{snapshot.pk}/",
        "/notices/lists/test.pages/list.csv", "/notices/lists/test.pages/list.json",
        "/notices/lists/test.pages/feed.json", "/notices/lists/test.pages/feed.atom",
        f"/notices/snapshots/{snapshot.pk}/snapshot.json",
    ]  # fmt: skip
    for path in paths:
        answer = head.get(path)
        assert answer.status_code == 200, path
        if language == "en" and path.endswith("/"):
            shown = re.sub(r"<[^>]+>|质量奖|澜川[^<]*|望澜[^<]*|市场监管局|现将[^<]*", "", answer.content.decode())
            assert "公示信息" not in shown, path


ROWS: list[dict[str, Any]] = []


@pytest.fixture
def award() -> Iterator[lists.PublicList]:
    ROWS[:] = [{"number": "1", "name": "澜川乳业"}, {"number": "2", "name": "望澜化工"}]
    declared = lists.PublicList(
        "test.pages",
        "质量奖名单",
        columns=(lists.ListColumn("number", "编号", "Number"), lists.ListColumn("name", "组织", "Organisation")),
        key="number",
        rows=lambda on: list(ROWS),
    )
    lists.register_list(declared)
    yield declared
    lists.forget_list("test.pages")


def test_row_that_left_is_in_no_page_file_or_feed(place: Place, award: Any) -> None:
    client_of(place.officer).post(f"{OFFICE}lists/", {"code": "test.pages", "unit": place.market.pk})
    snapshot = ListSnapshot.objects.get()
    client_of(place.head).post(f"{OFFICE}lists/{snapshot.pk}/", {"do": "publish"})
    paths = [
        "/notices/lists/test.pages/", "/notices/lists/test.pages/list.csv", "/notices/lists/test.pages/list.json",
        f"/notices/snapshots/{snapshot.pk}/", f"/notices/snapshots/{snapshot.pk}/snapshot.json",
    ]  # fmt: skip
    for path in paths:
        assert "望澜化工" in Client().get(path).content.decode("utf-8-sig")
    ROWS.pop()
    for path in paths:
        text = Client().get(path).content.decode("utf-8-sig")
        assert "望澜化工" not in text and "澜川乳业" in text
    file = json.loads(Client().get(paths[-1]).content)
    hashes = [row["hash"] for row in file["rows"]]
    assert lists.list_hash("test.pages", date.fromisoformat(file["as_of"]), hashes) == file["sha256"]


def test_list_can_be_searched(place: Place, award: Any) -> None:
    client_of(place.officer).post(f"{OFFICE}lists/", {"code": "test.pages", "unit": place.market.pk})
    client_of(place.head).post(f"{OFFICE}lists/{ListSnapshot.objects.get().pk}/", {"do": "publish"})
    text = Client().get("/notices/lists/test.pages/?q=化工").content.decode()
    assert "望澜化工" in text and "澜川乳业" not in text


def test_filings_are_limited_per_address(place: Place, notice: Notice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hengjian.publishing.views.public.FILINGS", 2)
    given = {"text": "该企业去年被通报过，不符合条件。", "name": "赵小满", "phone": "13812345678"}
    codes = [Client().post(f"/notices/{notice.pk}/objection/", given).status_code for _time in range(3)]
    assert codes == [200, 200, 429]
