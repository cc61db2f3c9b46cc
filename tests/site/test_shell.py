"""Home, language, search, navigation, health and the style guide."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from django.db import DatabaseError
from django.test import Client

from hengjian.pages import exporters, navigation
from hengjian.pages.navigation import SearchHit
from hengjian.pages.notices import tell
from hengjian.parties.models import Region, RoleGrant, Unit, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> User:
    region = Region.objects.create(code="990000", name="澜川自治区", level="province")
    unit = Unit.objects.create(name="领导小组办公室", short_name="质强办", region=region, level="province")
    return User.objects.create_user(
        username="lusiyuan@zqb", password="Liangchuan-2026", unit=unit, display_name="陆思远"
    )


@pytest.fixture
def client(officer: User) -> Client:
    client = Client()
    client.force_login(officer)
    return client


@pytest.fixture(autouse=True)
def empty_shell() -> Iterator[None]:
    """Only what a test registers."""
    with (
        patch.dict(navigation._items, clear=True),
        patch.dict(navigation._searches, clear=True),
        patch.dict(navigation._public, clear=True),
    ):
        yield


def test_home_leads_to_log_in_or_to_the_first_page_of_the_navigation(client: Client) -> None:
    assert Client().get("/")["Location"] == "/account/login/"
    assert client.get("/")["Location"] == "/public/"
    navigation.register_navigation("plans", "帮助", "help", "doc", order=5)
    navigation.register_navigation("", "检索", "search", "home", order=0)
    assert client.get("/")["Location"] == "/search/"


def test_navigation_shows_only_what_the_user_may_and_marks_the_place(client: Client, officer: User) -> None:
    navigation.register_navigation("system", "人员", "styleguide", "user", verb="parties.view_people")
    navigation.register_navigation("plans", "帮助", "help", "doc", count=lambda user: 7, key="t")
    html = client.get("/help/").content.decode()
    assert "人员" not in html
    assert '<a href="/help/" aria-current="page" data-key="g t">' in html
    assert '<span class="count">7<span class="vh"> 项</span></span>' in html
    assert "<kbd>t</kbd>" in html
    RoleGrant.objects.create(user=officer, role="unit_head", unit=officer.unit)
    assert "人员" in client.get("/help/").content.decode()
    with pytest.raises(ValueError, match="no navigation section"):
        navigation.register_navigation("misc", "x", "help", "doc")


def test_the_frame_names_region_year_person_and_unit(client: Client, officer: User) -> None:
    for number in range(5):
        tell([officer], "请签收", "", f"test:{number}")
    tell([officer], "请签收", "", "test:0")  # the same occasion again
    html = client.get("/help/").content.decode()
    for words in ("澜川自治区", "年度", "陆思远", "质强办", 'aria-label="消息，5 条未读"', 'href="#main">跳到正文'):
        assert words in html


def test_search_asks_every_room_with_the_user(client: Client, officer: User) -> None:
    asked: list[tuple[object, str, int]] = []

    def provider(user: object, words: str, limit: int) -> list[SearchHit]:
        asked.append((user, words, limit))
        return [SearchHit("组建<集团>", "/t/56", "任务", "5.6")] if words == "集团" else []

    navigation.register_search("plans", "任务与条款", provider)
    html = client.get("/search/?q=集团").content.decode()
    assert asked == [(officer, "集团", 10)]
    assert "组建&lt;集团&gt;" in html
    assert "任务与条款" in html
    assert "没有找到相符的内容" in client.get("/search/?q=无").content.decode()
    assert "请在上方输入" in client.get("/search/").content.decode()
    assert Client().get("/search/?q=x").status_code == 302


def test_chinese_until_someone_switches_whatever_the_browser_says() -> None:
    visitor = Client(headers={"Accept-Language": "en-US,en;q=0.9"})
    first = visitor.get("/public/")
    assert '<html lang="zh-CN">' in first.content.decode()
    assert first["Content-Language"] == "zh-hans"
    response = visitor.post("/language/", {"language": "en", "next": "/public/about/?x=1"})
    assert response["Location"] == "/public/about/?x=1"
    second = visitor.get("/public/about/").content.decode()
    assert '<html lang="en">' in second
    assert "Privacy and security" in second
    assert "隐私" not in second
    assert "简体中文" in second
    visitor.post("/language/", {"language": "zh-hans", "next": "https://example.org/"})
    assert "隐私与安全说明" in visitor.get("/public/about/").content.decode()


def test_the_english_shell_has_no_chinese_sentence_left(client: Client) -> None:
    client.post("/language/", {"language": "en"})
    for path in ("/help/", "/account/second-factor/", "/account/password/", "/search/?q=x", "/nothing"):
        html = client.get(path).content.decode()
        for known in ("简体中文", "衡鉴", "陆思远", "质强办", "领导小组办公室", "澜川自治区"):
            html = html.replace(known, "")
        assert not [character for character in html if "\u4e00" <= character <= "\u9fff"], path


def test_health_answers_for_the_database() -> None:
    assert Client().get("/health").json()["status"] == "ok"
    with patch("hengjian.site.views.connection.cursor", side_effect=DatabaseError("down")):
        response = Client().get("/health")
    assert response.status_code == 503
    assert response.json()["database"] == "unreachable"


def test_robots_see_only_public_pages() -> None:
    assert Client().get("/robots.txt").content.decode().splitlines() == [
        "User-agent: *",
        "Allow: /public/",
        "Disallow: /",
    ]


def test_public_pages_are_listed_once_they_exist() -> None:
    assert "目前还没有公布的内容" in Client().get("/public/").content.decode()
    navigation.register_public_page("首页", "public_home", order=0)
    navigation.register_public_page("关于", "about", order=1)
    html = Client().get("/public/").content.decode()
    assert "目前还没有公布的内容" not in html
    assert '<a href="/public/" aria-current="page">首页</a>' in html


def test_the_style_guide_shows_every_component(client: Client) -> None:
    before = list(exporters._renderers)
    exporters.register_chart_renderer(lambda spec: "<svg></svg>")
    try:
        html = client.get("/styleguide/").content.decode()
    finally:
        exporters._renderers[:] = before
    for css in (
        *("light--tint", "prog is-red", "duty--lead", "tag--bronze", "is-late", "pager", "tabs", "empty"),
        *("error-summary", "upload", "notice is-amber", "steps", "timeline", "dl", "figure", "chart", "dialog"),
        *('data-theme="board"', "rel is-blue"),
    ):
        assert css in html, css
    assert html.count('<use href="#i-') > 40


def test_the_sheet_of_a_list_opens_with_its_title_filter_and_rows(officer: User, client: Client) -> None:
    """The writers of `documents`, as `site` introduces them, read back with another library."""
    from io import BytesIO

    from django.test import RequestFactory
    from python_calamine import CalamineWorkbook

    from hengjian.pages.list_views import export
    from hengjian.pages.listing import Table
    from tests.pages.list_site import PEOPLE

    RoleGrant.objects.create(user=officer, role="unit_head", unit=officer.unit)
    request = RequestFactory().get("/people/?q=lusiyuan&col=name")
    request.user = officer
    table = Table(PEOPLE, request, User.objects.select_related("unit"))
    rows = CalamineWorkbook.from_filelike(BytesIO(export(table, "xlsx").content)).get_sheet_by_index(0).to_python()
    assert rows[0][0] == "人员"
    assert any("账号或姓名：lusiyuan" in str(cell) for row in rows for cell in row)
    assert rows[-2][:3] == ["单位分组", "账号", "姓名"]
    assert rows[-1][:3] == ["领导小组办公室", "lusiyuan@zqb", "陆思远"]
    lines = export(table, "csv").content.decode("utf-8-sig").splitlines()
    assert lines == ["单位分组,账号,姓名", "领导小组办公室,lusiyuan@zqb,陆思远"]


def test_fields_of_work_fold_up_and_the_current_one_stands_open(client: Client) -> None:
    navigation.register_navigation("supervision", "办件", "help", "list", order=10)
    navigation.register_navigation("supervision", "标准", "public_home", "doc", group="infrastructure")
    for name, url, count in (("工单", "search", 3), ("统计", "styleguide", 0)):
        navigation.register_navigation(
            "supervision", name, url, "chat", count=lambda user, n=count: n, group="complaints"
        )
    html = client.get("/help/").content.decode()
    # A field with one entry needs no heading; a closed one says what waits inside.
    assert html.count("<details><summary>投诉举报与维权") == 1 and "标准、计量、认证" not in html
    assert '<summary>投诉举报与维权<span class="count">3' in html
    assert html.index("办件") < html.index("标准") < html.index("投诉举报与维权")
    assert "<details open><summary>投诉举报与维权" in client.get("/search/").content.decode()
    with pytest.raises(ValueError, match="no navigation group"):
        navigation.register_navigation("supervision", "x", "help", "doc", group="misc")
