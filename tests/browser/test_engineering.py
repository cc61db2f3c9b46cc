"""A building: its five responsible parties, five commitments, supervision, acceptance, the permanent plate."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from hengjian.cases.models import Case
from hengjian.systems.engineering.rules import Role
from tests.browser.conftest import Watch
from tests.browser.test_complaint import take
from tests.systems.engineering.conftest import NAMES, Site, site

__all__ = ["site"]  # the invented building site of the engineering room

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_a_project_from_its_five_to_its_plate(
    page: Page, context: BrowserContext, watch: Watch, log_in: Callable[[Any], None], site: Site,
    axe: Callable[[Page], None],
) -> None:  # fmt: skip
    project = site.project()
    address = f"/engineering/projects/{project.pk}/"
    log_in(site.officer)
    page.goto(address)
    axe(page)
    # Four of the five are appointed and have signed …
    for role in list(Role)[:4]:
        appoint(page, role)
        commit(page, role)
    expect(page.locator("main")).to_contain_text("4/5")
    # … so the supervision procedure is refused in words.
    page.locator("button[value='project_supervision']").click()
    page.wait_for_url(re.compile(r"/cases/\d+/"))
    case = Case.objects.get(type="project_supervision")
    watch.allow("409")
    take(page, "grant", supervisor_team="澜东区质量监督站")
    expect(page.locator("main")).to_contain_text("4/5")
    case.refresh_from_db()
    assert case.closed_at is None
    # The fifth signs; now it is granted.
    page.goto(address)
    appoint(page, Role.SUPERVISOR)
    commit(page, Role.SUPERVISOR)
    expect(page.locator("main")).to_contain_text("5/5")
    axe(page)
    page.goto(f"/cases/{case.pk}/")
    take(page, "grant", supervisor_team="澜东区质量监督站")
    project.refresh_from_db()
    assert project.supervised_on is not None and project.status == "building"

    # Acceptance: failed once, passed the second time.
    page.goto(address)
    page.locator("button[value='project_acceptance']").click()
    page.wait_for_url(re.compile(r"/cases/\d+/"))
    acceptance = Case.objects.get(type="project_acceptance")
    options = page.locator("form:has(button[value='step:fail']) [name='_outcome_code'] option").evaluate_all(
        "nodes => nodes.map((node) => node.value).filter(Boolean)"
    )
    take(page, "fail", outcome_code=options[0], defects="屋面渗漏两处", note="整改后再次申请")
    expect(page.locator("main")).to_contain_text("整改中")
    take(page, "again", note="渗漏已修复")
    take(page, "accept", accepted_on=timezone.localdate().isoformat())
    take(page, "file", archive_number="城建档 2016-0102")
    acceptance.refresh_from_db()
    project.refresh_from_db()
    assert acceptance.outcome == "accepted" and project.acceptance_tries == 2 and not project.first_pass
    assert project.status == "accepted" and project.liable_until is not None
    assert NAMES[Role.BUILDER][0] in project.value("plate_text")

    # Anybody reads the plate, on a telephone; identity numbers are nowhere.
    context.clear_cookies()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/engineering/public/{project.pk}/")
    expect(page.locator("main")).to_contain_text(NAMES[Role.BUILDER][0])
    expect(page.locator("main")).to_contain_text(str(project.liable_until.year))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    axe(page)


def appoint(page: Page, role: Role) -> None:
    form = page.locator("form:has(button[value='appoint'])")
    name, unit = NAMES[role]
    form.locator("[name='role']").select_option(str(role))
    form.locator("[name='name']").fill(name)
    form.locator("[name='unit']").fill(unit)
    form.locator("[name='since']").fill("2014-09-01")
    form.locator("button[value='appoint']").click()
    page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text(name)


def commit(page: Page, role: Role) -> None:
    row = page.locator("tr", has_text=NAMES[role][0])
    row.locator("summary", has_text="登记承诺书").click()
    for name in ("signed_on", "authorised_on"):
        row.locator(f"[name='{name}']").fill("2014-09-02")
    row.get_by_role("button", name="备案").click()
    page.wait_for_load_state()
    expect(page.locator("tr", has_text=NAMES[role][0])).to_contain_text("已签署备案")
