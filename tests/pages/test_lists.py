"""Declared lists: policy, filters, order, paging, columns, views, actions, sheets."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.http import QueryDict
from django.test import RequestFactory

from hengjian.pages.listing import Table, normalised
from hengjian.pages.lists import Column, List, TextFilter, exported, plain
from hengjian.pages.models import SavedView
from hengjian.parties.models import User
from tests.pages.conftest import Office
from tests.pages.list_site import PEOPLE

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.pages.list_site")]


def accounts(html: str) -> list[str]:
    return re.findall(r'<a href="/p/\d+">([^<]+)</a>', html)


def page(office: Office, query: str = "", **headers: str) -> str:
    return office.client.get(f"/people/?{query}", headers=headers).content.decode()


def sheet(office: Office, query: str = "") -> list[list[str]]:
    response = office.client.get(f"/people/?{query}&export=csv")
    assert response["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(response.content.decode())))


def test_another_units_rows_never_leak(office: Office) -> None:
    """Not on the page, not in the sheet, not in counts, not through a search for them, not in a shared view."""
    for query in ("size=200", "q=foreign", "q=外人", "sort=-username", "off=1"):
        assert not re.search(r"foreign\d", page(office, query))
    assert not [row for row in sheet(office) if "foreign" in "".join(row)]
    assert "没有符合条件的内容" in page(office, "q=foreign")
    total = User.objects.filter(unit=office.mine).count()
    assert f"共 {total} 项" in page(office)


def test_anonymous_is_sent_to_log_in_and_nobody_without_a_role_sees_a_row(office: Office) -> None:
    office.client.logout()
    response = office.client.get("/people/?q=own")
    assert response.status_code == 302
    assert response["Location"].startswith("/account/login/?next=/people/")
    office.client.force_login(office.strangers[0])
    assert accounts(page(office)) == []


def test_a_model_without_a_policy_shows_nothing(office: Office) -> None:
    request = RequestFactory().get("/")
    request.user = office.head
    with pytest.raises(LookupError, match="no policy"):
        Table(PEOPLE, request, SavedView.objects.all())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=own01", {"own01"}),
        ("q=own+同事7", {"own07"}),
        ("post=b", {f"own{n:02d}" for n in range(60) if n % 3 == 1}),
        ("posts=b&posts=c", {f"own{n:02d}" for n in range(60) if n % 3 in (1, 2)}),
        ("off=1", {f"own{n:02d}" for n in range(60) if n % 5 == 0}),
        ("off=1&post=a", {f"own{n:02d}" for n in range(60) if n % 15 == 0}),
        ("day_from=2099-01-01", set()),
    ],
)
def test_filters_narrow_the_rows(office: Office, query: str, expected: set[str]) -> None:
    found = {row[1] for row in sheet(office, query)[1:]} - {"the-head"}
    assert found == expected


def test_like_wildcards_in_a_search_are_plain_characters(office: Office) -> None:
    assert accounts(page(office, "q=%25")) == []
    assert accounts(page(office, "q=own_1")) == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("day_from=2026-02-30", "2026-02-30"),
        ("day_from=nonsense", "nonsense"),
        ("day_from=2026-03-01&day_to=2026-02-01", "起日晚于止日"),
        ("post=zzz", "没有这个选项"),
    ],
)
def test_an_unusable_value_is_left_out_and_said_so(office: Office, query: str, words: str) -> None:
    html = page(office, query)
    assert words in html
    assert "notice is-amber" in html
    assert "共 61 项" in html


def test_applied_filters_are_pills_that_can_be_removed(office: Office) -> None:
    html = page(office, "post=b&off=1")
    assert re.search(r'class="pill" href="\?off=1">职务：乙', html)
    assert re.search(r'class="pill" href="\?post=b">只看停用：是', html)


def test_pages_do_not_overlap_and_cover_everything(office: Office) -> None:
    User.objects.filter(unit=office.mine).update(display_name="同名")
    for sort in ("name", "-name", ""):
        first, second = (accounts(page(office, f"sort={sort}&page={n}")) for n in (1, 2))
        assert len(first) == 50
        assert len(second) == 11
        assert not set(first) & set(second)


def test_sorting_both_ways_and_ignoring_unknown_columns(office: Office) -> None:
    ascending = accounts(page(office, "sort=account&size=100"))
    assert ascending == sorted(ascending)
    assert accounts(page(office, "sort=-account&size=100")) == ascending[::-1]
    assert accounts(page(office, "sort=password&size=100")) == ascending
    assert 'aria-sort="descending"' in page(office, "sort=-account")


@pytest.mark.parametrize(
    ("query", "rows"), [("size=100", 61), ("size=9999", 50), ("size=x", 50), ("page=99", 11), ("page=x", 50)]
)
def test_page_size_and_number_stay_within_what_is_offered(office: Office, query: str, rows: int) -> None:
    assert len(accounts(page(office, query))) == rows


def test_groups_only_in_the_default_order_with_their_counts(office: Office) -> None:
    html = page(office)
    assert '<th scope="rowgroup" colspan="6">自治区市场监管局<small>61 项</small></th>' in html
    assert 'rowgroup" colspan' not in page(office, "sort=name")


def test_columns_can_be_chosen_but_the_name_of_the_row_stays(office: Office) -> None:
    html = page(office, "col=phone")
    heads = re.findall(r'columnheader" scope="col"[^>]*>(?:<a[^>]*>)?([^<]+)', html)
    assert heads == ["账号", "电话"]


def test_the_sheet_has_the_rows_columns_and_order_of_the_page(office: Office) -> None:
    rows = sheet(office, "off=1&sort=-account&col=name")
    assert rows[0] == ["账号", "姓名"]
    assert [row[0] for row in rows[1:]] == accounts(page(office, "off=1&sort=-account&col=name"))
    grouped = sheet(office)
    assert grouped[0][0] == "单位分组"
    assert {row[0] for row in grouped[1:]} == {"自治区市场监管局"}
    assert len(grouped) == 62


def test_an_unknown_kind_of_sheet_is_refused(office: Office) -> None:
    response = office.client.get("/people/?export=exe")
    assert response.status_code == 404
    assert "不能导出为 exe" in response.content.decode()


def test_markup_in_data_is_escaped(office: Office) -> None:
    User.objects.filter(username="own01").update(display_name='<script>"x"</script>')
    html = page(office, "q=own01")
    assert "<script>&quot;" not in html
    assert "&lt;script&gt;" in html
    assert '<script>"x"' not in html


def test_htmx_gets_the_list_alone_and_a_restored_entry_the_whole_page(office: Office) -> None:
    part = page(office, "q=own", **{"HX-Request": "true", "HX-Target": "list"})
    assert part.lstrip().startswith('<div id="list"')
    assert 'id="list-exports" hx-swap-oob="true"' in part
    whole = page(office, "q=own", **{"HX-Request": "true", "HX-Target": "list", "HX-History-Restore-Request": "true"})
    assert whole.startswith("<!doctype html>")
    assert "HX-Request" in office.client.get("/people/")["Vary"]


def test_phone_cards_and_classes(office: Office) -> None:
    html = page(office, "q=own00")
    assert '<tr role="row" class="is-late">' in html
    assert '<td role="cell" class="units half" data-l="单位">自治区市场监管局</td>' in html
    assert '<th role="rowheader" scope="row" class="full">' in html


def test_an_action_touches_only_selected_rows_that_the_verb_allows(office: Office) -> None:
    chosen = [office.colleagues[1].pk, office.colleagues[2].pk, office.strangers[0].pk]
    response = office.client.post("/people/", {"action": "thank", "selected": chosen}, follow=True)
    html = response.content.decode()
    assert "thanked own01,own02; left out 0" in html
    assert "foreign" not in html


def test_everything_means_all_rows_of_the_filter(office: Office) -> None:
    response = office.client.post("/people/?off=1&post=a", {"action": "thank", "everything": "1"}, follow=True)
    assert "thanked own00,own15,own30,own45; left out 0" in response.content.decode()


@pytest.mark.parametrize(
    ("data", "words", "status"),
    [
        ({"action": "thank"}, "没有选中任何一行", 400),
        ({"action": "nothing", "selected": ["1"]}, "没有“nothing”这个操作", 400),
        ({"action": "thank", "selected": ["x"]}, "选中的行无法识别", 400),
    ],
)
def test_a_bad_action_says_what_to_do(office: Office, data: dict[str, object], words: str, status: int) -> None:
    response = office.client.post("/people/", data)
    assert response.status_code == status
    assert words in response.content.decode()


def test_views_are_saved_shared_replaced_and_deleted(office: Office) -> None:
    save = {"list": "tests.people", "name": "停用的", "query": "off=1&post=a", "shared": "1", "next": "/people/"}
    response = office.client.post("/views/save", save)
    assert response["Location"] == "/people/?off=1&post=a"
    html = page(office, "off=1&post=a")
    assert re.search(r'aria-current="page">停用的 <span class="count">4</span>', html)
    office.client.post("/views/save", {**save, "query": "off=1"})
    view = SavedView.objects.get()
    assert (view.query, view.unit) == ("off=1", office.mine)

    office.client.force_login(office.colleagues[1])
    assert "停用的" in page(office)
    assert office.client.post("/views/delete", {"view": view.pk}).status_code == 404
    office.client.force_login(office.strangers[0])
    assert "停用的" not in page(office)

    office.client.force_login(office.head)
    office.client.post("/views/delete", {"view": view.pk, "next": "/people/"})
    assert not SavedView.objects.exists()


def test_saving_a_view_never_leads_to_another_host(office: Office) -> None:
    save = {"list": "tests.people", "name": "x", "query": "", "next": "https://example.org/"}
    assert office.client.post("/views/save", save)["Location"] == "/"


def test_equal_views_have_equal_text_whatever_the_order_or_the_page() -> None:
    one = normalised(QueryDict("post=a&off=1&page=3&size=100&q="), PEOPLE)
    other = normalised(QueryDict("off=1&post=a&col=name&col=unit&col=joined&col=active"), PEOPLE)
    assert one == other == "post=a&off=1"


def test_an_empty_list_says_so(office: Office) -> None:
    assert "没有令牌" in office.client.get("/tokens/").content.decode()


def test_records_are_plain_values_by_key(office: Office) -> None:
    record = next(iter(PEOPLE.records([office.head])))
    assert record["account"] == "the-head"
    assert record["unit"] == "自治区市场监管局"
    assert record["active"] is True


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "—"),
        ("", "—"),
        (1234567, "1,234,567"),
        (12.5, "12.5"),
        (3.0, "3"),
        (True, "是"),
        (["甲", "乙"], "甲、乙"),
        (0, "0"),
    ],
)
def test_plain_values(value: object, shown: str) -> None:
    assert plain(value) == shown


def test_exported_values_keep_their_type() -> None:
    assert exported(12) == 12
    assert exported(None) is None
    assert exported(("甲", "乙")) == "甲、乙"


def test_a_list_that_cannot_work_is_refused_when_declared() -> None:
    head = Column("a", "甲", head=True)
    with pytest.raises(ValueError, match="declared twice"):
        List(key="x", title="x", columns=[head, head])
    with pytest.raises(ValueError, match="must name the row"):
        List(key="x", title="x", columns=[Column("a", "甲")])
    with pytest.raises(ValueError, match="used by every list"):
        List(key="x", title="x", columns=[head], filters=[TextFilter(key="sort", label="x", fields=("a",))])
    with pytest.raises(ValueError, match="card role"):
        Column("a", "甲", card="left")
