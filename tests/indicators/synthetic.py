"""Facts made up from what indicators name: kinds, the models of their payloads, and the conditions on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError

from hengjian.lake.columns import COMMON
from hengjian.lake.measures import Condition, Declaration, Standing
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.ledger.kinds import kind_of

START = date(2025, 11, 1)
DAYS = 130
BOUNDS = ("less_than_equal", "less_than", "greater_than_equal", "greater_than")
TEXTS = ("甲", "乙", "it's; a=b")
NUMBERS = ("0.1", "12.000000000001", "98765432109876", "3")


def facts(declared: Sequence[Declaration], regions: Sequence[str], random: Random, each: int) -> Iterator[FactDraft]:
    """As many facts of each kind that is named; every second one meets the conditions of one that names it, in turn."""
    naming: dict[str, list[Declaration]] = {}
    for one in declared:
        for name in one.kinds:
            naming.setdefault(name, []).append(one)
    for turn in range(each):
        for name, users in naming.items():
            kind = kind_of(name)
            day = START + timedelta(random.randrange(DAYS))
            yield FactDraft(
                kind=name,
                subject=f"{kind.subject or 'thing'}:{random.randrange(each // 2)}",
                payload=payload(kind.payload, users, users[turn // 2 % len(users)] if turn % 2 else None, random),
                region=random.choice(regions),
                occurred_on=day,
                source=Source(system="tests"),
            )


def payload(
    model: type[BaseModel], users: Sequence[Declaration], chosen: Declaration | None, random: Random
) -> BaseModel:
    """A payload with every required field and those that one of the declarations names; `chosen` admits it."""
    meets = chosen.meets if isinstance(chosen, Standing) else ()
    while True:
        body = filled(model, random)
        for field in dict.fromkeys(field for one in users for field in one.fields()):
            put(body, model, field, random)
        for condition in (*chosen.where, *meets) if chosen else ():
            put(body, model, condition.field, random, condition)
        try:
            return model.model_validate(body)
        except ValidationError as error:  # a bound that chance overstepped
            if not all(one["type"] in BOUNDS for one in error.errors()):
                raise


def filled(model: type[BaseModel], random: Random) -> dict[str, Any]:
    return {name: made(field.annotation, random) for name, field in model.model_fields.items() if field.is_required()}


def put(
    body: dict[str, Any], model: type[BaseModel], field: str, random: Random, condition: Condition | None = None
) -> None:
    """Give a field a value of its type, or one that meets a condition; fields that this kind lacks are left out."""
    name, _dot, rest = field.removeprefix("payload.").partition(".")
    if (name in COMMON and not field.startswith("payload.")) or name not in model.model_fields:
        return
    annotation = model.model_fields[name].annotation
    if rest:
        inner = next(part for part in (annotation, *get_args(annotation)) if isinstance(part, type))
        put(body.setdefault(name, filled(inner, random)), inner, rest, random, condition)
    elif condition is None:
        body[name] = made(annotation, random)
    else:
        body[name] = meeting(condition, annotation, random)


def meeting(condition: Condition, annotation: Any, random: Random) -> Any:
    value = condition.value
    if condition.op == "is_null":
        return None
    if condition.op in ("eq", "ge", "le", "in", "contains"):
        one = random.choice(value) if isinstance(value, tuple) else value
        if one == "@end":
            return date(2030, 1, 1)
        return [one] if condition.op == "contains" else one
    found = None
    while found is None:
        found = made(annotation, random)
    return found


def made(annotation: Any, random: Random) -> Any:
    """Any value of a type; None now and then where it may be."""
    options = get_args(annotation)
    origin = get_origin(annotation)
    if origin is Literal:
        return random.choice(options)
    if origin in (list, tuple, dict):
        return origin()
    if type(None) in options:
        if random.random() < 0.2:
            return None
        return made(next(one for one in options if one is not type(None)), random)
    if issubclass(annotation, BaseModel):
        return filled(annotation, random)
    makers: dict[type, Any] = {
        bool: lambda: random.random() < 0.5,
        int: lambda: random.randrange(1, 200),
        float: lambda: random.choice([0.1, 2.5]),
        Decimal: lambda: Decimal(random.choice(NUMBERS)),
        datetime: lambda: datetime(2026, 1, 2, 3, 4, 5),
        date: lambda: START + timedelta(random.randrange(DAYS)),
        str: lambda: random.choice(TEXTS),
    }
    return makers[annotation]()
