"""Merges, splits, changed codes, deliveries and their undoing in any order: keys stay, every key ends at one body."""

from __future__ import annotations

import random

import pytest
from django.db.models import Count

from hengjian.enterprises.actions.identity import MergeEnterprises, SplitEnterprise, UndoIdentity
from hengjian.enterprises.actions.intake import UndoIntake
from hengjian.enterprises.batches import advance
from hengjian.enterprises.models import Enterprise, EntityEvent, IntakeBatch, SourceRecord
from hengjian.enterprises.queries import by_code, by_key
from hengjian.parties.models import Unit
from hengjian.parties.verbs import ActionRefused
from tests.enterprises.conftest import World, code_of, deliver

NAMES = ("远岫乳业有限公司", "银杏奶站", "望澜牧场", "河湾冷链物流有限公司", "松涛饲料厂")


def _sound(keys: set[str]) -> set[str]:
    """Check what must hold at any moment; returns all keys there are."""
    bodies = Enterprise.objects.select_related("merged_into").in_bulk()
    found = {body.key for body in bodies.values()}
    assert keys <= found
    for body in bodies.values():
        end = by_key(body.key)
        assert end is not None and end.merged_into_id is None
        if body.merged_into_id is None:
            assert end == body
            if body.code:
                assert by_code(body.code) == body
        else:
            assert body.merged_into is not None and body.merged_into.merged_into_id is None
            assert not body.code
    assert not SourceRecord.objects.filter(enterprise__merged_into__isnull=False).exists()
    held = Enterprise.objects.exclude(code="").values("code").annotate(times=Count("pk")).filter(times__gt=1)
    assert not held.exists()
    return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_any_order_of_changes(world: World, seed: int) -> None:
    draw = random.Random(seed)
    officers = (world.officer, world.farm_officer)
    keys: set[str] = set()
    done = 0
    for turn in range(14):
        kind = draw.choice(("deliver", "deliver", "merge", "merge", "split", "undo", "undo", "return"))
        bodies = list(Enterprise.objects.filter(merged_into=None).order_by("pk"))
        try:
            if kind == "deliver" or len(bodies) < 2:
                number = draw.randrange(len(NAMES))
                code = draw.choice(("", code_of(60 + number), code_of(80 + number)))
                row = ("澜东区" + NAMES[number], code, "", f"澜东区银杏路{number * 10 + draw.randrange(2)}号")
                deliver(draw.choice(officers), [row], name=f"{turn}.csv")
            elif kind == "merge":
                one, other = draw.sample(bodies, 2)
                MergeEnterprises(user=world.officer, enterprise=one, other=other, reason="同一主体").execute()
            elif kind == "split":
                body = draw.choice(bodies)
                live = body.records.filter(replaced_by=None, withdrawn_at=None).order_by("pk")
                SplitEnterprise(
                    user=world.officer, enterprise=body, records=[row.pk for row in live[:1]], reason="不是"
                ).execute()
            elif kind == "undo":
                events = EntityEvent.objects.filter(kind__in=(EntityEvent.Kind.MERGED, EntityEvent.Kind.SPLIT))
                event = draw.choice(list(events.order_by("pk")) or [None])
                if event is not None:
                    UndoIdentity(user=world.officer, event=event, reason="看错了").execute()
            else:
                batch = draw.choice(list(IntakeBatch.objects.filter(state=IntakeBatch.State.APPLIED).order_by("pk")))
                UndoIntake(user=batch.created_by, batch=batch).execute()
                advance(batch, 60)
            done += 1
        except ActionRefused:
            pass
        keys = _sound(keys)
    assert done > 4


def test_an_account_goes_back_with_its_body(world: World) -> None:
    deliver(world.officer, [("澜东区远岫乳业有限公司", code_of(11), "", "澜东区银杏路12号")])
    deliver(world.farm_officer, [("远岫奶站", "", "", "")])
    dairy, shop = by_code(code_of(11)), Enterprise.objects.get(name="远岫奶站")
    assert dairy is not None
    Enterprise.objects.filter(pk=shop.pk).update(account=world.works)
    shop.refresh_from_db()
    event = MergeEnterprises(user=world.officer, enterprise=dairy, other=shop, reason="同一奶站").execute()
    dairy.refresh_from_db()
    assert dairy.account == world.works
    UndoIdentity(user=world.officer, event=event, reason="看错了").execute()
    dairy.refresh_from_db()
    shop.refresh_from_db()
    assert dairy.account is None and shop.account == world.works


def test_an_account_finds_its_enterprise_whichever_came_first(world: World) -> None:
    name, code = "澜东区远岫乳业有限公司", code_of(11)
    deliver(world.officer, [(name, "", "", "澜东区银杏路12号")])
    unit = Unit.objects.create(
        key=code.lower(), name=name, region=world.county, level=world.county.level, kind=Unit.Kind.ENTERPRISE
    )
    body = Enterprise.objects.get(name=name)
    assert body.account is None
    deliver(world.farm_officer, [(name, code, "", "澜东区银杏路12号")])  # the code comes with a later record
    body.refresh_from_db()
    assert (body.code, body.account) == (code, unit)
    deliver(world.officer, [("松涛饲料厂", code_of(12), "", "")])
    later = Unit.objects.create(
        key=code_of(12), name="松涛饲料厂", region=world.county, level=world.county.level, kind=Unit.Kind.ENTERPRISE
    )
    mill = by_code(code_of(12))
    assert mill is not None and mill.account == later
