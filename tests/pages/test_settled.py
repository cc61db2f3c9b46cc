"""No list leaves the order of two rows to chance: pages would overlap, on PostgreSQL from one request to the next."""

from __future__ import annotations

import gc
import importlib
import pkgutil
from typing import Any

import pytest
from django.apps import apps

from hengjian.pages.listing import Table
from hengjian.pages.lists import List
from hengjian.pages.paging import settled
from hengjian.parties.models import CollectiveMembership, Region, Unit
from hengjian.plans.models import Duty

#: Rooms whose models have been put in order; a model of theirs whose default order can tie fails here.
ROOMS = ("plans", "parties", "directory", "registers", "cases", "clocks", "documents", "pages", "complaints")


def all_lists() -> list[List]:
    for config in apps.get_app_configs():
        if config.name.startswith("hengjian."):
            for module in pkgutil.walk_packages(config.module.__path__, f"{config.name}."):
                if not module.name.endswith("__main__") and ".migrations" not in module.name:
                    importlib.import_module(module.name)
    # By type(): isinstance would wake lazy objects of other tests.
    return [found for found in gc.get_objects() if type(found) is List]


def ends(ordering: Any) -> str:
    return ordering[-1].lstrip("-") if ordering and isinstance(ordering[-1], str) else ""


def test_every_declared_list_ends_in_the_primary_key() -> None:
    """Whatever column it is sorted by: the order is made in one place."""
    declared = all_lists()
    assert len(declared) > 30
    for declaration in declared:
        for column in (None, *(column for column in declaration.columns if column.sort_fields)):
            table = Table.__new__(Table)  # the order alone, without address, reader and rows
            table.declaration = declaration
            table.__dict__["sort"] = (column, True)
            rows = _Names()
            table.arranged(rows)  # type: ignore[arg-type]
            assert ends(rows.names) == "pk", (declaration.key, column)


class _Names:
    """Takes down what it is ordered by."""

    names: tuple[Any, ...] = ()
    model = Unit

    def order_by(self, *names: Any) -> _Names:
        self.names = names
        return self


def test_default_orders_do_not_tie() -> None:
    tied = [
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in ROOMS and model._meta.ordering and not _unique(model)
    ]
    assert tied == []


def _unique(model: Any) -> bool:
    names = {name.lstrip("-") for name in model._meta.ordering if isinstance(name, str)}
    fields = {field.name for field in model._meta.concrete_fields if field.unique} | {"pk"}
    constraints = [set(item.fields) for item in model._meta.total_unique_constraints]
    return bool(names & fields) or any(fields <= names for fields in constraints)


@pytest.mark.django_db
def test_settled_adds_the_key_only_where_it_is_needed() -> None:
    assert ends(settled(Duty.objects.order_by("due_on")).query.order_by) == "pk"
    assert settled(Region.objects.order_by("code")).query.order_by == ("code",)
    assert settled(Unit.objects.order_by("name", "-pk")).query.order_by == ("name", "-pk")
    assert settled(Unit.objects.order_by("name", "key")).query.order_by == ("name", "key")
    assert settled(CollectiveMembership.objects.all()).ordered
    for rows in (Unit.objects.all()[:5], Unit.objects.values("region").distinct(), Unit.objects.none()):
        assert list(settled(rows)) == list(rows)
