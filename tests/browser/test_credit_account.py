"""An enterprise from its first visit on: registers, claims, objects to a record, applies for its repair."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from hengjian.cases.actions import TakeStep
from hengjian.cases.models import Case
from hengjian.credit.dossier.own import enterprise_of
from hengjian.enterprises.search.indexing import index
from hengjian.parties.models import User
from tests.credit.dossier.conftest import Told, penalty, told
from tests.credit.dossier.test_own_side import PNG

__all__ = ["told"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TITLE = "使用未经检定的计量器具"


def test_from_the_first_visit_to_the_repair(
    page: Page, live_site: str, told: Told, axe: Callable[[Page], None], tmp_path: Path
) -> None:
    cache.clear()
    index([told.elsewhere.pk])
    record = penalty(told.market, told.elsewhere.code, TITLE)
    licence = tmp_path / "执照.png"
    licence.write_bytes(PNG)
    page.set_default_timeout(30_000)
    page.set_viewport_size({"width": 390, "height": 844})

    # From the public query to an account, and back to what was wanted.
    page.goto("/credit/")
    page.get_by_role("link", name="我是企业").click()
    page.get_by_role("link", name="注册企业经办人账号").click()
    axe(page)
    page.get_by_label("姓名").fill("樊景行")
    page.get_by_label("账号").fill("fan-jingxing")
    page.get_by_label("口令", exact=True).fill("Toys-of-Shuoan-7")
    page.get_by_label("再输一次口令").fill("Toys-of-Shuoan-7")
    page.locator("[name=consent]").check()
    page.get_by_role("button", name="注册").click()
    page.wait_for_url("**/credit/mine/")
    expect(page.locator("main")).to_contain_text("下一步：查到本企业，提交认领申请")

    # The claim, by code.
    page.get_by_label("企业名称或代码").fill(told.elsewhere.code)
    page.get_by_role("button", name="查询").click()
    page.get_by_role("link", name="认领").first.click()
    page.get_by_text("受委托的经办人").click()
    page.get_by_label("证照编号").fill("990103000012")
    page.get_by_label("联系电话").fill("19900001234")
    page.locator("[name=papers]").set_input_files(licence)
    page.get_by_role("button", name="提交认领申请").click()
    page.wait_for_url("**/cases/**")
    case = Case.objects.get(type="enterprise_claim")
    expect(page.locator("main")).to_contain_text(case.number)
    TakeStep(user=told.market.other_officer, case=case, step="grant").execute()
    assert enterprise_of(User.objects.get(username="fan-jingxing")) == told.elsewhere

    # The objection to the penalty; while it is examined, repair is not offered and the page says why.
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"/credit/dossier/{told.elsewhere.code}/?tab=penalties")
    row = page.get_by_role("row").filter(has_text=TITLE)
    row.get_by_text("详情与核验").click()
    row.get_by_role("link", name="提出异议").click()
    page.get_by_label("哪里不对").fill("器具已经检定")
    page.get_by_label("应当是什么").fill("撤销这条记录")
    page.get_by_role("button", name="提交").click()
    page.wait_for_url("**/cases/**")
    objection = Case.objects.get(type="credit_objection")
    TakeStep(user=told.market.county_officer, case=objection, step="accept").execute()
    page.goto(f"/credit/records/{record.key}/")
    expect(page.locator("main")).to_contain_text("异议处理中")
    expect(page.locator("main")).to_contain_text("办结后再申请修复")
    TakeStep(user=told.market.county_officer, case=objection, step="uphold", note="检定证书在违法行为之后").execute()
    page.goto("/credit/mine/")
    expect(page.locator("main")).to_contain_text("异议不成立")
    axe(page)

    # The repair.
    page.locator("#adverse").get_by_role("link", name="申请信用修复").click()
    page.get_by_label("义务履行日期").fill((timezone.localdate() - timedelta(days=120)).isoformat())
    page.get_by_label("纠正情况说明").fill("已送检，罚款已缴清。")
    page.locator("[name=committed]").check()
    page.get_by_role("button", name="提交申请").click()
    page.wait_for_url("**/cases/**")
    assert Case.objects.get(type="credit_repair").filer == User.objects.get(username="fan-jingxing").unit
