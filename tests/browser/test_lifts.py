"""People are trapped: the call to 96333, the ladder of who can be sent, their answer from a telephone, release."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from hengjian.systems.equipment.models import Dispatch, Maintenance, Rescue
from tests.systems.equipment.conftest import LiftWorld, lifts

__all__ = ["lifts"]  # the invented lifts of the equipment room

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_a_rescue_from_the_call_to_the_release(
    page: Page, log_in: Callable[[Any], None], lifts: LiftWorld, axe: Callable[[Page], None]
) -> None:
    lift = lifts.lift()
    # The desk: the code finds the lift, one click opens the case and sends the contracted maintainer.
    log_in(lifts.officer)
    page.goto("/equipment/desk/call/?code=100001")
    expect(page.locator("main")).to_contain_text(lift.use_unit)
    page.get_by_label("被困人数").fill("2")
    page.get_by_label("有老幼病孕或身体不适").check()
    axe(page)
    page.locator("form[method='post'] button.btn--primary").last.click()
    page.wait_for_url("**/equipment/rescues/*/")
    rescue = Rescue.objects.get()
    contracted = rescue.dispatches.get()
    assert contracted.name == lifts.bodies["contracted"].title

    # Nobody answers: the next of the ladder is sent by hand, then the contracted one calls back and is sent no more.
    page.locator("input[name='answer'][value='silent']").check()
    page.get_by_role("button", name="转派这家").first.click()
    page.wait_for_load_state()
    found = list(rescue.dispatches.order_by("number").values_list("answer", "compensated"))
    assert found == [("silent", False), ("waiting", True)]
    axe(page)

    # A second call; this time the contracted maintainer's fitter answers from a telephone and arrives.
    page.goto("/equipment/desk/call/")
    page.locator("[name='place']").fill("澜东花园5幢1单元")
    page.locator("form[method='post'] button.btn--primary").last.click()
    page.wait_for_url("**/equipment/rescues/*/")
    second = Rescue.objects.latest("pk")
    page.get_by_role("row", name=lifts.bodies["contracted"].title).get_by_role("button", name="转派这家").click()
    page.wait_for_load_state()
    log_in(lifts.fitter)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/equipment/maintenance/")
    expect(page.get_by_role("heading", name="电梯困人，请立即出动")).to_be_visible()
    expect(page.locator("main")).to_contain_text("澜东花园5幢1单元")
    expect(page.locator("main")).not_to_contain_text("澜东花园3幢2单元（")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    axe(page)
    page.get_by_role("button", name="应答出发").click()
    expect(page.locator("main")).to_contain_text("已登记应答。")
    page.get_by_role("button", name="到场").click()
    expect(page.locator("main")).to_contain_text("已登记到场。")
    second.refresh_from_db()
    there = second.dispatches.latest("number")
    assert second.arrived_at is not None and there.answer == Dispatch.Answer.ACCEPTED and there.arrived_at is not None
    # On the spot the fitter records what was mended.
    page.goto("/equipment/lift/990100/100001/maintain/")
    page.get_by_label("更换部件").fill("门刀滚轮")
    page.locator("form[method='post'] button.btn--primary").click()
    page.wait_for_load_state()
    assert Maintenance.objects.get().replaced == "门刀滚轮"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    # The desk sees the arrival and closes the rescue with its cause.
    log_in(lifts.officer)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"/equipment/rescues/{second.pk}/")
    expect(page.locator("main")).to_contain_text("已到场")
    page.get_by_label("故障原因").select_option("door")
    page.get_by_role("button", name="登记解困").click()
    page.wait_for_load_state()
    second.refresh_from_db()
    assert second.outcome == "released" and second.cause == "door"
