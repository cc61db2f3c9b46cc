"""An enterprise with an account, and departments that record about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from hengjian.credit.records.actions import RecordCredit
from hengjian.credit.records.models import CreditRecord
from hengjian.enterprises.models import Enterprise
from hengjian.methods.fictional import roster
from hengjian.parties.models import Unit, User
from tests.places import Place, make_place, person

MARK = "封存标记Q7K2"


@pytest.fixture(autouse=True)
def keys(settings: LazySettings, tmp_path: Path) -> None:
    """Ledger keys of each test's own."""
    settings.LEDGER_KEY_FILE = str(tmp_path / "signing.pem")
    settings.LEDGER_VAULT_KEY_FILE = str(tmp_path / "vault-key")


@dataclass
class World:
    place: Place
    firm: Enterprise
    other_firm: Enterprise
    firm_user: User
    other_firm_user: User


@pytest.fixture
def world(db: None) -> World:
    place = make_place()
    firms, users = [], []
    for number, row in enumerate(roster()[:2]):
        unit = Unit.objects.create(
            key=row.code.lower(), name=row.name, kind=Unit.Kind.ENTERPRISE, region=place.county, level="county"
        )
        firms.append(
            Enterprise.objects.create(
                key=f"E{number + 1:011d}", code=row.code, name=row.name, region=place.county, account=unit
            )
        )
        users.append(person(f"firm{number}", unit, "enterprise"))
    return World(place, firms[0], firms[1], users[0], users[1])


def days_ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


@pytest.fixture
def record(world: World) -> Callable[..., CreditRecord]:
    """Record a penalty; keyword arguments replace what it says."""
    made = 0

    def make(**changes: Any) -> CreditRecord:
        nonlocal made
        made += 1
        values = {
            "title": f"{MARK}生产不合格产品案",
            "facts": f"{MARK}生产的产品不符合强制性国家标准",
            "measures": ["fine", "confiscation"],
            "fine_level": "larger",
            "procedure": "ordinary",
            "sector": "quality",
            "amount": "52000",
            **changes.pop("values", {}),
        }
        fields: dict[str, Any] = {
            "user": world.place.officer,
            "subject": world.firm.subject,
            "category": "penalty",
            "catalogue": "N-03-02",
            "decided_on": days_ago(100),
            "document": f"澜市监罚〔2026〕{MARK}{made}号",
            "values": values,
        }
        return RecordCredit(**{**fields, **changes}).execute()

    return make
