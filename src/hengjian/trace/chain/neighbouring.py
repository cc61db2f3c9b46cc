"""What an enterprise sees of the chain: one step up and one step down of what it handled itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from hengjian.methods.trace_graph.happenings import moment
from hengjian.parties.models import Unit, User
from hengjian.trace.chain.index import UNIT, happening_of
from hengjian.trace.chain.naming import directory
from hengjian.trace.chain.rules import Neighbour, neighbours
from hengjian.trace.chain.searching import find_things
from hengjian.trace.events.models import PartyKey
from hengjian.trace.events.queries import events_of


@dataclass(frozen=True)
class Step:
    """One step: with whom, of which thing, when. `own`: in a process of the enterprise itself."""

    side: Literal["up", "down"]
    key: str
    name: str
    party: str
    time: datetime
    own: bool = False


@dataclass(frozen=True)
class Neighbourhood:
    """The thing that a text meant, and its steps; without a key the enterprise did not handle it."""

    key: str = ""
    name: str = ""
    steps: tuple[Step, ...] = ()


def neighbourhood(user: User, unit: Unit, text: str) -> Neighbourhood:
    """The steps of a thing as the unit of a person sees them, by what was typed or scanned."""
    key = next((key for key in find_things(text) if events_of(key, reader=user).exists()), "")
    if not key:
        return Neighbourhood()
    parties = dict(PartyKey.objects.values_list("key", "unit__key"))
    own = frozenset({UNIT + unit.key, *(name for name, owner in parties.items() if owner == unit.key)})
    events = events_of(key, reader=user).select_related("context", "party")
    up, down = neighbours([happening_of(event, parties) for event in events], key, own)
    names = directory([key, *(name for one in (*up, *down) for name in (one.key, one.party))])

    def step(side: Literal["up", "down"], one: Neighbour) -> Step:
        mine = one.key != key and one.party in own
        return Step(side, one.key, names.thing(one.key), names.name(one.party), moment(one.time), mine)

    steps = [*(step("up", one) for one in up), *(step("down", one) for one in down)]
    return Neighbourhood(key, names.thing(key), tuple(steps))
