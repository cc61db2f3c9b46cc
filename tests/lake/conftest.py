"""Fact kinds, regions and a lake that only these tests use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import LazySettings
from pydantic import BaseModel, ConfigDict

from hengjian.ledger import kinds
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.ledger.kinds import FactKind
from hengjian.parties.models import Region


class Values(BaseModel):
    model_config = ConfigDict(extra="forbid")
    amount: Decimal | None = None
    category: str | None = None


class Checked(BaseModel):
    model_config = ConfigDict(extra="forbid")
    result: Literal["pass", "fail"] = "pass"
    lots: int = 1
    share: float | None = None
    urgent: bool | None = None
    sampled_on: date | None = None
    decided_at: datetime | None = None
    tags: list[str] = []
    region: str = ""
    values: Values = Values()


class Noted(BaseModel):
    model_config = ConfigDict(extra="forbid")
    result: str = ""
    lots: Decimal | None = None


KINDS = [FactKind("test.checked", "抽查", Checked, disclosure="public"), FactKind("test.noted", "记录", Noted)]


@pytest.fixture(autouse=True)
def lake_kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The test kinds beside the real ones, taken away afterwards."""
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    for kind in KINDS:
        kinds.register_kind(kind)
    yield


@pytest.fixture(autouse=True)
def lake_folder(settings: LazySettings, tmp_path: Path) -> Path:
    """A lake of each test's own."""
    settings.HENGJIAN_LAKE_DIR = str(tmp_path / "the lake's")
    return tmp_path / "the lake's"


TREE = {  # code → (level, parent)
    "100000": ("national", None),
    "990000": ("provincial", "100000"),
    "990100": ("prefecture", "990000"),
    "990101": ("county", "990100"),
    "990101001": ("township", "990101"),
    "990102": ("county", "990100"),
    "990200": ("prefecture", "990000"),
    "990201": ("county", "990200"),
    "999001": ("county", "990000"),  # governed by the province itself
}


def make_regions() -> None:
    made: dict[str, Region] = {}
    for code, (level, parent) in TREE.items():
        made[code] = Region.objects.create(
            code=code, name=f"地区{code}", level=level, parent=made[parent] if parent else None
        )


def draft(kind: str = "test.checked", **changes: Any) -> FactDraft:
    fields: dict[str, Any] = {
        "kind": kind,
        "subject": "enterprise:a",
        "payload": {},
        "region": "990101",
        "occurred_on": date(2026, 3, 1),
        "source": Source(unit="unit:12", system="tests"),
    }
    return FactDraft(**{**fields, **changes})
