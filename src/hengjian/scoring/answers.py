"""What an assessor says about one item, as data: read from JSON or a form, written back. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

Value = bool | Decimal | str | None
# Numbers that a person means, not 1e999 or a page of digits.
LIMIT = Decimal(10) ** 15


def _(message: str) -> str:
    """Marks a Chinese pattern for the translators; this room's pure modules know no Django."""
    return message


class WrongAnswer(ValueError):
    """The answer does not fit the item's operator. `problem` is a Chinese pattern with `values`."""

    def __init__(self, problem: str, **values: object) -> None:
        super().__init__(problem % values if values else problem)
        self.problem = problem
        self.values_ = values


@dataclass(frozen=True)
class Answer:
    """One item's finding.

    Attributes:
        value: yes/no, a number, or the code of a tier, as the operator needs it.
        parts: numbers by code: events counted, parts judged, dimensions; missing elements as code → 1.
        reference: the baseline or target, where the sheet leaves it to the answer.
        not_applicable: the object has no such thing.
        note: the assessor's reason.
    """

    value: Value = None
    parts: Mapping[str, Decimal] = field(default_factory=dict)
    reference: Decimal | None = None
    not_applicable: bool = False
    note: str = ""

    @property
    def empty(self) -> bool:
        """Nothing said yet."""
        return self.value is None and not self.parts and not self.not_applicable

    def to_dict(self) -> dict[str, object]:
        """JSON values; numbers as text, so that no decimal is lost."""
        shown: dict[str, object] = {}
        if self.value is not None:
            shown["value"] = str(self.value) if isinstance(self.value, Decimal) else self.value
        if self.parts:
            shown["parts"] = {code: str(number) for code, number in self.parts.items()}
        if self.reference is not None:
            shown["reference"] = str(self.reference)
        if self.not_applicable:
            shown["not_applicable"] = True
        if self.note:
            shown["note"] = self.note
        return shown

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Answer:
        """The answer of `to_dict`; numbers may also be JSON numbers.

        Raises:
            WrongAnswer: a key or value that no answer has.
        """
        if unknown := sorted(set(data) - {"value", "parts", "reference", "not_applicable", "note"}):
            raise WrongAnswer(_("不认识的内容：%(what)s。"), what="、".join(unknown))
        parts = data.get("parts") or {}
        if not isinstance(parts, Mapping):
            raise WrongAnswer(_("“%(value)s”不是数字。"), value=parts)
        value = data.get("value")
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            value = number(value)
        elif not (value is None or isinstance(value, bool | str)):
            raise WrongAnswer(_("“%(value)s”不是数字。"), value=value)
        reference = data.get("reference")
        return cls(
            value=value,
            parts={str(code): number(given) for code, given in parts.items()},
            reference=None if reference is None else number(reference),
            not_applicable=data.get("not_applicable") is True,
            note=str(data.get("note") or ""),
        )


def number(given: object) -> Decimal:
    """A number as people write it: full-width digits, thousands commas and a percent sign are read.

    Raises:
        WrongAnswer: no finite number of sensible size.
    """
    text = str(given).strip().replace("，", "").replace(",", "").replace("％", "%").removesuffix("%").strip()
    try:
        read = Decimal(text.replace("－", "-").replace("−", "-"))
    except InvalidOperation:
        raise WrongAnswer(_("“%(value)s”不是数字。"), value=str(given)[:40]) from None
    if not read.is_finite() or abs(read) > LIMIT:
        raise WrongAnswer(_("“%(value)s”不是数字。"), value=str(given)[:40])
    return read
