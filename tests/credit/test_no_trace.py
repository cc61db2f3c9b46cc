"""After repair and after expiry nothing shows a record any more: every address, file, copy and table is searched.

The walk knows no page by name: whatever address a room adds is asked, for every kind of reader.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.apps import apps
from django.conf import LazySettings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from hengjian.cases.actions import TakeStep
from hengjian.credit.records import jobs
from hengjian.credit.records.actions import ApplyForRepair, CorrectRecord
from hengjian.credit.records.models import CreditRecord
from hengjian.credit.sharing.actions.subscriptions import AddToPortfolio, Subscribe
from hengjian.enterprises.search.jobs import run_due as index_enterprises
from hengjian.lake.sql import run_sql
from hengjian.lake.storing import lake
from hengjian.lake.syncing import sync
from hengjian.ledger.checkpoints import sign_checkpoint
from hengjian.ledger.models import Fact
from hengjian.ledger.proofs import check_proof
from hengjian.ledger.proving import prove
from hengjian.ledger.sealing import is_sealed
from hengjian.ledger.verification import verify
from hengjian.parties.models import User
from tests.credit.records.conftest import MARK, World, days_ago, keys, record, world

__all__ = ["keys", "record", "world"]  # fixtures
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(900)]
Make = Callable[..., CreditRecord]
#: Rooms whose pages are asked as every reader; all others as the deciding organ's officer only.
NEAR = ("credit", "enterprises", "ledger", "api:list_facts", "api:get_fact", "api:get_proof", "api:credit", "pages:")
#: What ends the session, or streams without end.
NOT_ASKED = re.compile(r"logout|language|events|stream")


@pytest.fixture(autouse=True)
def lake_folder(settings: LazySettings, tmp_path: Path) -> None:
    settings.HENGJIAN_LAKE_DIR = str(tmp_path / "lake")


def addresses(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(name, path) of every address that the values can fill."""

    def walk(patterns: Iterable[Any], prefix: str = "", space: str = "") -> Iterator[tuple[str, str]]:
        for entry in patterns:
            if isinstance(entry, URLResolver):
                inner = f"{space}{entry.namespace}:" if entry.namespace else space
                yield from walk(entry.url_patterns, prefix + str(entry.pattern), inner)
            elif isinstance(entry, URLPattern) and "(?" not in prefix + str(entry.pattern):
                yield f"{space}{entry.name or ''}", prefix + str(entry.pattern)

    def fill(name: str, match: re.Match[str]) -> str:
        room = name.split(":")[0]
        converter, parameter = match["converter"] or "str", match["name"]
        for key in (f"{room}:{parameter}", parameter, converter):
            if key in values:
                return str(values[key])
        return "1"

    for name, raw in walk(get_resolver().url_patterns):
        if not NOT_ASKED.search(raw):
            path = re.sub(r"<(?:(?P<converter>\w+):)?(?P<name>\w+)>", lambda match, name=name: fill(name, match), raw)
            yield name, "/" + path.replace("^", "").replace("$", "")


def text_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content[:2] == b"PK":  # workbook or document: what stands inside
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            content = b"".join(package.read(name) for name in package.namelist())
    return content.decode("utf-8", "replace") + str(response.headers)


def shown_to(user: User | None, values: dict[str, Any], near_only: bool, variants: bool = False) -> set[str]:
    """The names of the addresses that show the mark to a reader; with searches and exports as `variants`."""
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    found = set()
    for name, path in addresses(values):
        if near_only and not name.startswith(NEAR):
            continue
        asked = [path]
        if variants and name.startswith(("credit", "enterprises")) and str(values["uuid"]) not in path:
            asked += [f"{path}?export=csv", f"{path}?q={values['code']}"]
        if name == "api:list_facts":
            asked.append(f"{path}?subject=enterprise:{values['code']}&disclosure=internal&history=true")
        for address in asked:
            response = client.get(address, headers={"X-Purpose": "test"})
            text = text_of(response)
            if MARK in text or ascii(MARK)[1:-1] in text:
                found.add(name)
    return found


def tables_with_the_mark() -> set[str]:
    """The tables outside the ledger's facts in which the mark stands anywhere."""
    found = set()
    for model in apps.get_models():
        if model is Fact:
            continue
        for row in model._base_manager.values_list().iterator():
            if MARK in str(row):
                found.add(model._meta.label)
                break
    return found


def readers(world: World) -> dict[str, User | None]:
    return {
        "nobody": None,
        "own enterprise": world.firm_user,
        "organ": world.place.officer,
        "another department": world.place.other,
    }


def test_nothing_shows_a_repaired_or_an_expired_record(
    world: World, record: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = world.place
    subscription = Subscribe(
        user=place.other, unit=place.tourism, title="合作企业", purpose="评优", events=["penalty", "repair", "expiry"]
    ).execute()
    AddToPortfolio(user=place.other, subscription=subscription, codes=[world.firm.code]).execute()
    repaired, expiring = record(), record()
    CorrectRecord(user=place.officer, record=repaired, values={"basis": f"{MARK}第一条"}, reason="补充依据").execute()
    index_enterprises(timezone.now())
    sign_checkpoint()
    sync()
    values = {
        "name": world.firm.name, "code": world.firm.code, "ident": world.firm.code, "uuid": repaired.key,
        "fact_id": repaired.fact, "credit_records:key": repaired.key, "key": world.firm.key, "category": "penalty",
        "credit_dossier:code": "none", "suffix": "csv", "extension": "docx",
    }  # fmt: skip

    # The control: the walk does find what is there.
    before = shown_to(place.officer, values, near_only=True)
    assert {"credit_records:index", "credit_records:record", "ledger:fact", "api:get_fact"} <= before
    assert any(name.startswith("credit_dossier") for name in before)

    case = ApplyForRepair(
        user=world.firm_user, record=repaired, fulfilled_on=days_ago(3), committed=True, statement="已履行"
    ).execute()
    for code, user, given in (
        ("accept", place.officer, {}),
        ("check", place.officer, {"corrected": True, "fulfilled": True, "how": "papers"}),
        ("repair", place.reviewer, {}),
    ):
        TakeStep(user=user, case=case, step=code, values=given).execute()
        case.refresh_from_db()
    assert expiring.max_until is not None
    later = timezone.make_aware(datetime.combine(expiring.max_until, datetime.min.time())) + timedelta(hours=9)
    with monkeypatch.context() as clock:
        clock.setattr(timezone, "now", lambda: later)
        assert jobs.expire(later) == 1
    # The seal of the expiry begins at that later moment for the ledger, too; the walk looks from then on.
    monkeypatch.setattr(timezone, "now", lambda: later + timedelta(minutes=1))

    assert tables_with_the_mark() == set()
    sync()
    store = lake()
    for file in store.manifest().files():
        assert MARK not in str(pq.read_table(store.path(file)).to_pylist()), file
    assert MARK not in str(run_sql("SELECT * FROM history.credit_recorded").rows)
    assert MARK not in str(list(Fact.objects.values_list("payload", flat=True)))

    monkeypatch.undo()
    monkeypatch.setattr("django.utils.timezone.now", lambda: later + timedelta(minutes=1))
    shown = {
        who: shown_to(user, values, near_only=who != "organ", variants=who == "organ")
        for who, user in readers(world).items()
    }
    assert not any(shown.values()), {who: names for who, names in shown.items() if names}

    sign_checkpoint()
    for row in CreditRecord.everything.filter(pk__in=[repaired.pk, expiring.pk]):
        assert is_sealed(str(row.fact))
        proof = prove(Fact.everything.get(id=row.fact), disclosure="internal")
        assert proof.leaf is None
        assert check_proof(proof, proof.verifier_key).passed
    assert verify().passed
