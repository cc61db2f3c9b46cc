"""Two units with their people, and a csv writer in place of the one that `documents` lends."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import Client

from hengjian.pages import exporters
from hengjian.parties.models import Region, RoleGrant, Unit, User


@dataclass
class Office:
    """The head of one unit and what that head must and must not see."""

    client: Client
    head: User
    mine: Unit
    other: Unit
    colleagues: list[User]
    strangers: list[User]


@pytest.fixture
def office(db: None) -> Office:
    region = Region.objects.create(code="990000", name="澜川自治区", level="province")
    mine = Unit.objects.create(name="自治区市场监管局", key="market", region=region, level="province")
    other = Unit.objects.create(name="自治区财政厅", key="finance", region=region, level="province")
    colleagues = [
        User.objects.create(
            username=f"own{n:02d}", display_name=f"同事{n}", unit=mine, position="abc"[n % 3], is_active=n % 5 != 0
        )
        for n in range(60)
    ]
    strangers = [User.objects.create(username=f"foreign{n}", display_name="外人", unit=other) for n in range(5)]
    head = User.objects.create_user(username="the-head", password="Liangchuan-2026", unit=mine, display_name="苏和平")
    RoleGrant.objects.create(user=head, role="unit_head", unit=mine)
    client = Client()
    client.force_login(head)
    return Office(client, head, mine, other, colleagues, strangers)


@pytest.fixture(autouse=True)
def csv_writer() -> Iterator[None]:
    """A plain writer, so that these tests read back what the list handed over."""

    def write(titles: object, rows: object, title: str, notes: object) -> bytes:
        file = io.StringIO()
        writer = csv.writer(file)
        writer.writerow(titles)  # type: ignore[arg-type]
        writer.writerows(rows)  # type: ignore[arg-type]
        return file.getvalue().encode("utf-8")

    before = dict(exporters._exporters)
    exporters._exporters.clear()
    exporters.register_exporter("csv", write, "text/csv; charset=utf-8")
    yield
    exporters._exporters.clear()
    exporters._exporters.update(before)
