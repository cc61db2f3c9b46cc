"""What a room hands to the ledger: a fact that has no id, time or place in the log yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

Disclosure = Literal["public", "shared", "internal"]
PUBLIC: Disclosure = "public"  # everyone
SHARED: Disclosure = "shared"  # units and the subject itself
INTERNAL: Disclosure = "internal"  # units that the row policy admits
DISCLOSURES: tuple[Disclosure, ...] = (PUBLIC, SHARED, INTERNAL)


def readable(level: Disclosure) -> tuple[Disclosure, ...]:
    """The disclosure marks that a reader of this level may see.

    Raises:
        ValueError: not one of the three levels.
    """
    if level not in DISCLOSURES:
        raise ValueError(f"{level!r} is not a disclosure level; write one of {', '.join(DISCLOSURES)}")
    return DISCLOSURES[: DISCLOSURES.index(level) + 1]


@dataclass(frozen=True, slots=True)
class Source:
    """Who says so: a unit, a user (a reference such as `user:12`, never a name) or a system; at least one of them."""

    unit: str = ""
    user: str = ""
    system: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactDraft:
    """A fact to be appended.

    Attributes:
        kind: name of a registered kind.
        subject: what the fact is about, as `type:identifier` (`task:12`, `enterprise:91990200MA7Q4K2TX4`).
        payload: the kind's payload model, or a mapping that it accepts.
        region: region code, 6 to 12 digits.
        occurred_on: valid time: the day on which it happened or takes effect.
        source: who says so.
        refs: further things it mentions, role → `type:identifier`.
        evidence: content hashes, `sha256:<64 hex digits>` or `sm3:<64 hex digits>`.
        disclosure: narrower than the kind's; None takes the kind's.
        catalogue: id of the public-credit catalogue entry, where the fact is credit information.
        ends_on: first day on which the fact is no longer shown (expiry of a public record), if it has one.
        supersedes: id of the fact that this one corrects.
        retracts: id of the fact that this one withdraws, from `occurred_on` onwards.
    """

    kind: str
    subject: str
    payload: BaseModel | Mapping[str, Any]
    region: str
    occurred_on: date
    source: Source
    refs: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    disclosure: Disclosure | None = None
    catalogue: str = ""
    ends_on: date | None = None
    supersedes: UUID | str | None = None
    retracts: UUID | str | None = None
