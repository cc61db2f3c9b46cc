"""docs/coverage.md says what serves each thing that the source plans name; here it is held to be true."""

from __future__ import annotations

import importlib
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.urls import NoReverseMatch, resolve, reverse

from hengjian.cases.catalogue import case_types
from hengjian.methods import fictional
from hengjian.programmes.catalogue import programmes
from hengjian.registers.actions import CreateEntry
from hengjian.registers.catalogue import register_type, register_types
from hengjian.registers.declarations import RegisterType
from hengjian.registers.facts import kind_name
from hengjian.registers.fields import FieldSpec
from hengjian.registers.lookups import choices_of
from hengjian.registers.queries import valid_count
from tests.systems.market_world import build

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
THIS = "tests/systems/test_coverage.py"
# Rows of the inventory by its sections.
ROWS = {"5.1": 22, "5.2": 16, "5.3": 27, "5.4": 18, "5.5": 8, "5.6": 7, "5.7": 15}
LATER = set(re.findall(r"^\| ([a-z-]+) \|", PAGE.partition("## 5.1")[0], re.MULTILINE))


@dataclass(frozen=True)
class Row:
    section: str
    name: str
    source: str
    served: tuple[str, ...]
    proofs: tuple[str, ...]


def read_rows() -> list[Row]:
    found, section = [], ""
    for line in PAGE.splitlines():
        if heading := re.match(r"## (5\.\d) ", line):
            section = heading[1]
        elif section and line.startswith("| ") and not line.startswith("| named"):
            name, source, served, proof = (cell.strip() for cell in line.strip("|").split(" | "))
            codes = re.findall(r"`([^`]+)`", served)
            found.append(Row(section, name, source, tuple(codes), tuple(re.findall(r"`([^`]+)`", proof))))
    return found


TABLE = read_rows()
SERVED = sorted({code for row in TABLE for code in row.served})


def test_every_row_of_the_inventory_is_there_once() -> None:
    assert Counter(row.section for row in TABLE) == ROWS
    assert len({(row.section, row.name) for row in TABLE}) == len(TABLE)
    assert all(row.served and re.search(r"\d{3}", row.source) for row in TABLE)


def test_what_works_today_has_a_proof_and_what_does_not_names_its_room() -> None:
    for row in TABLE:
        today = [code for code in row.served if not code.startswith("later:")]
        assert bool(today) == bool(row.proofs), row.name
    assert {code.removeprefix("later:") for code in SERVED if code.startswith("later:")} <= LATER


@pytest.mark.parametrize("served", SERVED)
def test_everything_that_is_named_exists(served: str) -> None:
    kind, _sep, code = served.partition(":")
    if kind == "register":
        assert code in {declared.code for declared in register_types()}
        resolve(reverse("registers:list", args=[code]))
    elif kind == "case":
        assert code in {declared.code for declared in case_types()}
        resolve(reverse("cases:list", args=[code]))
    elif kind == "programme":
        assert code in {declared.code for declared in programmes()}
        resolve(reverse("programmes:programme", args=[code]))
    elif kind == "page":
        try:
            resolve(reverse(code))
        except NoReverseMatch:
            pytest.fail(f"no page {code}")
    elif kind == "room":
        importlib.import_module(code)
    else:
        assert kind == "later"


@pytest.mark.parametrize("proof", sorted({path for row in TABLE for path in row.proofs}))
def test_every_proof_is_a_test(proof: str) -> None:
    text = (ROOT / proof).read_text(encoding="utf-8")
    assert "def test_" in text


def test_every_declared_code_serves_something_or_is_a_part() -> None:
    """Registers and procedures that no row names are parts of those that are: dispatch bodies, payments, re-checks."""
    named = set(SERVED)
    parts = {
        *(f"register:{code}" for code in ("calibration_certificate", "meeting_decision")),
        *(f"case:{code}" for code in ("honour_recheck", "honour_revocation")),
    }
    declared = {f"register:{item.code}" for item in register_types()}
    declared |= {f"case:{item.code}" for item in case_types()}
    programme_cases = {f"case:{item.code}" for item in programmes()}
    assert declared - named - parts - programme_cases == set()


# ---- registers whose only proof is this: they take an entry, count it and tell a fact


PROVED_HERE = [code for row in TABLE if THIS in row.proofs for code in row.served]
OWN = sorted({code.removeprefix("register:") for code in PROVED_HERE if code.startswith("register:")})
KEYS = {"overseas_maker": "CN-0042", "trade_enterprise_class": "9901960042"}
VALUES = {("trade_window", "month"): "2026-05"}


def example(declared: RegisterType, spec: FieldSpec, company: fictional.Enterprise) -> Any:
    if (declared.code, spec.code) in VALUES:
        return VALUES[declared.code, spec.code]
    if spec.type == "choice":
        return choices_of(spec, date(2026, 3, 2))[0].code
    if spec.parser == "standard_number":
        return "GB/T 19580-2012"
    samples: dict[str, Any] = {
        "enterprise": company.code,
        "date": "2026-03-02",
        "integer": int(spec.minimum or 1),
        "decimal": "1",
        "money": "1.00",
        "boolean": True,
        "region": "990102",
    }
    return samples.get(spec.type, "示例")


@pytest.mark.django_db
@pytest.mark.parametrize("code", OWN)
def test_registers_of_the_inventory_take_entries(code: str) -> None:
    world, declared = build(), register_type(code)
    (company,) = fictional.enterprises(Random(5), 1, "990102")
    values = {spec.code: example(declared, spec, company) for spec in declared.fields if spec.required}
    entry = CreateEntry(
        user=None,
        system="test",
        register=code,
        values=values,
        unit=world.county_market,
        region=world.county,
        key=KEYS.get(code, ""),
    ).execute()
    assert entry.key
    assert valid_count(code) == int(declared.initial.counts)
    assert kind_name(declared, "entered").endswith(".entered")
