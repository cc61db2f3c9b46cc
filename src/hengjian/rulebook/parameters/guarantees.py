"""三包: which remedies a buyer may ask for, by days since purchase, by repairs done and by days lost in repair."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from hengjian.rulebook.base import Parameters, Sentence, Strict

Remedy = Literal["refund", "exchange", "repair"]
REMEDIES: dict[Remedy, str] = {"refund": "退货", "exchange": "换货", "repair": "修理"}


class Window(Strict):
    """Within so many days after the purchase (the day of purchase is not counted) these may be chosen."""

    days: int = Field(title="购买后天数", ge=1, le=3650)
    remedies: tuple[Remedy, ...] = Field(title="可选", min_length=1)


class Guarantees(Parameters):
    """The windows from the shortest to the longest; the last is the period of guarantee (三包有效期).

    Attributes:
        repairs: after so many repairs within the period that did not help, `after_repairs` may be chosen.
        repair_days: a repair that takes longer, through the repairer's fault, gives `after_repair_days`.
    """

    windows: tuple[Window, ...] = Field(title="期限", min_length=1)
    repairs: int = Field(title="修理次数", ge=1, le=10)
    after_repairs: tuple[Remedy, ...] = Field(title="多次修理后可选", min_length=1)
    repair_days: int = Field(title="修理天数", ge=1, le=365)
    after_repair_days: tuple[Remedy, ...] = Field(title="修理超期后可选", min_length=1)

    @model_validator(mode="after")
    def _ordered(self) -> Guarantees:
        days = [window.days for window in self.windows]
        if days != sorted(set(days)):
            raise ValueError("windows must go up")
        return self

    @property
    def period(self) -> int:
        """Days of the guarantee."""
        return self.windows[-1].days

    def remedies(self, days: int, *, repairs: int = 0, longest_repair: int = 0, lost: int = 0) -> tuple[Remedy, ...]:
        """What may be chosen, the strongest first; empty when the guarantee has run out.

        Args:
            days: since the purchase.
            repairs: done in vain within the period.
            longest_repair: days of the longest one.
            lost: days in repair, which do not count against the period.
        """
        left = days - lost
        if left > self.period or days < 0:
            return ()
        # The short windows run from the purchase as they are; only the whole period stands still during repair.
        found: set[Remedy] = set()
        for window in self.windows[:-1]:
            if days <= window.days:
                found.update(window.remedies)
        found.update(self.windows[-1].remedies)
        if repairs >= self.repairs:
            found.update(self.after_repairs)
        if longest_repair > self.repair_days:
            found.update(self.after_repair_days)
        return tuple(remedy for remedy in REMEDIES if remedy in found)

    def sentences(self) -> list[Sentence]:
        told = [
            Sentence("购买后 %(days)s 日内可以%(what)s。", {"days": window.days, "what": _names(window.remedies)})
            for window in self.windows
        ]
        told.append(
            Sentence(
                "修理 %(times)s 次仍不能正常使用的，可以%(what)s。",
                {"times": self.repairs, "what": _names(self.after_repairs)},
            )
        )
        told.append(
            Sentence(
                "一次修理超过 %(days)s 日的，可以%(what)s。",
                {"days": self.repair_days, "what": _names(self.after_repair_days)},
            )
        )
        return told


def _names(remedies: tuple[Remedy, ...]) -> str:
    return "、".join(REMEDIES[remedy] for remedy in remedies)
