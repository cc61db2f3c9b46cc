"""A consumer scans a code on a phone; a grower issues a certificate in a minute. 390 px wide, without scripts, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from hengjian.registers.actions import CreateEntry
from hengjian.trace.exchange.models import ConformityCertificate
from tests.trace.exchange.conftest import GIVEN, TraceWorld, trace

__all__ = ["trace"]
PHONE = {"width": 390, "height": 844}
GTIN = "06901234567892"

pytestmark = pytest.mark.django_db(transaction=True)


def fits(page: Page) -> bool:
    """Nothing makes the page wider than the phone."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.fixture
def lot(trace: TraceWorld) -> ConformityCertificate:
    CreateEntry(
        user=trace.market.county_officer,
        register="trace_product",
        key=GTIN,
        values={
            "name": "禾声番茄酱",
            "maker": trace.farm.key,
            "maker_name": trace.farm.name,
            "measure": "罐",
            "shelf_days": 540,
        },
        unit=trace.market.county_market,
        region=trace.market.county,
    ).execute()
    made = trace.certificate(product_code=GTIN)
    trace.collected(made, "60")
    return made


def test_a_consumer_scans_sees_the_way_and_complains(
    lot: ConformityCertificate, trace: TraceWorld, page: Page, axe: Callable[[Page], None]
) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"/01/{GTIN}/10/L1")
    expect(page.get_by_role("heading", level=1)).to_have_text("禾声番茄酱")
    expect(page.get_by_text("可以追溯。", exact=True)).to_be_visible()
    expect(page.locator("#way")).to_contain_text("河湾区")
    expect(page.locator("#papers")).to_contain_text(lot.key)
    assert fits(page)
    axe(page)
    page.get_by_role("link", name="投诉这件产品").click()
    expect(page.locator("textarea[name=content]")).to_have_value(
        "扫码追溯：禾声番茄酱（https://id.gs1.org/01/06901234567892/10/L1）\n"
    )
    page.locator("select[name=category]").select_option(index=1)
    page.locator("textarea[name=content]").fill("扫码买的番茄酱打开后有异味，要求退款。")
    page.locator("select[name=place]").select_option(index=1)
    page.get_by_role("button", name="下一步").click()
    expect(page.locator("input[name=respondent_name]")).to_have_value(trace.farm.name)
    expect(page.locator("input[name=product]")).to_have_value("禾声番茄酱")


def test_the_page_works_without_scripts(lot: ConformityCertificate, browser: Any, live_site: str) -> None:
    with browser.new_context(base_url=live_site, viewport=PHONE, java_script_enabled=False) as opened:
        page = opened.new_page()
        page.goto(f"/id/certificate/{lot.key}")
        expect(page.get_by_role("heading", level=1)).to_have_text("禾声番茄酱")
        page.goto(reverse("trace_exchange:public_home"))
        page.locator("textarea[name=code]").fill(lot.key)
        page.locator("form button").last.click()
        expect(page).to_have_url(f"{live_site}/id/certificate/{lot.key}")


def test_a_grower_issues_a_certificate_on_a_phone(
    trace: TraceWorld, page: Page, context: BrowserContext, log_in: Callable[[Any], None]
) -> None:
    log_in(trace.farmer)
    page.set_viewport_size(PHONE)
    page.goto(reverse("trace_exchange:home"))
    page.get_by_role("link", name="生产了一批").first.click()
    page.get_by_label("产品名称").fill("番茄")
    page.get_by_label("数量或重量").fill("300")
    page.get_by_label("产品类别").select_option("vegetable")
    page.get_by_label("产地", exact=True).fill(GIVEN["origin"])  # type: ignore[arg-type]
    page.get_by_label("联系电话").fill("19900001234")
    page.locator("input[name=promise]").check()
    assert fits(page)
    page.get_by_role("button", name="开具合格证").click()
    expect(page.get_by_text("已开具")).to_be_visible()
    made = ConformityCertificate.objects.get()
    page.get_by_role("link", name="打印标签").click()
    expect(page.locator(".label")).to_have_count(8)
    expect(page.locator(".label").first).to_contain_text(made.key)
    assert fits(page)
