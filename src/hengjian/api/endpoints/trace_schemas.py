"""What the chain takes and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from hengjian.api.lists import Strict
from hengjian.api.schemas import RegionRef, UnitRef

MOST_FOUND = 10_000
Key = Annotated[
    str,
    StringConstraints(min_length=1, max_length=512),
    Field(description="EPC URN, GS1 Digital Link (also compressed), or an identifier of a platform."),
]
Amount = Annotated[str | None, Field(description="Decimal as text; null: not told.")]


class TraceThingOut(Schema):
    """A lot, item or container."""

    key: str = Field(description="In canonical form.")
    name: str
    maker: str


class TraceQuery(Strict):
    """What to trace, and when."""

    key: list[Key] = Field(min_length=1, max_length=200, description="May be repeated.")
    since: datetime | None = Field(None, description="Only what happened from then on.")
    until: datetime | None = Field(None, description="Only what happened until then.")
    limit: int = Field(1000, ge=1, le=MOST_FOUND, description="So many things in the answer.")


class TraceFoundOut(Schema):
    """A thing before or after the ones asked for. `previous`: the thing it was reached from, through `process`."""

    key: str
    name: str
    level: Literal["lot", "item", "class", "process"]
    time: str | None
    previous: str
    process: str | None


class TraceContainerOut(Schema):
    """In what a thing was, and when."""

    content: str
    container: str
    since: str | None
    until: str | None


class TraceAnswer(Schema):
    """What can have come from the things (forward), or gone into them (back)."""

    direction: Literal["forward", "back"]
    asked: list[str]
    unknown: list[str] = Field(description="No event names them.")
    not_traceable: list[str] = Field(description="Whole products, without lot or serial.")
    total: int = Field(description="Things found; `found` has at most `limit` of them, nearest first.")
    found: list[TraceFoundOut]
    containers: list[TraceContainerOut]


class TraceFiguresOut(Schema):
    """Amounts in one unit (UN/ECE Rec 20)."""

    unit: str
    on_hand: Amount
    made: Amount
    received: Amount
    returned: Amount
    shipped: Amount
    sold: Amount
    destroyed: Amount
    used: Amount


class TraceScopeLotOut(Schema):
    """A lot or item in the scope; `contained` of `at_most` is expected by proportional mixing, an assumption."""

    key: str
    name: str
    level: str
    unit: str
    at_most: Amount
    contained: Amount
    share: list[str] | None


class TraceScopePlaceOut(TraceFiguresOut):
    """Where it is, and how much."""

    site: str
    name: str
    party: str
    party_name: str
    lots: int


class TraceScopePartyOut(Schema):
    """Whom to call: lots on hand, and lots on their way there."""

    party: str
    name: str
    region: str
    sites: list[str]
    lots: int
    expected: int


class TraceScopeOut(Schema):
    """What a recall has to reach."""

    count: int
    lots: list[TraceScopeLotOut] = Field(description="At most 5,000.")
    places: list[TraceScopePlaceOut]
    parties: list[TraceScopePartyOut]
    totals: list[TraceFiguresOut]
    unknown: list[str]
    not_traceable: list[str]


class TraceScopeQuery(Strict):
    """Things, and everything that was at some sites in a window."""

    key: list[Key] = Field([], max_length=200, description="May be repeated.")
    site: list[Key] = Field([], max_length=50, description="GLN or address; may be repeated.")
    since: datetime | None = None
    until: datetime | None = None


class TraceBalanceSiteOut(TraceFiguresOut):
    """One site: what came, what left, what must be there."""

    site: str
    name: str
    residual: Amount
    allowed: Amount
    verdict: Literal["even", "stock", "short", "missing", "surplus", "untold"]


class TraceBalanceProcessOut(Schema):
    """One process: what went in and came out, and the yields allowed for it."""

    process: str
    time: str | None
    unit: str
    put_in: Amount
    came_out: Amount
    lowest_yield: Amount
    highest_yield: Amount
    verdict: Literal["fits", "above", "below", "not_comparable", "no_input"]


class TraceBalanceOut(Schema):
    """The mass balance of a lot."""

    key: str
    gaps: int
    rule: str = Field(description="Id of the rule that the limits come from.")
    assumptions: list[str] = Field(description="Limits that no document fixes.")
    sites: list[TraceBalanceSiteOut]
    processes: list[TraceBalanceProcessOut]


class TraceNeighbourOut(Schema):
    """One step up or down."""

    side: Literal["up", "down"]
    key: str
    name: str
    party: str
    time: datetime
    own: bool = Field(description="In a process of the enterprise itself.")


class TraceNeighboursOut(Schema):
    """A thing as the caller's enterprise handled it."""

    key: str
    name: str
    steps: list[TraceNeighbourOut]


class TraceAnomalyOut(Schema):
    """Something in the chain that does not fit."""

    id: int
    code: str
    key: str
    thing: str
    occurred_at: datetime
    found_at: datetime
    place: str
    place_name: str
    details: dict[str, Any]
    unit: UnitRef | None
    region: RegionRef | None
    state: Literal["open", "explained", "handed"]
    explanation: str
    case: str


class TraceRecallOut(Schema):
    """A recall order. `recovered` of `shipped_now`: its effect by the events captured until now."""

    id: int
    number: str
    title: str
    unit: UnitRef
    region: RegionRef
    maker: str
    maker_name: str
    state: Literal["running", "ended", "lifted"]
    ordered_at: datetime
    ended_at: datetime | None
    sources: list[str]
    lots: int
    shipped: Amount
    unit_code: str


class TraceRecallEffectOut(TraceRecallOut):
    """One recall order with its effect."""

    shipped_now: Amount
    recovered: Amount
