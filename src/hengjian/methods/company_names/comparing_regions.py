"""Whether the places in two names can be one, however they are written. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hengjian.methods.company_names import patterns
from hengjian.methods.company_names.divisions import Division, current_codes, default_divisions, holds, short_name
from hengjian.methods.company_names.normalise import number_key
from hengjian.methods.company_names.parsing import NameParts
from hengjian.methods.company_names.reasons import Reason

# One thing under two names.
_ZONES = (
    ("高新技术产业开发区", "高新区"),
    ("经济技术开发区", "经开区"),
    ("经济开发区", "经开区"),
    ("农垦", ""),
    ("农", ""),
)
#: What a division's name ends in.
RANKS = re.compile("[省市盟旗县区州]|地区|自治区|自治州")
_BRACKETED = re.compile("（([^（）]{2,20})）")
_NUMBER = re.compile(r"[第\d]*")


def compare_regions(one: NameParts, other: NameParts) -> Reason | None:
    """How the places of two names agree; None when they are written alike."""
    if one.region == other.region:
        return None
    if _seat_elsewhere(one, other) or _seat_elsewhere(other, one) or _namesakes(one, other) or _other_head(one, other):
        return Reason("region", "different", cap=0.12)
    # Where only a number or nothing stands for a name (第一小学, 市场监督管理局), the place is the name.
    nameless = all(_NUMBER.fullmatch(number_key(parts.brand)) is not None for parts in (one, other))
    if not one.region or not other.region:
        # A name of its own is known without its place; a common one is not.
        if nameless:
            return Reason("region", "missing", cap=0.48)
        known = one.brand or other.brand
        return Reason("region", "missing", factor=0.88 if len(known) >= 2 else 0.5)
    if one.locality and other.locality:
        shorter, longer = sorted((_local_key(one.locality), _local_key(other.locality)), key=len)
        if not (longer.endswith(shorter) or (longer.startswith(shorter) and not nameless)):
            return Reason("region", "different", cap=0.12)
    if one.locality and _local_key(one.locality) == _local_key(other.locality) and not (one.codes and other.codes):
        return Reason("region", "written_differently", factor=0.99)
    if one.codes and other.codes:
        pairs = [(first, second) for first in one.codes for second in other.codes]
        if any(first == second for first, second in pairs):
            if nameless and bool(one.locality) != bool(other.locality):
                return Reason("region", "one_inside_the_other", cap=0.3)
            return Reason("region", "written_differently", factor=0.99)
        if _only_country(one.codes) or _only_country(other.codes):
            return Reason("region", "country_and_place", cap=0.3)  # 日立电梯（中国）, 日立电梯（天津）
        if nameless:
            return Reason("region", "one_inside_the_other_or_different", cap=0.12)
        zone = one.locality or other.locality
        if zone and any(_prefecture_of(first, second) for first, second in pairs):
            return Reason("region", "zone_and_district", cap=0.48)
        if any(holds(first, second) or holds(second, first) for first, second in pairs):
            outer, inner = sorted((one.region, other.region), key=len)
            if RANKS.sub("", outer) in inner:
                return Reason("region", "one_inside_the_other", factor=0.93)
            # 新疆天山水泥, 喀什天山水泥: each register names its own level; a person must look.
            return Reason("region", "another_level", cap=0.48)
        return Reason("region", "different", cap=0.12)
    if not nameless:
        shorter, longer = sorted((_local_key(one.region), _local_key(other.region)), key=len)
        if longer.endswith(shorter) or longer.startswith(shorter):
            return Reason("region", "one_inside_the_other", factor=0.93)
    return Reason("region", "different", cap=0.12)


def _seat_elsewhere(one: NameParts, other: NameParts) -> bool:
    """Whether one name has a place in brackets that the other one's place has nothing to do with: 通辽梅花（新疆）."""
    for inside in _BRACKETED.findall(one.name):
        seats = _codes_of(inside)
        if (
            seats
            and other.codes
            and not any(
                first == second or holds(first, second) or holds(second, first)
                for first in seats
                for second in other.codes
            )
        ):
            return True
    return False


def _namesakes(one: NameParts, other: NameParts) -> bool:
    """Whether the regions end in divisions beside each other that share a name: 乌鲁木齐市 and the 乌鲁木齐县 in it."""
    return neighbours(_last_division(one), _last_division(other))


def _other_head(one: NameParts, other: NameParts) -> bool:
    """Whether the regions end alike and begin with places of which only one ever held the rest: 乌海市东胜区 beside
    鄂尔多斯市东胜区, but not 固原地区海原县 beside 中卫市海原县; 第一师阿拉尔市 beside 第三师阿拉尔市."""
    alike = 0
    while one.region[-alike - 1 :] == other.region[-alike - 1 :]:
        alike += 1
    tail, first, second = one.region[len(one.region) - alike :], one.region[:-alike], other.region[:-alike]
    if not first or not second:
        return False
    corps = [patterns.CORPS.fullmatch(head + tail[:1]) or patterns.CORPS.fullmatch(head) for head in (first, second)]
    if corps[0] and corps[1]:
        return _local_key(corps[0][0]) != _local_key(corps[1][0])
    known = default_divisions()
    ends = ((start, end) for start in (0, 1) for end in range(len(tail), start + 1, -1))
    inner = next((found for start, end in ends if (found := known.full.get(tail[start:end]))), [])
    heads = [known.full.get(head) or known.short.get(head) or [] for head in (first, second)]
    # What the corps holds also lies elsewhere.
    if not inner or not all(heads) or any(outer.code == "660000" for head in heads for outer in head):
        return False
    held = [any(holds(outer.code, division.code) for division in inner for outer in head) for head in heads]
    return held[0] != held[1]


def _last_division(parts: NameParts) -> list[Division]:
    """The divisions that a region names last, with 市, 县, 旗 …"""
    text = parts.region.removesuffix(parts.locality)
    full = default_divisions().full
    name = next((text[start:] for start in range(len(text) - 1) if text[start:] in full), "")
    return full.get(name, [])


def _local_key(locality: str) -> str:
    """A township, zone or regiment as it is compared: 农八师 is 第八师, 高新区 is 高新技术产业开发区."""
    for long, short in _ZONES:
        locality = locality.replace(long, short)
    return number_key(locality)


def _only_country(codes: tuple[str, ...]) -> bool:
    return codes == ("000000",)


def _prefecture_of(first: str, second: str) -> bool:
    """Whether one code is a prefecture and the other a county of it."""
    return first != second and first[:4] == second[:4] and "00" in (first[4:], second[4:])


def one_place_written_twice(first: str, second: str) -> bool:
    """Whether two names differ only in how the place before them is written: 木垒县, 木垒哈萨克自治县."""
    for size in _place_sizes(first):
        rest = first[size:]
        place = second[: -len(rest)] if second.endswith(rest) else ""
        if place and set(_codes_of(first[:size])) & set(_codes_of(place)):
            today, other = _today(first[:size]), _today(place)
            full = default_divisions().full
            if neighbours(full.get(first[:size], ()), full.get(place, ())):
                return False
            return not today or not other or bool(today & other)  # 伊宁市 and 伊宁县 are two
    return False


def neighbours(one: Sequence[Division], other: Sequence[Division]) -> bool:
    """Whether two names of divisions are of a county and another division beside it at one time: 伊宁县 and 伊宁市, but
    not 顺德市 and what it became, 顺德区, nor 榆林市 and 榆林地区."""
    return any(
        here.name != there.name
        and ("县" in (here.name[-1], there.name[-1]) or "旗" in (here.name[-1], there.name[-1]))
        and short_name(here.name, here.rank) == short_name(there.name, there.rank) != ""
        and (not here.end or there.start <= here.end)
        and (not there.end or here.start <= there.end)
        for here in one
        for there in other
    )


def _today(place: str) -> set[str]:
    """The codes of the divisions of today that are called so in full."""
    return {division.code for division in default_divisions().full.get(place, ()) if not division.end}


def _place_sizes(name: str) -> list[int]:
    """The lengths of the divisions that the name may begin with, of what leaves a name behind them."""
    sizes = default_divisions().sizes.get(name[:2], ())
    return [size for size in sizes if size <= len(name) - 4 and is_place(name[:size])]


def _codes_of(place: str) -> tuple[str, ...]:
    """The codes of a division by its full or short name; none when it is no division."""
    found = default_divisions()
    return current_codes(tuple(found.full.get(place) or found.short.get(place) or ()))


def is_place(text: str) -> bool:
    """Whether a text is the full or short name of one division."""
    found = default_divisions()
    return text in found.full or text in found.short
