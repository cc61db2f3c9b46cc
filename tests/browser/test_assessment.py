"""A round on the pages, from filing to rectification, with four roles: office, city, department, panel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from hengjian.assessment.models import Order, ResultSet, Round
from hengjian.assessment.results import approved, reproduce
from hengjian.ledger.checkpoints import sign_checkpoint
from tests.assessment.conftest import REPORT, World, build_world, opened, owner, score_departments

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# Fills a whole sheet as a person would, without waiting for a line to be saved after every change.
FILL = """worst => {
  for (const field of document.querySelectorAll("main select[name*=':value']")) {
    field.selectedIndex = field.name.endsWith(worst + ":value") ? field.options.length - 1 : 1;
  }
  for (const box of document.querySelectorAll("main input[name$=':none']")) box.checked = true;
  for (const field of document.querySelectorAll("main input[name*=':part:'][inputmode]")) field.value = "0";
  for (const field of document.querySelectorAll("main input[name$=':value']")) field.value = field.value || "95";
  for (const field of document.querySelectorAll("main input[name$=':note']")) {
    if (field.name.endsWith(worst + ":note")) field.value = "材料不全";
  }
}"""


class Walk:
    """Pages under the round, opened as one person after another."""

    def __init__(self, page: Page, log_in: Callable[[Any], None], row: Round) -> None:
        self.page, self.log_in, self.row = page, log_in, row

    def open(self, user: Any, path: str = "") -> Page:
        self.log_in(user)
        self.page.goto(path or f"/assessment/rounds/{self.row.pk}/")
        return self.page

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()
        self.page.wait_for_load_state()

    def advance(self, office: Any) -> None:
        page = self.open(office)
        reason = page.get_by_label("理由")
        if reason.count():
            reason.fill("其余事项不影响本环节")
        self.press("进入下一环节")


@pytest.mark.parametrize(("variant", "worst", "farm"), [("anhui", "m2", "t2"), ("thousand", "b2", "a2")])
def test_from_filing_to_rectification(
    page: Page, log_in: Callable[[Any], None], axe: Callable[[Page], None], variant: str, worst: str, farm: str
) -> None:
    world: World = build_world()
    row = opened(world, variant)
    walk = Walk(page, log_in, row)
    entries = list(row.entries.all())
    # Each city files its targets, the office approves them.
    for entry in entries:
        walk.open(owner(world, entry), f"/assessment/objects/{entry.pk}/targets/")
        for field in page.locator("input[name^='value-']").all():
            field.fill("95")
        walk.press("备案")
    walk.open(world.office)
    axe(page)
    walk.press("核定所选")
    walk.advance(world.office)
    # Each city scores itself; the last one loses an item and says why.
    for entry in entries:
        walk.open(owner(world, entry), f"/assessment/objects/{entry.pk}/self/")
        page.evaluate(FILL, worst if entry is entries[-1] else "none")
        if entry is entries[0]:
            axe(page)
        page.get_by_label("自评报告").fill(REPORT)
        walk.press("提交自评")
        expect(page.get_by_text("自评已提交。")).to_be_visible()
    walk.advance(world.office)
    # A department scores its item for all cities in one grid, line by line; the others do the same.
    department = world.scorers["agriculture_rural"]
    walk.open(department, f"/assessment/rounds/{row.pk}/score/")
    axe(page)
    first = entries[0].pk
    value = page.locator(f"[name='e{first}-{farm}:value']")
    value.fill("90.25")
    value.press("Tab")
    expect(page.get_by_text("低于自评分的，请写明扣分原因。")).to_be_visible()
    note = page.locator(f"[name='e{first}-{farm}:note']")
    note.fill("抽检不合格两批次")
    note.press("Tab")
    expect(page.locator(f"#l-{first} td.num strong")).to_have_text("14.25" if variant == "anhui" else "57")
    score_departments(world, row, ("0.95", "0.9", "0.7"))
    # Objects and items are drawn with the ledger's next checkpoint; the team records what it finds.
    walk.open(world.office, f"/assessment/rounds/{row.pk}/site/")
    for expert in world.panel:
        page.get_by_label(f"{expert}（教育厅）").check()
    walk.press("锁定名单")
    walk.advance(world.office)
    sign_checkpoint()
    walk.open(world.office, f"/assessment/rounds/{row.pk}/site/")
    walk.press("抽取")
    visit = row.entries.filter(visit__isnull=False).first()
    assert visit is not None
    for drawn in row.entries.filter(visit__isnull=False):
        walk.open(world.panel[0], f"/assessment/objects/{drawn.pk}/visit/")
        for code in drawn.visit.items:
            page.get_by_label("核查项").select_option(code)
            page.get_by_label("核查发现").last.fill("现场查阅台账，与申报一致")
            walk.press("记录")
        page.get_by_label("核查情况").fill("查阅资料并走访企业，总体相符")
        walk.press("完成核查")
    walk.advance(world.office)
    # The panel settles a difference; a deduction takes two people.
    walk.open(world.panel[0], f"/assessment/rounds/{row.pk}/panel/")
    axe(page)
    line = page.locator("table form").first
    line.locator("input[name$=':note']").fill("复核材料，维持部门评分")
    line.get_by_role("button", name="改定").click()
    expect(page.get_by_text("已记录评审意见。")).to_be_visible()
    page.get_by_text("提出决定", exact=True).click()
    page.get_by_label("考核对象").select_option(str(entries[-1].pk))
    page.get_by_label("决定", exact=True).select_option("deduction:")
    page.get_by_label("事项名称").fill("迟报质量安全事件")
    page.locator("#id_points").fill("1")
    page.get_by_label("事实依据").fill("一起一般质量安全事件迟报两日，经核实。")
    walk.press("提出")
    walk.open(world.panel[1], f"/assessment/rounds/{row.pk}/panel/")
    walk.press("确认")
    walk.open(world.office, f"/assessment/rounds/{row.pk}/panel/")
    walk.press("汇总结果")
    # Two people of the office approve and publish.
    walk.open(world.office2, f"/assessment/rounds/{row.pk}/results/")
    axe(page)
    page.get_by_label("批准文件").fill("自治区人民政府办公厅批示")
    walk.press("登记批准")
    walk.open(world.office)
    walk.press("拟公示稿")
    walk.open(world.office2)
    walk.press("发布公示")
    # The last city appeals; upheld, it makes a second version while the first still gives its old score.
    last = entries[-1]
    walk.open(owner(world, last), f"/assessment/objects/{last.pk}/")
    page.locator("summary", has_text="提出申诉").click()
    page.get_by_label("评分项").select_option(worst)
    page.get_by_label("申诉理由").fill("补充了年度活动方案和总结，请求复核。")
    walk.press("提交申诉")
    walk.open(world.office)
    page.locator(f"select[name='{worst}:value']").select_option(index=1)
    page.get_by_label("处理意见").fill("补充材料属实，予以采纳")
    walk.press("申诉成立")
    first_version = approved(row)
    assert first_version is not None
    second = row.results.get(version=2)
    old, new = (one.rows.get(entry=last).total for one in (first_version, second))
    assert new > old
    assert next(one.scored.total for one in reproduce(first_version) if one.key == str(last.pk)) == old
    walk.open(world.office2, f"/assessment/rounds/{row.pk}/results/")
    page.get_by_label("批准文件").fill("自治区人民政府办公厅批示")
    walk.press("登记批准")
    assert row.results.get(version=1).state == ResultSet.State.SUPERSEDED
    # Circular, orders, reports, acceptance.
    walk.open(world.office)
    walk.press("印发通报")
    for order in Order.objects.filter(entry__round=row).select_related("entry__region"):
        walk.open(owner(world, order.entry), f"/assessment/orders/{order.pk}/")
        page.get_by_label("整改情况").fill("逐项制定措施，完善档案，补充设备，明确责任和时限，均已落实。")
        walk.press("提交整改报告")
        walk.open(world.office, f"/assessment/orders/{order.pk}/")
        page.get_by_label("验收意见").fill("整改到位，同意验收。")
        walk.press("验收通过")
    walk.open(world.office)
    walk.press("结束考核")
    row.refresh_from_db()
    assert row.state == Round.State.CLOSED
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/assessment/public/{row.pk}/")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
