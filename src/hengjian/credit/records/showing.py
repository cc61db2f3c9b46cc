"""How records look: lights, values by their layout, the words of an edition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.safestring import SafeString

from hengjian.cases.catalogue import case_type
from hengjian.cases.models import Case
from hengjian.credit.records.layouts import Layout, layout
from hengjian.credit.records.models import CreditRecord
from hengjian.pages.components import light
from hengjian.registers.showing import language, with_unit, words

SEVERITY_LIGHTS = {"minor": "blue", "general": "amber", "serious": "red"}
STATE_LIGHTS = {
    "published": "blue",
    "kept": "grey",
    "repaired": "green",
    "expired": "grey",
    "withdrawn": "grey",
    "shielded": "amber",
    "mapping": "amber",
    "checked": "blue",
    "applied": "green",
    "undone": "grey",
    "dropped": "grey",
}


def severity_light(record: CreditRecord) -> SafeString:
    return light(SEVERITY_LIGHTS.get(record.severity, "grey"), record.get_severity_display())


def state_light(row: Any) -> SafeString:
    """The state of a record or delivery; a disputed record says so beside it."""
    return light(STATE_LIGHTS.get(row.state, "grey"), row.get_state_display())


def case_light(case: Case) -> SafeString:
    state = case_type(case.type, case.type_version).state(case.state)
    return light(state.light, state.said(language()))


def rows_of(record: CreditRecord, *, inside: bool) -> list[tuple[str, str]]:
    """(field, value) of a record as people read them; internal fields for those inside the organ only."""
    return list(shown_values(layout(record.category), record.values, inside=inside))


def shown_values(kept: Layout, values: Mapping[str, Any], *, inside: bool) -> Iterator[tuple[str, str]]:
    """(field, value) by a layout, without the field that heads the record."""
    for spec in kept.fields:
        if spec.code == kept.title_field or (spec.internal and not inside):
            continue
        text = words(spec, values.get(spec.code))
        if text:
            yield spec.said(language()), with_unit(spec, text)
