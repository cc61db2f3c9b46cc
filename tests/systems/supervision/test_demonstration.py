"""The room's demonstration: built once; every procedure and register of the room is there, in several states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.utils import timezone

from hengjian.cases.catalogue import case_types
from hengjian.cases.models import Case
from hengjian.demo.world import create_world
from hengjian.registers.catalogue import documents
from hengjian.registers.queries import entries
from hengjian.systems.supervision import demonstration, queries
from hengjian.systems.supervision.apps import SupervisionConfig

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
# Filled in by the sectors' own imports; an empty list there is no gap of the demonstration.
EMPTY = {"sector_rating", "overseas_maker", "trade_enterprise_class", "quality_credit_report", "trade_window"}
EMPTY |= {"grain_segregation", "port_review"}


@pytest.fixture(scope="module", autouse=True)
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        create_world(date(timezone.localdate().year, 1, 1))
        demonstration.build(timezone.localtime(), Random("2026:supervision"))
        yield
        transaction.set_rollback(True)


def own(kind: str) -> set[str]:
    folder = Path(apps.get_app_config(SupervisionConfig.label).path) / "config"
    return {str(document[kind]) for _name, document in documents(folder, kind)}


def test_every_procedure_is_there_in_several_states() -> None:
    states = Counter(Case.objects.values_list("type", flat=True))
    assert own("case") <= states.keys()
    assert own("case") <= {declared.code for declared in case_types()}
    for code in ("product_recall", "inspection", "inspection_finding", "exposure", "injury_relief"):
        assert len(set(Case.objects.filter(type=code).values_list("state", flat=True))) >= 3, code


def test_every_register_has_entries() -> None:
    assert {code for code in own("register") - EMPTY if not entries(code).exists()} == set()


def test_something_is_late_and_the_lists_of_two_days_differ() -> None:
    today = timezone.localdate()
    late = {item.declared.code for item in queries.late_entries(entries, today)}
    assert {"boiler", "exit_item", "deliverable", "meeting_decision", "quality_publication"} <= late
    unit = queries.list_units()[0]
    assert set(queries.list_on(unit, "", date(today.year, 1, 31))) != set(queries.list_on(unit, "", today))
