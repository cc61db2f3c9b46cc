"""Which trace subject a unit is, and which unit a subject is."""

from __future__ import annotations

from hengjian.parties.models import Unit
from hengjian.registers.queries import entries


def nodes_of(unit: Unit) -> set[str]:
    """The numbers for which an enterprise may speak: its trace subjects, and its own key."""
    own = entries("trace_subject").filter(subject=f"enterprise:{unit.key.upper()}").values_list("key", flat=True)
    return {unit.key.upper()[:40], *own}


def node_number(unit: Unit) -> str:
    """The number under which a unit stands in events: its oldest trace subject in use, else its key."""
    found = entries("trace_subject").filter(subject=f"enterprise:{unit.key.upper()}", status="active")
    key: str | None = found.order_by("pk").values_list("key", flat=True).first()
    return key or unit.key.upper()[:40]
