"""What comes in, before it is a ticket: the same shape from form, desk, sheet and interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils import timezone

from hengjian.rulebook.parameters.complaints import Intake
from hengjian.systems.complaints.rules import Part, brief, cover, parts_of

# What the vault holds of a person; everything else about them stays out of the system.
IDENTITY_FIELDS = ("name", "phone", "id_kind", "id_number", "address", "email")
CLAIMS = ("repair", "remake", "replace", "return", "supplement", "refund", "damages", "other")


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One intake as it was given.

    Attributes:
        kinds: cases to open; empty: as the text suggests.
        places: region codes by kind of place (operation, domicile, platform, act).
        reward_wanted, insider: of a report.
        identity: who files it (`IDENTITY_FIELDS`); empty: anonymous.
    """

    channel: str
    content: str
    received_at: datetime
    category: str
    kinds: tuple[str, ...] = ()
    source_number: str = ""
    product: str = ""
    act: str = ""
    occurred_on: date | None = None
    claims: tuple[str, ...] = ()
    amount: Decimal | None = None
    respondent_name: str = ""
    respondent_code: str = ""
    respondent_address: str = ""
    respondent_phone: str = ""
    platform: str = ""
    shop_published: bool | None = None
    places: Mapping[str, str] = field(default_factory=dict)
    address: str = ""
    longitude: Decimal | None = None
    latitude: Decimal | None = None
    publish_consent: bool = False
    entrust_consent: bool = False
    reward_wanted: bool = False
    insider: bool = False
    identity: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def day(self) -> date:
        """The local day of receipt, whose rules hold."""
        return timezone.localdate(self.received_at)

    @cached_property
    def person(self) -> dict[str, str]:
        """The identity without empty parts."""
        return {key: self.identity[key].strip() for key in IDENTITY_FIELDS if self.identity.get(key, "").strip()}

    @cached_property
    def known(self) -> tuple[str, ...]:
        """What must not stand in the text: everything that says who the person is."""
        person = self.person
        return tuple(value for key, value in person.items() if key != "id_kind")

    @cached_property
    def covered(self) -> str:
        return cover(self.content, self.known)

    def parts(self, rule: Intake) -> list[Part]:
        """What the text suggests."""
        return parts_of(self.content, claims=self.claims, respondent=self.respondent_name, intake=rule)

    def title(self, kind: str) -> str:
        if kind in ("consultation", "suggestion"):
            return brief(kind, "", "", self.covered)
        what = self.act if kind == "report" else self.product
        return cover(brief(kind, what, self.respondent_name, self.covered), self.known)

    def sealed(self) -> dict[str, str] | None:
        """What goes to the vault: the person, and the words as given where something had to be covered."""
        person = self.person
        if not person:
            return None
        return person if self.covered == self.content else {**person, "statement": self.content}

    def values(self, kind: str) -> dict[str, Any]:
        """The values of the declared fields of a kind of case; sums and days as the forms give them."""
        common = {"content": self.covered, "occurred_on": self.occurred_on}
        respondent = {
            "respondent_name": self.respondent_name,
            "respondent_code": self.respondent_code,
            "respondent_address": self.respondent_address,
        }
        if kind == "complaint":
            return {
                **common,
                **respondent,
                "product": cover(self.product, self.known),
                "respondent_phone": self.respondent_phone,
                "platform": self.platform,
                "claims": list(self.claims),
                "amount": self.amount,
                "publish_consent": self.publish_consent,
                "entrust_consent": self.entrust_consent,
            }
        if kind == "report":
            return {
                **common,
                **respondent,
                "act": cover(self.act, self.known) or brief(kind, "", "", self.covered, 40),
                "act_place": self.address,
                "named": bool(self.person),
                "insider": self.insider,
                "reward_wanted": self.reward_wanted,
            }
        return {"question": self.title(kind), "content": self.covered}
