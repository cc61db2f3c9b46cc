"""A citizen finds an enterprise and verifies a fact, an officer says why, a repaired record is gone everywhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from hengjian.cases.actions import TakeStep
from hengjian.cases.models import Case
from hengjian.credit.records.models import Look
from hengjian.ledger.checkpoints import sign_checkpoint
from tests.credit.dossier.conftest import Told, penalty, told

__all__ = ["told"]  # the invented enterprise of the dossier's room

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TITLE = "使用未经检定的计量器具"


def test_a_citizen_an_officer_and_the_enterprise(
    page: Page, context: BrowserContext, log_in: Callable[[Any], None], told: Told, axe: Callable[[Page], None]
) -> None:
    record = penalty(told.market, told.code, TITLE)
    sign_checkpoint()
    name = told.enterprise.name
    page.set_default_timeout(30_000)

    # A citizen, on a telephone: type a part of the name, open the dossier, verify a penalty.
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/credit/")
    axe(page)
    page.get_by_label("企业名称或代码").press_sequentially(name[2:6])
    expect(page.locator("#suggestions").get_by_role("link", name=name)).to_be_visible()
    page.get_by_role("button", name="查询").click()
    page.get_by_role("link", name=name).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    axe(page)
    page.get_by_role("link", name="处罚与曝光").first.click()
    row = page.get_by_role("row").filter(has_text=TITLE)
    row.get_by_text("详情与核验").click()
    expect(row).to_contain_text("30,000")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    axe(page)
    row.get_by_role("link", name="核验").click()
    page.wait_for_url("**/ledger/facts/**")
    expect(page.locator("main")).to_contain_text("哈希在检查点的总账中")

    # An officer of the county says why, and sees what is not public.
    page.set_viewport_size({"width": 1440, "height": 900})
    log_in(told.market.county_officer)
    page.goto("/credit/query/")
    page.get_by_label("企业名称或代码").fill(told.code)
    page.get_by_role("button", name="查询").click()
    page.wait_for_url("**/credit/dossier/**")
    expect(page.locator("main")).to_contain_text("为什么查看")
    axe(page)
    page.get_by_text("案件办理", exact=True).click()
    page.get_by_role("button", name="查看档案").click()
    page.get_by_role("link", name="风险").last.click()
    page.wait_for_url("**tab=risks**")
    expect(page.locator("main")).to_contain_text("氨制冷机房")
    axe(page)
    assert Look.objects.filter(purpose="案件办理").count() == 2

    # The enterprise sees who looked, and applies for the repair of the penalty.
    log_in(told.market.enterprise)
    page.goto("/credit/mine/")
    expect(page.locator("main")).to_contain_text("案件办理")
    axe(page)
    page.locator("#adverse").get_by_role("link", name="申请信用修复").click()
    page.get_by_label("义务履行日期").fill((timezone.localdate() - timedelta(days=120)).isoformat())
    page.get_by_label("纠正情况说明").fill("已送检并停用未检定的器具，罚款已缴清。")
    page.locator("[name=committed]").check()
    page.locator("main form button").last.click()
    page.wait_for_url("**/cases/**")
    case = Case.objects.get(type="credit_repair")

    # One officer checks, the head decides; then the record is nowhere, and still in the ledger.
    officer, head = told.market.county_officer, told.market.county_head
    TakeStep(user=officer, case=case, step="accept").execute()
    values = {"corrected": True, "fulfilled": True, "how": "papers"}
    TakeStep(user=officer, case=case, step="check", values=values).execute()
    TakeStep(user=head, case=case, step="repair").execute()
    for address in (
        f"/credit/dossier/{told.code}/?tab=all",
        "/credit/mine/",
        f"/credit/enterprises/{told.code}/?tab=all",
    ):
        page.goto(address)
        expect(page.locator("main")).to_contain_text(name)
        assert TITLE not in page.locator("main").inner_text()
    context.clear_cookies()
    page.goto(f"/ledger/facts/{record.fact}/")
    expect(page.locator("main")).to_contain_text("哈希在检查点的总账中")
    assert TITLE not in page.locator("main").inner_text()
