"""What happens to an honour: re-check, renewal, lapse, revocation; creation periods; one set of states and tables."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import yaml
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hengjian.cases.actions import TakeStep
from hengjian.cases.actions.base import FILER
from hengjian.cases.catalogue import case_type
from hengjian.cases.models import Case
from hengjian.demo.clock import at
from hengjian.ledger.models import Fact
from hengjian.parties.verbs import ActionRefused
from hengjian.programmes import catalogue, jobs
from hengjian.programmes.actions import ApplicantStep, ProposeRevocation, StartRecheck, SubmitApplication
from hengjian.programmes.declarations import Programme
from hengjian.programmes.holding import last_day
from hengjian.programmes.states import STATES, case_type_of
from hengjian.publishing.lists import public_list, shown_rows
from hengjian.publishing.models import Notice
from hengjian.registers import jobs as register_jobs
from hengjian.registers.actions import CreateEntry
from hengjian.registers.history import versions
from hengjian.registers.models import EntryBase
from hengjian.registers.queries import by_ref, find, valid_count
from tests.programmes.conftest import World, call, close_call, draft
from tests.programmes.test_road import decide, fresh, review, screen
from tests.programmes.test_rules import PROGRAMME_CODES


def moment(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, 9))


@pytest.fixture
def title(world: World) -> EntryBase:
    """A demonstration city named on 2013-09-01."""
    day = date(2013, 9, 1)
    return CreateEntry(
        user=None,
        system="programmes",
        register="honour",
        values={
            "programme": "quality_city",
            "programme_title": "质量强市示范城市",
            "holder": "望川市",
            "holder_kind": "region",
            "granted_on": "2013-09-01",
        },
        unit=world.office,
        region=world.county,
        valid_from=day,
        valid_to=last_day("city-naming", day, "990000"),
        on=day,
    ).execute()


def again(entry: EntryBase) -> EntryBase:
    found = find("honour", entry.key)
    assert found is not None
    return found


def step(user: object, case: Case, name: str, **more: object) -> None:
    case.refresh_from_db()
    TakeStep(user=user, case=case, step=name, **more).execute()  # type: ignore[arg-type]


def test_a_name_lapses_without_a_recheck_and_still_counts_for_earlier_days(title: EntryBase) -> None:
    assert title.valid_to == date(2016, 8, 31)
    day = moment(date(2016, 9, 1))
    with at(day):
        register_jobs.run_due(day)
    assert again(title).status == "lapsed"
    assert valid_count("honour", date(2016, 6, 30)) == 1
    assert valid_count("honour", date(2016, 8, 31)) == 1
    assert valid_count("honour", date(2016, 12, 31)) == 0


def test_the_recheck_begins_by_itself_and_renews_for_another_term(world: World, title: EntryBase) -> None:
    early = moment(date(2016, 2, 1))
    with at(early):
        assert jobs.begin_rechecks(early.date()) == 0
    day = moment(date(2016, 3, 1))
    with at(day):
        assert jobs.begin_rechecks(day.date()) == 1
        assert jobs.begin_rechecks(day.date()) == 0
        case = Case.objects.get(type="honour_recheck")
        assert again(title).status == "recheck" and case.subject == title.ref
        step(world.officer, case, "check", note="现场复核，指标达标")
        with pytest.raises(ActionRefused):
            world.officer.grants.create(role="unit_head", unit=world.office)
            step(world.officer, case, "renew")
        step(world.head, case, "renew")
    assert again(title).status == "valid"
    assert again(title).valid_to == date(2019, 8, 31)
    assert again(title).extras["rechecked_on"] == "2016-03-01"
    assert valid_count("honour", date(2016, 12, 31)) == 1


def test_revocation_needs_a_ground_and_a_notice_and_leaves_the_list_on_the_day(world: World, title: EntryBase) -> None:
    day = moment(date(2015, 5, 4))
    with at(day):
        with pytest.raises(ActionRefused, match="撤销事由"):
            ProposeRevocation(user=world.officer, entry=title, ground="", findings="数据造假").execute()
        with pytest.raises(ActionRefused):
            ProposeRevocation(user=world.officer, entry=title, ground="nothing", findings="数据造假").execute()
        case = ProposeRevocation(user=world.officer, entry=title, ground="fraud", findings="申报数据造假").execute()
        with pytest.raises(ActionRefused, match="正在办理"):
            ProposeRevocation(user=world.officer, entry=title, ground="fraud", findings="数据造假").execute()
        step(world.officer, case, "heard", note="持有人无异议")
        listed = public_list("honours")
        assert listed is not None
        assert [row["key"] for row in shown_rows(listed, day.date())] == [title.key]
        step(world.head, case, "revoke", note="核准撤销")
        assert shown_rows(listed, day.date()) == []
        notice = Notice.objects.get(subject=title.ref)
        assert notice.state == Notice.State.PUBLISHED and "弄虚作假" in notice.body
        entry = again(title)
        assert entry.status == "revoked"
        last = versions(entry)[-1]
        assert (last.ground, last.valid_from) == ("fraud", date(2015, 5, 4))
        assert Fact.objects.filter(kind="honour.status").order_by("recorded_at").last().payload["ground"] == "fraud"
        holders = reverse("programmes:public_holders", args=["quality_city"])
        assert "望川市" not in Client().get(holders).text
        assert "望川市" in Client().get(f"{holders}?past=1").text
    assert valid_count("honour", date(2015, 5, 3)) == 1
    assert valid_count("honour", date(2015, 5, 4)) == 0


def test_a_recheck_is_only_for_what_has_a_term(world: World) -> None:
    entry = CreateEntry(
        user=None, system="programmes", register="honour", unit=world.office, region=world.region,
        values={"programme": "gov_quality_award", "programme_title": "政府质量奖", "holder": "某公司",
                "holder_kind": "enterprise", "granted_on": "2020-01-01"},
        valid_from=date(2020, 1, 1), on=date(2020, 1, 1),
    ).execute()  # fmt: skip
    with pytest.raises(ActionRefused, match="没有期限"):
        StartRecheck(user=world.officer, entry=entry).execute()


@pytest.mark.parametrize("code", PROGRAMME_CODES)
def test_every_programme_uses_the_one_set_of_states_and_no_table_of_its_own(code: str) -> None:
    declared = catalogue.programme(code)
    assert case_type(code) == case_type_of(declared)
    for state in case_type(code).states:
        assert STATES[state.code] == state
    assert list(case_type(code).problems()) == []


def test_no_programme_brings_a_table() -> None:
    tables = {model._meta.db_table for model in apps.get_app_config("programmes").get_models()}
    assert tables == {
        "programmes_edition", "programmes_application", "programmes_panelmember", "programmes_review",
        "programmes_stageresult",
    }  # fmt: skip
    assert list(apps.get_app_config("honours").get_models()) == []


CITY = """
programme: test_city
title: 示例城市
title_en: Example city
area: honours
number: SLC
legal: [{document: 示例办法, status: to_verify}]
applicants: enterprise
holder: region
holder_field: organisation
reviews: [{stage: acceptance, points: 100, reviewers: 2, weight: 1, line: 80}]
creation: {term: city-creation, reports: 1}
award: {term: city-naming, recheck: recheck-before}
fields:
  - {code: organisation, title: 城市, title_en: City, required: true, public: true}
  - {code: phone, title: 联系电话, title_en: Telephone, type: phone, required: true}
"""


def test_a_city_is_created_for_24_months_accepted_and_named_for_three_years(world: World) -> None:
    declared = catalogue.register(Programme.model_validate(yaml.safe_load(CITY)))
    try:
        edition = call(world, declared.code)
        application = draft(world, edition)
        SubmitApplication(
            user=world.applicants[0], application=application, personal={"phone": "13800001234"}
        ).execute()
        screen(world, application)
        decide(world, close_call(edition))
        case = fresh(application).case
        assert case is not None and case.state == "creation" and case.closed_at is None
        start = timezone.localdate(case.state_since)
        due = timezone.localdate(case.due_at)
        assert (due.year - start.year, due.month) == (2, start.month) or (due - start).days in range(725, 740)
        later = timezone.now() + timedelta(days=400)
        with at(later):
            with pytest.raises(ActionRefused, match="1 次"):
                ApplicantStep(
                    user=world.applicants[0], application=fresh(application), step="apply_acceptance", note="达标"
                ).execute()
            for name in ("report_progress", "apply_acceptance"):
                ApplicantStep(
                    user=world.applicants[0], application=fresh(application), step=name, note="进展良好"
                ).execute()
            done = review(world, application, 85, 90)
            assert done.case is not None and done.case.state == "naming"
            assert done.case.events.filter(system=FILER).count() == 3
            TakeStep(user=world.head, case=done.case, step="name").execute()
            row = fresh(application)
            named = named_entry(row.entry)
            assert named.status == "valid" and named.valid_to == last_day(
                "city-naming", timezone.localdate(later), "990000"
            )
            assert Decimal(row.results.get(stage="acceptance").mean) == Decimal("87.50")
    finally:
        catalogue.forget(declared.code)


def named_entry(pk: int | None) -> EntryBase:
    found = by_ref(f"entry:honour:{pk}")
    assert found is not None
    return found
