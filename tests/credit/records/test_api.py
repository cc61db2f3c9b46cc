"""The interface: what the catalogue admits comes in, the rest is refused; units read their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from hengjian.credit.records.models import CreditRecord
from hengjian.parties.models import User
from hengjian.parties.tokens import CreateToken
from tests.credit.records.conftest import MARK, World, days_ago

SCOPES = ["credit.view", "credit.record"]


def client(user: User) -> tuple[Client, dict[str, str]]:
    made = CreateToken(
        user=user, unit=user.unit, name="归集接口", scopes=SCOPES, expires_at=timezone.now() + timedelta(days=9)
    ).execute()
    return Client(), {"Authorization": f"Bearer {made.secret}"}


def test_recording_by_token(world: World) -> None:
    asked, headers = client(world.place.head)
    body = {
        "subject": world.firm.code,
        "category": "penalty",
        "catalogue": "N-03-02",
        "decided_on": days_ago(5).isoformat(),
        "document": "罚〔2026〕1号",
        "values": {"title": "案", "measures": ["fine"], "fine_level": "larger"},
    }

    def post(**changes: object) -> int:
        given = {**body, **changes}
        answer = asked.post("/api/v1/credit/records", given, content_type="application/json", headers=headers)
        return answer.status_code

    assert post() == 201
    assert post() == 409
    assert post(catalogue="X-1-1", document="2") == 400
    assert post(values={"measures": ["fine"], "religion": "x"}, document="3") == 400
    assert post(subject="91350100M000100Y43", document="4") == 400
    assert Client().post("/api/v1/credit/records", body, content_type="application/json").status_code == 401
    assert CreditRecord.objects.count() == 1


def test_units_read_their_own(world: World, record: Callable[..., CreditRecord]) -> None:
    record()
    for user, count in ((world.place.head, 1), (world.place.other, 0)):
        asked, headers = client(user)
        answer = asked.get("/api/v1/credit/records", headers=headers)
        assert answer.status_code == 200
        assert answer.json()["total"] == count
        assert (MARK in str(answer.json())) == bool(count)
    assert Client().get("/api/v1/credit/records").status_code == 401
    entries = Client().get("/api/v1/credit/catalogue?region=990100").json()
    assert {"N-03-02", "L-01-01"} <= {entry["id"] for entry in entries}
