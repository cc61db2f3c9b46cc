"""Until when those who hold a record confirm that they have stopped using it."""

from __future__ import annotations

from pydantic import Field

from hengjian.rulebook.base import Parameters, Sentence


class CreditSharing(Parameters):
    """Terms of sharing credit information.

    Attributes:
        receipt_days: working days after the notice of repair, expiry or withdrawal.
    """

    receipt_days: int = Field(title="停止使用的回执期限（工作日）", ge=0, le=60)

    def sentences(self) -> list[Sentence]:
        return [
            Sentence(
                "信用修复、到期或撤销后，共享单位在 %(days)s 个工作日内停止使用并回执。", {"days": self.receipt_days}
            )
        ]
