"""Fact kinds and drafts that only these tests use."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from pydantic import BaseModel, ConfigDict, Field

from hengjian.ledger import kinds
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.ledger.kinds import FactKind, VaultRef


class Inspected(BaseModel):
    model_config = ConfigDict(extra="forbid")
    lot: str
    conforming: bool
    items: int = Field(ge=0, default=1)
    sampled_on: date | None = None
    measured: float | None = None


class Complained(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str
    complainant: VaultRef


KINDS = [
    FactKind("test.inspected", "抽查结果", Inspected, "enterprise", "public"),
    FactKind("test.complained", "投诉", Complained, "enterprise", "internal"),
]


@pytest.fixture(autouse=True)
def ledger_kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The test kinds beside the real ones, taken away afterwards."""
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    for kind in KINDS:
        kinds.register_kind(kind)
    yield


@pytest.fixture(autouse=True)
def ledger_keys(settings: LazySettings, tmp_path: Path) -> None:
    """Keys of each test's own."""
    settings.LEDGER_KEY_FILE = str(tmp_path / "signing.pem")
    settings.LEDGER_VAULT_KEY_FILE = str(tmp_path / "vault-key")


@pytest.fixture
def draft() -> Callable[..., FactDraft]:
    """A draft of an inspection result; keyword arguments replace its fields."""
    return make_draft


def make_draft(**changes: Any) -> FactDraft:
    fields: dict[str, Any] = {
        "kind": "test.inspected",
        "subject": "enterprise:91990200MA7Q4K2TX4",
        "payload": {"lot": f"L{os.urandom(3).hex()}", "conforming": True},
        "region": "990200",
        "occurred_on": date(2026, 3, 1),
        "source": Source(unit="unit:12", system="tests"),
        "refs": {"product": "product:儿童学步带", "lot": "lot:7"},
        "evidence": ("sha256:" + "ab" * 32,),
    }
    return FactDraft(**{**fields, **changes})
