"""What the tests of the pages share: a client of somebody, and sheets of tickets."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from hengjian.documents.sheets import write_xlsx
from hengjian.parties.models import User
from hengjian.systems.complaints import sheets
from hengjian.systems.complaints.models import TicketBatch
from tests.systems.complaints.conftest import BOTH, PERSON


def as_(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def sheet(*rows: dict[str, Any]) -> SimpleUploadedFile:
    columns = [field.titles[0] for field in sheets.FIELDS]
    names = [field.name for field in sheets.FIELDS]
    data = write_xlsx(columns, [[row.get(name, "") for name in names] for row in rows])
    return SimpleUploadedFile("12345热线.xlsx", data)


def row(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "source_number": f"W{number}",
        "received_at": "2026-06-01 09:30",
        "content": f"{BOTH}我是{PERSON['name']}",
        "respondent_name": "北川县清屿家居有限公司",
        "claims": "退货、赔偿",
        "region": "990321",
        "name": PERSON["name"],
        "phone": PERSON["phone"],
        **changes,
    }


def upload(client: Client, *rows: dict[str, Any]) -> TicketBatch:
    response = client.post(reverse("complaints:import"), {"channel": "12345", "file": sheet(*rows)})
    assert response.status_code == 302, response.content.decode()
    return TicketBatch.objects.latest("pk")
