"""Every page that people reach by links: accessible, no sideways scrolling, one primary button, English throughout.

The pages are found by following links, one page per address name, so new pages are tested as they come.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Error, Page

from hengjian import rulebook
from hengjian.demo.clock import at
from hengjian.pages import passages
from hengjian.parties.models import Region, Unit
from hengjian.plans.actions.cascade import AlignPlans
from hengjian.plans.actions.extensions import RequestExtension
from hengjian.plans.actions.imports import ConfirmImport, PlanSettings, StartImport
from hengjian.plans.actions.papers import DraftCircular, IssueDocument
from hengjian.plans.actions.reports import ReportContent, ReviewReport, SubmitReport
from hengjian.plans.actions.work import AssignDuties, SignDuty
from hengjian.plans.models import Clause, Duty, IssuedDocument, PaperDraft, Plan, Report, Task
from tests.plans.conftest import TEXT, World
from tests.plans.test_cascade_pages import CHILD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WIDTHS = (1440, 390)
YEAR = PlanSettings(period_start=date(2026, 1, 1), period_end=date(2026, 12, 31))
# Long enough to push a phone wide where words do not wrap.
RESULT = "完成 %s 家企业现场诊断，形成问题清单并逐条反馈；第三方核查报告已出，其余提出改进措施，承担单位正在完善。"
CHINESE = re.compile(r"[\u3400-\u9fff]")
# Forms that only a POST opens properly, or that end the log-in.
LEFT_OUT = {"account_logout", "set_language"}
# Where the interface speaks; what stands there is translated unless it is a name, words of the plan, or a message as it
# was recorded. Texts marked as Chinese (clauses, papers) are left out.
SPOKEN = (
    "button:not(.rows button), th[scope=col], label, legend, nav a, h2, dt, summary, .hint, .empty, .light, "
    ".page-head p, title"
)
# The kinds of elements that a page is made of.
PARTS = """
() => [...new Set([...document.querySelectorAll("body *")].map((one) =>
  [one.tagName, one.getAttribute("class"), one.getAttribute("name"), one.getAttribute("type"),
   one.getAttribute("role")].join("|")))]
"""
OWN_TEXT = """
all => all.filter((one) => !one.closest("[lang|=zh]:not([data-found])")).map((one) => {
  const copy = one.cloneNode(true);
  copy.querySelectorAll("[lang|=zh]:not([data-found])").forEach((part) => part.remove());
  return copy.textContent;
})
"""


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def busy(world: World) -> World:
    """October: reports in every state, an urge, an extension, issued papers, a draft import, a plan below."""
    with at(datetime(2026, 10, 20, 10, tzinfo=UTC)):
        office = {"user": world.office, "unit": world.office_unit, "region": world.region}
        draft = StartImport(data=TEXT, **office).execute()
        plan = ConfirmImport(user=world.office, draft=draft, settings=YEAR).execute().plan
        AssignDuties(user=world.office, plan=plan).execute()
        duties = list(Duty.objects.filter(unit=world.market).order_by("task__order"))
        for duty in duties[:4]:
            SignDuty(user=world.market_officer, duty=duty).execute()
        for duty, percent in zip(duties, (100, 60, 30), strict=False):
            content = ReportContent(
                result=RESULT % percent,
                percent=percent,
                figure_label="诊断企业",
                figure_value=Decimal(percent),
                figure_unit="家",
            )
            SubmitReport(user=world.market_officer, duty=duty, content=content).execute()
        ReviewReport(user=world.office, duty=duties[0], accept=True, note="属实").execute()
        ReviewReport(user=world.office, duty=duties[1], accept=False, note="请附清单").execute()
        late = duties[-1]
        SignDuty(user=world.market_officer, duty=late).execute()
        RequestExtension(
            user=world.market_officer, duty=late, to_due=late.due_on + timedelta(days=20), reason="专家论证未完成",
            progress_so_far="已完成初稿", head_consents=True,
        ).execute()  # fmt: skip
        paper = {"user": world.office, "plan": plan, "agency": "澜质强办督", "reply_by": date(2026, 10, 27)}
        IssueDocument(kind="notice", tasks=[duties[2].task_id], message="请抓紧办理。", **paper).execute()
        DraftCircular(kind="circular", **{**paper, "reply_by": None}).execute()
        child_plan(world, plan)
        StartImport(data=TEXT, filename="草稿.txt", **office).execute()
    return world


def child_plan(world: World, plan: Plan) -> None:
    city = Region.objects.create(
        code="990200", name="朔安市", short_name="朔安", level=Region.Level.PREFECTURE, parent=world.region
    )
    unit = Unit.objects.create(key="city-office", name="朔安市质量强市办公室", region=city, level=city.level)
    draft = StartImport(user=world.office, unit=unit, region=city, data=CHILD).execute()
    child = ConfirmImport(user=world.office, draft=draft, settings=replace(YEAR, parent=plan)).execute().plan
    AlignPlans(user=world.office, plan=child).execute()


def find_pages(page: Page, start: str) -> Iterator[tuple[str, str, int]]:
    """(address, name, status) of every page behind links of this site, each name once; the browser stands on it."""
    host = urlsplit(page.url).netloc
    waiting, seen = deque([start]), set()
    while waiting:
        address = waiting.popleft()
        try:
            match = resolve(urlsplit(address).path)
        except Resolver404:
            pytest.fail(f"{page.url} links to {address}, which does not exist")
        # Another kind is another page; another row is not.
        name = f"{match.view_name} {match.kwargs.get('kind', '')}"
        if name in seen or match.view_name in LEFT_OUT:
            continue
        seen.add(name)
        try:
            response = page.goto(address)
        except Error as error:
            if "Download is starting" not in error.message and "ERR_ABORTED" not in error.message:
                raise
            continue  # a file
        assert response is not None
        if response.ok and not response.headers.get("content-type", "").startswith("text/html"):
            continue  # a file that the browser shows
        yield address, name, response.status
        for link in page.eval_on_selector_all("a[href]", "links => links.map((link) => link.href)"):
            parts = urlsplit(link)
            if parts.netloc == host and "export=" not in parts.query:
                waiting.append(parts.path)


def names_of(world: World) -> list[str]:
    """Names and words of the plan, longest first: what an English page rightly shows in Chinese."""
    found: set[str] = {world.region.name, world.region.short_name, "衡鉴", "简体中文"}
    for unit in Unit.objects.all():
        found |= {unit.name, unit.short_name, str(unit)}
    for plan in Plan.objects.all():
        found |= {plan.title, plan.number, plan.issuer}
    found |= set(Task.objects.values_list("title", flat=True)) | set(Clause.objects.values_list("title", flat=True))
    found |= set(Clause.objects.values_list("label", flat=True))
    found |= set(Duty.objects.values_list("as_written", flat=True)) | set(
        Report.objects.values_list("result", flat=True)
    )
    found |= set(Region.objects.values_list("name", flat=True))
    found |= {rule.title for family in rulebook.families() for rule in rulebook.versions(family.key)}
    found |= set(IssuedDocument.objects.values_list("title", flat=True)) | {
        str(row) for row in PaperDraft.objects.all()
    }
    found |= set(IssuedDocument.objects.values_list("number", flat=True))
    return sorted(filter(None, found), key=len, reverse=True)


@dataclass
class Examined:
    """What axe has looked at already. It is most of the time of this test, so it looks where something is new.

    Wide: at every page, and for the next person again where the page has a part that it did not have. On the phone: at
    every page that has a part which no page before had there; the parts are the same components everywhere.
    """

    wide: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    phone: set[str] = field(default_factory=set)

    def new_at(self, name: str, parts: set[str]) -> set[int]:
        """The widths at which axe shall look at the page `name` made of `parts`."""
        widths = {width for width, seen in ((WIDTHS[0], self.wide[name]), (WIDTHS[1], self.phone)) if parts - seen}
        self.wide[name] |= parts
        self.phone |= parts
        return widths


@pytest.fixture(scope="module")
def examined() -> Examined:
    return Examined()


@pytest.fixture(autouse=True)
def found_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the middleware finds to be Chinese is told apart from what a template says is: that may be untranslated."""
    monkeypatch.setattr(passages, "MARK", f'{passages.MARK} data-found=""')


@pytest.mark.timeout(900)
# Both languages for the two that differ the most; English is the longer one, and what is left untranslated shows there.
@pytest.mark.parametrize(
    ("who", "language", "at_least"),
    [("office", "zh-hans", 45), ("office", "en", 45), ("market_officer", "en", 25), ("citizen", "en", 12),
     ("", "zh-hans", 4), ("", "en", 4)],
)  # fmt: skip
def test_every_page(
    page: Page,
    busy: World,
    live_site: str,
    log_in: Callable[[Any], None],
    axe: Callable[[Page], None],
    examined: Examined,
    who: str,
    language: str,
    at_least: int,
) -> None:
    if who:
        log_in(getattr(busy, who))
    page.context.add_cookies([{"name": "django_language", "value": language, "url": live_site}])
    names = names_of(busy)
    faults: list[str] = []
    count = 0
    page.goto("/public/")
    for address, name, status in find_pages(page, "/" if who else "/public/"):
        count += 1
        if status != 200:
            faults.append(f"{address}: {status}")
            continue
        new = examined.new_at(name, set(page.evaluate(PARTS)))
        faults += [f"{address} {fault}" for fault in look(page, axe, new)]
        if language == "en":
            faults += [f"{address}: not English: {text}" for text in left_in_chinese(page, names)]
    assert not faults, "\n".join(faults)
    assert count >= at_least


def look(page: Page, axe: Callable[[Page], None], new: set[int]) -> Iterator[str]:
    """What is wrong with the page that the browser shows, at both widths; axe looks at the `new` ones."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if width in new:
            try:
                axe(page)
            except AssertionError as error:
                yield f"{width}: {str(error)[:600]}"
        overflow = page.evaluate("document.documentElement.scrollWidth") - width
        if overflow > 0:
            yield f"{width}: {overflow} pixels too wide"
    primary = page.locator(".btn--primary:not(.btn--s):visible").count()
    if primary > 1:
        yield f"{primary} primary buttons"


def left_in_chinese(page: Page, names: list[str]) -> Iterator[str]:
    for text in page.eval_on_selector_all(SPOKEN, OWN_TEXT):
        rest = text
        for known in names if CHINESE.search(text) else ():
            rest = rest.replace(known, "")
        if CHINESE.search(rest):
            yield " ".join(text.split())[:80]
