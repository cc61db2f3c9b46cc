"""When a unit is succeeded by another: the entries that it keeps are kept there; identifiers and scopes stay."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from django.utils import timezone

from hengjian.parties.handover import Holding, Move, register_holding
from hengjian.parties.models import Unit
from hengjian.registers.models import EntryBase


def kept(model: type[EntryBase], unit: Unit) -> QuerySet[Any]:
    return model._default_manager.filter(unit=unit).order_by("pk")


def move_entries(model: type[EntryBase], move: Move) -> int:
    """One statement, whatever the size of the register; the succession is the record of it."""
    return kept(model, move.predecessor).order_by().update(unit=move.successor, updated_at=timezone.now())


def register() -> None:
    """Called once when the app is ready: every table of entries, also those of other rooms."""
    for model in apps.get_models():
        if issubclass(model, EntryBase) and not model._meta.abstract:
            register_holding(
                Holding(
                    f"registers.{model._meta.label_lower}",
                    model._meta.verbose_name or model._meta.label,
                    partial(kept, model),
                    partial(move_entries, model),
                    # Titles of confidential entries are not for whoever maintains units.
                    named=lambda row: row.key,
                )
            )
