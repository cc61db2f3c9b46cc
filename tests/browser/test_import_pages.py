"""The import pages in a real browser, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from hengjian.plans.actions.imports import StartImport
from hengjian.plans.models import Duty, Plan, PlanImport
from tests.plans.conftest import TEXT, World, world

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["world"]


def press_on(page: Page, words: str, *, last: bool = False) -> None:
    """Focus a link or button by its words and press Enter, as a keyboard user does after tabbing to it."""
    found = page.locator(
        f"main a:has-text('{words}'), main button:has-text('{words}'), .dialog:target :text('{words}')"
    )
    target = found.last if last else found.first
    target.focus()
    expect(target).to_be_focused()
    page.keyboard.press("Enter")


def test_from_pasted_text_to_assigned_duties(
    page: Page, world: World, log_in: Callable[[Any], None], settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    log_in(world.office)
    page.goto("/plans/")
    press_on(page, "导入计划")
    page.get_by_label("或粘贴正文").focus()
    page.keyboard.insert_text(TEXT.replace("市场监管局牵头", "量子质量委牵头"))
    press_on(page, "上传并识别")
    expect(page.locator("h1")).to_have_text("核对解析结果")

    # A doubt is answered: which unit is meant.
    press_on(page, "第 1 处")
    page.locator("input[name=unit_name]").first.focus()
    page.keyboard.insert_text("市场监管局")
    page.keyboard.press("Enter")
    expect(page.locator("#corrections li")).to_have_count(1)

    # One measure is corrected in place, twice, without the page being loaded again.
    page.locator("#p-0-0-1 a", has_text="更正").focus()
    page.keyboard.press("Enter")
    box = page.get_by_label("举措内容")
    box.focus()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("组织实施消费品质量提升专项行动")
    press_on(page, "保存内容")
    expect(page.locator("#corrections li")).to_have_count(2)
    press_on(page, "列为重点")
    expect(page.locator("#corrections li")).to_have_count(3)
    expect(page.locator("#p-0-0-1 .tag--bronze")).to_have_text("重点")

    press_on(page, "确认并生成任务")
    if "#confirm" in page.url:
        press_on(page, "仍然生成")
    expect(page.get_by_label("开始日期")).to_have_value("2026-01-01")
    page.get_by_label("计划名称").focus()
    press_on(page, "生成任务", last=True)
    expect(page.locator("h1")).to_contain_text("行动计划")
    press_on(page, "交办全部任务")
    # The dialog takes the focus by itself; only then is a button chosen in it.
    expect(page.locator(".dialog:target :focus")).to_have_count(1)
    page.locator(".dialog:target button").press("Enter")
    expect(page.locator("#messages, .notice").first).to_contain_text("已交办")
    plan = Plan.objects.get()
    assert plan.tasks.get(code="1.1").is_key
    assert not Duty.objects.filter(task__plan=plan, state=Duty.State.PENDING).exists()


def test_no_serious_accessibility_issue(
    page: Page, world: World, log_in: Callable[[Any], None], axe: Callable[[Page], None]
) -> None:
    text = TEXT.replace("市场监管局牵头", "量子质量委牵头")
    StartImport(user=world.office, unit=world.office_unit, region=world.region, data=text).execute()
    draft = PlanImport.objects.get()
    log_in(world.office)
    for path in ("/plans/", "/plans/import/", f"/plans/import/{draft.pk}/", f"/plans/import/{draft.pk}/?edit=0-0",
                 f"/plans/import/{draft.pk}/?edit=0-0-1", f"/plans/import/{draft.pk}/confirm/"):  # fmt: skip
        page.goto(path)
        axe(page)
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.locator("html").evaluate("e => e.scrollWidth") <= 390, path
        page.set_viewport_size({"width": 1440, "height": 900})
