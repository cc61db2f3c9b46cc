"""Whether a number given by people fits its indicator, and what they probably meant when it does not."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from django.utils.translation import gettext as _

from hengjian.indicators.declarations import SHARES, Definition
from hengjian.indicators.rules import PLACES, quantity

# How far a share may differ from its own parts before it counts as a contradiction: half a unit of the last digit.
HALF = Decimal("0.5")


class Wrong(ValueError):
    """The number cannot be taken; `hint` says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def check_comparable(declared: Sequence[Definition]) -> None:
    """Whether values of several indicators may stand in one column or on one axis.

    Raises:
        Wrong: they are of different scales or families (four "pass rates" sound alike and mean different things).
    """
    for first, second in pairwise(declared):
        told = {"first": first.title, "second": second.title}
        if first.scale != second.scale or first.unit != second.unit:
            raise Wrong(
                _("“%(first)s”和“%(second)s”不是同一种量，不能放在同一列或同一张图里。") % told, _("请分开查看。")
            )
        if first.family != second.family:
            raise Wrong(
                _("“%(first)s”和“%(second)s”名称相近但口径不同，不能放在同一列或同一张图里。") % told,
                _("请分开查看，并注意各自的分子、分母和抽取方式。"),
            )


Number = Decimal | None
Judged = tuple[Decimal, Number, Number]


def judged(declared: Definition, value: Number, numerator: Number, denominator: Number) -> Judged:
    """(value, numerator, denominator) that agree with each other and with the definition.

    Raises:
        Wrong: a part is missing, they contradict each other, or the value lies outside what is possible.
    """
    if declared.scale in SHARES and declared.denominator is not None:
        value, numerator, denominator = _share(declared, value, numerator, denominator)
    elif value is None and numerator is not None:
        value = numerator
    if value is None:
        raise Wrong(_("没有填写数值。"))
    possible(declared, value)
    if declared.scale == "count" and value != value.to_integral_value():
        raise Wrong(_("“%(title)s”是个数，应为整数，收到 %(value)s。") % _told(declared, value))
    if declared.scale in ("count", "amount"):
        numerator = value
    return value.quantize(PLACES), numerator, denominator


def _share(
    declared: Definition, value: Decimal | None, numerator: Decimal | None, denominator: Decimal | None
) -> Judged:
    if numerator is None or denominator is None:
        raise Wrong(
            _("“%(title)s”是由分子和分母得出的，两者都要填写。") % {"title": declared.title},
            _("分子：%(numerator)s；分母：%(denominator)s。")
            % {
                "numerator": declared.numerator.title,
                "denominator": declared.denominator.title if declared.denominator else "",
            },
        )
    if numerator < 0 or denominator < 0:
        raise Wrong(_("分子和分母不能为负。"))
    if not denominator:
        raise Wrong(_("分母为 0，无法计算。"), _("这一期没有数据的，请不要填报这一行。"))
    computed = quantity(declared.scale, numerator, denominator).value
    assert computed is not None
    if value is not None and not _agree(declared, value, computed):
        hint = ""
        if declared.scale == "percent" and _agree(declared, value * 100, computed):
            hint = _("看起来填的是小数：百分之 93.65 请填 93.65，不要填 0.9365。")
        raise Wrong(
            _("数值 %(value)s 与分子分母得出的 %(computed)s 不一致。")
            % {"value": _short(value), "computed": _short(computed, declared.decimals)},
            hint or _("请核对分子、分母和数值；可以不填数值，由系统计算。"),
        )
    return computed, numerator, denominator


def _agree(declared: Definition, given: Decimal, computed: Decimal) -> bool:
    """Whether a given figure is the computed one, rounded as far as it was written out (at most to the decimals)."""
    written = max(0, -int(given.normalize().as_tuple().exponent))
    places = min(written, declared.decimals)
    return abs(given - computed) <= HALF.scaleb(-places) + PLACES


def possible(declared: Definition, value: Decimal) -> None:
    """Whether a value lies between the bounds of the indicator.

    Raises:
        Wrong: it does not; the hint says which mix-up of units it looks like.
    """
    low = declared.minimum
    high = declared.maximum
    if low is not None and value < Decimal(str(low)):
        hint = ""
        if declared.scale in ("percent", "index_point", "score") and 0 < value <= 1:
            shown = _short((value * 100).quantize(Decimal(1).scaleb(-declared.decimals), ROUND_HALF_UP))
            hint = _("看起来填的是小数，是否应为 %(value)s？") % {"value": shown}
        raise Wrong(_("“%(title)s”不应低于 %(bound)s，收到 %(value)s。") % _told(declared, value, low), hint)
    if high is not None and value > Decimal(str(high)):
        hint = ""
        if high and value / 100 <= Decimal(str(high)):
            hint = _("请核对单位：是否多乘了 10、100 或 10000？")
        raise Wrong(_("“%(title)s”不应高于 %(bound)s，收到 %(value)s。") % _told(declared, value, high), hint)


def suspicious(declared: Definition, value: Decimal, before: Decimal | None) -> str:
    """What looks like a mix-up of units against the period before; empty: nothing."""
    if before is None or not before or not value:
        return ""
    for factor in (Decimal(100), Decimal(10000), Decimal(10)):
        for scaled in (value * factor, value / factor):
            near = abs(scaled - before) <= abs(before) * Decimal("0.05")
            if near and abs(value - before) > abs(before) * Decimal("0.5"):
                return _("与上期 %(before)s 相差约 %(factor)s 倍，请核对单位。") % {
                    "before": _short(before),
                    "factor": factor,
                }
    return ""


def _told(declared: Definition, value: Decimal, bound: float | None = None) -> dict[str, object]:
    return {"title": declared.title, "value": _short(value), "bound": "" if bound is None else f"{bound:g}"}


def _short(value: Decimal, places: int | None = None) -> str:
    shown = value if places is None else value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{shown.normalize():f}"
