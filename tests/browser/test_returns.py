"""The grid in Chromium: keys, paste, undo, saving by itself, two people at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from hengjian.methods.periods import period_of
from hengjian.returns.models import Cell, Return
from tests.returns.conftest import fill, make_world, trial

__all__ = ["trial"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def paste(page: Page, cell: str, text: str) -> None:
    """Paste as a spreadsheet program hands it over."""
    page.locator(cell).click()
    page.evaluate(
        """text => {
          const data = new DataTransfer(); data.setData("text/plain", text);
          const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
          document.activeElement.dispatchEvent(event);
        }""",
        text,
    )


def test_a_sheet_in_the_browser(
    page: Page, context: BrowserContext, log_in: Callable[[Any], None], axe: Callable[[Page], None], trial: Any
) -> None:
    world = make_world(trial)
    last = period_of(timezone.localdate(), "quarter").previous
    entry = world.open(last)[0]
    context.set_default_timeout(60_000)  # the first page of a busy machine
    expect.set_options(timeout=20_000)
    log_in(world.officer)
    page.goto(f"/returns/{entry.pk}/")
    axe(page)
    first = page.locator("#c-one-all")
    first.click()
    page.keyboard.type("100")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#c-one-good")).to_be_focused()
    page.keyboard.type("120")
    page.keyboard.press("Enter")
    expect(page.locator("#c-two-good")).to_be_focused()
    expect(page.locator("[data-cell='one.rate'] output")).to_have_text("120.00")
    expect(page.locator("#checks")).to_contain_text("核对合格与总数是否填反")
    paste(page, "#c-one-all", "1,000\t950\n500\t490\n")
    expect(page.locator("[data-cell='sum.all'] output")).to_have_text("1,500")
    expect(page.locator("#checks")).to_contain_text("全部审核关系成立")
    page.locator("#c-one-all").click()
    page.keyboard.press("Control+z")
    expect(page.locator("[data-cell='sum.all'] output")).to_have_text("100")
    expect(page.locator("#c-two-all")).to_have_value("")
    # Somebody else has changed a cell meanwhile: theirs stands until this person decides.
    fill(entry, world.head, {"one.good": 77})
    page.locator("#c-one-good").fill("90")
    page.keyboard.press("Enter")
    expect(page.locator("#grid-said")).to_contain_text("county-head")
    expect(page.locator("#c-one-good")).to_have_value("77")
    page.locator("#c-one-good").fill("90")
    page.keyboard.press("Enter")
    expect(page.locator("#grid-said")).to_contain_text("已保存")
    assert Cell.objects.get(row="one", column="good").value == 90
    page.locator(".page-head button", has_text="上报").click()
    expect(page.locator("#messages")).to_contain_text("已上报，转入审核")
    entry.refresh_from_db()
    assert entry.state == Return.State.COMPLETE
