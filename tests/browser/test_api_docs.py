"""The interface's documentation: complete, from this server alone, under the strict policy, usable with the session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from hengjian.parties.models import Region, RoleGrant, Unit, User


@pytest.mark.django_db(transaction=True)
def test_the_documentation_works_offline(page: Page, log_in: Callable[[Any], None]) -> None:
    """`page` asserts at the end: no violation, no console error, no request to another host."""
    region = Region.objects.create(code="990000", name="澜川自治区", level="provincial")
    unit = Unit.objects.create(key="office", name="质强办", region=region, level="provincial")
    user = User.objects.create_user("office", unit=unit)
    RoleGrant.objects.create(user=user, role="office", unit=unit)
    log_in(user)
    answer = page.goto("/api/docs")
    assert answer is not None and "'unsafe" not in answer.headers["content-security-policy"]
    expect(page.get_by_role("heading", name="接口文档")).to_be_visible()
    page.locator("#operations-tag-workbench, [id^=operations-tag-workbench]").first.click()
    operation = page.locator("#operations-workbench-getMe")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table .response-col_status").last).to_contain_text("200")
    expect(operation.locator(".live-responses-table")).to_contain_text(user.ref)
