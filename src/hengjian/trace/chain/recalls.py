"""Whether a thing is under a recall: for the consumer's page, and for anyone who looks at a lot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from hengjian.trace.chain.models import RecallLot, RecallOrder
from hengjian.trace.chain.rules import Question


@dataclass(frozen=True)
class RecallState:
    """The recall that a thing is under, in words for everybody.

    Attributes:
        number: of the order; title: the product; organ: who ordered it.
        advice: what the consumer shall do now; running: not ended yet.
    """

    number: str
    title: str
    maker: str
    organ: str
    ordered_on: date
    defect: str
    hazard: str
    advice: str
    running: bool


def question_of(order: RecallOrder) -> Question:
    """What the scope of an order was asked with: its scenario's question, else its lots."""
    if order.scenario is not None:
        return Question.from_json(order.scenario.question)
    return Question(keys=tuple(order.sources) or tuple(order.lots.values_list("key", flat=True)[:1]))


def recall_state(key: str) -> RecallState | None:
    """The newest recall of a lot or item in canonical form, one that is running first; None: there is none.

    An order on the whole product (the GTIN alone) holds for each of its lots and items, one on a lot for the items
    that the chain knows to be of it.
    """
    return recall_states([key]).get(key)


def recall_states(keys: Sequence[str]) -> dict[str, RecallState]:
    """The same for several things at once."""
    wanted = {key: (key, product_of(key)) for key in keys}
    every = {form for forms in wanted.values() for form in forms}
    rows = RecallLot.objects.filter(key__in=every).exclude(order__state=RecallOrder.State.LIFTED)
    by_key: dict[str, RecallOrder] = {}
    for row in rows.select_related("order__unit").order_by("order__ordered_at", "order_id"):
        known = by_key.get(row.key)
        if known is None or _running(row.order) or not _running(known):
            by_key[row.key] = row.order
    found = {}
    for key, forms in wanted.items():
        orders = [by_key[form] for form in forms if form in by_key]
        if orders:
            found[key] = _state(max(orders, key=lambda order: (_running(order), order.ordered_at)))
    return found


def product_of(key: str) -> str:
    """The GTIN that a lot or item is of, in canonical form; other keys are returned as they are."""
    head, found, rest = key.partition("/01/")
    return f"{head}{found}{rest.partition('/')[0]}" if found else key


def _running(order: RecallOrder) -> bool:
    return order.state == RecallOrder.State.RUNNING


def _state(order: RecallOrder) -> RecallState:
    return RecallState(
        number=order.number,
        title=order.title,
        maker=order.maker_name,
        organ=order.unit.name,
        ordered_on=timezone.localdate(order.ordered_at),
        defect=order.defect,
        hazard=order.hazard,
        advice=order.advice,
        running=_running(order),
    )
