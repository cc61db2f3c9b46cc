"""Certificates of conformity: issued per lot with its event, collected, issued anew, withdrawn, checked."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from hengjian.ledger.queries import facts
from hengjian.parties.policies import Forbidden
from hengjian.parties.verbs import ActionRefused
from hengjian.trace.events.models import Event
from hengjian.trace.exchange.certificates import (
    CheckCertificate,
    CollectCertificate,
    IssueCertificate,
    SellLot,
    WithdrawCertificate,
    keep_until,
)
from hengjian.trace.exchange.models import CollectedCertificate, ConformityCertificate
from hengjian.trace.exchange.stock import available_to, stock
from tests.trace.exchange.conftest import GIVEN, TraceWorld


def test_issuing_gives_number_lot_and_event(trace: TraceWorld) -> None:
    made = trace.certificate(product_code="6901234567892")
    assert made.key.startswith(f"HG{timezone.localdate().year}")
    assert made.lot == "https://id.gs1.org/01/06901234567892/10/L1"
    assert (made.filer, made.unit, made.holder) == (trace.farm, trace.agriculture, trace.farm.key)
    event = Event.objects.get()
    assert (event.action, event.party) == ("ADD", trace.farm)
    assert event.document["bizTransactionList"][0]["bizTransaction"].endswith(f"/id/certificate/{made.key}")
    told = facts(disclosure="public", kinds=["conformity.entered"]).get()
    assert told.subject == f"enterprise:{trace.farm.key}"
    assert "19900001234" not in str(told.payload)
    assert "19900001234" not in str(event.document)


def test_a_lot_has_one_certificate_until_it_is_withdrawn(trace: TraceWorld) -> None:
    first = trace.certificate()
    with pytest.raises(ActionRefused, match="L1"):
        trace.certificate()
    WithdrawCertificate(user=trace.farmer, certificate=first, reason="写错数量").execute()
    assert trace.certificate().pk != first.pk


def test_wrong_values_are_refused_and_nothing_remains(trace: TraceWorld) -> None:
    wrong: dict[str, object] = {
        "category": "wine",
        "quantity": "-5",
        "lot_number": "有空格 1",
        "bases": [],
        "contact": "12",
        "product_code": "6901234567893",
    }
    for name, value in wrong.items():
        with pytest.raises(ActionRefused) as refused:
            trace.certificate(**{name: value})
        assert name in getattr(refused.value, "errors", {}), name
    assert not ConformityCertificate.objects.exists()
    assert not Event.objects.exists()


def test_nobody_issues_for_another_enterprise(trace: TraceWorld) -> None:
    with pytest.raises(Forbidden):
        IssueCertificate(user=trace.keeper, unit=trace.farm, values=GIVEN).execute()
    with pytest.raises(Forbidden):
        IssueCertificate(user=trace.market.citizen, unit=trace.farm, values=GIVEN).execute()


def test_buyers_collect_no_more_than_there_is_and_keep_it_half_a_year(trace: TraceWorld) -> None:
    made = trace.certificate()
    trace.collected(made, "60")
    row = CollectedCertificate.objects.get()
    assert row.keep_until == keep_until("990103", timezone.localdate())
    assert row.keep_until >= timezone.localdate() + timedelta(days=180)
    arrival = Event.objects.get(biz_step="receiving")
    assert arrival.party == trace.shop
    with pytest.raises(ActionRefused, match="40"):
        CollectCertificate(
            user=trace.market.enterprise, unit=trace.market.works, certificate=made, quantity=Decimal(50)
        ).execute()
    with pytest.raises(ActionRefused, match="自己"):
        CollectCertificate(user=trace.farmer, unit=trace.farm, certificate=made, quantity=Decimal(1)).execute()


def test_mixing_links_the_sources_and_keeps_the_balance(trace: TraceWorld) -> None:
    one, two = trace.certificate(), trace.certificate(lot_number="L2", quantity="50")
    trace.collected(one, "60")
    trace.collected(two, "50")
    values = {**GIVEN, "lot_number": "M1", "quantity": "100"}
    mixed = IssueCertificate(
        user=trace.keeper, unit=trace.shop, values=values, sources=[(one, Decimal(55)), (two, Decimal(50))]
    ).execute()
    assert mixed.extras["sources"] == f"{one.key}、{two.key}"
    event = Event.objects.get(type="TransformationEvent")
    assert {item["epcClass"] for item in event.document["inputQuantityList"]} == {one.lot, two.lot}
    assert [(row.certificate.pk, row.left) for row in stock(trace.shop)] == [
        (mixed.pk, Decimal(100)),
        (one.pk, Decimal(5)),
    ]
    with pytest.raises(ActionRefused, match="5"):
        IssueCertificate(
            user=trace.keeper,
            unit=trace.shop,
            values={**values, "lot_number": "M2"},
            sources=[(one, Decimal(6))],
        ).execute()


def test_repacking_a_whole_lot_of_ones_own_replaces_its_certificate(trace: TraceWorld) -> None:
    made = trace.certificate()
    IssueCertificate(
        user=trace.farmer,
        unit=trace.farm,
        values={**GIVEN, "lot_number": "L1-a"},
        sources=[(made, Decimal(100))],
    ).execute()
    made.refresh_from_db()
    assert made.status == "reissued"


def test_selling_lowers_the_stock_and_names_the_buyer_in_the_event(trace: TraceWorld) -> None:
    made = trace.certificate()
    sold = SellLot(
        user=trace.farmer, unit=trace.farm, certificate=made, quantity=Decimal("30.5"), buyer=trace.shop.key
    ).execute()
    assert sold.biz_step == "shipping"
    assert available_to(made, trace.farm) == Decimal("69.5")
    with pytest.raises(ActionRefused, match=r"69\.5"):
        SellLot(user=trace.farmer, unit=trace.farm, certificate=made, quantity=Decimal(70)).execute()
    retail = SellLot(user=trace.farmer, unit=trace.farm, certificate=made, quantity=Decimal(1)).execute()
    assert retail.biz_step == "retail_selling"


def test_a_withdrawn_certificate_stops_everything(trace: TraceWorld) -> None:
    made = trace.certificate()
    trace.collected(made, "10")
    with pytest.raises(ActionRefused, match="变更说明"):
        WithdrawCertificate(user=trace.farmer, certificate=made).execute()
    with pytest.raises(Forbidden):
        WithdrawCertificate(user=trace.keeper, certificate=made, reason="不是我的").execute()
    WithdrawCertificate(user=trace.farmer, certificate=made, reason="检出超标").execute()
    made.refresh_from_db()
    assert made.status == "withdrawn"
    assert Event.objects.filter(disposition="non_sellable_other").count() == 1
    with pytest.raises(ActionRefused):
        SellLot(user=trace.keeper, unit=trace.shop, certificate=made, quantity=Decimal(1)).execute()
    with pytest.raises(ActionRefused):
        IssueCertificate(
            user=trace.keeper, unit=trace.shop, values={**GIVEN, "lot_number": "M"}, sources=[(made, Decimal(1))]
        ).execute()


def test_an_officer_of_the_place_checks_and_an_untrue_one_is_withdrawn(trace: TraceWorld) -> None:
    made = trace.certificate()
    with pytest.raises(Forbidden):
        CheckCertificate(user=trace.market.other_officer, certificate=made, verdict="true", reason="相符").execute()
    CheckCertificate(user=trace.inspector, certificate=made, verdict="true", reason="与台账相符").execute()
    CheckCertificate(user=trace.inspector, certificate=made, verdict="untrue", reason="没有检测记录").execute()
    made.refresh_from_db()
    assert made.status == "withdrawn"
    assert [fact.payload["verdict"] for fact in facts(disclosure="public", kinds=["conformity.checked"])] == [
        "true",
        "untrue",
    ]
