"""Limits of the checks come from the rulebook, are marked as assumed, and may be set for one balance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hengjian import rulebook
from hengjian.parties.models import Unit
from hengjian.rulebook import lookup
from hengjian.rulebook.base import Rule
from hengjian.rulebook.parameters.trace_limits import TraceLimits
from hengjian.trace.chain.detecting import completeness, detect_all
from hengjian.trace.chain.limits import balance_of, limits_note, limits_of, limits_rule, reader_rule
from hengjian.trace.chain.models import Anomaly
from hengjian.trace.events.capture import add_events
from tests.places import person
from tests.trace.chain.conftest import Chain

LOT, RAW = "https://id.gs1.org/01/09990000000012/10/Q9", "https://id.gs1.org/01/09990000000029/10/R9"


def transform(world: Chain, step: str, put_in: int, came_out: int) -> None:
    now = timezone.now() - timedelta(days=1)
    event = {
        "type": "TransformationEvent",
        "eventTime": now.isoformat(timespec="milliseconds"),
        "eventTimeZoneOffset": "+08:00",
        "bizStep": step,
        "inputQuantityList": [{"epcClass": RAW, "quantity": put_in, "uom": "KGM"}],
        "outputQuantityList": [{"epcClass": LOT, "quantity": came_out, "uom": "KGM"}],
    }
    add_events([event], party=world.plant, user=None, system="test")


def test_the_checks_take_the_limits_of_the_rulebook() -> None:
    rule = rulebook.at("trace_limits", "000000", timezone.localdate())
    told, limits = rule.typed(TraceLimits), limits_of(limits_rule())
    assert rule.assumptions and rule.status == "to_verify"
    assert (limits.speed, limits.receive_days) == (float(told.speed), told.receive_days)
    assert limits.tolerance == pytest.approx(float(told.tolerance) / 100)


@pytest.mark.django_db
def test_a_process_is_judged_by_the_yield_of_its_kind(chain: Chain, client: Client) -> None:
    transform(chain, "repackaging", 100, 60)
    (one,) = balance_of(LOT).processes
    assert (one.verdict, one.low) == ("below", Decimal("0.95"))
    (one,) = balance_of(LOT, usual=(Decimal("0.5"), Decimal(1))).processes
    assert one.verdict == "fits"
    client.force_login(chain.officer)
    address = reverse("trace_chain:balance")
    page = client.get(address, {"key": LOT}).content.decode()
    assert "60.0%" in page and "95～100%" in page and "系统假定，待核" in page
    own = client.get(address, {"key": LOT, "lowest": "50"}).content.decode()
    assert "50～100%" in own and "按您填写的计算" in own
    assert client.get(address, {"key": LOT, "lowest": "90", "highest": "20"}).status_code == 422


@pytest.mark.django_db
def test_how_whole_the_chain_is_comes_from_the_daily_look(chain: Chain, client: Client) -> None:
    assert completeness().at is None
    client.force_login(chain.officer)
    assert "今天还没有统计" in client.get(reverse("trace_chain:anomalies")).content.decode()
    detect_all(timezone.now())
    told = completeness()
    assert told.counts is not None and told.counts.things > 2
    page = client.get(reverse("trace_chain:anomalies")).content.decode()
    assert "链条完整的批次和单品" in page


@pytest.fixture
def county_rule(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rule]:
    """The county of the plant set limits of its own: receipts are waited for a day, repackaging loses more."""
    national = limits_rule()
    told: Any = national.parameters.model_dump() | {
        "receive_days": 1,
        "tolerance": Decimal(10),
        "processes": [{"step": "repackaging", "title": "重新包装", "title_en": "", "lowest": 40, "highest": 100}],
    }
    given = national.model_dump() | {
        "id": "trace_limits.county",
        "region": chain.county.code,
        "sources": [{"document": "望澜市追溯限值规定", "number": "望市监发〔2026〕3号"}],
        "in_force_from": timezone.localdate() - timedelta(days=30),
        "status": "verified",
        "assumptions": (),
        "parameters": TraceLimits.model_validate(told),
    }
    own = Rule.model_validate(given)
    rules = (*lookup.all_rules(), own)
    monkeypatch.setattr(lookup, "all_rules", lambda: rules)
    lookup.versions.cache_clear()
    yield own
    monkeypatch.undo()
    lookup.versions.cache_clear()


@pytest.mark.django_db
def test_a_region_is_judged_by_limits_of_its_own(chain: Chain, county_rule: Rule) -> None:
    assert (limits_rule(chain.county.code).id, limits_rule(chain.region.code).id) == (county_rule.id, limits_rule().id)
    assert limits_rule(chain.county.code, county_rule.in_force_from - timedelta(days=1)).id != county_rule.id
    assert "另有 1 个地区规则" in limits_note()
    days = timezone.now() - timedelta(days=3)

    def ship(party: Unit, thing: str) -> None:
        event = {
            "type": "ObjectEvent",
            "action": "OBSERVE",
            "eventTime": days.isoformat(timespec="milliseconds"),
            "eventTimeZoneOffset": "+08:00",
            "bizStep": "shipping",
            "quantityList": [{"epcClass": thing, "quantity": 5, "uom": "KGM"}],
            "bizLocation": {"id": "https://id.gs1.org/414/4012345000016"},
        }
        add_events([event], party=party, user=None, system="test")

    # Three days on the way: too long in the county, not yet elsewhere.
    ship(chain.shop, LOT)
    ship(chain.plant, RAW)
    detect_all(timezone.now())
    late = Anomaly.objects.filter(code="shipped_not_received", key__in=(LOT, RAW))
    assert [(one.key, one.region) for one in late] == [(RAW, chain.county)]


@pytest.mark.django_db
def test_a_balance_goes_by_the_rule_where_the_reader_works(chain: Chain, county_rule: Rule) -> None:
    transform(chain, "repackaging", 100, 60)
    in_county = person("in-county", chain.county_market, "officer")
    assert (reader_rule(in_county).id, reader_rule(chain.officer).id) == (county_rule.id, limits_rule().id)
    (one,) = balance_of(LOT, rule=reader_rule(in_county)).processes
    assert (one.verdict, one.low) == ("fits", Decimal("0.4"))
    (one,) = balance_of(LOT, rule=reader_rule(chain.officer)).processes
    assert one.verdict == "below"
