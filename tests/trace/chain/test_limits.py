"""Limits of the checks come from the rulebook, are marked as assumed, and may be set for one balance."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hengjian import rulebook
from hengjian.rulebook.parameters.trace_limits import TraceLimits
from hengjian.trace.chain.detecting import completeness, detect_all
from hengjian.trace.chain.limits import balance_of, check_limits
from hengjian.trace.events.capture import add_events
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
    told, limits = rule.typed(TraceLimits), check_limits()
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
