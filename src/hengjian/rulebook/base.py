"""What a rule is: its scope, legal source, period in force and typed parameters."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

NATIONAL = "000000"
RegionCode = Annotated[str, StringConstraints(pattern=r"^\d{6}(\d{3}){0,2}$")]
P = TypeVar("P", bound="Parameters")


def _same(text: str) -> str:
    return text


@dataclass(frozen=True)
class Sentence:
    """One sentence as data: a Chinese pattern and its values, so that a face can translate the pattern (gettext)."""

    pattern: str
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self, translate: Callable[[str], str] = _same) -> str:
        """The sentence; nested sentences are rendered with the same translation.

        >>> Sentence("%(n)s 个工作日", {"n": 7}).text()
        '7 个工作日'
        """
        shown = {key: v.text(translate) if isinstance(v, Sentence) else v for key, v in self.values.items()}
        pattern = translate(self.pattern)
        return pattern % shown if shown else pattern


class Strict(BaseModel):
    """Frozen, and refuses keys that it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Parameters(Strict):
    """Base of every family's parameters."""

    def sentences(self) -> list[Sentence]:
        """What the rule says, sentence by sentence."""
        raise NotImplementedError


class Span(Strict):
    """A set of numbers by its bounds; at least one bound."""

    at_least: Decimal | None = Field(None, title="不低于")
    more_than: Decimal | None = Field(None, title="高于")
    at_most: Decimal | None = Field(None, title="不高于")
    less_than: Decimal | None = Field(None, title="低于")

    BOUNDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("at_least", "≥"),
        ("more_than", ">"),
        ("at_most", "≤"),
        ("less_than", "<"),
    )

    @model_validator(mode="after")
    def _bounded(self) -> Span:
        low = [v for v in (self.at_least, self.more_than) if v is not None]
        high = [v for v in (self.at_most, self.less_than) if v is not None]
        if not low and not high:
            raise ValueError("needs at_least, more_than, at_most or less_than")
        if len(low) > 1 or len(high) > 1:
            raise ValueError("give one lower and one upper bound at most")
        if (
            low
            and high
            and (low[0] > high[0] or (low[0] == high[0] and (self.at_least is None or self.at_most is None)))
        ):
            raise ValueError("is empty")
        return self

    def contains(self, value: Decimal | float | int) -> bool:
        """Whether `value` lies inside all bounds."""
        return (
            (self.at_least is None or value >= self.at_least)
            and (self.more_than is None or value > self.more_than)
            and (self.at_most is None or value <= self.at_most)
            and (self.less_than is None or value < self.less_than)
        )

    def text(self) -> str:
        """`≥ 10、≤ 30`."""
        shown = [f"{sign} {getattr(self, name)}" for name, sign in self.BOUNDS if getattr(self, name) is not None]
        return "、".join(shown)


class LegalSource(Strict):
    """Where a rule comes from. `note` says what was read and what was not."""

    document: str = Field(title="文件", min_length=2)
    number: str = Field("", title="文号")
    article: str = Field("", title="条款")
    url: str = Field("", title="网址", pattern=r"^(https?://\S+)?$")
    note: str = Field("", title="说明")

    def text(self) -> str:
        """`《市场监督管理投诉举报处理暂行办法》（总局令第20号）第十四条`."""
        number = f"（{self.number}）" if self.number else ""
        return f"{self.document}{number}{self.article}"


class Status(StrEnum):
    """Whether the content was checked against the official text."""

    VERIFIED = "verified"
    TO_VERIFY = "to_verify"


class Rule(Strict):
    """One version of one rule, valid in a region from `in_force_from` to `in_force_to` (both inclusive)."""

    id: str = Field(pattern=r"^[a-z][a-z_]*(\.[a-z0-9][a-z0-9-]*){1,3}$")
    family: str
    variant: str = Field("default", pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str = Field(min_length=2)
    sources: tuple[LegalSource, ...] = Field(min_length=1)
    region: RegionCode = NATIONAL
    # Regions where this variant is taken when nobody names one; unset = its own region for the variant "default".
    default_in: tuple[RegionCode, ...] = ()
    in_force_from: date
    in_force_to: date | None = None
    status: Status
    assumptions: tuple[str, ...] = ()
    parameters: Parameters
    file: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Rule:
        if self.in_force_to is not None and self.in_force_to < self.in_force_from:
            raise ValueError("in_force ends before it begins")
        if not self.id.startswith(f"{self.family}."):
            raise ValueError(f"id must begin with {self.family}.")
        return self

    @property
    def source(self) -> LegalSource:
        """The first, governing source."""
        return self.sources[0]

    @property
    def to_verify(self) -> bool:
        """Shown as 待核."""
        return self.status is Status.TO_VERIFY

    @property
    def defaults(self) -> tuple[str, ...]:
        """Regions where it is taken when no variant is named."""
        return self.default_in or ((self.region,) if self.variant == "default" else ())

    @property
    def version(self) -> str:
        """Twelve hex digits of the SHA-256 of the parameters: changes when an edit changes what the rule says."""
        content = json.dumps(self.parameters.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:12]

    def in_force(self, on: date) -> bool:
        """Whether the rule holds on that day."""
        return self.in_force_from <= on and (self.in_force_to is None or on <= self.in_force_to)

    def typed(self, kind: type[P]) -> P:
        """The parameters as their family's model.

        Raises:
            TypeError: the rule belongs to another family.
        """
        if not isinstance(self.parameters, kind):
            raise TypeError(f"{self.id} has {type(self.parameters).__name__}, not {kind.__name__}")
        return self.parameters


@dataclass(frozen=True)
class Family:
    """A kind of rule: its key, name and the model of its parameters."""

    key: str
    title: str
    about: str
    parameters: type[Parameters]


@lru_cache(maxsize=65536)
def region_prefix(code: str) -> str:
    """The digits that every place inside the region shares.

    >>> region_prefix("650000"), region_prefix("652900"), region_prefix("000000"), region_prefix("650102000")
    ('65', '6529', '', '650102')
    """
    head = code[:6]
    while head.endswith("00"):
        head = head[:-2]
    tail = code[6:]
    while tail.endswith("000"):
        tail = tail[:-3]
    return head + tail if len(head) == 6 else head


def covers(region: str, place: str) -> bool:
    """Whether the region of a rule contains the place (code-prefix match; national contains everything)."""
    return place.startswith(region_prefix(region))
