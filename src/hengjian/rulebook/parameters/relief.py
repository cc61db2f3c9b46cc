"""Relief for people hurt by a product: who is needy enough, which share of the loss is granted, up to what."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from pydantic import Field, model_validator

from hengjian.rulebook.base import Parameters, Sentence, Strict


class ReliefBand(Strict):
    """Households with up to this multiple of the local minimum allowance get this share of the loss."""

    up_to: Decimal = Field(title="收入不超过低保标准的倍数", gt=0)
    share: Decimal = Field(title="救助比例", gt=0, le=1)


class Relief(Parameters):
    """The bands from the neediest up; who earns more than the last gets nothing.

    Attributes:
        minimum_share: a product must have caused at least this share of the harm (appraisal).
        cap: the most that one person gets, yuan.
    """

    bands: tuple[ReliefBand, ...] = Field(title="收入分档", min_length=1)
    minimum_share: Decimal = Field(title="因果比例下限", ge=0, le=1)
    cap: Decimal = Field(title="上限（元）", gt=0)

    @model_validator(mode="after")
    def _ordered(self) -> Relief:
        steps = [band.up_to for band in self.bands]
        shares = [band.share for band in self.bands]
        if steps != sorted(set(steps)) or shares != sorted(set(shares), reverse=True):
            raise ValueError("bands must go up in income and down in share")
        return self

    def grant(self, *, loss: Decimal, paid: Decimal, income_ratio: Decimal, cause: Decimal) -> Decimal:
        """What is granted, yuan with two decimals; 0 when a condition fails.

        Args:
            loss: medical cost and other recognised loss, yuan.
            paid: of it already paid by others (the maker, insurance), yuan.
            income_ratio: income per head of the household ÷ local minimum allowance.
            cause: share of the harm that the product caused, 0 to 1 (appraisal).

        Raises:
            ValueError: a negative amount, or a share outside 0 to 1.
        """
        if min(loss, paid, income_ratio) < 0 or not 0 <= cause <= 1:
            raise ValueError("amounts must not be negative and the share must lie between 0 and 1")
        band = next((band for band in self.bands if income_ratio <= band.up_to), None)
        open_loss = max(Decimal(0), loss * cause - paid)
        if band is None or cause < self.minimum_share:
            return Decimal("0.00")
        return min(self.cap, open_loss * band.share).quantize(Decimal("0.01"), ROUND_HALF_UP)

    def sentences(self) -> list[Sentence]:
        told = [
            Sentence(
                "家庭人均收入不超过低保标准 %(times)s 倍的，救助未获赔偿损失的 %(share)s。",
                {"times": band.up_to, "share": f"{band.share:.0%}"},
            )
            for band in self.bands
        ]
        told.append(
            Sentence(
                "产品原因占比低于 %(share)s 的不予救助；每人最多 %(cap)s 元。",
                {"share": f"{self.minimum_share:.0%}", "cap": self.cap},
            )
        )
        return told
