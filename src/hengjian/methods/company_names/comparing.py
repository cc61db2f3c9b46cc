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
from hengjian.methods.company_names.english import is_latin, latin_likeness
from hengjian.methods.company_names.normalise import fold_name, normalise_name
from hengjian.methods.company_names.parsing import NameParts, parse_name

Verdict = Literal["same", "review", "different"]
#: From `SAME` on two names are one body; from `REVIEW` on a person should look.
SAME, REVIEW = 0.7, 0.4
_FORM_CLASSES = (
    ("share", re.compile("股份有限|股份公司")),
    ("company", re.compile("公司|有限责任|有限$")),
    ("bank", re.compile("银行")),
)
_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")


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
    if fold_name(first) == fold_name(second):
        return (Reason("name", "equal"),)
    one, other = _parsed(first), _parsed(second)
    found = (
        _brand(one, other),
        _trade(one, other),
        _region(one, other),
        _form(one, other),
        _branch(one, other),
        _kind(one, other),
    )
    return tuple(reason for reason in found if reason is not None)


@lru_cache(maxsize=50_000)
def _parsed(name: str) -> NameParts:
    return parse_name(fold_name(name))


def _latin_key(name: str) -> str:
    text = re.sub(r"[^a-z0-9]+", " ", normalise_name(name).lower())
    return re.sub(r"\b(co|company|ltd|limited|inc|corp|corporation|llc|the)\b", "", text).replace(" ", "")


def _brand(one: NameParts, other: NameParts) -> Reason | None:
    first, second = one.brand.translate(_DIGITS).replace("·", ""), other.brand.translate(_DIGITS).replace("·", "")
    if first == second:
        if not first and not (one.region and other.region):
            return Reason("brand", "none", factor=0.8)
        return Reason("brand", "equal")
    if not first or not second:
        return Reason("brand", "missing", cap=0.3)
    # The parsers of two writings may cut a place or a trade word differently: compare brand and trade together.
    if first + one.trade == second + other.trade:
        return Reason("brand", "equal")
    return Reason("brand", "different", cap=0.15)


def _trade(one: NameParts, other: NameParts) -> Reason | None:
    if one.trade == other.trade or one.brand + one.trade == other.brand + other.trade:
        return None
    if not one.trade or not other.trade:
        return Reason("trade", "missing", cap=0.45)
    return Reason("trade", "different", cap=0.25)


def _region(one: NameParts, other: NameParts) -> Reason | None:
    if one.region == other.region:
        return None
    if not one.region or not other.region:
        # A name of its own is known without its place; a common one is not.
        known = one.brand or other.brand
        return Reason("region", "missing", factor=0.88 if len(known) >= 2 else 0.5)
    if one.locality and other.locality and one.locality.translate(_DIGITS) != other.locality.translate(_DIGITS):
        shorter, longer = sorted((one.locality, other.locality), key=len)
        if not (longer.endswith(shorter) or longer.startswith(shorter)):
            return Reason("region", "different", cap=0.12)
    if one.codes and other.codes:
        pairs = [(first, second) for first in one.codes for second in other.codes]
        if any(first == second for first, second in pairs):
            return Reason("region", "written_differently", factor=0.99)
        if any(_contains(first, second) or _contains(second, first) for first, second in pairs):
            return Reason("region", "one_inside_the_other", factor=0.93)
        return Reason("region", "different", cap=0.12)
    shorter, longer = sorted((one.region, other.region), key=len)
    if longer.endswith(shorter) or longer.startswith(shorter):
        return Reason("region", "one_inside_the_other", factor=0.93)
    return Reason("region", "different", cap=0.12)


def _contains(outer: str, inner: str) -> bool:
    if outer == "000000":
        return True
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
    for name, pattern in _FORM_CLASSES:
        if pattern.search(form):
            return name
    return form.replace("农民专业合作社", "专业合作社")


def _branch(one: NameParts, other: NameParts) -> Reason | None:
    if one.branch == other.branch:
        return None
    if one.branch and other.branch:
        shorter, longer = sorted((one.branch, other.branch), key=len)
        if longer.endswith(shorter) and len(shorter) > 3:
            return Reason("branch", "written_differently", factor=0.9)
    return Reason("branch", "different", cap=0.1)


def _kind(one: NameParts, other: NameParts) -> Reason | None:
    if one.kind == other.kind:
        return None
    if not one.form or not other.form:
        return Reason("kind", "unknown", factor=0.9)
    return Reason("kind", "different", cap=0.1)
