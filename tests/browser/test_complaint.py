"""A citizen complains on a telephone, an officer sends it on, another mediates and closes it, the citizen rates it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from hengjian.cases.models import Case, IssuedPaper
from hengjian.clocks.models import Deadline
from hengjian.documents.models import StoredFile
from hengjian.systems.complaints.models import Ticket
from tests.systems.complaints.conftest import World, world
from tests.systems.complaints.test_pages import PNG

__all__ = ["world"]  # the invented counties of the complaints room

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def take(page: Page, code: str, **fields: str) -> None:
    """Open the step's form on the case page, fill it in, send it."""
    code = f"step:{code}"
    form = page.locator(f"form:has(button[value='{code}'])")
    details = page.locator(f"details:has(button[value='{code}'])").last
    if details.get_attribute("open") is None:
        details.locator("summary").first.click()
    for name, value in fields.items():
        # What every form of its kind has bears a prefix that no declared field can have.
        control = form.locator(f"[name='{name}'], [name='_{name}']").first
        if control.evaluate("node => node.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)
    form.locator(f"button[value='{code}']").click()
    page.wait_for_load_state()


def test_a_complaint_from_the_telephone_to_the_rating(
    page: Page, context: BrowserContext, log_in: Callable[[Any], None], world: World, tmp_path: Path,
    axe: Callable[[Page], None],
) -> None:  # fmt: skip
    photo = tmp_path / "床.png"
    photo.write_bytes(PNG)
    # The citizen, on a telephone.
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/complaints/public/")
    axe(page)
    page.get_by_role("link", name="提交投诉").click()
    page.get_by_label("属于哪一类").select_option("product_quality")
    page.get_by_label("发生了什么").fill("儿童床用了三天就开裂，商家拒绝退款。")
    page.get_by_label("在哪里").select_option("990302")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("对方的名称").fill("城北清屿家居店")
    page.get_by_role("button", name="下一步").click()
    page.get_by_text("退货", exact=True).click()
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("您的姓名").fill("顾石安")
    page.get_by_label("您的手机号").fill("13900001234")
    page.get_by_label("照片和凭证").set_input_files(photo)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", name="已经收到")).to_be_visible()
    words = page.locator("main").inner_text()
    number = re.findall(r"TS\d{4}-\d{6}-\d{6}", words)[0]
    code = re.findall(r"\b[2-9A-Z]{5}-[2-9A-Z]{5}\b", words)[-1]
    case = Case.objects.get(number=number)
    assert case.unit == world.district_market
    assert StoredFile.objects.filter(subject=case.ref).count() == 1

    # The officer of the district accepts it and sends it to the county where the shop really is.
    page.set_viewport_size({"width": 1440, "height": 900})
    log_in(world.district_officer)
    page.goto(f"/complaints/{Ticket.objects.get().pk}/")
    page.get_by_role("link", name=number).click()
    take(page, "accept")
    case.refresh_from_db()
    assert case.state == "accepted"
    send = page.locator("form:has(select[name='receiver'])")
    page.locator("details:has(select[name='receiver'])").last.locator("summary").first.click()
    send.locator("[name='receiver']").select_option(world.market.key)
    send.locator("[name='note']").fill("实际经营地在北川县")
    send.locator("button").last.click()
    page.wait_for_load_state()

    # The other county takes it over. An appraisal stops the clock; the page says why the day moved.
    log_in(world.officer)
    page.goto(f"/cases/{case.pk}/")
    page.locator("form:has(button[value*='accept'])").first.locator("button").first.click()
    page.wait_for_load_state()
    case.refresh_from_db()
    assert case.unit == world.market
    take(page, "test")
    expect(page.locator("main")).to_contain_text("检验鉴定中")
    expect(page.locator("#clocks")).to_contain_text("中止")
    assert Deadline.objects.get(owner=case.ref, purpose="complaint.mediate").state == "paused"
    take(page, "tested")
    clock = Deadline.objects.get(owner=case.ref, purpose="complaint.mediate")
    assert clock.state == "open" and clock.pauses.count() == 1
    # Both sides agree; what they agreed on is written down, printed, and performed.
    take(page, "agree", agreement="商家退货退款，三日内上门取货。", settled_amount="1280", perform_by="2099-12-31")
    expect(page.locator("main")).to_contain_text("待履行")
    paper = IssuedPaper.objects.get(case=case, template="agreement")
    with page.expect_download() as download:
        page.get_by_role("link", name=paper.title).first.click()
    assert Path(download.value.path()).read_bytes()[:2] == b"PK"
    axe(page)
    take(page, "performed")
    expect(page.locator("main")).to_contain_text("待回访")
    take(page, "call_back", satisfaction="unreached")
    case.refresh_from_db()
    assert case.outcome == "settled" and case.data["settled_amount"] == "1280.00"

    # The citizen follows it with number and code, and rates it.
    context.clear_cookies()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/cases/track/")
    page.locator("[name='number']").fill(number)
    page.locator("[name='code']").fill(code)
    page.get_by_role("button", name="查询").click()
    expect(page.locator("main")).to_contain_text("达成协议并履行")
    assert "顾石安" not in page.locator("main").inner_text()
    axe(page)
    folded = page.locator("details:has([name='rating'])")
    if folded.count() and folded.last.get_attribute("open") is None:
        folded.last.locator("summary").first.click()
    page.locator("label:has([name='rating'][value='5'])").click()
    page.locator("form:has([name='rating']) button").last.click()
    page.wait_for_load_state()
    case.refresh_from_db()
    assert case.rating == 5
