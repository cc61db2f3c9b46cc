"""Dated snapshots of a list that were published already do not tell of an entry that left."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from hengjian.credit.lists.actions import LeaveList
from hengjian.credit.lists.models import ListEntry
from hengjian.ledger.models import Fact
from hengjian.parties.verbs import ActionRefused
from hengjian.publishing.forgetting import forget_rows
from hengjian.publishing.list_actions import PrepareList, PublishList
from hengjian.publishing.models import ListSnapshot
from hengjian.publishing.queries import snapshot_hash
from tests.credit.lists.conftest import World
from tests.credit.walking import says, tables_with, text_of
from tests.systems.market_world import person

pytestmark = pytest.mark.django_db
CODE, DOCUMENT = "credit-serious-breach", "封存文号〔2026〕77号"


def publish(world: World) -> ListSnapshot:
    """What the worker does each hour, for one list."""
    unit = world.places.market
    row = PrepareList(user=None, system="tests", code=CODE, unit=unit, region=unit.region).execute()
    return PublishList(user=None, system="tests", snapshot=row).execute()


def addresses(*snapshots: ListSnapshot) -> list[str]:
    """Every address under which the list or one of the snapshots is handed out to everybody."""
    names = ("list", "list_feed_json", "list_feed_atom", "list_csv", "list_json")
    found = [reverse(f"publishing:{name}", args=[CODE]) for name in names]
    for row in snapshots:
        found += [reverse(f"publishing:{name}", args=[row.pk]) for name in ("snapshot", "snapshot_json")]
    return found


def listed(world: World) -> ListEntry:
    entry = world.enter(world.enterprises[0])
    ListEntry.objects.filter(pk=entry.pk).update(document=DOCUMENT)
    entry.refresh_from_db()
    return entry


def test_published_snapshots_forget_an_entry_that_left(world: World) -> None:
    gone = listed(world)
    said = (gone.enterprise.name, gone.enterprise.code, DOCUMENT)
    first = publish(world)
    everybody, office = Client(), Client()
    office.force_login(person("lists", world.places.market, "office"))
    before = everybody.get(reverse("publishing:snapshot_json", args=[first.pk]))
    assert all(says(text_of(before), one) for one in said)

    LeaveList(user=None, system="test", entry=gone, how="repaired", reason="修复").execute()
    # At once, also before the next round of the worker, and to somebody who holds the former answer.
    office_pages = [reverse("publishing:prepared", args=[first.pk]), reverse("publishing:lists")]
    for client, paths in ((everybody, addresses(first)), (office, office_pages)):
        for path in paths:
            answer = client.get(path, headers={"If-None-Match": before.headers.get("ETag", '"none"')})
            assert answer.status_code == 200 and not says(text_of(answer), *said), path
    assert tables_with(DOCUMENT) == set()

    later = publish(world)
    with pytest.raises(ActionRefused, match="没有变化"):
        publish(world)
    for path in addresses(first, later)[-4:]:
        assert not says(text_of(everybody.get(path)), *said), path
    # Old copies can still be checked, and the ledger counts what went.
    first.refresh_from_db()
    assert all(snapshot_hash(row) == row.sha256 for row in (first, later))
    facts = Fact.objects.filter(kind="list.published", subject=f"list:{CODE}").order_by("leaf_index")
    assert [(one.payload["count"], one.payload["removed"]) for one in facts] == [(1, 0), (0, 1)]


def test_only_the_row_that_is_meant_is_taken_out(world: World) -> None:
    entry = listed(world)
    publish(world)
    assert forget_rows(CODE, "number", ["X-0"]) == 0
    assert forget_rows("credit-tourism-breach", "number", [entry.number]) == 0
    assert forget_rows(CODE, "number", [entry.number]) == 1
    assert forget_rows(CODE, "number", [entry.number]) == 0
