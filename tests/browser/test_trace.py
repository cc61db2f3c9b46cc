"""A contaminated lot: the officer finds it, sees exactly its scope, downloads it and orders the recall."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from hengjian.trace.chain.models import RecallOrder
from tests.trace.chain.conftest import SCOPE, Chain, chain, key, lot, own_index

__all__ = ["chain", "own_index"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_from_a_lot_to_the_recall(
    page: Page, log_in: Callable[[Any], None], chain: Chain, axe: Callable[[Page], None]
) -> None:
    log_in(chain.officer)
    Client().get("/trace/")  # addresses and graph are loaded at the first request
    page.goto("/trace/")
    page.locator("main input[name='q']").fill(key(lot("M1")))
    page.locator("main").get_by_role("button", name="查询").click()
    expect(page.locator("svg a").first).to_be_visible()
    axe(page)
    page.get_by_role("link", name="模拟召回").click()
    page.get_by_role("button", name="推算范围").click()
    expect(page.locator("#h-lots")).to_contain_text(str(len(SCOPE)))
    axe(page)
    page.get_by_label("方案名称").fill("问题乳")
    page.get_by_role("button", name="保存方案").click()
    page.wait_for_url("**/trace/scenarios/*/")
    with page.expect_download() as download:
        page.get_by_role("link", name="表格").click()
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(Path(download.value.path()).read_bytes()))
    cells = {str(cell) for row in sheet.get_sheet_by_index(0).to_python() for cell in row}
    assert {name for name in cells if name in SCOPE} == SCOPE
    page.get_by_role("link", name="责令召回").click()
    page.get_by_label("缺陷情况").fill("检出致病菌")
    axe(page)
    page.get_by_role("button", name="责令召回").click()
    page.wait_for_url("**/trace/recalls/*/")
    assert set(RecallOrder.objects.get().lots.values_list("key", flat=True)) == SCOPE
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    axe(page)
