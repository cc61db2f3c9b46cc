"""The pages of growers, shops and offices: what each may open, three taps, forms that are filled in, no leaks."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from hengjian.trace.exchange.models import CollectedCertificate, ConformityCertificate, ExchangeBatch
from tests.trace.exchange.conftest import GIVEN, TraceWorld

NAMES = ("home", "produce", "receive", "sell", "files", "coverage", "missing")


def url(name: str, *args: object) -> str:
    return reverse(f"trace_exchange:{name}", args=args)


def test_who_may_open_what(trace: TraceWorld, client: Client) -> None:
    assert all(client.get(url(name)).status_code == 302 for name in NAMES)
    expected = {
        trace.farmer: (200, 200, 200, 200, 200, 403, 403),
        trace.inspector: (403, 403, 403, 403, 200, 200, 200),
        trace.market.citizen: (403,) * 7,
    }
    for person, codes in expected.items():
        client.force_login(person)
        assert tuple(client.get(url(name)).status_code for name in NAMES) == codes


def test_a_certificate_is_issued_from_the_form_and_the_next_form_is_filled_in(
    trace: TraceWorld, client: Client
) -> None:
    client.force_login(trace.farmer)
    first = client.get(url("produce")).content.decode()
    assert 'name="contact"' in first
    given = {**GIVEN, "promise": "on", "farm_inputs": "http://a.example/1" + "151234" + "2" + "0" * 24}
    assert "请填写" in client.post(url("produce"), {**given, "promise": ""}).content.decode()
    wrong = client.post(url("produce"), {**given, "farm_inputs": "不是码"})
    assert "认不出农资追溯码" in wrong.content.decode()
    answer = client.post(url("produce"), given)
    made = ConformityCertificate.objects.get()
    assert answer["Location"] == url("certificate", made.pk)
    again = client.get(url("produce")).content.decode()
    assert 'value="羔羊"' in again
    assert "留空则沿用" in again
    client.post(url("produce"), {**given, "contact": "", "lot_number": "L2", "farm_inputs": ""})
    labels = client.get(url("labels", ConformityCertificate.objects.get(lot_number="L2").pk), {"n": "2"})
    assert labels.content.decode().count("19900001234") == 2


def test_three_taps_through_the_chain(trace: TraceWorld, client: Client) -> None:
    made = trace.certificate()
    client.force_login(trace.keeper)
    assert "没有这张合格证" in client.post(url("receive"), {"code": "HG0", "quantity": "1"}).content.decode()
    address = f"https://x.example/id/certificate/{made.key}"
    assert client.post(url("receive"), {"code": address, "quantity": "60"}).status_code == 302
    assert CollectedCertificate.objects.get().unit == trace.shop
    home = client.get(url("home")).content.decode()
    assert "还有 60" in home
    sold = client.post(url("sell"), {"lot": made.pk, "quantity": "70"}).content.decode()
    assert "还有 60" in sold
    assert client.post(url("sell"), {"lot": made.pk, "quantity": "20"}).status_code == 302
    mixed = {**GIVEN, "lot_number": "M1", "quantity": "40", f"use_{made.pk}": "40", "promise": "on"}
    assert client.post(url("produce") + "?mix=1", mixed).status_code == 302
    assert ConformityCertificate.objects.get(lot_number="M1").filer == trace.shop


def test_certificates_are_seen_by_those_whom_they_concern(trace: TraceWorld, client: Client) -> None:
    made = trace.certificate()
    page = url("certificate", made.pk)
    for person, code in (
        (trace.farmer, 200),
        (trace.keeper, 404),
        (trace.inspector, 200),
        (trace.market.other_officer, 404),
        (trace.market.citizen, 404),
    ):
        client.force_login(person)
        assert client.get(page).status_code == code, person
    trace.collected(made, "10")
    client.force_login(trace.keeper)
    seen = client.get(page)
    assert seen.status_code == 200
    assert client.get(url("labels", made.pk)).status_code == 403
    client.post(page, {"do": "withdraw", "reason": "不是我的"})
    made.refresh_from_db()
    assert made.status == "valid"
    client.force_login(trace.inspector)
    assert client.post(page, {"do": "check", "verdict": "untrue", "reason": "没有检测"}).status_code == 302
    made.refresh_from_db()
    assert made.status == "withdrawn"
    client.force_login(trace.farmer)
    assert client.get(url("labels", made.pk)).status_code == 409


def test_files_are_read_shown_taken_in_and_undone_on_the_page(trace: TraceWorld, client: Client) -> None:
    client.force_login(trace.farmer)
    bad = client.post(url("files"), {"file": SimpleUploadedFile("a.exe", b"x")})
    assert "不是可以接收的文件类型" in bad.content.decode()
    rows = (
        "信息类型,节点编号,时间,商品名称,批次号,重量",
        f"生产批,{trace.farm.key},2026-03-01 08:00,番茄,T1,5",
        "生产批,!,,番茄,T1,5",
    )
    table = "\n".join(rows)
    answer = client.post(url("files"), {"file": SimpleUploadedFile("a.csv", table.encode())})
    batch = ExchangeBatch.objects.get()
    assert answer["Location"] == url("batch", batch.pk)
    shown = client.get(url("batch", batch.pk)).content.decode()
    assert "共 2 条，其中 1 条合格" in shown
    assert client.get(url("batch", batch.pk), {"faults": "xlsx"}).status_code == 200
    assert client.post(url("batch", batch.pk), {"do": "take"}).status_code == 302
    assert client.post(url("batch", batch.pk), {"do": "take"}).status_code == 409
    assert client.post(url("batch", batch.pk), {"do": "undo", "reason": "传错了"}).status_code == 302
    batch.refresh_from_db()
    assert batch.state == "undone"
    client.force_login(trace.keeper)
    assert client.get(url("batch", batch.pk)).status_code == 404
    assert "a.csv" not in client.get(url("files")).content.decode()


def test_templates_are_for_every_kind(trace: TraceWorld, client: Client) -> None:
    client.force_login(trace.farmer)
    for kind in ("subject", "product", "production", "paper", "arrival", "trade", "test", "disposal", "evaluation"):
        assert client.get(url("template", kind)).status_code == 200
    assert client.get(url("template", "nonsense")).status_code == 404


def test_coverage_stays_inside_ones_region(trace: TraceWorld, client: Client) -> None:
    client.force_login(trace.inspector)
    assert client.get(url("coverage"), {"region": "990103"}).status_code == 404
    assert client.get(url("coverage"), {"period": "2999-01"}).status_code == 400
    assert client.get(url("coverage"), {"export": "xlsx"}).status_code == 200
    assert client.get(url("missing"), {"export": "xlsx"}).status_code == 200


@pytest.mark.parametrize("many", [1, 6])
def test_the_home_page_asks_the_same_whatever_there_is(
    trace: TraceWorld, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, many: int
) -> None:
    for number in range(many):
        trace.certificate(lot_number=f"L{number}")
    client.force_login(trace.farmer)
    client.get(url("home"))
    with django_assert_max_num_queries(24):
        client.get(url("home"))
