"""Sentences of a report from readings, in official Chinese. Pure: every number that is written is returned as a
mention, so that the text stays linked to its figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from hengjian.analysis.rules.comparing import Change, change, gap, standing
from hengjian.analysis.rules.contributions import Contribution
from hengjian.analysis.rules.reading import Reading, shown

#: Contributions smaller than this share of the whole change are not named.
WORTH_NAMING = Decimal("0.1")
MOST_NAMED = 3


@dataclass(frozen=True)
class Mention:
    """A number in a text: what it is (`slot`), the reading that it belongs to, how it is printed."""

    slot: str
    reading: Reading
    printed: str


@dataclass(frozen=True)
class Spoken:
    """A sentence or clause with its numbers in the order of the text."""

    text: str = ""
    mentions: tuple[Mention, ...] = ()

    def __add__(self, other: Spoken) -> Spoken:
        return Spoken(self.text + other.text, self.mentions + other.mentions)

    def __bool__(self) -> bool:
        return bool(self.text)


def mention(reading: Reading, role: str, printed: str) -> Spoken:
    """A number alone."""
    code, region, period, parts = reading.key
    broken = ";".join(f"{name}={value}" for name, value in parts)
    return Spoken(printed, (Mention(f"{code}:{region}:{period}:{broken}:{role}", reading, printed),))


def said(text: str) -> Spoken:
    return Spoken(text)


def unit_of_change(reading: Reading) -> str:
    if reading.scale == "percent":
        return "个百分点"
    return {"index_point": "点", "score": "分"}.get(reading.scale, reading.unit)


def level(now: Reading) -> Spoken:
    """ "2025年，澜川自治区制造业产品质量合格率为93.65%（24,789/28,265，95%置信区间93.31～93.98）" """
    start = said(f"{now.period.said()}，{now.place}{now.title}为") + mention(now, "value", now.printed)
    inner = []
    if now.scale == "percent" and now.numerator is not None and now.denominator:
        whole = mention(now, "denominator", shown(now.denominator, _places(now.denominator)))
        inner.append(mention(now, "numerator", shown(now.numerator, _places(now.numerator))) + said("/") + whole)
    if now.interval:
        inner.append(said("95%置信区间") + mention(now, "interval", now.interval))
    if now.marks:
        inner.append(said("含假定：" + "、".join(now.marks)))
    if now.status == "provisional":
        inner.append(said("初步数"))
    if not inner:
        return start
    result = start + said("（") + inner[0]
    for part in inner[1:]:
        result += said("，") + part
    return result + said("）")


def _places(number: Decimal) -> int:
    return 0 if number == number.to_integral_value() else 2


def changed(now: Reading, before: Reading | None) -> Spoken:
    """ "，比2024年提高0.28个百分点"; what cannot be said is not said."""
    found = change(now, before)
    if found is None or before is None:
        return Spoken()
    since = before.period.said()
    if found.verdict == "unlike":
        why = "计算规则已换版" if found.why == "edition" else "指标定义已修订"
        return said(f"；{since}以来{why}，两期不可比")
    if found.verdict == "same":
        return said(f"，与{since}持平")
    amount = f"{shown(abs(found.amount), now.decimals)}{unit_of_change(now)}"
    moved = said(f"，比{since}{_verb(now, found)}") + mention(now, "change", amount)
    if found.verdict == "within":
        return moved + said("，变化在误差范围内")
    if found.why == "selection":
        return moved + said("（抽查对象不同，不代表质量升降）")
    return moved


def _verb(now: Reading, found: Change) -> str:
    if now.scale in ("percent", "index_point", "score", "ratio", "mean"):
        return "提高" if found.amount > 0 else "下降"
    return "增加" if found.amount > 0 else "减少"


def against_target(now: Reading, target: Decimal | None, due: str) -> Spoken:
    """ "，距2025年目标94%还差0.35个百分点" """
    missing = None if target is None else gap(now, target)
    if missing is None or target is None:
        return Spoken()
    aim = mention(now, "target", f"{shown(target, _target_places(target, now.decimals))}{now.suffix}")
    if missing <= 0:
        return said(f"，达到{due}目标（") + aim + said("）")
    amount = f"{shown(missing, now.decimals)}{unit_of_change(now)}"
    short = "还高出" if now.direction == "lower" else "还差"
    return said(f"，距{due}目标") + aim + said(short) + mention(now, "gap", amount)


def _target_places(target: Decimal, decimals: int) -> int:
    exponent = target.normalize().as_tuple().exponent
    return min(decimals, max(0, -exponent)) if isinstance(exponent, int) else decimals


def among(parts: Sequence[Reading], kind: str) -> Spoken:
    """ "12个地州市中，最高的是南渚市（96.1%），最低的是金滩市（90.2%），二者差异超出误差范围。" """
    known = [part for part in parts if part.value is not None]
    if len(known) < 3 or known[0].direction not in ("higher", "lower"):
        return Spoken()
    best = 1 if known[0].direction == "higher" else -1
    order = sorted(known, key=lambda part: (-best * (part.value or Decimal(0)), part.region))
    first, last = order[0], order[-1]
    if first.value == last.value:
        return Spoken(f"有数据的{len(known)}个{kind}均为") + mention(first, "value", first.printed) + said("。")
    text = (
        said(f"有数据的{len(known)}个{kind}中，较好的是{first.place}（")
        + mention(first, "value", first.printed)
        + said(f"），较差的是{last.place}（")
        + mention(last, "value", last.printed)
        + said("）")
    )
    place = standing(last, known)
    apart = place is not None and place.best > 1
    if any(part.interval for part in known):
        text += said("，二者差异超出误差范围" if apart else "，但差异在误差范围内，不宜排名")
    return text + said("。")


def reasons(now: Reading, found: Sequence[Contribution], names: dict[str, str], kind: str) -> Spoken:
    """What the change comes from: the parts that contribute most, by their own rate or by their share."""
    whole = sum((each.total for each in found), Decimal(0))
    if not whole:
        return Spoken()
    large = [each for each in found if abs(each.total) >= WORTH_NAMING * abs(whole)][:MOST_NAMED]
    if not large:
        return Spoken()
    text = said(f"从{kind}看，变化主要来自")
    for position, each in enumerate(large):
        by_mix = abs(each.mix) > abs(each.rate)
        amount = f"{'+' if each.total > 0 else '－'}{shown(abs(each.total) * 100, now.decimals)}个百分点"
        cause = "所占比重变化" if by_mix else "自身水平变化"
        text += said(("、" if position else "") + f"{names.get(each.part, each.part)}（{cause}为主，")
        text += mention(now, f"reason:{each.part}", amount) + said("）")
    return text + said("。")
