"""Every declared procedure of the system: sound as a graph, and run through each of its steps with made-up values."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

import pytest
from django.utils import timezone

from hengjian import rulebook
from hengjian.cases import hooks
from hengjian.cases.actions import OpenCase, TakeStep
from hengjian.cases.actions.steps import form_fields
from hengjian.cases.catalogue import _types
from hengjian.cases.declarations import CaseType, Transition
from hengjian.cases.models import Case
from hengjian.clocks.models import Deadline
from hengjian.ledger.models import Fact
from hengjian.parties.verbs import ActionRefused
from hengjian.registers import values
from hengjian.registers.catalogue import register_type
from hengjian.registers.fields import FieldSpec
from hengjian.registers.lookups import choices_of
from hengjian.rulebook.parameters.terms import Terms
from tests.cases.conftest import World

EVERY = sorted(_types.values(), key=lambda item: (item.code, item.version))
PDF, PNG = b"%PDF-1.4\n%%EOF\n", (b"\x89PNG\r\n\x1a\n" + b"\0" * 20)


def name(declared: CaseType) -> str:
    return f"{declared.code}-{declared.version}"


def day_of(declared: CaseType) -> date:
    """A day on which the version holds: today, or its last or first one."""
    today = timezone.localdate()
    if declared.is_in_force(today):
        return today
    return declared.in_force_to or declared.in_force_from or today


def test_there_are_procedures() -> None:
    assert len({declared.code for declared in EVERY}) >= 10, "the rooms under systems/ declare their procedures"


@pytest.mark.parametrize("declared", EVERY, ids=name)
def test_a_procedure_is_sound(declared: CaseType) -> None:
    """Start, reachable ends, no dead state, a clock for each waiting state, an outcome for each end."""
    assert list(declared.problems()) == []
    day = day_of(declared)
    for clock in declared.clocks:
        if clock.rule:
            term = rulebook.at("terms", rulebook.NATIONAL, day, clock.rule).typed(Terms).term
            assert term is not None, f"{clock.rule} is a recurrence"
    for variant in (declared.operations.feedback, declared.operations.reopen):
        if variant:
            assert rulebook.at("terms", rulebook.NATIONAL, day, variant).typed(Terms).term is not None
    for step in declared.transitions:
        if step.codes:
            assert rulebook.at("codes", rulebook.NATIONAL, day, step.codes)
        for hook in step.guards:
            assert hooks.guard(hook)
        for hook in step.effects:
            assert hooks.effect(hook)
    for spec in [*declared.fields, *(spec for step in declared.transitions for spec in step.fields)]:
        if spec.choices_from:
            assert choices_of(spec, day)
        if spec.of:
            assert register_type(spec.of)
    if declared.public.file or declared.public.track:
        assert declared.secrecy != "personal"
    for item in (
        declared,
        *declared.states,
        *declared.transitions,
        *declared.outcomes,
        *declared.clocks,
        *declared.fields,
    ):
        assert item.title_en, f"{declared.code}: {item.title} has no English name"


# ---- running each of them

SAMPLES: dict[str, Any] = {
    "integer": 3,
    "decimal": "2.5",
    "money": "100.00",
    "percent": "50",
    "boolean": "true",
    "region": "990100",
    "unit": "market",
    "enterprise": "91110000600037341L",
    "phone": "13800001234",
    "email": "a@example.com",
    "id_card": "11010519491231002X",
    "url": "https://example.com/",
    "point": "87.6,43.8",
    "file": "sha256:" + "0" * 64,
    "person_name": "示例",
}


def sample(spec: FieldSpec, day: date) -> Any:
    """A value that fits the declaration."""
    if spec.type in ("choice", "multi_choice"):
        code = choices_of(spec, day)[0].code
        return [code] if spec.type == "multi_choice" else code
    if spec.type == "date":
        return day.isoformat()
    if spec.type == "datetime":
        return f"{day.isoformat()}T08:00"
    if spec.type in ("integer", "decimal", "money", "percent"):
        low = spec.minimum if spec.minimum is not None else 0
        high = spec.maximum if spec.maximum is not None else max(low, 3)
        return int(max(low, min(high, 3)))
    return SAMPLES.get(spec.type, "示例文字")


def values_for(specs: Any, day: date) -> dict[str, Any]:
    return {spec.code: sample(spec, day) for spec in specs}


def way_from(declared: CaseType, state: str, wanted: Collection[str]) -> list[Transition]:
    """The shortest way from a state through a step of `wanted`: one that leads on, else one that ends; or none."""
    ending: list[Transition] = []
    queue: deque[tuple[str, list[Transition]]] = deque([(state, [])])
    seen = {state}
    while queue:
        place, way = queue.popleft()
        for step in declared.leaving(place):
            if step.code in wanted:
                if declared.leaving(step.to or place):
                    return [*way, step]
                ending = ending or [*way, step]
            if step.to and step.to not in seen:
                seen.add(step.to)
                queue.append((step.to, [*way, step]))
    return ending


def drive(case: Case, declared: CaseType, step: Transition, day: date) -> None:
    """Take a step as the system, with values that fit."""
    files: list[tuple[str, bytes]] = []
    if step.attachments is not None and step.attachments.least:
        kind = ("照片.png", PNG) if step.attachments.photos else ("材料.pdf", PDF)
        files = [kind] * step.attachments.least
    codes = (
        choices_of(FieldSpec(code="c", title="c", type="choice", choices_from=step.codes), day) if step.codes else ()
    )
    TakeStep(
        user=None,
        system="filer" if step.by == ("filer",) else "test",
        case=case,
        step=step.code,
        values=values_for(form_fields(case, declared, step), day),
        note="" if step.note == "no" else "示例说明",
        outcome_code=codes[0].code if codes else "",
        files=files,
    ).execute()


@pytest.mark.parametrize("declared", EVERY, ids=name)
def test_a_procedure_runs_through_each_of_its_steps(
    world: World, declared: CaseType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real run over every declared step: values of all types, code lists, clocks, documents, facts at the end."""
    # What other rooms check and cause by the step is tested there; here the procedure itself runs.
    monkeypatch.setattr(hooks, "guard", lambda name: lambda context: None)
    monkeypatch.setattr(hooks, "effect", lambda name: lambda context: None)
    monkeypatch.setattr(hooks, "opened", lambda case: None)
    # So are the syntax of numbers and references into registers, which nobody can make up.
    monkeypatch.setitem(values.READERS, "entry", lambda spec, value, context: str(value))
    monkeypatch.setattr(values, "_checked_text", lambda spec, text: text)
    day = day_of(declared)
    now = timezone.now()
    opened_at = timezone.make_aware(datetime(day.year, day.month, day.day, 9)) if day < timezone.localdate() else now
    unit = world.market
    unit.family = declared.keepers[0] if declared.keepers else ""
    unit.save()
    refused: list[str] = []
    left = {step.code for step in declared.transitions}
    while left:
        case = OpenCase(
            user=None, system="test", type=declared.code, unit=unit, region=world.region, opened_at=opened_at,
            rules_on=day, values=values_for(declared.fields, day),
        ).execute().case  # fmt: skip
        assert Deadline.objects.filter(owner=case.ref).exists() or not declared.state(declared.start).waits
        way = way_from(declared, declared.start, left)
        assert way, f"no way to {left}"
        fresh = True
        while way:
            try:
                for step in way:
                    drive(case, declared, step, day)
                    left.discard(step.code)
                    look_at(case, declared)
            except ActionRefused as error:
                # What may be done once only may stand in the way of a case that has come far; not of a fresh one.
                if fresh:
                    refused.append(f"{way[-1].code}: {error.message}")
                    left.discard(way[-1].code)
                break
            fresh = False
            way = [] if case.closed_at else way_from(declared, case.state, left)
    assert not refused


def look_at(case: Case, declared: CaseType) -> None:
    """What holds after every step: a clock runs where somebody has to act, an end is a fact with an outcome."""
    if case.closed_at is None:
        state = declared.state(case.state)
        assert not state.waits or case.clock, f"{case.state} waits without a running clock"
    else:
        assert case.outcome and case.due_at is None
        assert Fact.objects.filter(kind=f"{declared.facts.prefix}.closed").exists()
