"""Two departments deliver at the same moment, and one delivery is worked on by two processes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import pytest
from django.db import OperationalError, connections

from hengjian.documents.sheets import write_csv
from hengjian.documents.uploads import check_upload
from hengjian.enterprises import batches
from hengjian.enterprises.actions.intake import SUFFIXES, AssignColumns, ConfirmIntake, DeliverRecords, StartIntake
from hengjian.enterprises.models import Enterprise, IntakeBatch, LinkKey, SourceRecord
from hengjian.enterprises.search import search
from hengjian.ledger.models import Fact
from hengjian.parties.models import User
from tests.enterprises.conftest import HEAD, World, code_of

pytestmark = pytest.mark.django_db(transaction=True)
#: Bodies that both know, and those that only one of them knows.
BOTH, OWN = 8, 4


def at_once(*work: Callable[[], Any]) -> None:
    """Run in threads that start together; the first error is raised."""
    gate, errors = threading.Barrier(len(work)), []

    def run(act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            act()
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def rows(first: int, number: int, coded: bool = True) -> list[tuple[str, ...]]:
    return [
        (
            f"澜东区远岫{chr(0x4E00 + 37 * at)}业有限公司",
            code_of(at) if coded else "",
            "祁望野",
            f"银杏路{at}号",
            "",
            "存续",
        )
        for at in range(first, first + number)
    ]


def confirmed(user: User, sheet: Sequence[Sequence[str]]) -> IntakeBatch:
    """A delivery that is checked and waits for being taken in."""
    assert user.unit is not None
    data = write_csv(HEAD, sheet)
    batch = StartIntake(
        user=user, unit=user.unit, region=user.unit.region, data=data, checked=check_upload(data, "表.csv", SUFFIXES)
    ).execute()
    if batch.state == IntakeBatch.State.MAPPING:
        AssignColumns(user=user, batch=batch, columns=batch.columns).execute()
    batches.advance(batch, 60)
    batch.refresh_from_db()
    ConfirmIntake(user=user, batch=batch, skip_wrong=True).execute()
    return batch


def worker(batch: IntakeBatch) -> None:
    """Go on until the delivery is done, as the worker's rounds do."""
    mine = IntakeBatch.objects.get(pk=batch.pk)
    for _round in range(200):
        with suppress(OperationalError):  # the other one writes
            batches.advance(mine, 60)
        mine.refresh_from_db()
        if mine.state not in batches.AT_WORK:
            return
        time.sleep(0.02)
    raise AssertionError("the delivery did not come to an end")


def whole(expected: int) -> None:
    """Each code has one body, each record one body, each body is found."""
    codes = list(Enterprise.objects.filter(merged_into=None).exclude(code="").values_list("code", flat=True))
    assert len(codes) == len(set(codes)) == expected
    assert not SourceRecord.objects.filter(enterprise=None).exists()
    assert set(LinkKey.objects.values_list("record", flat=True)) == set(
        SourceRecord.objects.values_list("pk", flat=True)
    )
    assert Fact.objects.filter(kind="enterprise.registered").count() == Enterprise.objects.count()
    assert all(search(code).hits for code in codes[::7])


def test_two_departments_deliver_the_same_bodies(world: World) -> None:
    one = confirmed(world.officer, rows(100, BOTH + OWN))
    other = confirmed(world.farm_officer, rows(100 + OWN, BOTH + OWN))
    at_once(lambda: worker(one), lambda: worker(other))
    whole(BOTH + 2 * OWN)
    for batch in (one, other):
        batch.refresh_from_db()
        assert batch.state == IntakeBatch.State.APPLIED and batch.created + batch.matched == BOTH + OWN
    assert one.created + other.created == BOTH + 2 * OWN


def test_two_workers_take_one_delivery_in_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "SLICE", 7)
    batch = confirmed(world.officer, rows(200, 30))
    at_once(lambda: worker(batch), lambda: worker(batch))
    whole(30)
    batch.refresh_from_db()
    assert (batch.created, batch.done) == (30, 30) and SourceRecord.objects.count() == 30


def test_two_machines_deliver_through_the_interface(world: World) -> None:
    def send(user: User) -> Callable[[], Any]:
        assert user.unit is not None
        unit = user.unit
        fields = ("name", "code", "representative", "address", "registered_on", "status")
        given = [dict(zip(fields, row, strict=True)) for row in rows(300, BOTH)]
        return lambda: DeliverRecords(user=user, unit=unit, region=unit.region, rows=given).execute()

    at_once(send(world.officer), send(world.farm_officer))
    whole(BOTH)
    assert SourceRecord.objects.count() == 2 * BOTH
