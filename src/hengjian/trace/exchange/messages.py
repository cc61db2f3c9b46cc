"""The messages that nodes and platforms exchange, as typed data. Pure.

One open model for what the provincial platform takes in: keyed to NY/T 4712-2025 (a node turns incoming lots into
outgoing lots and knows who stands before and behind it) and to the names of the circulation platforms of 2010
(`tran_id`, `goods_code` …, see `xml_files`). Personal data has no place in it: people are subjects by their number.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, TypeAdapter, model_validator

from hengjian.methods import uscc
from hengjian.trace.exchange.lots import is_gtin

CHINA = timezone(timedelta(hours=8))
"""Times without a zone are Beijing time, as in all files of the circulation platforms."""


def _zoned(value: Any) -> Any:
    if isinstance(value, str):
        text = value.strip().replace("/", "-")
        try:
            value = datetime.fromisoformat(text)
        except ValueError:
            return value
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=CHINA)
    return value


def _credit_code(value: str) -> str:
    if value and not uscc.is_valid(value):
        raise ValueError("credit_code")
    return value


Moment = Annotated[datetime, BeforeValidator(_zoned)]
Node = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z-]{4,40}$")]
Batch = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z._-]{1,20}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Quantity = Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=6)]
Uom = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2,3}$")]
GoodsCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z-]{0,40}$")]


class Strict(BaseModel):
    """Frozen, refuses fields that it does not know, blanks around texts go."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Line(Strict):
    """Goods of one lot in a message.

    Attributes:
        goods_code: GTIN, or the code of GB/T 7635.1; empty where only the name is known.
        batch: the lot's number; with `minted_by`, who minted it, where that is not clear from the message.
        uom: UN/ECE Rec 20 code.
        price: yuan per unit.
        origin_code, origin: place of production.
    """

    goods_code: GoodsCode = ""
    goods_name: Text
    batch: Batch
    quantity: Quantity
    uom: Uom = "KGM"
    minted_by: Node | Literal[""] = ""
    price: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=4)] | None = None
    origin_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{0,20}$")] = ""
    origin: Words = ""


class Subject(Strict):
    """1 · A node puts itself on record."""

    kind: Literal["subject"] = "subject"
    number: Node
    name: Text
    node: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
    holder: Annotated[str, BeforeValidator(_credit_code)] = ""
    region: Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
    address: Words = ""
    licences: Words = ""


class Product(Strict):
    """2 · A product with its code."""

    kind: Literal["product"] = "product"
    code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z-]{4,40}$")]
    name: Text
    maker: Annotated[str, BeforeValidator(_credit_code), Field(min_length=18)]
    maker_name: Text
    unit: Annotated[str, StringConstraints(min_length=1, max_length=10)]
    spec: Words = ""
    category: Words = ""
    shelf_days: Annotated[int, Field(ge=1, le=10_000)] | None = None


class _AtNode(Strict):
    """What every business message says: which node, when."""

    node: Node
    node_name: Words = ""
    at: Moment


class Production(_AtNode):
    """3 · A node makes outgoing lots, from incoming ones or from nothing (harvest, birth).

    `farm_inputs`: statutory codes of the inputs that were used.
    """

    kind: Literal["production"] = "production"
    inputs: tuple[Line, ...] = ()
    lines: tuple[Line, ...] = Field(min_length=1)
    farm_inputs: tuple[Words, ...] = ()
    expires_on: date | None = None


class Paper(_AtNode):
    """4 · A certificate of conformity, quarantine or meat inspection, or a test report, for a lot."""

    kind: Literal["paper"] = "paper"
    paper: Literal["conformity", "quarantine", "meat", "test", "origin"]
    number: Annotated[str, StringConstraints(min_length=4, max_length=60)]
    issuer: Text
    verdict: Literal["passed", "failed"] = "passed"
    items: Words = ""
    line: Line


class Arrival(_AtNode):
    """5 · Goods come into a market or shop."""

    kind: Literal["arrival"] = "arrival"
    supplier: Node | Literal[""] = ""
    supplier_name: Words = ""
    ticket: Words = ""
    quarantine: Words = ""
    inspection: Words = ""
    lines: tuple[Line, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _known_lots(self) -> Arrival:
        if not self.supplier and any(not line.minted_by and not is_gtin(line.goods_code) for line in self.lines):
            raise ValueError("lot_without_owner")
        return self


class Trade(_AtNode):
    """6 · A node sells; without a buyer's number the goods go to consumers.

    `destination`: where to, in words, for buyers without a number.
    """

    kind: Literal["trade"] = "trade"
    buyer: Node | Literal[""] = ""
    buyer_name: Words = ""
    ticket: Words = ""
    destination: Words = ""
    lines: tuple[Line, ...] = Field(min_length=1)


class Test(_AtNode):
    """7 · A result of a test or a spot check."""

    __test__ = False  # no test of ours

    kind: Literal["test"] = "test"
    sample: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    item: Text
    value: Words
    limit: Words = ""
    verdict: Literal["passed", "failed"]
    line: Line


class Disposal(_AtNode):
    """8 · Goods are recalled, taken back or destroyed; `order`: number of the order."""

    kind: Literal["disposal"] = "disposal"
    act: Literal["recalled", "returned", "destroyed"]
    order: Words = ""
    line: Line


class Evaluation(Strict):
    """9 · Figures of a region and a month about how the platform runs; parts, never percentages."""

    kind: Literal["evaluation"] = "evaluation"
    region: Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
    period: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}$")]
    subjects: Annotated[int, Field(ge=0)]
    uploading: Annotated[int, Field(ge=0)]
    events: Annotated[int, Field(ge=0)]
    timely: Annotated[int, Field(ge=0)]
    shipped: Annotated[int, Field(ge=0)]
    matched: Annotated[int, Field(ge=0)]
    lookups: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _parts(self) -> Evaluation:
        if self.uploading > self.subjects or self.timely > self.events or self.matched > self.shipped:
            raise ValueError("part_above_whole")
        return self


Business = Production | Paper | Arrival | Trade | Test | Disposal
Message = Subject | Product | Business | Evaluation
KINDS: dict[str, type[Strict]] = {
    model.model_fields["kind"].default: model
    for model in (Subject, Product, Production, Paper, Arrival, Trade, Test, Disposal, Evaluation)
}
_READER: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="kind")])


def read_message(raw: Any) -> Message:
    """A message from plain data; raises `pydantic.ValidationError` with every fault."""
    return _READER.validate_python(raw)


def plain(message: Strict) -> dict[str, Any]:
    """The message as JSON data: decimals and times as text, empty fields left out."""
    data: dict[str, Any] = message.model_dump(mode="json")
    return _without_empty(data)


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_empty(inner) for key, inner in value.items() if inner not in (None, "", [], {})}
    if isinstance(value, list):
        return [_without_empty(inner) for inner in value]
    return value
