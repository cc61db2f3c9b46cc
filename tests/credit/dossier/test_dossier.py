"""What a dossier shows to whom: sections, counts, times, and that the public sees a strict subset."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from random import Random

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hengjian.credit.dossier.dossier import Dossier
from hengjian.credit.dossier.readers import Reader, reader_of
from hengjian.credit.dossier.standing import overview
from hengjian.credit.records.models import CreditRecord
from hengjian.registers.actions import SetStatus
from tests.credit.dossier.conftest import Told, bulletin, complaint, enter, penalty, signed_in

pytestmark = pytest.mark.django_db
PUBLIC = Reader("public")


def titles(dossier: Dossier, code: str) -> list[str]:
    shown = dossier.find(code)
    return [line.title for line in shown.lines] if shown else []


def test_everybody_sees_public_matters_and_counts_of_complaints(told: Told) -> None:
    dossier = Dossier(told.enterprise, PUBLIC)
    assert titles(dossier, "penalties") == ["生产不合格灭菌乳"]
    complaints = dossier.find("complaints")
    assert complaints is not None and complaints.counts_only and (complaints.count, complaints.closed) == (2, 1)
    assert dossier.find("risks") is None
    words = repr([(line.title, line.details) for line in dossier.events])
    assert "酸奶胀包" not in words and "氨制冷" not in words and "已撤下的标题" not in words


def test_officers_see_what_departments_share_and_the_enterprise_does_not_see_risks(told: Told) -> None:
    officer = Dossier(told.enterprise, reader_of(told.market.county_officer, told.enterprise))
    assert titles(officer, "risks") == ["氨制冷机房"]
    assert sorted(titles(officer, "complaints")) == ["酸奶胀包", "酸奶胀包"]
    own = Dossier(told.enterprise, reader_of(told.market.enterprise, told.enterprise))
    assert own.reader.own and own.find("risks") is None and len(titles(own, "complaints")) == 2


def test_who_reads_as_whom(told: Told) -> None:
    market, enterprise = told.market, told.enterprise
    sides = {
        user: reader_of(user, enterprise).side
        for user in (market.officer, market.county_officer, market.other_officer, market.enterprise, market.citizen)
    }
    assert sides == {
        market.officer: "officer",
        market.county_officer: "officer",
        market.other_officer: "public",
        market.enterprise: "own",
        market.citizen: "public",
    }
    assert reader_of(market.other_officer, enterprise).abroad
    assert reader_of(market.enterprise, told.elsewhere).side == "public"
    assert reader_of(None, enterprise).side == "public"


def test_an_earlier_day_shows_what_was_so_then(told: Told) -> None:
    officer = reader_of(told.market.county_officer, told.enterprise)
    assert titles(Dossier(told.enterprise, officer, valid_on=date(2026, 4, 1)), "penalties") == []
    then = Dossier(told.enterprise, officer, valid_on=date(2026, 6, 10))
    assert [line.state for line in then.find("complaints").lines] == ["办理中", "办理中"]  # type: ignore[union-attr]
    # What left the public part of its register does not come back to the public by asking for an earlier day.
    assert titles(Dossier(told.enterprise, PUBLIC, valid_on=date(2026, 6, 10)), "penalties") == ["生产不合格灭菌乳"]


def test_two_days_are_compared(told: Told) -> None:
    officer = reader_of(told.market.county_officer, told.enterprise)
    now = Dossier(told.enterprise, officer)
    changed = {
        section.code: (len(came), len(gone))
        for section, came, gone in now.differences(Dossier(told.enterprise, officer, valid_on=date(2026, 4, 1)))
    }
    assert changed == {"penalties": (2, 0), "complaints": (2, 0), "risks": (1, 0)}


def test_the_public_sees_a_strict_subset_whatever_is_recorded(told: Told) -> None:
    """Records and entries of every category and disclosure, at random: each public line stands in the dossier inside,
    and no word that only a non-public line has stands among the public ones."""
    random = Random(20261121)
    market, code = told.market, told.code
    for number in range(20):
        if random.random() < 0.5:
            record = penalty(market, code, f"处罚{number:02d}号密语", document=f"澜东罚〔2026〕{number}号")
            if random.random() < 0.5:
                CreditRecord.objects.filter(pk=record.pk).update(disclosure=random.choice(["shared", "internal"]))
        else:
            entry = bulletin(market, code, f"曝光{number:02d}号密语")
            if random.random() < 0.5:
                SetStatus(
                    user=None, system="test", entry=entry, status="withdrawn", on=date(2026, 9, 1), reason="期满"
                ).execute()
    whole = Dossier(told.enterprise, reader_of(market.county_officer, told.enterprise))
    public = Dossier(told.enterprise, PUBLIC)
    seen = {(shown.section.code, line.fact) for shown in public.all() for line in shown.lines}
    inside = {(shown.section.code, line.fact): line for shown in whole.all() for line in shown.lines}
    assert seen < set(inside)
    hidden = {line.title for key, line in inside.items() if key not in seen and "密语" in line.title}
    assert len(hidden) > 3
    words = repr([(line.title, line.details) for line in public.events])
    page = Client().get(reverse("credit_dossier:public", args=[code]), {"tab": "all"}).content.decode()
    for title in hidden:
        assert title not in words and title not in page


def test_a_dossier_takes_few_queries(
    told: Told, django_assert_max_num_queries: Callable[..., AbstractContextManager[object]]
) -> None:
    for number in range(12):
        bulletin(told.market, told.code, f"曝光{number}")
        complaint(told.market, told.code, closed=True)
    url = reverse("credit_dossier:public", args=[told.code])
    Client().get(url)
    with django_assert_max_num_queries(24):
        Client().get(url)
    with django_assert_max_num_queries(24):
        Client().get(url, {"tab": "all"})


def test_the_street_of_a_sole_trader_is_all_that_the_public_sees(told: Told) -> None:
    told.enterprise.kind = "sole_trader"
    told.enterprise.save()
    url = reverse("credit_dossier:public", args=[told.code])
    assert told.enterprise.address not in Client().get(url).content.decode()
    client = signed_in(told.market.enterprise)
    assert told.enterprise.address in client.get(reverse("credit_dossier:dossier", args=[told.code])).content.decode()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads the plans of SQLite")
def test_no_question_of_a_dossier_reads_a_whole_table(told: Told) -> None:
    """With millions of enterprises, records and facts, each must be looked up along an index."""
    with CaptureQueriesContext(connection) as asked:
        dossier = Dossier(told.enterprise, PUBLIC)
        dossier.all()
        overview(dossier)
    big = ("credit_records_creditrecord", "ledger_fact", "enterprises_enterprise", "credit_lists_listentry")
    whole = []
    with connection.cursor() as cursor:
        for query in asked.captured_queries:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            plan = [str(row[3]) for row in cursor.fetchall()]
            whole += [step for step in plan if step.startswith("SCAN") and any(name in step for name in big)]
    assert whole == []


def test_an_honour_is_named_by_itself_and_not_by_its_holder(told: Told) -> None:
    values = {
        "programme": "quality_benchmark",
        "programme_title": "质量标杆",
        "holder": told.enterprise.name,
        "holder_kind": "enterprise",
        "holder_code": told.code,
        "granted_on": "2026-07-15",
    }
    enter(told.market, "honour", values)
    shown = Dossier(told.enterprise, PUBLIC).find("honours")
    assert shown is not None
    (line,) = shown.lines
    assert line.title == "质量标杆" and "quality_benchmark" not in str(line.details)
