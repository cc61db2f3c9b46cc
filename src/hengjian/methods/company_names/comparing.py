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
from hengjian.methods.company_names.abbreviations import write_out
from hengjian.methods.company_names.comparing_keys import name_key, one_name
from hengjian.methods.company_names.comparing_regions import RANKS, compare_regions, is_place, one_place_written_twice
from hengjian.methods.company_names.comparing_slips import slips
from hengjian.methods.company_names.english import is_latin, latin_likeness
from hengjian.methods.company_names.normalise import normalise_name, number_key
from hengjian.methods.company_names.parsing import NameParts, parse_name
from hengjian.methods.company_names.reasons import Reason

Verdict = Literal["same", "review", "different"]
#: From `SAME` on two names are one body; from `REVIEW` on a person should look.
SAME, REVIEW = 0.7, 0.4
_FORM_CLASSES = (
    ("share", re.compile("股份有限|股份公司")),
    ("company", re.compile("公司|有限责任|有限$|集团$")),
    ("bank", re.compile("银行")),
)
# 公安局天山区分局 is 公安局天山分局.
_DISTRICT = re.compile("(?<=局[\u4e00-\u9fff]{2})区$|(?<=局[\u4e00-\u9fff]{3})区$|(?<=局[\u4e00-\u9fff]{4})区$")
_PARTNERS = re.compile("（.*合伙.*）$")
_MEMBERS = re.compile("(?:农民|农牧民|牧民|农牧业)?(?:专业)?合作社")
_CREDIT_BODIES = re.compile("信用(?:合作)?(?:联)?社")


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
        twice = any(reason.part == "kind" and reason.cap < 1 for reason in reasons) and not _misspelt(first, second)
        score = 0.48 if twice else 0.98
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
    # A spoilt code that mends to the other one confirms it; one that mends to another code proves nothing.
    one, other = _mended(first), _mended(second)
    if one and one == other:
        return Reason("code", "equal")
    if uscc.is_valid(uscc.normalise(first)) and uscc.is_valid(uscc.normalise(second)) and one and other:
        return Reason("code", "different", cap=0.02)
    return None


def _misspelt(first: str, second: str) -> bool:
    """Whether one character differs, or one name lacks the 有限公司 of the other (a private hospital): what equal codes
    explain, though the kind read from the name changes."""
    one, other = sorted((_name_key(write_out(first)), _name_key(write_out(second))), key=len)
    if len(one) == len(other):
        return sum(left != right for left, right in zip(one, other, strict=True)) == 1
    return other in (one + "有限公司", one + "股份有限公司")


def _mended(code: str) -> str:
    """The valid code that is or was meant; empty when there is none."""
    found = uscc.examine(code)
    return code if found.valid else found.repaired


def _names(first: str, second: str) -> tuple[Reason, ...]:
    if is_latin(first) != is_latin(second):
        chinese, latin = (second, first) if is_latin(first) else (first, second)
        likeness, why = latin_likeness(_parsed(write_out(chinese)), latin)
        return (Reason("transliteration", why, factor=likeness),)
    if is_latin(first):
        equal = _latin_key(first) == _latin_key(second)
        return (Reason("name", "equal" if equal else "different", cap=1.0 if equal else 0.3),)
    first, second = write_out(first), write_out(second)
    key, other_key = _name_key(first), _name_key(second)
    if key == other_key:
        return (Reason("name", "equal"),)
    if (outer := one_name(name_key(first), name_key(second))) is not None:
        how = (
            Reason("region", "one_inside_the_other", factor=0.93)
            if outer
            else Reason("name", "written_differently", 0.98)
        )
        return (Reason("name", "equal"), how)
    one, other = _parsed(first), _parsed(second)
    shorter, longer = sorted((key, other_key), key=len)
    if longer.endswith(shorter) and is_place(longer[: -len(shorter)]) and min(len(one.brand), len(other.brand)) >= 2:
        return (Reason("name", "equal"), Reason("region", "missing", factor=0.88))
    if one_place_written_twice(key, other_key):
        return (Reason("name", "equal"), Reason("region", "written_differently", factor=0.99))
    for this, that, told in ((one, other, second), (other, one, first)):
        for written, how in slips(this, that):
            if _name_key(written) == _name_key(told) or one_name(name_key(written), name_key(told)) is not None:
                return (Reason("name", "equal"), how)
    found = (
        _brand(one, other),
        _trade(one, other),
        compare_regions(one, other),
        _form(one, other),
        _branch(one, other),
        _kind(one, other),
    )
    return tuple(reason for reason in found if reason is not None)


def _name_key(name: str) -> str:
    """The whole name without what clerks write in several ways: brackets, numerals, 责任."""
    plain = name.replace("（", "").replace("）", "").replace("有限责任公司", "有限公司")
    return number_key(_MEMBERS.sub("专业合作社", plain) if "合作社" in plain else plain)


@lru_cache(maxsize=50_000)
def _parsed(name: str) -> NameParts:
    return parse_name(name)


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
        if RANKS.sub("", one.region + one.brand) == RANKS.sub("", other.region + other.brand):
            return Reason("brand", "equal")  # 拉萨啤酒, 拉萨市啤酒: the place is the name
        return Reason("brand", "missing", cap=0.3)
    return Reason("brand", "different", cap=0.15)


def _trade(one: NameParts, other: NameParts) -> Reason | None:
    first, second = (_DISTRICT.sub("", number_key(parts.trade)) for parts in (one, other))
    if first == second or number_key(one.brand) + first == number_key(other.brand) + second:
        return None
    if not first or not second:
        return Reason("trade", "missing", cap=0.45)
    return Reason("trade", "different", cap=0.25)


def _form(one: NameParts, other: NameParts) -> Reason | None:
    first, second = _form_class(one.form), _form_class(other.form)
    if first == second:
        if all((word in one.form) == (word in other.form) for word in ("集团", "控股")):
            return None
        return Reason("form", "group_and_company", cap=0.45)
    if not one.form or not other.form:
        return Reason("form", "missing", factor=0.85)
    if {first, second} == {"share", "company"}:
        # 集团 alone is no form that is registered, 公司 is one (and 公司 beside 股份有限公司 another body).
        if "集团" in (one.form, other.form) and one.form.startswith("集团") and other.form.startswith("集团"):
            return Reason("form", "missing", factor=0.85)
        return Reason("form", "converted_or_other", cap=0.48)
    return Reason("form", "different", cap=0.25)


def _form_class(form: str) -> str:
    form = _PARTNERS.sub("", form)
    for name, pattern in _FORM_CLASSES:
        if pattern.search(form):
            return name
    return "专业合作社" if _MEMBERS.fullmatch(form) else re.sub("农民专业|农牧民专业|牧民专业", "专业", form)


def _branch(one: NameParts, other: NameParts) -> Reason | None:
    first, second = number_key(one.branch), number_key(other.branch)
    if first == second:
        return None
    if first and second:
        plain, other_plain = _branch_key(first), _branch_key(second)
        # 包头市分公司 may leave out its 市; 伊宁市支行 and 伊宁县支行 are two.
        if plain == other_plain:
            return None if first == plain or second == plain else Reason("branch", "different", cap=0.1)
        shorter, longer = sorted((plain, other_plain), key=len)
        key, other_key = name_key(one.branch).places, name_key(other.branch).places
        one_place = not key or not other_key or bool(key[-1] & other_key[-1])  # 桂林象山支行 is not 象山县支行
        inside = longer.endswith(shorter) and not longer[-len(shorter) - 1 : -len(shorter)].isdigit()
        if inside and one_place and len(shorter) > 3:
            return Reason("branch", "written_differently", factor=0.9)
    return Reason("branch", "different", cap=0.1)


def _branch_key(branch: str) -> str:
    return re.sub("(?:地区|[市县区旗盟])(?=[分支供营销])", "", branch)


def _kind(one: NameParts, other: NameParts) -> Reason | None:
    if one.kind == other.kind or one.form == other.form:
        return None
    if not one.form or not other.form:
        return Reason("kind", "unknown", factor=0.9)
    if any(_CREDIT_BODIES.search(parts.name) for parts in (one, other)) and "银行" in one.name + other.name:
        return None  # credit co-operatives have become banks under their codes
    return Reason("kind", "different", cap=0.1)
