"""Chromium for browser tests: a page that notices every broken promise (content policy, errors, other hosts)."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

import test_setup
from tests.conftest import require
from tests.plans.conftest import world

__all__ = ["world"]  # the invented region of the plans room serves here, too

FLAGS = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
VIOLATIONS = "options => axe.run(options).then(results => results.violations)"
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  window.reportViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(os.path.dirname(__file__)):
            item.add_marker(pytest.mark.browser)


@dataclass
class Watch:
    """What a page must not do; `allow` excuses what a test provokes on purpose."""

    host: str
    seen: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def allow(self, pattern: str) -> None:
        """Excuse records that match the regular expression."""
        self.allowed.append(pattern)

    def faults(self) -> list[str]:
        return [record for record in self.seen if not any(re.search(pattern, record) for pattern in self.allowed)]

    def attach(self, page: Page) -> None:
        page.on("console", self.console)
        page.on("pageerror", lambda error: self.seen.append(f"script error: {error}"))
        page.on("request", lambda request: self.request(request.url))

    def console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.seen.append(f"console: {message.text} {message.location['url']}")

    def request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != self.host:
            self.seen.append(f"request to another host: {url}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    require("Chromium")
    # Playwright's synchronous interface keeps an event loop in this thread, which Django would take for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=test_setup.chromium(), headless=True, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def live_site(live_server: Any) -> str:
    """Address of the running site, without a slash at the end; static files are served, the database is the test's."""
    return str(live_server.url)


@pytest.fixture
def watch(live_site: str) -> Iterator[Watch]:
    """Asserts at the end that nothing forbidden happened on any page of the test."""
    record = Watch(urlsplit(live_site).netloc)
    yield record
    assert record.faults() == []


@pytest.fixture
def context(browser: Browser, live_site: str, watch: Watch) -> Iterator[BrowserContext]:
    with browser.new_context(
        base_url=live_site, locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1440, "height": 900}
    ) as opened:
        opened.set_default_timeout(30_000)  # a busy machine is no fault
        opened.expose_binding("reportViolation", lambda _source, text: watch.seen.append(f"content policy: {text}"))
        opened.add_init_script(REPORT_VIOLATIONS)
        opened.on("page", watch.attach)
        yield opened


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page of the running site in Chinese, 1440 × 900, watched; relative addresses work: `page.goto("/")`."""
    return context.new_page()


@pytest.fixture
def log_in(context: BrowserContext, live_site: str) -> Callable[[Any], None]:
    """`log_in(user)`: the browser is signed in as that user, without the log-in page and second factor."""

    def enter(user: Any) -> None:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_site}])

    return enter


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """`axe(page)`: asserts that axe-core finds no serious or critical WCAG 2.1 AA issue."""

    def examine(page: Page) -> None:
        # The library is half a megabyte: it comes once per page, and only what is wrong goes back.
        if page.evaluate("typeof window.axe") == "undefined":
            page.evaluate(AXE_SCRIPT)
        found = page.evaluate(VIOLATIONS, {"runOnly": WCAG, "resultTypes": ["violations"]})
        grave = [
            f"{violation['id']} ({violation['impact']}): {violation['help']}: {node['html'][:200]}"
            for violation in found
            if violation["impact"] in ("serious", "critical")
            for node in violation["nodes"]
        ]
        assert grave == []

    return examine
