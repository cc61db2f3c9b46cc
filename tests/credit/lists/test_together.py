"""Several people decide at the same moment; bodies and places change while a procedure runs."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections

from hengjian.credit.lists.actions import EnterList
from hengjian.credit.lists.models import ListEntry
from hengjian.credit.lists.queries import memberships
from hengjian.credit.records.models import CreditRecord
from hengjian.enterprises.actions.identity import MergeEnterprises
from hengjian.enterprises.models import Enterprise
from hengjian.parties.models import Region
from hengjian.parties.verbs import ActionRefused
from tests.credit.lists.conftest import World


def at_once(*work: Any) -> list[Any]:
    """Run functions in threads that start together; what each returned or raised."""
    gate = threading.Barrier(len(work))
    found: list[Any] = [None] * len(work)

    def run(place: int, act: Any) -> None:
        gate.wait()
        try:
            found[place] = act()
        except Exception as error:
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def entering(world: World, enterprise: Enterprise, **changes: Any) -> Any:
    given = {
        "kind": "serious_breach",
        "criterion": "quality",
        "document": f"澜东市监信〔2026〕{enterprise.pk}号",
        **changes,
    }
    return lambda: EnterList(
        user=None, system="credit-lists", enterprise=enterprise, unit=world.places.county_market,
        ground="生产不合格产品", penalty="澜东市监罚〔2026〕18号", **given,
    ).execute()  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_decisions_at_the_same_moment_have_numbers_of_their_own(world: World) -> None:
    """Also the first ones of a year, when there is no last number to wait for; a body enters once."""
    one, other = world.enterprises[:2]
    found = at_once(
        entering(world, one), entering(world, other), entering(world, one, document="澜东市监信〔2026〕9号")
    )
    refused = [item for item in found if not isinstance(item, ListEntry)]
    assert len(refused) == 1 and isinstance(refused[0], ActionRefused), found
    numbers = sorted(ListEntry.objects.values_list("number", flat=True))
    assert [number[-4:] for number in numbers] == ["0001", "0002"]
    assert CreditRecord.objects.filter(category="serious").count() == 2


@pytest.mark.django_db
def test_numbers_go_on_beyond_four_figures(world: World) -> None:
    first, second, third = (entering(world, one) for one in world.enterprises[:3])
    entry = first()
    ListEntry.objects.filter(pk=entry.pk).update(number=entry.number[:-4] + "9999")
    assert [act().number[-5:] for act in (second, third)] == ["10000", "10001"]


@pytest.mark.django_db
def test_a_procedure_goes_on_with_the_body_that_is_left(world: World) -> None:
    """The body was merged into another after the notice was served: the decision meets the one that is left."""
    gone = world.enterprises[0]
    kept = Enterprise.objects.create(key="E000099", name=gone.name, region=world.places.county)
    case = world.step(world.open(gone), "tell")
    world.step(case, "answered", note="请求从轻")
    MergeEnterprises(user=None, system="registrar", enterprise=kept, other=gone, reason="同一主体").execute()
    # The records of departments carry the code over; these made-up bodies have none.
    Enterprise.objects.filter(pk=kept.pk).update(code=case.data["enterprise"])
    world.step(case, "submit")
    world.step(case, "enter", world.places.county_head, values={"document": "澜东市监信〔2026〕3号"})
    entry = ListEntry.objects.get()
    assert entry.enterprise == kept and [one.number for one in memberships(kept, reader="public")] == [entry.number]


@pytest.mark.django_db
def test_a_place_gets_a_new_code_while_a_procedure_runs(world: World) -> None:
    case = world.step(world.open(world.enterprises[0]), "tell")
    world.step(case, "answered", note="请求从轻")
    Region.objects.filter(pk=world.places.county.pk).update(code="990199")
    world.step(case, "submit")
    world.step(case, "enter", world.places.county_head, values={"document": "澜东市监信〔2026〕3号"})
    entry = ListEntry.objects.get()
    assert entry.region_id == world.places.county.pk and entry.listed
