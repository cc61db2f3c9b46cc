"""Every register of the system: it loads, and each of its faces can be made from its declaration."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.test import Client
from django.utils.html import escape
from jsonschema import Draft202012Validator
from python_calamine import CalamineWorkbook

from hengjian import rulebook
from hengjian.ledger.kinds import kind_of, schema_of
from hengjian.methods.organisations import default_organisations
from hengjian.parties.models import Region, RoleGrant, Unit, User
from hengjian.registers.catalogue import AREAS, register_types
from hengjian.registers.declarations import RegisterType
from hengjian.registers.describing import json_schema
from hengjian.registers.facts import VERBS, kind_name
from hengjian.registers.keepers import OFFICE
from hengjian.registers.legal import english_title
from hengjian.registers.lookups import choices_of
from hengjian.registers.parsing import parser
from hengjian.registers.sheets import columns_of, template
from hengjian.registers.storing import model_of
from hengjian.rulebook.parameters.terms import Terms
from tests.registers.test_pages import signed_in

TODAY = date.today()
every = pytest.mark.parametrize("declared", register_types(), ids=lambda declared: declared.code)


@pytest.fixture
def officer(db: None) -> User:
    """A head with the right for everything in the region, and one unit of every keeping family."""
    region = Region.objects.create(code="990000", name="澜川自治区", level=Region.Level.PROVINCIAL)
    families = {family for declared in register_types() for family in declared.keepers} | {"market_regulation"}
    for family in sorted(families):
        Unit.objects.create(
            key=f"u-{family.replace('_', '-')}", name=family, region=region, level=region.level, family=family
        )
    unit = Unit.objects.get(family="market_regulation")
    user = User.objects.create_user("head", password="correct-horse-9", unit=unit)
    RoleGrant.objects.create(user=user, role="unit_head", region=region)
    return user


def test_there_are_registers() -> None:
    assert len(register_types()) >= 20


@every
def test_what_it_names_exists(declared: RegisterType) -> None:
    """Rules, code lists, parsers, families, other registers, columns, English names."""
    assert declared.area in AREAS and declared.title_en
    families = default_organisations().families
    assert set(declared.keepers) <= {*families, OFFICE}
    known = {item.code for item in register_types()}
    for item in declared.recurrences:
        assert rulebook.at("terms", "990000", TODAY, item.rule).typed(Terms).recurrence is not None
        assert item.title_en
    for variant in (declared.validity.term, declared.validity.renew_before):
        assert not variant or rulebook.versions("terms", variant)
    for status in declared.statuses:
        assert status.title_en
        assert not status.ground or rulebook.at("codes", "990000", TODAY, status.ground)
    for spec in declared.fields:
        assert spec.title_en, spec.code
        assert not spec.parser or parser(spec.parser)
        assert not spec.of or spec.of in known
        if spec.type in ("choice", "multi_choice"):
            assert choices_of(spec, TODAY)
    assert not declared.key.parser or parser(declared.key.parser)
    assert model_of(declared)


@every
def test_its_facts_and_schema_can_be_described(declared: RegisterType) -> None:
    for verb in VERBS:
        Draft202012Validator.check_schema(schema_of(kind_of(kind_name(declared, verb))))
    Draft202012Validator.check_schema(json_schema(declared))


@every
def test_its_sheet_has_one_column_for_each_heading(declared: RegisterType) -> None:
    columns = columns_of(declared)
    titles = [column.title for column in columns]
    assert len(titles) == len(set(titles)), "two columns of the sheet have the same heading"
    book = CalamineWorkbook.from_filelike(io.BytesIO(template(declared)))
    assert [cell.rstrip("*") for cell in book.get_sheet_by_index(0).to_python()[0]] == titles


@pytest.mark.slow
def test_the_pages_of_all_registers_open(officer: User) -> None:
    client, public = signed_in(officer), Client()
    for number, declared in enumerate(register_types()):
        # Each language for every other register: all pages in both would only take twice as long.
        language = ("zh-hans", "en")[number % 2]
        client.cookies["django_language"] = public.cookies["django_language"] = language
        answer = client.get(f"/registers/{declared.code}/")
        assert answer.status_code == 200, declared.code
        assert escape(declared.said(language)) in answer.content.decode()
        if declared.public:
            assert public.get(f"/registers/public/{declared.code}/").status_code == 200
        if declared.filed_by == "officer":
            assert client.get(f"/registers/{declared.code}/new/").status_code == 200, declared.code
        assert client.get(f"/api/v1/registers/{declared.code}/entries?limit=1").json()["total"] == 0


def test_every_legal_document_has_an_english_name() -> None:
    from hengjian.cases.catalogue import case_types
    from hengjian.programmes.catalogue import programmes

    declared = [*register_types(), *case_types(), *programmes()]
    named = {law.document for item in declared for law in item.legal}
    # Also those behind the terms of clocks, which stand on the pages of cases.
    named |= {source.document for rule in rulebook.versions("terms") for source in rule.sources}
    assert len(named) > 100 and [name for name in sorted(named) if not english_title(name)] == []
