"""Frame, log-in and a declared list in a real browser: policy, accessibility, keyboard, with and without scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from hengjian.pages import exporters
from hengjian.parties.models import Region, RoleGrant, Unit, User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.pages.list_site")]
PASSWORD = "Liangchuan-2026"


@pytest.fixture
def head(live_site: str) -> User:
    region = Region.objects.create(code="990000", name="澜川自治区", level="province")
    unit = Unit.objects.create(name="自治区市场监管局", short_name="市场监管局", region=region, level="province")
    for number in range(120):
        User.objects.create(
            username=f"own{number:03d}", display_name=f"同事{number}", unit=unit, position="abc"[number % 3]
        )
    user = User.objects.create_user(username="lusiyuan@zqb", password=PASSWORD, unit=unit, display_name="陆思远")
    RoleGrant.objects.create(user=user, role="unit_head", unit=unit)
    return user


@pytest.fixture(autouse=True)
def plain_renderer() -> Iterator[None]:
    before = list(exporters._renderers)
    exporters.register_chart_renderer(lambda spec: '<svg width="10" height="10"></svg>')
    yield
    exporters._renderers[:] = before


def test_log_in_by_keyboard_and_reach_the_menu(page: Page, head: User, axe: Callable[[Page], None]) -> None:
    page.goto("/account/login/")
    axe(page)
    page.keyboard.type("lusiyuan@zqb")  # the account has the focus
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/account/login" not in url)
    page.goto("/help/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator(".menu summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="退出登录")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="退出登录")).to_be_hidden()


@pytest.mark.parametrize(
    "path", ["/people/", "/people/?q=nobody", "/styleguide/", "/help/", "/public/", "/account/second-factor/"]
)
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_have_no_serious_issue_and_do_not_scroll_sideways(
    page: Page, head: User, log_in: Callable[[Any], None], axe: Callable[[Page], None], path: str, width: int
) -> None:
    log_in(head)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(path)
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_filtering_replaces_the_list_and_keeps_the_address(
    page: Page, head: User, log_in: Callable[[Any], None]
) -> None:
    log_in(head)
    page.goto("/people/")
    page.evaluate("window.kept = true")
    page.get_by_label("账号或姓名").fill("own00")
    page.get_by_role("button", name="筛选").click()
    expect(page.locator("tbody tr:not(.group)")).to_have_count(10)
    assert "q=own00" in page.url
    assert "（10 行）" in page.locator("#list-exports").inner_text() or exporters.exporter_names() == []
    head_link = page.locator("thead a.sort").first
    head_link.click()
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("账号")
    head_link.click()
    expect(page.locator("tbody tr:not(.group) a").first).to_have_text("own009")
    assert page.evaluate("window.kept") is True
    page.go_back()
    page.wait_for_load_state()
    expect(page.locator("tbody tr:not(.group) a").first).to_have_text("own000")


def test_selecting_rows_counts_them_and_acts(page: Page, head: User, log_in: Callable[[Any], None]) -> None:
    log_in(head)
    page.goto("/people/?q=own00")
    page.get_by_label("全选本页").check()
    expect(page.locator("[data-selected-count]")).to_have_text("10")
    page.get_by_label("选择 own003").uncheck()
    expect(page.locator("[data-selected-count]")).to_have_text("9")
    expect(page.locator("tr.is-selected")).to_have_count(9)
    page.get_by_role("button", name="致谢").click()
    expect(page.locator("#messages")).to_contain_text("left out 0")
    expect(page.locator("#messages")).not_to_contain_text("own003")


def test_a_failed_request_shows_its_notice_above_the_page(
    page: Page, head: User, log_in: Callable[[Any], None], watch: Any
) -> None:
    watch.allow("422")
    log_in(head)
    page.goto("/people/")
    page.evaluate("htmx.ajax('GET', '/refused/', {target: '#list'})")
    expect(page.locator("#messages")).to_contain_text("文件是空的")
    expect(page.locator("#list")).to_be_visible()


def test_everything_works_without_scripts(browser: Browser, live_site: str, head: User) -> None:
    with browser.new_context(
        base_url=live_site, java_script_enabled=False, viewport={"width": 390, "height": 844}
    ) as ctx:
        page = ctx.new_page()
        page.goto("/account/login/?next=/people/")
        page.fill("#id_login", "lusiyuan@zqb")
        page.fill("#id_password", PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        page.fill("#f-q", "own00")
        page.get_by_role("button", name="筛选").click()
        assert page.locator("tbody tr:not(.group)").count() == 10
        page.get_by_role("link", name="菜单", exact=True).click()
        assert page.locator("#nav").is_visible()
        page.goto("/people/?off=1#views")
        page.fill("#view-name", "停用的")
        page.get_by_role("button", name="保存视图").click()
        assert "已保存视图" in page.content()
        page.locator(".menu > summary[aria-label]").click()
        page.locator(".menu .narrow button").click()
        assert page.locator("html").get_attribute("lang") == "en"
