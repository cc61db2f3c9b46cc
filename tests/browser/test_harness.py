"""The browser fixtures themselves: a fault on a page is noticed, a clean page passes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Watch


def test_watch_notices_other_hosts_errors_and_policy(page: Page, watch: Watch) -> None:
    page.route(
        "**/harness",
        lambda route: route.fulfill(
            content_type="text/html",
            headers={"Content-Security-Policy": "default-src 'self'; img-src *"},
            body="<html lang=zh><title>t</title><p style='color:red'>x<img src='http://other.invalid/a.png' alt=''>",
        ),
    )
    page.goto("/harness")
    page.wait_for_load_state("load")
    faults = watch.faults()
    assert any(fault.startswith("request to another host: http://other.invalid/") for fault in faults)
    assert any(fault.startswith("content policy: style-src") for fault in faults)
    assert any(fault.startswith("console: ") for fault in faults)
    watch.allow(".")


def test_axe_notices_a_missing_label(page: Page, axe: Callable[[Page], None]) -> None:
    page.set_content("<html lang=zh><title>t</title><main><h1>t</h1><input type=text></main>")
    with pytest.raises(AssertionError, match="label"):
        axe(page)
    page.set_content("<html lang=zh><title>t</title><main><h1>t</h1><label>x <input type=text></label></main>")
    axe(page)
