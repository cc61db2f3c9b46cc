"""The operators of score sheets: (operator, full points, answer) → points and the reason in sentences. Pure.

Points come unrounded; limits of the item (most lost, step, N/A) and rounding are applied in `rules`.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_DOWN, Decimal
from typing import Any

from hengjian.rulebook.base import Sentence
from hengjian.rulebook.parameters import score_operators as ops
from hengjian.scoring.answers import Answer, WrongAnswer, _, number

ZERO = Decimal(0)
Found = tuple[Decimal, list[Sentence]]


def plain(value: Decimal) -> str:
    """A decimal without exponent and without trailing zeros.

    >>> plain(Decimal("2.50")), plain(Decimal("1E+2")), plain(Decimal("-0.0"))
    ('2.5', '100', '0')
    """
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def signed(value: Decimal) -> str:
    """With its sign: +5, −1.25."""
    return f"+{plain(value)}" if value > 0 else plain(value).replace("-", "−")


def _number(answer: Answer) -> Decimal:
    if answer.value is None:
        raise WrongAnswer(_("缺少数值。"))
    if isinstance(answer.value, bool):
        raise WrongAnswer(_("这里需要数值，不是是或否。"))
    return number(answer.value)


def _count(given: Decimal) -> int:
    if given < 0 or given != given.to_integral_value():
        raise WrongAnswer(_("“%(value)s”不是次数。"), value=plain(given))
    return int(given)


def _known(answer: Answer, codes: set[str]) -> None:
    if unknown := sorted(set(answer.parts) - codes):
        raise WrongAnswer(_("没有“%(what)s”这一项。"), what="、".join(unknown))


def _reference(declared: Decimal | None, answer: Answer) -> Decimal:
    found = declared if declared is not None else answer.reference
    if found is None:
        raise WrongAnswer(_("缺少基准值或目标值。"))
    return found


def _exists(operator: ops.Exists, full: Decimal, answer: Answer) -> Found:
    if not isinstance(answer.value, bool):
        raise WrongAnswer(_("请回答是或否。"))
    if answer.value:
        return full, [Sentence(_("已具备。"))]
    return ZERO, [Sentence(_("不具备，不得分。"))]


def _tiers(operator: ops.Tiers, full: Decimal, answer: Answer) -> Found:
    tier = next((tier for tier in operator.tiers if tier.code == answer.value), None)
    if tier is None:
        raise WrongAnswer(_("没有“%(what)s”这一档。"), what=answer.value or "")
    return full * tier.share, [
        Sentence(_("“%(tier)s”，得 %(share)s%%。"), {"tier": tier.title, "share": plain(tier.share * 100)})
    ]


def _missing(operator: ops.Missing, full: Decimal, answer: Answer) -> Found:
    if not operator.elements:
        count = _count(_number(answer))
        lost = operator.each * count
        told = [Sentence(_("缺 %(n)s 项，每项扣 %(each)s 分。"), {"n": count, "each": plain(operator.each)})]
    else:
        _known(answer, {element.code for element in operator.elements})
        lacking = [element for element in operator.elements if answer.parts.get(element.code, ZERO) != 0]
        lost = sum((element.each or operator.each for element in lacking), ZERO)
        told = [
            Sentence(
                _("缺“%(what)s”，扣 %(n)s 分。"), {"what": element.title, "n": plain(element.each or operator.each)}
            )
            for element in lacking
        ]
        told = told or [Sentence(_("要素齐全。"))]
    points = full - lost
    if points < operator.floor:
        told.append(Sentence(_("扣完为止，得 %(points)s 分。"), {"points": plain(operator.floor)}))
    return max(points, operator.floor), told


def _brackets(operator: ops.Brackets, full: Decimal, answer: Answer) -> Found:
    value = _number(answer)
    shown = {"value": plain(value), "unit": operator.unit}
    for bracket in operator.brackets:
        if bracket.span.contains(value):
            told = Sentence(_("%(value)s%(unit)s，在 %(span)s 区间。"), {**shown, "span": bracket.span.text()})
            return bracket.points, [told]
    return operator.otherwise, [Sentence(_("%(value)s%(unit)s，不在任何得分区间。"), shown)]


def _baseline(operator: ops.Baseline, full: Decimal, answer: Answer) -> Found:
    value, base = _number(answer), _reference(operator.baseline, answer)
    ahead = value - base if operator.direction == "higher" else base - value
    if operator.whole_units:
        ahead = ahead.to_integral_value(rounding=ROUND_DOWN)
    shown = {"value": plain(value), "base": plain(base), "n": plain(abs(ahead)), "unit": operator.unit}
    if ahead < 0:
        told = Sentence(
            _("%(value)s，比基准 %(base)s 差 %(n)s %(unit)s，每单位扣 %(each)s 分。"),
            {**shown, "each": plain(operator.lost)},
        )
        return max(full + operator.lost * ahead, operator.floor), [told]
    gained = min(operator.gained * ahead, operator.most_gained)
    if ahead > 0 and operator.gained:
        told = Sentence(
            _("%(value)s，比基准 %(base)s 好 %(n)s %(unit)s，加 %(gained)s 分。"), {**shown, "gained": plain(gained)}
        )
    else:
        told = Sentence(_("%(value)s，达到基准 %(base)s。"), shown)
    return full + gained, [told]


def _events(operator: ops.Events, full: Decimal, answer: Answer) -> Found:
    _known(answer, {rule.code for rule in operator.rules})
    points, told = full if operator.start == "full" else ZERO, []
    for rule in operator.rules:
        given = answer.parts.get(rule.code)
        if given is None and rule.required is not None:
            raise WrongAnswer(_("请填写“%(what)s”的次数；没有的填 0。"), what=rule.title)
        happened = _count(given or ZERO)
        count = happened if rule.required is None else max(rule.required - happened, 0)
        effect = rule.each * count
        if rule.most is not None and abs(effect) > rule.most:
            effect = rule.most if effect > 0 else -rule.most
        points += effect
        if rule.required is not None and count:
            values = {"what": rule.title, "required": rule.required, "n": happened, "effect": signed(effect)}
            told.append(Sentence(_("“%(what)s”应有 %(required)s 次，实有 %(n)s 次，%(effect)s 分。"), values))
        elif count:
            values = {"what": rule.title, "n": count, "effect": signed(effect)}
            told.append(Sentence(_("“%(what)s” %(n)s 次，%(effect)s 分。"), values))
    return max(points, operator.floor), told or [Sentence(_("没有加减分事项。"))]


def _ratio(operator: ops.Ratio, full: Decimal, answer: Answer) -> Found:
    value, target = _number(answer), _reference(operator.target, answer)
    higher = operator.direction == "higher"
    if operator.zero_at is not None:
        if operator.zero_at == target:
            raise WrongAnswer(_("零分值与目标值相同，无法计算。"))
        share = (value - operator.zero_at) / (target - operator.zero_at)
    else:
        top, bottom = (value, target) if higher else (target, value)
        if top < 0 or bottom < 0 or (higher and bottom == 0):
            raise WrongAnswer(_("目标值须大于 0，实际值不得为负。"))
        # Nothing bad happened at all: better than any target.
        share = operator.cap if bottom == 0 else top / bottom
    share = min(max(share, ZERO), operator.cap)
    values = {
        "value": plain(value),
        "target": plain(target),
        "unit": operator.unit,
        "share": plain(round(share * 100, 2)),
    }
    return full * share, [Sentence(_("实际 %(value)s%(unit)s，目标 %(target)s%(unit)s，得 %(share)s%%。"), values)]


def _thresholds(operator: ops.Thresholds, full: Decimal, answer: Answer) -> Found:
    value = _number(answer)
    met = [threshold for threshold in operator.thresholds if threshold.span.contains(value)]
    shown = {"value": plain(value), "unit": operator.unit}
    if not met:
        return full, [Sentence(_("%(value)s%(unit)s，没有触及门槛。"), shown)]
    counted = met if operator.adds else [min(met, key=lambda threshold: threshold.effect)]
    told = [
        Sentence(
            _("%(value)s%(unit)s，触及 %(span)s，%(effect)s 分。"),
            {**shown, "span": threshold.span.text(), "effect": signed(threshold.effect)},
        )
        for threshold in counted
    ]
    return max(full + sum((threshold.effect for threshold in counted), ZERO), operator.floor), told


def _interval(operator: ops.Interval, full: Decimal, answer: Answer) -> Found:
    if not operator.parts:
        given = _within(_number(answer), operator.low, operator.high, "")
        return operator.base + given, [
            Sentence(_("评定 %(given)s 分。"), {"given": signed(given) if operator.low < 0 else plain(given)})
        ]
    _known(answer, {part.code for part in operator.parts})
    sum_, told = ZERO, []
    for part in operator.parts:
        if part.code not in answer.parts:
            raise WrongAnswer(_("请填写“%(what)s”的分数。"), what=part.title)
        given = _within(answer.parts[part.code], part.low, part.high, part.title)
        sum_ += given
        if given:
            told.append(Sentence(_("“%(what)s” %(given)s 分。"), {"what": part.title, "given": signed(given)}))
    bounded = min(max(sum_, operator.low), operator.high)
    return operator.base + bounded, told or [Sentence(_("没有加减分事项。"))]


def _within(given: Decimal, low: Decimal, high: Decimal, what: str) -> Decimal:
    if not low <= given <= high:
        values = {"what": what, "value": plain(given), "low": plain(low), "high": plain(high)}
        raise WrongAnswer(_("%(what)s %(value)s 超出范围：应在 %(low)s 至 %(high)s 之间。"), **values)
    return given


def _percent(operator: ops.Percent, full: Decimal, answer: Answer) -> Found:
    percent = _within(_number(answer), ZERO, Decimal(100), "")
    for given in (percent, *answer.parts.values()):
        if _within(given, ZERO, Decimal(100), "") % operator.step:
            raise WrongAnswer(
                _("百分比按 %(step)s%% 一档给出，不能是 %(value)s%%。"), step=plain(operator.step), value=plain(given)
            )
    return full * percent / 100, [Sentence(_("评定 %(percent)s%%。"), {"percent": plain(percent)})]


_BY_KIND: dict[type[Any], Callable[[Any, Decimal, Answer], Found]] = {
    ops.Exists: _exists,
    ops.Tiers: _tiers,
    ops.Missing: _missing,
    ops.Brackets: _brackets,
    ops.Baseline: _baseline,
    ops.Events: _events,
    ops.Ratio: _ratio,
    ops.Thresholds: _thresholds,
    ops.Interval: _interval,
    ops.Percent: _percent,
}


def found(operator: ops.Operator, full: Decimal, answer: Answer) -> Found:
    """Points before the item's limits, and why.

    Raises:
        WrongAnswer: the answer does not fit the operator.
    """
    return _BY_KIND[type(operator)](operator, full, answer)
