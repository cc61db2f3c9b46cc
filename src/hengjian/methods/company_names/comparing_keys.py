"""One key for all the ways in which one name is written: names of one key are one body, however they parse. Pure.

A parser cuts two writings of one name in two ways, and parts that were cut otherwise seem to differ. So the whole
names are compared first, without what clerks leave out or add: the rank of a place (包头市, 包头), the larger places
before a smaller one (内蒙古自治区乌审旗), the form of a parent before its branch, 责任, brackets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from hengjian.methods.company_names.comparing_regions import neighbours
from hengjian.methods.company_names.divisions import Division, current_codes, default_divisions, holds, short_name
from hengjian.methods.company_names.normalise import number_key

_MEMBERS = re.compile("(?:农民|农牧民|牧民|农牧业)?(?:专业)?(?<!供销)(?<!信用)合作社")
# The form of a parent, before its branch. 总公司, 分公司 and 支公司 are more than a form.
_PARENT_FORM = re.compile("(?<![总分支子])(?:股份)?(?:有限)?(?:责任)?(?<![总分支子])公司(?=.{2})")
_GROUP_END = re.compile("集团(?:有限责任公司|有限公司|公司)$")
_COMPANY_END = re.compile("(?:有限责任公司|有限公司|有限责任|有限|(?<![总分支子])公司)$")
_SHARES_END = re.compile("股份(?:有限)?公司$")
#: Keys shorter than this say too little.
SHORTEST = 4


@dataclass(frozen=True, slots=True)
class NameKey:
    """A name as it is compared as a whole.

    Attributes:
        text: what is left; places stand in their short form, of places inside each other only the innermost.
        places: for each place that is left, the codes of today that it may have.
        full: for each place that is left, the divisions that it may be, when it is written in full.
        outer: for each place that was left out before what lies in it, the codes of today that it may have.
    """

    text: str
    places: tuple[frozenset[str], ...]
    full: tuple[tuple[Division, ...], ...]
    outer: tuple[frozenset[str], ...]


@lru_cache(maxsize=50_000)
def name_key(name: str) -> NameKey:
    """The key of a name that `write_out` has written out."""
    plain = name.replace("（", "").replace("）", "")
    if "合作社" in plain:
        plain = _MEMBERS.sub("专业合作社", plain)
    plain = _PARENT_FORM.sub("", plain)
    for pattern, short in ((_SHARES_END, "股份"), (_GROUP_END, "集团"), (_COMPANY_END, "公司")):
        plain, changed = pattern.subn(short, plain)
        if changed:
            break
    text, places, full, outer = _places(plain)
    return NameKey(number_key(text), tuple(map(_codes, places)), tuple(full), tuple(map(_codes, outer)))


def one_name(one: NameKey, other: NameKey) -> bool | None:
    """Whether two keys are one: None when they are not, True when a larger place stands only in one of them."""
    if one.text != other.text or len(one.text) < SHORTEST or len(one.places) != len(other.places):
        return None
    if not all(_one_place(one, other, at) for at in range(len(one.places))):
        return None
    if not one.outer and not other.outer:
        return False
    for key, told in ((one, other), (other, one)):
        # Which 鼓楼区 is meant only the larger place tells.
        if not key.outer and any(
            len(first) > len(second) for first, second in zip(key.places, told.places, strict=True)
        ):
            return None
    if all(any(_fits(first, second) for second in other.outer) for first in one.outer) or not other.outer:
        return len(one.outer) != len(other.outer)
    return None


def _one_place(one: NameKey, other: NameKey, at: int) -> bool:
    """Whether the places at one point of two names can be one."""
    first, second = one.places[at], other.places[at]
    full, other_full = one.full[at], other.full[at]
    if full and other_full and neighbours(full, other_full):
        return False
    if bool(full) != bool(other_full):
        # 长治 is 长治市, not the county beside it.
        bare, written = (second, full) if full else (first, other_full)
        if len(bare) > 1 and all(d.rank == "county" for d in written) and any(code.endswith("00") for code in bare):
            return False
    return bool(first & second)


def _places(text: str) -> tuple[str, list[list[Division]], list[tuple[Division, ...]], list[list[Division]]]:
    """(the text with its places shortened, those places, what they are in full, what was left out before them)."""
    known = default_divisions()
    kept: list[str] = []
    places: list[list[Division]] = []
    full: list[tuple[Division, ...]] = []
    outer: list[list[Division]] = []
    behind = False  # whether a place stands right before
    at = 0
    while at < len(text):
        sizes = known.sizes.get(text[at : at + 2], ())
        piece = next((p for size in sizes if (p := text[at : at + size]) in known.full or p in known.short), "")
        if not piece:
            kept.append(text[at])
            behind, at = False, at + 1
            continue
        if piece[-1] == "市" and text.startswith("中区", at + len(piece)) and piece[:-1] in known.short:
            piece = piece[:-1]  # 乐山市中区 is 乐山市市中区
        found = known.full.get(piece) or known.short[piece]
        inside = [one for one in found if behind and any(_holds(larger, one) for larger in places[-1])]
        if inside:
            outer.append(places.pop())
            full.pop()
            kept.pop()
        places.append(inside or found)
        full.append(tuple(places[-1]) if piece in known.full else ())
        kept.append(next((short for one in found if (short := short_name(one.name, one.rank))), piece))
        behind, at = True, at + len(piece)
    return "".join(kept), places, full, outer


def _holds(outer: Division, inner: Division) -> bool:
    if outer.rank == "county" or inner.rank in ("country", "province"):
        return False
    return holds(outer.code, inner.code) or holds(current_codes((outer,))[0], current_codes((inner,))[0])


def _codes(divisions: list[Division]) -> frozenset[str]:
    return frozenset(current_codes(tuple(divisions)))


def _fits(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two places may be one, or one lie in the other."""
    return any(first == second or holds(first, second) or holds(second, first) for first in one for second in other)
