"""The loop from a pasted text to an accepted report, by keyboard alone and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from hengjian.plans.models import Duty, Plan, Task
from tests.browser.keyboard import Keyboard
from tests.plans.conftest import TEXT, World

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "correct-horse-9"
CORRECTED = "组织实施日用消费品质量提升工程"


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def enter(keys: Keyboard, name: str) -> None:
    """Log in; the account field has the focus."""
    page = keys.page
    page.goto("/account/login/")
    expect(page.locator("#id_login")).to_be_focused()
    page.keyboard.type(name)
    keys.tab()
    page.keyboard.type(PASSWORD)
    with page.expect_navigation(url="**/plans/workbench/"):
        keys.press()


def leave(keys: Keyboard) -> None:
    page = keys.page
    keys.reach(page.locator(".topnav .menu summary")).press()
    keys.follow(page.get_by_role("button", name="退出登录"))


def test_from_text_to_accepted_report_by_keyboard(page: Page, world: World) -> None:
    keys = Keyboard(page)

    # The office imports a pasted text, corrects one name and makes a plan of it.
    enter(keys, "office")
    keys.follow(page.get_by_role("link", name="导入计划"))
    keys.write(page.get_by_label("或粘贴正文"), TEXT)
    keys.follow(page.get_by_role("button", name="上传并识别"))
    expect(page.get_by_role("heading", level=1)).to_have_text("核对解析结果")
    keys.reach(page.get_by_role("link", name="更正 1.1", exact=True)).press()
    keys.write(page.get_by_label("任务名称"), CORRECTED)
    keys.reach(page.get_by_role("button", name="保存名称")).press()
    expect(page.locator("strong", has_text=CORRECTED)).to_be_visible()
    go_on = page.get_by_role("link", name="确认并生成任务")
    if go_on.get_attribute("href") == "#confirm":  # something is still doubtful: the page asks once more
        keys.reach(go_on).press()
        go_on = page.get_by_role("link", name="仍然生成")
    keys.follow(go_on)
    keys.follow(page.get_by_role("button", name="生成任务"))
    plan = Plan.objects.get()
    expect(page.get_by_role("heading", level=1)).to_have_text(plan.title)
    assert Task.objects.get(plan=plan, code="1.1").title == CORRECTED

    # It hands everything out; the dialog takes the focus, keeps it and gives it back.
    opener = page.get_by_role("link", name=re.compile("^交办全部任务"))
    keys.reach(opener).press()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("link", name="返回")).to_be_focused()
    for _ in range(3):
        keys.tab()
        assert dialog.evaluate("element => element.contains(document.activeElement)")
    keys.press("Escape")
    expect(opener).to_be_focused()
    keys.press()
    keys.follow(dialog.get_by_role("button", name="交办", exact=True))
    assert not Duty.objects.filter(state=Duty.State.PENDING).exists()
    leave(keys)

    # The officer signs for the task and reports.
    enter(keys, "market-officer")
    keys.follow(page.get_by_role("link", name=re.compile(CORRECTED)).first)
    expect(page.get_by_role("heading", level=1)).to_have_text(CORRECTED)
    duty = Duty.objects.get(task__code="1.1", unit=world.market)
    keys.follow(page.get_by_role("button", name="签收"), key="Space")
    keys.write(page.get_by_label("累计进度"), "55")
    keys.write(page.get_by_label("本期成效"), "完成 40 家企业现场诊断，形成问题清单 126 条。")
    keys.follow(page.get_by_role("button", name="提交审核"))
    expect(page.locator("#messages")).to_contain_text("已提交审核")
    leave(keys)

    # The office accepts the report and sees the light and the progress of the task.
    enter(keys, "office")
    keys.follow(page.get_by_role("link", name=re.compile(CORRECTED)).first)
    keys.write(page.get_by_label("审核意见"), "数据与现场记录一致。")
    keys.follow(page.get_by_role("button", name="通过", exact=True))
    duty.refresh_from_db()
    assert duty.percent == 55
    keys.follow(page.get_by_role("navigation", name="主导航").get_by_role("link", name="任务台账"))
    row = page.get_by_role("row", name=re.compile(CORRECTED))
    task = Task.objects.get(code="1.1")
    expect(row).to_contain_text(f"{task.percent}%")
    expect(row.locator(f".light.is-{task.light}")).to_have_text(task.light_label)
    assert task.percent > 0
    assert keys.stops > 100  # nothing was clicked


def test_the_loop_works_without_scripts(browser: Browser, live_site: str, world: World) -> None:
    with browser.new_context(base_url=live_site, java_script_enabled=False, locale="zh-CN") as context:
        page = context.new_page()

        def log_in(name: str) -> None:
            page.goto("/account/login/")
            page.fill("#id_login", name)
            page.fill("#id_password", PASSWORD)
            page.get_by_role("button", name="登录", exact=True).click()
            page.wait_for_url("**/plans/workbench/")

        log_in("office")
        page.get_by_role("link", name="导入计划").click()
        page.get_by_label("或粘贴正文").fill(TEXT)
        page.get_by_role("button", name="上传并识别").click()
        page.get_by_role("link", name="更正 1.1", exact=True).click()
        page.get_by_label("任务名称").fill(CORRECTED)
        page.get_by_role("button", name="保存名称").click()
        assert CORRECTED in page.locator("ol.parsed").first.inner_text()
        page.get_by_role("link", name="确认并生成任务").click()
        if page.get_by_role("link", name="仍然生成").is_visible():
            page.get_by_role("link", name="仍然生成").click()
        page.get_by_role("button", name="生成任务").click()
        page.get_by_role("link", name=re.compile("^交办全部任务")).click()
        page.get_by_role("button", name="交办", exact=True).click()
        assert not Duty.objects.filter(state=Duty.State.PENDING).exists()
        page.locator(".topnav .menu > summary").click()
        page.get_by_role("button", name="退出登录").click()

        log_in("market-officer")
        page.get_by_role("link", name=re.compile(CORRECTED)).first.click()
        page.get_by_role("button", name="签收").click()
        page.get_by_label("累计进度").fill("55")
        page.get_by_label("本期成效").fill("完成 40 家企业现场诊断。")
        page.get_by_role("button", name="提交审核").click()
        assert "已提交审核" in page.locator("#messages").inner_text()
        assert Duty.objects.get(task__code="1.1", unit=world.market).state == Duty.State.REPORTED


def test_a_menu_of_columns_and_a_dialog_of_views_by_keyboard(
    page: Page,
    world: World,
    log_in: Callable[[Any], None],
) -> None:
    log_in(world.office)
    keys = Keyboard(page)
    page.goto("/plans/tasks/")
    keys.reach(page.locator(".filters .menu--choice summary")).press()
    keys.reach(page.get_by_role("checkbox", name="滞后", exact=True)).press("Space")
    keys.press("Escape")
    keys.reach(page.get_by_role("button", name="筛选")).press()
    expect(page).to_have_url(re.compile("light=amber"))
