"""Who pays how much of an insurance premium."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal

from pydantic import Field, model_validator

from hengjian.rulebook.base import Parameters, Sentence, Strict

CENT = Decimal("0.01")


class Share(Strict):
    """One payer and its parts."""

    payer: str = Field(title="承担方", min_length=1)
    title: str = Field(title="名称", min_length=1)
    parts: int = Field(title="份数", ge=1)


class PremiumSplit(Parameters):
    """The parts of each payer; base premiums and the limits that the scheme insures."""

    applies_to: str = Field(title="适用范围", min_length=1)
    shares: tuple[Share, ...] = Field(title="分担", min_length=1)
    premiums: dict[str, Decimal] = Field(default_factory=dict, title="基准保费")
    per_person: Decimal | None = Field(None, title="每人限额", gt=0)
    per_event: Decimal | None = Field(None, title="每次事故限额", gt=0)
    aggregate: Decimal | None = Field(None, title="累计限额", gt=0)

    @model_validator(mode="after")
    def _sound(self) -> PremiumSplit:
        payers = [share.payer for share in self.shares]
        if len(set(payers)) != len(payers):
            raise ValueError("a payer is named twice")
        return self

    def split(self, premium: Decimal) -> dict[str, Decimal]:
        """What each payer owes, in yuan; the amounts add up to the premium.

        Cents that do not divide go to those with the largest remainder, the first named first.

        Raises:
            ValueError: the premium is negative or has fractions of a cent.

        >>> half = PremiumSplit(applies_to="all", shares=(Share(payer="a", title="a", parts=1),))
        >>> half.split(Decimal("93"))
        {'a': Decimal('93.00')}
        """
        if premium < 0 or premium != premium.quantize(CENT):
            raise ValueError(f"a premium of {premium} yuan cannot be split")
        total = sum(share.parts for share in self.shares)
        exact = {share.payer: premium * share.parts / total for share in self.shares}
        owed = {payer: amount.quantize(CENT, ROUND_DOWN) for payer, amount in exact.items()}
        left = int((premium - sum(owed.values())) / CENT)
        for payer in sorted(owed, key=lambda name: owed[name] - exact[name])[:left]:
            owed[payer] += CENT
        return owed

    def sentences(self) -> list[Sentence]:
        told = [
            Sentence(
                "%(who)s：保费由%(payers)s按 %(parts)s 分担。",
                {
                    "who": self.applies_to,
                    "payers": "、".join(share.title for share in self.shares),
                    "parts": ":".join(str(share.parts) for share in self.shares),
                },
            )
        ]
        limits = (
            ("每人赔偿限额 %(yuan)s 元。", self.per_person),
            ("每次事故赔偿限额 %(yuan)s 元。", self.per_event),
            ("累计赔偿限额 %(yuan)s 元。", self.aggregate),
        )
        told += [Sentence(pattern, {"yuan": amount}) for pattern, amount in limits if amount is not None]
        return told
