"""Sheets of labels: every size prints what it has room for, a begun sheet is used up, the code can be read."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from hengjian.documents.qr import qr_svg
from hengjian.trace.exchange.labels import LAYOUTS, sheets
from tests.trace.exchange.conftest import TraceWorld


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=list(LAYOUTS))
def test_every_size_prints(trace: TraceWorld, client: Client, layout: object) -> None:
    made = trace.certificate()
    client.force_login(trace.farmer)
    code, full = layout.code, layout.full  # type: ignore[attr-defined]
    page = client.get(reverse("trace_exchange:labels", args=[made.pk]), {"layout": code, "n": "3"}).content.decode()
    assert len(re.findall(r'<article class="label', page)) == 3
    assert page.count(f"sheet--{code}") == -(-3 // layout.per_sheet)  # type: ignore[attr-defined]
    assert ("我承诺对生产销售的农产品质量安全负责" in page) is full
    assert ("19900001234" in page) is full
    assert ("不能代替承诺达标合格证" in page) is not full
    assert made.key in unescape(page)


def test_a_begun_sheet_is_used_up() -> None:
    layout = LAYOUTS["a4-24"]
    first, second = sheets(layout, 10, 20)
    assert (first.count(False), sum(first), sum(second)) == (19, 5, 5)
    assert sheets(layout, 1, 999)[0].count(False) == 23
    assert sheets(LAYOUTS["roll-60"], 2, 5) == [[True], [True]]


def test_the_code_has_its_quiet_zone() -> None:
    svg = qr_svg("https://trace.example.gov.cn/id/certificate/HG99010226000001")
    box = [float(number) for number in re.findall(r'viewBox="([^"]+)"', svg)[0].split()]
    starts = [float(x) for x in re.findall(r"M(\d+(?:\.\d+)?),", svg)]
    module = min(abs(one - other) for one in starts for other in starts if one != other)
    assert min(starts) >= 4 * module
    assert box[2] == box[3]
