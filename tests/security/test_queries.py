"""The number of queries of the main pages does not grow with the number of duties."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hengjian.parties.models import Unit, User
from hengjian.plans.models import Duty, Plan, Task
from tests.security.conftest import Land

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

TASKS, UNITS = 500, 40


def pages(land: Land, plan: Plan, task: Task) -> list[str]:
    return [
        "/plans/workbench/", "/plans/tasks/", "/plans/", f"/plans/{plan.pk}/", f"/plans/tasks/{task.pk}/",
        "/plans/load/", "/views/notices", "/plans/cockpit/", "/plans/papers/", "/plans/burden/", "/plans/cascade/",
        "/search/?q=监管",
        f"/plans/{plan.pk}/coverage/", "/directory/units/", "/directory/people/", "/directory/audit/",
        "/api/v1/tasks?limit=50", "/api/v1/duties?limit=50", "/api/v1/plans", "/api/v1/workbench/todo", "/api/v1/load",
    ]  # fmt: skip


def counted(land: Land, user: User, plan: Plan, task: Task) -> dict[str, int]:
    client = land.client(user)
    found = {}
    for path in pages(land, plan, task):
        client.get(path)  # what is kept between requests is there
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(path).status_code in {200, 403, 404}, path
        found[path.replace(str(plan.pk), "N").replace(str(task.pk), "N")] = len(queries)
    return found


def fill(land: Land) -> None:
    """20,000 duties in the same plan, with units and dates of all kinds."""
    plan, clause = land.plan, land.duty.task.clause
    region, level = land.plan.region, land.plan.region.level
    units = [Unit.objects.create(key=f"u{n}", name=f"第{n}厅", region=region, level=level) for n in range(UNITS - 1)]
    units.append(land.duty.unit)
    tasks = Task.objects.bulk_create(
        Task(plan=plan, clause=clause, code=f"9.{n}", order=n + 100, title=f"加强第{n}类产品监管", status="open",
             start_on=date(2026, 1, 1), due_on=date(2026, 1 + n % 12, 28), light=("green", "red", "orange")[n % 3])
        for n in range(TASKS)
    )  # fmt: skip
    Duty.objects.bulk_create(
        (
            Duty(task=task, unit=unit, role="lead" if place == 0 else "joint", order=place, percent=place,
                 state=("assigned", "signed")[place % 2], start_on=task.start_on, due_on=task.due_on, light=task.light)
            for task in tasks
            for place, unit in enumerate(units)
        ),
        batch_size=2000,
    )  # fmt: skip


def test_no_page_asks_once_per_row(land: Land) -> None:
    users = (land.office, land.officer)
    task = land.duty.task
    before = [counted(land, user, land.plan, task) for user in users]
    fill(land)
    assert Duty.objects.count() >= 20_000
    after = [counted(land, user, land.plan, task) for user in users]
    grown = {
        (user.username, path): (few[path], many[path])
        for user, few, many in zip(users, before, after, strict=True)
        for path in few
        # A page that was empty before may take a few more; one query per row of a page would be dozens.
        if many[path] > few[path] + 6
    }
    assert grown == {}
    assert max(max(many.values()) for many in after) <= 60, after
