"""The demonstration as it is after a build: planted facts, log-ins, pages, ledger. Built once for this file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from hengjian.cli import demo as command
from hengjian.clocks.calendar import current_calendar
from hengjian.demo import state
from hengjian.demo.building import Builder, build
from hengjian.demo.texts import demo_year
from hengjian.demo.world import PASSWORD, read_accounts
from hengjian.ledger.checkpoints import latest_checkpoint
from hengjian.ledger.models import Fact
from hengjian.ledger.verification import verify
from hengjian.pages.navigation import navigation
from hengjian.parties.models import Region, Unit, UnitSuccession, User
from hengjian.parties.policies import visible
from hengjian.plans import burden
from hengjian.plans.models import (
    CascadeLink,
    Duty,
    DutyStep,
    Extension,
    IssuedDocument,
    LightChange,
    PaperDraft,
    Plan,
    PlanImport,
    Report,
    ReportEvidence,
    Task,
    Urge,
)
from tests.demo.following import follow

# The one build takes a minute of computing; a busy machine needs several for that.
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(900)]
SHOWN = [account.username for account in read_accounts() if account.shown]


@pytest.fixture(scope="module", autouse=True)
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """One build for the whole file, in a transaction that is undone at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        build()
        yield
        transaction.set_rollback(True)


def client_of(username: str) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_two_plans_with_everything_resolved() -> None:
    region, city = Plan.objects.get(region__code="990000"), Plan.objects.get(region__code="990300")
    assert city.parent == region
    assert (region.tasks.filter(parent=None).count(), city.tasks.count()) == (100, 46)
    assert region.clauses.filter(kind="item").count() == 18
    assert not Duty.objects.filter(unit=None).exists()
    assert not Duty.objects.exclude(unit__region__code__in=["990000", "990300"]).exists()
    year = demo_year(timezone.localdate())
    assert (region.period_start, region.period_end) == (year.start, year.end)
    assert Region.objects.filter(level="prefecture").count() == 12
    assert Region.objects.filter(level="county").count() >= 5
    # The reform of 2018 in this region: three former bodies became one.
    assert UnitSuccession.objects.filter(successor__key="990000-market-regulation").count() == 3


def test_collective_duty_is_spread_over_the_members() -> None:
    spread = Duty.objects.filter(via__key="990000-quality-members")
    assert spread.values("unit").distinct().count() == 12
    assert spread.values("task").distinct().count() == 4


def test_planted_states_of_duties() -> None:
    states = Counter(Duty.objects.values_list("state", flat=True))
    assert all(states[name] for name in ("assigned", "signed", "reported", "done", "closed", "withdrawn"))
    lights = Counter(Task.objects.values_list("light", flat=True))
    assert lights["red"] and lights["amber"] and lights["grey"]
    assert lights["green"] + lights["blue"] > Task.objects.count() * 0.6
    today = timezone.localdate()
    overdue = Duty.objects.filter(state="signed", due_on__lt=today)
    assert overdue.exists()
    assert set(overdue.values_list("light", flat=True)) == {"red"}
    assert LightChange.objects.filter(after="red").count() >= overdue.count()


def test_planted_reports() -> None:
    states = Counter(Report.objects.values_list("state", flat=True))
    assert all(states[name] for name in ("draft", "submitted", "accepted", "returned"))
    assert Report.objects.filter(no_change=True, state="accepted").exists()
    flagged = Report.objects.filter(similarity=100).select_related("similar_to")
    copied = [report for report in flagged if report.similar_to and report.similar_to.duty_id != report.duty_id]
    assert copied
    assert all(report.result == report.similar_to.result for report in copied if report.similar_to)
    assert len(flagged) < Report.objects.count() * 0.05
    kinds = Counter(ReportEvidence.objects.values_list("kind", flat=True))
    assert kinds["fact"] >= 5
    assert kinds["file"] >= 5
    offered = {str(pk) for pk in Fact.objects.values_list("pk", flat=True)}
    assert set(ReportEvidence.objects.filter(kind="fact").values_list("ref", flat=True)) <= offered
    assert not Report.objects.filter(state="returned", review_note="").exists()


def test_planted_following_up() -> None:
    steps = Counter(Urge.objects.values_list("step", flat=True))
    assert all(steps[name] for name in ("remind", "urge", "notice", "circular"))
    assert Urge.objects.filter(level__gt=0, replied_at=None).exists()
    assert Extension.objects.filter(state="requested").count() == 1
    granted = Extension.objects.filter(state="granted")
    assert granted.exists()
    assert all(extension.duty.due_on == extension.to_due for extension in granted)
    kinds = Counter(IssuedDocument.objects.values_list("kind", flat=True))
    assert (kinds["breakdown"], kinds["consolidation"], kinds["circular"]) == (1, 1, 1)
    assert kinds["notice"] >= 1
    circular = IssuedDocument.objects.get(kind="circular")
    assert circular.issued_by.username == "office" and circular.drafted_by is not None
    assert circular.drafted_by.username == "office2"
    assert PaperDraft.objects.count() == 1


def test_planted_shape_of_the_work() -> None:
    parts = Task.objects.filter(parent__code="16.1").order_by("code")
    assert [float(part.weight) for part in parts] == [0.5, 0.3, 0.2]
    whole = Task.objects.get(code="16.1", plan__region__code="990000")
    # Roll-up by weights, recomputed here; halves go up.
    expected = sum(part.percent * float(part.weight) for part in parts)
    assert abs(whole.percent - expected) <= 0.5
    assert whole.percent > 0
    assert Task.objects.filter(milestones__isnull=False).distinct().count() == 3
    assert Task.objects.filter(is_key=True).count() == 18 + 14
    not_begun = Task.objects.filter(code__in=("7.3", "10.4", "17.6"), plan__region__code="990000")
    assert set(Duty.objects.filter(task__in=not_begun).values_list("state", "percent")) == {("assigned", 0)}


def test_planted_cascade_and_import() -> None:
    relations = Counter(CascadeLink.objects.values_list("relation", flat=True))
    assert all(relations[name] for name in ("kept", "adapted", "dropped", "added"))
    assert CascadeLink.objects.filter(relation="dropped").exclude(reason="").exists()
    assert CascadeLink.objects.filter(relation="dropped", reason="").exists()
    assert Counter(PlanImport.objects.values_list("state", flat=True)) == {"confirmed": 2, "draft": 1}
    saved = burden.saved_by(User.objects.get(username="market"), timezone.localdate().year)
    assert saved.facts and saved.kept and saved.reports > saved.no_change


def test_everything_happened_in_the_year_on_working_days() -> None:
    calendar, now = current_calendar("990000"), timezone.now()
    first = demo_year(timezone.localdate()).start
    for at, by in DutyStep.objects.values_list("at", "by"):
        assert first < timezone.localdate(at) and at <= now
        if by is not None:
            assert 8 <= timezone.localtime(at).hour < 24
    submitted = Report.objects.exclude(submitted_at=None).values_list("submitted_at", flat=True)
    off = [at for at in submitted if not calendar.is_workday(timezone.localdate(at))]
    assert len(off) <= len(submitted) * 0.02
    recorded = list(Fact.objects.order_by("leaf_index").values_list("recorded_at", flat=True))
    assert recorded == sorted(recorded)
    assert recorded[0] < now - timedelta(days=100)


def test_the_ledger_verifies() -> None:
    report = verify()
    assert report.passed, report.findings[:3]
    assert report.size == Fact.everything.count() > 2000
    checkpoint = latest_checkpoint()
    assert checkpoint is not None and checkpoint.tree_size == report.size


def test_every_account_opens_with_the_password() -> None:
    for account in read_accounts():
        assert Client().login(username=account.username, password=PASSWORD), account.username
    assert [row[0] for row in command.accounts()] == SHOWN


@pytest.mark.parametrize(("username", "at_least"), [("enterprise", 100), ("", 50)])
def test_every_link_leads_to_a_page_or_a_file(username: str, at_least: int) -> None:
    """Pages, lists and exports with a year's data behind them, on every kind of database."""
    client = client_of(username) if username else Client(SERVER_NAME="127.0.0.1")
    names, faults = set(), []
    for name, address, status, content in follow(client, "/" if username else "/public/"):
        names.add(name)
        if status not in (200, 301, 302) or (status == 200 and not content):
            faults.append(f"{address}: {status}")
    assert not faults, "\n".join(faults)
    assert len(names) >= at_least, sorted(names)


@pytest.mark.parametrize("username", SHOWN)
def test_every_page_of_the_navigation_answers(username: str) -> None:
    client = client_of(username)
    request = RequestFactory().get("/")
    request.user = User.objects.get(username=username)
    links = [link.url for section in navigation(request) for link in section.links]
    assert reverse("plans:workbench") in links
    for url in ["/", *links]:
        response = client.get(url, follow=True)
        assert response.status_code == 200, (username, url)


@pytest.mark.parametrize("username", ["office", "market", "state-assets", "shuoan-office", "shuoan-market"])
def test_every_kind_of_row_has_a_page(username: str) -> None:
    client, user = client_of(username), User.objects.get(username=username)
    rows: list[tuple[str, Any]] = []
    for name in Duty.State.values:
        rows += [("plans:duty", row) for row in visible(user, Duty.objects.filter(state=name))[:2]]
    for name in ("red", "amber", "green", "blue", "grey"):
        rows += [("plans:task", row) for row in visible(user, Task.objects.filter(light=name))[:1]]
    rows += [("plans:plan", row) for row in visible(user, Plan.objects.all())]
    rows += [("plans:document", row) for row in visible(user, IssuedDocument.objects.all())]
    if username == "office":
        rows += [("plans:import_review", row) for row in PlanImport.objects.filter(state="draft")]
        rows += [("plans:cascade_of", row) for row in Plan.objects.exclude(parent=None)]
        rows += [("plans:coverage", row) for row in Plan.objects.filter(parent=None)]
        rows += [("plans:draft", row) for row in PaperDraft.objects.all()]
    assert len(rows) > 5
    for page, row in rows:
        assert client.get(reverse(page, args=[row.pk])).status_code == 200, (page, row.pk)


def test_departments_of_the_city_see_nothing_of_the_region() -> None:
    user = User.objects.get(username="shuoan-market")
    seen = set(visible(user, Duty.objects.all()).values_list("unit__region__code", flat=True))
    assert seen == {"990300"}
    assert not visible(User.objects.get(username="citizen"), Duty.objects.all()).exists()


def test_it_is_known_as_the_demonstration() -> None:
    assert state.is_demo()
    assert not state.is_empty()
    assert state.foreign_data() == []
    Region.objects.create(code="110000", name="某省", level="provincial")
    assert state.foreign_data() == ["110000 某省"]
    call_command("check")


def test_units_show_their_usual_names() -> None:
    assert str(Unit.objects.get(key="990000-market-regulation")) == "市场监管局"
    assert Unit.objects.get(key="990000-quality-office").name == "澜川自治区质量强区工作领导小组办公室"


def test_a_build_that_breaks_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = [model.objects.count() for model in (Region, User, Plan, Fact)]

    def broken(*_arguments: object) -> None:
        raise RuntimeError("power cut")

    # Everything is there already; what the second build would add before it breaks must not stay.
    monkeypatch.setattr("hengjian.demo.building.create_world", lambda start: None)
    monkeypatch.setattr(Builder, "tell", broken)
    with pytest.raises(RuntimeError, match="power cut"):
        build()
    assert [model.objects.count() for model in (Region, User, Plan, Fact)] == counts
