"""A passage is marked by selecting it, by keyboard and with a finger; a reform is previewed and confirmed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from hengjian.parties.models import UnitSuccession
from hengjian.plans.actions.imports import StartImport
from hengjian.plans.models import PlanImport
from tests.plans.conftest import TEXT, World, world

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["world"]

LOOSE = "到2026年，产品质量合格率达到96%。要建立部门联席会议制度。"


@pytest.fixture
def draft(world: World) -> PlanImport:
    text = TEXT.replace("\n一、", f"\n{LOOSE}\n\n一、", 1)
    return StartImport(user=world.office, unit=world.office_unit, region=world.region, data=text).execute()


def test_a_selection_becomes_a_mechanism(
    page: Page, draft: PlanImport, world: World, log_in: Callable[[Any], None], axe: Callable[[Page], None]
) -> None:
    log_in(world.office)
    page.goto(f"/plans/import/{draft.pk}/")
    page.evaluate(
        """words => {
          const home = [...document.querySelectorAll("[data-at]")].find((line) => line.textContent.includes(words));
          const walker = document.createTreeWalker(home, NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const at = node.data.indexOf(words);
            if (at >= 0) { document.getSelection().setBaseAndExtent(node, at, node, at + words.length); }
          }
        }""",
        "建立部门联席会议制度",
    )
    page.get_by_role("link", name="标注所选文字").click()
    expect(page.locator(".pieces input:checked")).to_have_count(1)
    expect(page.locator(".pieces label:has(input:checked)")).to_have_text("建立部门联席会议制度")
    axe(page)
    page.get_by_label("机制：").check()
    page.get_by_role("button", name="标注", exact=True).press("Enter")
    expect(page.locator(".tag", has_text="人工标注")).to_have_count(1)
    page.get_by_role("button", name="撤销", exact=False).last.press("Enter")
    expect(page.locator(".tag", has_text="人工标注")).to_have_count(0)


def test_a_target_is_marked_on_a_phone(
    page: Page, draft: PlanImport, world: World, log_in: Callable[[Any], None], axe: Callable[[Page], None]
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    log_in(world.office)
    page.goto(f"/plans/import/{draft.pk}/")
    page.get_by_role("link", name="标注这段原文").first.click()
    page.locator(".pieces label", has_text="合格率达到96%").click()
    page.locator("label", has_text="目标：").click()
    assert page.evaluate("document.documentElement.scrollWidth <= 390")
    axe(page)
    page.get_by_label("所属条目").select_option("")
    page.get_by_role("button", name="标注", exact=True).click()
    expect(page.locator("#corrections li")).to_have_count(1)
    draft.refresh_from_db()
    assert draft.draft["sections"][0]["targets"][0]["indicator"] == "产品质量合格率"


def test_a_reform_is_previewed_then_confirmed(
    page: Page, world: World, log_in: Callable[[Any], None], axe: Callable[[Page], None]
) -> None:
    log_in(world.office)
    page.goto(f"/directory/units/{world.tourism.key}/")
    page.get_by_role("link", name="机构改革").click()
    page.get_by_label("承接单位", exact=True).select_option(label=world.farming.name)
    page.get_by_label("承接日期").fill("2026-01-01")
    page.get_by_label("依据").fill("机构改革方案")
    page.get_by_role("button", name="预览移交内容").click()
    expect(page.locator("#h-preview")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="确认承接").click()
    expect(page.locator(".notice")).to_contain_text("承接")
    assert UnitSuccession.objects.get().moved["parties.people"] == 1
