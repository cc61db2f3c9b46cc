"""The parts of a Chinese organisation's name (企业名称登记管理规定: 行政区划 + 字号 + 行业 + 组织形式). Pure.

The name is read from both ends: branch and form from the right, divisions from the left, then the longest row of trade
words that still leaves a brand; what remains is the brand. Conventions: a division is kept as written, through
township, village or regiment; ordinals and numbers belong to the brand; village collectives have none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from hengjian.methods.company_names import patterns
from hengjian.methods.company_names.divisions import (
    Division,
    Divisions,
    default_divisions,
    lies_in,
    words,
)
from hengjian.methods.company_names.lexicon import SHOP_GOODS, SHOPS, Kind, Lexicon, default_lexicon
from hengjian.methods.company_names.normalise import normalise_name


@dataclass(frozen=True, slots=True)
class NameParts:
    """What a name consists of.

    Attributes:
        name: as parsed (normalised).
        region: the divisions as written, without brackets.
        codes: codes that the last division named in the region may have; several when a name is used twice.
        locality: the part of the region below the divisions: township, regiment, zone, village.
        kind: company, cooperative, sole_trader, hospital_school, gov_or_other.
        confidence: 0 to 1; how much of the name was recognised and how unambiguous it was.
    """

    name: str
    region: str
    brand: str
    trade: str
    form: str
    branch: str
    kind: Kind
    confidence: float
    codes: tuple[str, ...] = ()
    locality: str = ""


@dataclass(slots=True)
class _Reading:
    """Where a run of divisions ends, and what it named last."""

    end: int = 0
    last: tuple[Division, ...] = ()
    full: bool = False  # the last one carries 市, 县, 旗 …
    ranks: int = 0
    local: str = ""


def parse_name(text: str, *, divisions: Divisions | None = None, lexicon: Lexicon | None = None) -> NameParts:
    """Take a name apart.

    >>> parts = parse_name("内蒙古包头市鑫达商贸有限责任公司")
    >>> parts.region, parts.brand, parts.trade, parts.form
    ('内蒙古包头市', '鑫达', '商贸', '有限责任公司')

    Args:
        text: the name as it stands in a register; no name at all gives empty parts with confidence 0.
    """
    name = normalise_name(text)
    if divisions is None and lexicon is None:
        return _default_parser().parse(name)
    return _Parser(divisions or default_divisions(), lexicon or default_lexicon()).parse(name)


def place_codes(text: str) -> tuple[str, ...]:
    """The codes that the divisions at the beginning of an address or the name of a region may have."""
    return tuple(division.code for division in _default_parser().regions(text).last)


@cache
def _default_parser() -> _Parser:
    return _Parser(default_divisions(), default_lexicon())


class _Parser:
    def __init__(self, divisions: Divisions, lexicon: Lexicon) -> None:
        self.full, self.short, self.sizes = divisions.full, divisions.short, divisions.sizes
        self.lexicon = lexicon
        self.trades, self.trade_sizes = lexicon.trades, lexicon.trade_sizes

    def parse(self, name: str) -> NameParts:
        body, branch = self._branch(name)
        body, form, kind = self._form(body)
        reading = self.regions(body, kind)
        region, rest = body[: reading.end], body[reading.end :]
        codes, locality = tuple(division.code for division in reading.last), reading.local
        if "（" in rest:
            rest, bracketed, found = self._brackets(rest)
            if bracketed and not region:
                codes = found
            region += bracketed
        if kind == "cooperative" or form in patterns.VILLAGE_BODY:
            village = patterns.VILLAGE.match(rest)
            if village is not None and (
                not rest[village.end() :] or form in patterns.VILLAGE_BODY or _collective(form)
            ):
                region, locality = region + village.group(), locality + village.group()
                rest = rest[village.end() :]
        brand, trade, sure = (
            self._public_body(rest)
            if kind == "gov_or_other" and form[-1:] in patterns.PUBLIC
            else self._brand_and_trade(rest, form)
        )
        if not brand and region:
            region, brand = self._place_as_brand(region, reading, trade, form, kind)
        if not region and brand:
            before, region = self._place_inside(brand)
            if region:
                shorter, more, _sure = self._brand_and_trade(before, "")
                brand, trade = (shorter, more + trade) if len(shorter) >= 2 else (before, trade)
        confidence = self._confidence(region, brand, form, sure)
        return NameParts(name, region, brand, trade, form, branch, kind, confidence, codes, locality)

    # ---- from the right

    def _branch(self, name: str) -> tuple[str, str]:
        """(the parent's name, the branch): everything behind the parent's form."""
        if "公司" in name or "合作社" in name or "大学" in name or "医院" in name:
            found = patterns.PARENT.match(name)
            if found is not None and patterns.BRANCH_END.search(found[2]):
                return found[1], found[2]
        found = patterns.BRANCH_BARE.search(name)
        if found is not None and found.start() > 3:
            start = self._place_before(name, found.start())
            if start >= 3:
                return name[:start], name[start:]
        return name, ""

    def _place_before(self, name: str, end: int) -> int:
        """Where the place begins that stands right before `end`; `end` itself when there is none."""
        for size in range(min(8, end - 3), 1, -1):
            piece = name[end - size : end]
            if piece in self.full or piece in self.short:
                return end - size
        return end

    def _form(self, name: str) -> tuple[str, str, Kind]:
        forms = self.lexicon.forms
        for size in self.lexicon.form_sizes.get(name[-1:], ()):
            kind = forms.get(name[-size:]) if size <= len(name) else None
            if kind is not None:
                if size == 2 and name[-1] in SHOPS and len(name) > 2 and name[-3:-1] in self.trades:
                    return name[:-1], name[-1], kind  # 图书+店, not 图+书店
                return name[:-size], name[-size:], kind
        return name, "", "gov_or_other" if len(name) > 1 and name[-1] in "局厅委办会" else "company"

    # ---- from the left

    def regions(self, body: str, kind: Kind = "company") -> _Reading:
        """The divisions at the beginning."""
        reading = _Reading()
        while reading.end < len(body):
            step = self._division(body, reading)
            if step is None:
                break
            size, found, full = step
            reading.end += size
            reading.last, reading.full = found, full
            reading.ranks += 1
        if not reading.ranks:
            self._unknown(body, reading)
        rest = body[reading.end :]
        if rest and (reading.ranks or kind in ("cooperative", "sole_trader", "gov_or_other", "hospital_school")):
            size = self._local(rest, reading)
            reading.local, reading.end = rest[:size], reading.end + size
        return reading

    def _unknown(self, body: str, reading: _Reading) -> None:
        """Divisions that no table has: 朔安市南乔区鑫达商贸."""
        pattern = patterns.UNKNOWN
        while (found := pattern.match(body, reading.end)) is not None:
            rest = body[found.end() :]
            if found.group()[-2:] in words("no_division") or len(rest) < 2 or rest in self.trades:
                return
            reading.end, reading.full, pattern = found.end(), True, patterns.UNKNOWN_NEXT
            reading.ranks += 1

    def _division(self, body: str, reading: _Reading) -> tuple[int, tuple[Division, ...], bool] | None:
        """The longest division at the reading's end that lies in the one before it: (length, divisions, full name?)."""
        start, left = reading.end, len(body) - reading.end
        for size in self.sizes.get(body[start : start + 2], ()):
            if size > left:
                continue
            piece = body[start : start + size]
            found = self.full.get(piece)
            if found is not None and (inside := _inside(found, reading.last)):
                return size, inside, True
            found = self.short.get(piece)
            inside = _inside(found, reading.last) if found is not None else ()
            if inside and self._is_place(body[start + size :], inside, reading, piece):
                return size, inside, False
        return None

    def _is_place(self, rest: str, found: tuple[Division, ...], reading: _Reading, piece: str) -> bool:
        """Whether a short name is a place here, not the beginning of a brand."""
        rank = found[0].rank
        if rank in ("province", "country") or (rank == "prefecture" and reading.ranks):
            return True
        if len(rest) < 2:
            return False
        often = piece in words("often_brands")
        if rank == "prefecture":
            return not often or self._has_brand(rest)
        if reading.ranks and reading.last[0].rank == "prefecture" and not often:
            return True  # 深圳福田策划: a district behind its city
        return (bool(reading.ranks) or not often) and self._has_brand(rest)

    def _has_brand(self, rest: str) -> bool:
        """Whether a brand of two or more characters is left (not 栖霞 + 山综合开发)."""
        best, one = self._trade_start(rest, "")
        return best >= 2 and not one

    def _local(self, rest: str, reading: _Reading) -> int:
        """Length of township, regiment, zone, village and the like at the beginning of `rest`."""
        if patterns.LOCAL_SIGNS.isdisjoint(rest):
            return 0
        end = 0
        for _turn in range(3):
            found = patterns.LOCAL.match(rest, end)
            if found is None or not self._is_local(found.group(), rest[found.end() :], reading):
                break
            end = found.end()
        if reading.full and (found := patterns.STREET.match(rest, end)) is not None:
            end = found.end()
        elif reading.full or end:
            found = patterns.VILLAGE.match(rest, end)
            village = found is not None and found.group()[-1] == "村" and found.group()[-2:] not in words("no_township")
            if found is not None and village and len(rest) - found.end() >= 2:
                end = found.end()
        return end

    def _is_local(self, piece: str, rest: str, reading: _Reading) -> bool:
        if len(piece) < 2 or len(rest) == 1:
            return len(piece) >= 2 and not rest
        if any(piece.endswith(word) for word in words("no_township")):
            return False
        if piece[-1] in "镇乡" and not reading.ranks and len(piece) < 3:
            return False
        return not (piece.endswith("林场") and not rest)

    def _brackets(self, rest: str) -> tuple[str, str, tuple[str, ...]]:
        """Take bracketed places out: 澳妆（上海）国际贸易 → 澳妆国际贸易, 上海."""
        region = ""
        codes: tuple[str, ...] = ()
        for inside in patterns.BRACKETED.findall(rest):
            found = self.full.get(inside) or self.short.get(inside)
            if found is None:
                reading = self.regions(inside, "company")
                if reading.end != len(inside) or not reading.ranks:
                    continue
                found = list(reading.last)
            region, codes = region + inside, tuple(division.code for division in found)
            rest = rest.replace(f"（{inside}）", "", 1)
        return rest.replace("（集团）", ""), region, codes

    # ---- what is left

    def _public_body(self, rest: str) -> tuple[str, str, bool]:
        """An authority is named by what it does; only a number tells it from its like."""
        found = patterns.ORDINAL.match(rest)
        if found is not None and (rest[0] == "第" or len(found.group()) > 1):
            return found.group(), rest[found.end() :], True
        return "", rest, True

    def _brand_and_trade(self, rest: str, form: str) -> tuple[str, str, bool]:
        """(brand, trade, whether the trade was recognised to the end of the name)."""
        if not rest:
            return "", "", True
        best, one = self._trade_start(rest, form)
        if best == len(rest) and one:
            best = 1
        if best == len(rest):
            return self._trade_inside(rest, form)
        brand, trade = rest[:best], rest[best:]
        if len(brand) >= 3 and brand[:-1] in self.trades:
            return "", rest, True  # 环保泥回收: a thing, not a name
        if brand in words("countries") and trade in self.lexicon.general:
            return "", rest, True
        return brand, trade, True

    def _trade_start(self, rest: str, form: str) -> tuple[int, bool]:
        """(where the longest row of trade words begins that leaves no brand of one character, whether one would)."""
        size, trades, sizes = len(rest), self.trades, self.trade_sizes
        reach = [False] * (size + 1)
        reach[size] = True
        best = size
        if size > 1 and form[:1] in SHOPS and rest[-1] in SHOP_GOODS:
            reach[size - 1] = True
            best = size - 1
        for start in range(size - 2, -1, -1):
            for length in sizes.get(rest[start : start + 2], ()):
                end = start + length
                if end <= size and reach[end] and rest[start:end] in trades:
                    reach[start] = True
                    if start != 1:
                        best = start
                    break
        return best, size > 1 and reach[1]

    def _trade_inside(self, rest: str, form: str) -> tuple[str, str, bool]:
        """The tail is unknown: the trade begins earlier (邓禄普轮胎销售天骄) or before the name (销售水泥河沙)."""
        if rest in words("descriptive") and form.endswith("院"):
            return "", rest, True
        size = len(rest)
        if size < 5:
            return rest, "", False
        covered = self._covered(rest, 0)
        if covered and size - covered >= 2:
            return rest[covered:], rest[:covered], False
        for start in range(2, size - 1):
            if self._covered(rest, start):
                return rest[:start], rest[start:], False
        return rest, "", False

    def _covered(self, rest: str, start: int) -> int:
        """Where a run of trade words that begins at `start` ends; 0 when none begins there."""
        end = 0
        while True:
            for length in self.trade_sizes.get(rest[start : start + 2], ()):
                if rest[start : start + length] in self.trades:
                    start = end = start + length
                    break
            else:
                return end

    def _place_as_brand(self, region: str, reading: _Reading, trade: str, form: str, kind: Kind) -> tuple[str, str]:
        """A bare place right before the trade of a maker or a group is its name: 包头钢铁（集团）."""
        if reading.full or not reading.last or reading.end != len(region):
            return region, ""
        university = kind == "hospital_school" and form in ("大学", "学院")
        if not trade and not university:
            return region, ""
        named = university or "集团" in form or "股份" in form or trade in words("makers")
        if not named:
            return region, ""
        if any(division.rank == "country" for division in reading.last):
            return region, ""
        name = next((region[-size:] for size in range(2, len(region) + 1) if region[-size:] in self.short), "")
        return (region[: -len(name)], name) if name else (region, "")

    def _place_inside(self, brand: str) -> tuple[str, str]:
        """A place at the end of what was taken for the brand (环球国际航运青岛) or of a brand of two places."""
        for size in range(min(8, len(brand) - 2), 1, -1):
            piece = brand[-size:]
            if (
                (piece in self.full or piece in self.short)
                and piece not in words("often_brands")
                and len(brand) - size >= 3
            ):
                return brand[:-size], piece
        return brand, ""

    def _confidence(self, region: str, brand: str, form: str, sure: bool) -> float:
        score = 1.0
        if not form:
            score -= 0.3
        if not sure:
            score -= 0.3
        if not brand:
            score -= 0.15
        elif len(brand) == 1 or len(brand) > 6:
            score -= 0.2
        if not region:
            score -= 0.05
        return round(max(score, 0.0), 2)


def _inside(found: list[Division], last: tuple[Division, ...]) -> tuple[Division, ...]:
    """Those of `found` that lie in one of `last`; all of them when nothing was named before.

    Clerks write cities under the wrong province (山西咸阳), so a prefecture may follow any province.
    """
    if not last:
        return tuple(found)
    return tuple(division for division in found if any(lies_in(division, outer) for outer in last)) or tuple(
        division for division in found if division.rank == "prefecture" and last[0].rank == "province"
    )


def _collective(form: str) -> bool:
    return "经济合作社" in form or "经济联合" in form or "股份合作社" in form
