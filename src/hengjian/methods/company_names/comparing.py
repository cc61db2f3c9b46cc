"""Whether two names denote the same legal body. Pure; every score comes with its reasons.

Part by part: what contradicts caps the score, whatever else agrees. A branch, a subsidiary, a sibling and another kind
of body are other bodies. Equal valid codes mean the same body unless the kinds of body contradict each other (one code
issued twice); two different valid codes always mean two bodies.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from hengjian.methods import uscc
from hengjian.methods.company_names.divisions import default_divisions
from hengjian.methods.company_names.english import is_latin, latin_likeness
from hengjian.methods.company_names.normalise import fold_name, normalise_name, number_key
from hengjian.methods.company_names.parsing import NameParts, parse_name

Verdict = Literal["same", "review", "different"]
#: From `SAME` on two names are one body; from `REVIEW` on a person should look.
SAME, REVIEW = 0.7, 0.4
_FORM_CLASSES = (
    ("share", re.compile("股份有限|股份公司")),
    ("company", re.compile("公司|有限责任|有限$")),
    ("bank", re.compile("银行")),
)
# One thing under two names.
_ZONES = (
    ("高新技术产业开发区", "高新区"),
    ("经济技术开发区", "经开区"),
    ("经济开发区", "经开区"),
    ("农垦", ""),
    ("农", ""),
)
_RANKS = re.compile("[省市盟旗县区州]|地区|自治区|自治州")
_PARTNERS = re.compile("（.*合伙.*）$")
_NUMBER = re.compile(r"[第\d]*")


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that was compared. `factor` multiplies the score, `cap` limits it."""

    part: str
    finding: str
    factor: float = 1.0
    cap: float = 1.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """`score` in [0, 1], the verdict at `SAME` and `REVIEW`, and why."""

    score: float
    verdict: Verdict
    reasons: tuple[Reason, ...]


def compare_names(first: str, second: str, first_code: str = "", second_code: str = "") -> Comparison:
    """Compare two bodies by name and, where known, by unified code.

    >>> compare_names("包头市鑫达商贸有限责任公司", "内蒙古包头市鑫达商贸有限公司").verdict
    'same'
    >>> compare_names("包头市鑫达商贸有限公司", "包头市鑫达贸易有限公司").verdict
    'different'
    """
    reasons = _names(first, second)
    codes = _codes(first_code, second_code)
    if codes is not None and codes.finding == "equal":
        twice = any(reason.part == "kind" and reason.cap < 1 for reason in reasons)
        score = 0.5 if twice else 0.98
        codes = Reason("code", "issued_twice" if twice else "equal")
        return Comparison(score, _verdict(score), (codes, *reasons))
    if codes is not None:
        reasons = (codes, *reasons)
    score = 0.97
    for reason in reasons:
        score *= reason.factor
    score = min([score, *(reason.cap for reason in reasons)])
    return Comparison(round(score, 4), _verdict(score), reasons)


def _verdict(score: float) -> Verdict:
    return "same" if score >= SAME else "review" if score >= REVIEW else "different"


def _codes(first: str, second: str) -> Reason | None:
    if not first or not second:
        return None
    one, other = uscc.normalise(first), uscc.normalise(second)
    valid = uscc.examine(one).valid and uscc.examine(other).valid
    if one == other:
        return Reason("code", "equal") if valid else None
    if valid:
        return Reason("code", "different", cap=0.02)
    return None


def _names(first: str, second: str) -> tuple[Reason, ...]:
    if is_latin(first) != is_latin(second):
        chinese, latin = (second, first) if is_latin(first) else (first, second)
        likeness, why = latin_likeness(_parsed(chinese), latin)
        return (Reason("transliteration", why, factor=likeness),)
    if is_latin(first):
        equal = _latin_key(first) == _latin_key(second)
        return (Reason("name", "equal" if equal else "different", cap=1.0 if equal else 0.3),)
    key, other_key = _name_key(first), _name_key(second)
    if key == other_key:
        return (Reason("name", "equal"),)
    one, other = _parsed(first), _parsed(second)
    shorter, longer = sorted((key, other_key), key=len)
    if longer.endswith(shorter) and _is_place(longer[: -len(shorter)]) and min(len(one.brand), len(other.brand)) >= 2:
        return (Reason("name", "equal"), Reason("region", "missing", factor=0.88))
    found = (
        _brand(one, other),
        _trade(one, other),
        _region(one, other),
        _form(one, other),
        _branch(one, other),
        _kind(one, other),
    )
    return tuple(reason for reason in found if reason is not None)


def _name_key(name: str) -> str:
    """The whole name without what clerks write in several ways: brackets, numerals, 责任."""
    plain = fold_name(name).replace("（", "").replace("）", "").replace("有限责任公司", "有限公司")
    return number_key(plain)


def _is_place(text: str) -> bool:
    found = default_divisions()
    return text in found.full or text in found.short


@lru_cache(maxsize=50_000)
def _parsed(name: str) -> NameParts:
    return parse_name(fold_name(name))


def _latin_key(name: str) -> str:
    text = re.sub(r"[^a-z0-9]+", " ", normalise_name(name).lower())
    return re.sub(r"\b(co|company|ltd|limited|inc|corp|corporation|llc|the)\b", "", text).replace(" ", "")


def _brand(one: NameParts, other: NameParts) -> Reason | None:
    first, second = number_key(one.brand), number_key(other.brand)
    if first == second:
        if not first and not (one.region and other.region):
            return Reason("brand", "none", cap=0.35)
        return Reason("brand", "equal")
    # The parsers of two writings may cut a place or a trade word differently: compare brand and trade together.
    if first + number_key(one.trade) == second + number_key(other.trade):
        return Reason("brand", "equal")
    if not first or not second:
        if _RANKS.sub("", one.region + one.brand) == _RANKS.sub("", other.region + other.brand):
            return Reason("brand", "equal")  # 拉萨啤酒, 拉萨市啤酒: the place is the name
        return Reason("brand", "missing", cap=0.3)
    return Reason("brand", "different", cap=0.15)


def _trade(one: NameParts, other: NameParts) -> Reason | None:
    first, second = number_key(one.trade), number_key(other.trade)
    if first == second or number_key(one.brand) + first == number_key(other.brand) + second:
        return None
    if not first or not second:
        return Reason("trade", "missing", cap=0.45)
    return Reason("trade", "different", cap=0.25)


def _region(one: NameParts, other: NameParts) -> Reason | None:
    if one.region == other.region:
        return None
    # Where only a number or nothing stands for a name (第一小学, 市场监督管理局), the place is the name.
    nameless = all(_NUMBER.fullmatch(number_key(parts.brand)) is not None for parts in (one, other))
    if not one.region or not other.region:
        # A name of its own is known without its place; a common one is not.
        if nameless:
            return Reason("region", "missing", cap=0.5)
        known = one.brand or other.brand
        return Reason("region", "missing", factor=0.88 if len(known) >= 2 else 0.5)
    if one.locality and other.locality:
        shorter, longer = sorted((_local_key(one.locality), _local_key(other.locality)), key=len)
        if not (longer.endswith(shorter) or longer.startswith(shorter)):
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
            return Reason("region", "zone_and_district", cap=0.5)
        if any(_contains(first, second) or _contains(second, first) for first, second in pairs):
            outer, inner = sorted((one.region, other.region), key=len)
            if _RANKS.sub("", outer) in inner:
                return Reason("region", "one_inside_the_other", factor=0.93)
            # 新疆天山水泥, 喀什天山水泥: each register names its own level; a person must look.
            return Reason("region", "another_level", cap=0.55)
        return Reason("region", "different", cap=0.12)
    if not nameless:
        shorter, longer = sorted((_local_key(one.region), _local_key(other.region)), key=len)
        if longer.endswith(shorter) or longer.startswith(shorter):
            return Reason("region", "one_inside_the_other", factor=0.93)
    return Reason("region", "different", cap=0.12)


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


def _contains(outer: str, inner: str) -> bool:
    if outer.endswith("0000"):
        return inner[:2] == outer[:2]
    if outer.endswith("00"):
        return inner[:4] == outer[:4] or (inner[:2] == outer[:2] and inner[2:4] == "90")
    return False


def _form(one: NameParts, other: NameParts) -> Reason | None:
    first, second = _form_class(one.form), _form_class(other.form)
    if first == second:
        if ("集团" in one.form) == ("集团" in other.form):
            return None
        return Reason("form", "group_and_company", cap=0.45)
    if not one.form or not other.form:
        return Reason("form", "missing", factor=0.85)
    if {first, second} == {"share", "company"}:
        return Reason("form", "converted_or_other", cap=0.5)
    return Reason("form", "different", cap=0.25)


def _form_class(form: str) -> str:
    form = _PARTNERS.sub("", form)
    for name, pattern in _FORM_CLASSES:
        if pattern.search(form):
            return name
    return re.sub("农民专业|农牧民专业|牧民专业", "专业", form)


def _branch(one: NameParts, other: NameParts) -> Reason | None:
    first, second = _branch_key(one.branch), _branch_key(other.branch)
    if first == second:
        return None
    if first and second:
        shorter, longer = sorted((first, second), key=len)
        if longer.endswith(shorter) and len(shorter) > 3 and not longer[-len(shorter) - 1].isdigit():
            return Reason("branch", "written_differently", factor=0.9)
    return Reason("branch", "different", cap=0.1)


def _branch_key(branch: str) -> str:
    return re.sub("[市县区旗盟](?=[分支供营销])", "", number_key(branch))


def _kind(one: NameParts, other: NameParts) -> Reason | None:
    if one.kind == other.kind:
        return None
    if not one.form or not other.form:
        return Reason("kind", "unknown", factor=0.9)
    return Reason("kind", "different", cap=0.1)
