"""A process on the database of a test that is killed in the middle of its work; started by test_killed.

Arguments: at which statement to be killed (0: never), then what to do, one thing after the other in one process:
to start one takes longer than most of what is done. Prints how many statements the first thing took.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections import Counter
from datetime import timedelta
from typing import Any

import django

TASKS, UNITS = 30, 30


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def set_up() -> None:
    """An office, a plan of 30 tasks with 30 units each, not yet assigned, a second draft, a submitted report."""
    from datetime import date

    from django.core.management import call_command

    from hengjian.parties.models import Region, RoleGrant, Unit, User
    from hengjian.plans.actions.imports import ConfirmImport, PlanSettings, StartImport
    from hengjian.plans.actions.reports import ReportContent, SubmitReport
    from hengjian.plans.actions.work import AssignDuties, SignDuty
    from hengjian.plans.models import Duty, Task

    call_command("migrate", verbosity=0)
    region = Region.objects.create(code="990000", name="澜川自治区", short_name="澜川", level="provincial")
    panel = Unit.objects.create(key="office", name="质量强区办", region=region, level="provincial")
    market = Unit.objects.create(key="market", name="市场监管局", region=region, level="provincial")
    for name in ("office", "second"):
        user = User.objects.create_user(name, display_name=name, unit=panel)
        RoleGrant.objects.create(user=user, role="office", region=region)
    officer = User.objects.create_user("officer", display_name="officer", unit=market)
    RoleGrant.objects.create(user=officer, role="officer", unit=market)
    office = User.objects.get(username="office")
    items = "\n\n".join(
        f"（{number}）加强第{number}类产品监管。组织抽查第{number}批产品。（市场监管局负责）"
        for number in "一二三四五六七八九十"
    )
    text = "质量工作计划\n\n" + "\n\n".join(f"{place}、提升质量\n\n{items}" for place in "一二三")
    period = PlanSettings(period_start=date(2026, 1, 1), period_end=date(2026, 12, 31))
    for _ in range(2):
        draft = StartImport(user=office, unit=panel, region=region, data=text).execute()
        plan = ConfirmImport(user=office, draft=draft, settings=period).execute().plan
    first, assigned = Task.objects.order_by("plan").values_list("plan", flat=True).distinct()[:2]
    more = [
        Unit.objects.create(key=f"unit-{number}", name=f"第{number}厅", region=region, level="provincial")
        for number in range(UNITS - 1)
    ]
    for task in Task.objects.filter(plan=first):
        Duty.objects.bulk_create(
            Duty(task=task, unit=unit, role="joint", start_on=task.start_on, due_on=task.due_on) for unit in more
        )
    AssignDuties(user=office, plan=plan).execute()
    assert plan.pk == assigned
    duty = Duty.objects.filter(task__plan=plan).order_by("pk")[0]
    SignDuty(user=officer, duty=duty).execute()
    SubmitReport(user=officer, duty=duty, content=ReportContent(result="完成抽查", percent=60)).execute()
    StartImport(user=office, unit=panel, region=region, data=text).execute()


def assign() -> None:
    from hengjian.parties.models import User
    from hengjian.plans.actions.work import AssignDuties
    from hengjian.plans.models import Plan

    AssignDuties(user=User.objects.get(username="office"), plan=Plan.objects.order_by("pk")[0]).execute()


def confirm(who: str = "office") -> None:
    """As the web server does it: the last button of the wizard."""
    from django.test import Client
    from django.test.utils import setup_test_environment

    from hengjian.parties.models import User
    from hengjian.plans.models import PlanImport

    setup_test_environment()  # keeps the context of pages, where the form's values are
    client = Client()
    client.force_login(User.objects.get(username=who), backend="django.contrib.auth.backends.ModelBackend")
    draft = PlanImport.objects.order_by("-pk")[0]
    page = client.get(f"/plans/import/{draft.pk}/confirm/")
    if page.status_code in (302, 409):  # somebody else was quicker
        return
    values = page.context["form"].initial
    data = {name: "" if value is None else getattr(value, "pk", value) for name, value in values.items()}
    data |= {"period_start": "2026-01-01", "period_end": "2026-12-31", "title": "第三份计划", "do": "confirm"}
    status = client.post(f"/plans/import/{draft.pk}/confirm/", data).status_code
    assert status in (302, 409), status


def work(minutes: int = 0) -> None:
    """One round of the worker a year later: lights turn, reminders go out."""
    from django.utils import timezone

    from hengjian.plans.jobs import run_due

    while run_due(timezone.now() + timedelta(days=400, minutes=minutes)):
        pass


def work_later() -> None:
    """The round after the killed worker's lease has run out."""
    work(61)


def accept(who: str = "office") -> None:
    from hengjian.parties.models import User
    from hengjian.parties.verbs import ActionRefused
    from hengjian.plans.actions.reports import ReviewReport
    from hengjian.plans.models import Duty

    duty = Duty.objects.filter(reports__isnull=False).distinct().get()
    try:
        ReviewReport(user=User.objects.get(username=who), duty=duty, accept=True).execute()
        say("accepted")
    except ActionRefused:
        say("refused")


def accept_second() -> None:
    accept("second")


def confirm_second() -> None:
    confirm("second")


def state() -> None:
    """What there is, without times and numbers that differ from run to run."""
    from hengjian.ledger.models import Fact
    from hengjian.pages.models import Notification
    from hengjian.parties.models import AuditEntry
    from hengjian.plans.models import Duty, DutyStep, LightChange, Plan, PlanImport, Report, Task, Urge

    counts: dict[str, Any] = {
        model.__name__: model.objects.count() for model in (Plan, Task, DutyStep, LightChange, Notification, Urge)
    }
    for model, name in (
        (Duty, "state"),
        (PlanImport, "state"),
        (Report, "state"),
        (Fact, "kind"),
        (AuditEntry, "verb"),
    ):
        counts[model.__name__] = dict(sorted(Counter(model._base_manager.values_list(name, flat=True)).items()))
    say(json.dumps(counts, sort_keys=True))


def verify() -> None:
    """The whole ledger, as `hengjian ledger verify` does it."""
    from hengjian.ledger.verification import verify as verify_ledger

    report = verify_ledger()
    assert report.passed, report.findings[:3]


def main() -> None:
    """Every word after the number is a thing to do, in this order; after the first it says how many statements."""
    fatal, *words = sys.argv[1:]
    django.setup()
    from django.db import connection

    seen = 0

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        nonlocal seen
        seen += 1
        if seen == int(fatal):
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        for place, word in enumerate(words):
            globals()[word]()
            if not place:
                say(str(seen))


if __name__ == "__main__":
    main()
