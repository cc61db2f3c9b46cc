"""Divisions at the beginning of a name or an address, down to township, regiment, zone and village. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from hengjian.methods.company_names import patterns
from hengjian.methods.company_names.divisions import Division, Divisions, lies_in, words
from hengjian.methods.company_names.lexicon import Kind, sizes

# Words that begin with the last character of a division.
_TIED_WORDS = frozenset({"市政", "市场", "市郊", "县域", "区域"})
_TIED = frozenset(word[1] for word in _TIED_WORDS)
_CORPS_SIGNS = frozenset("第农")
_FEATURES = frozenset("山河湖江泉岭王城堡塔寺关桥沟湾庄楼峰谷")
# A township may be called so (金城镇), and so may what a company does (城镇建设).
_OF_TOWNS = ("城镇", "乡镇")
_NAMED_BY_PLACE = frozenset({"cooperative", "sole_trader", "gov_or_other", "hospital_school"})


@dataclass(slots=True)
class Reading:
    """Where a run of divisions ends, and what it named last."""

    end: int = 0
    last: tuple[Division, ...] = ()
    full: bool = False  # the last one carries 市, 县, 旗 …
    ranks: int = 0
    local: str = ""


class Regions:
    """Reads divisions from the left.

    Args:
        trades: words that alone behind a place make it no unknown division.
        leaves_brand: whether what would be left still begins with a brand (栖霞 + 山综合开发 does not).
    """

    def __init__(self, divisions: Divisions, trades: Collection[str], leaves_brand: Callable[[str], bool]) -> None:
        self.full, self.short, self.sizes = divisions.full, divisions.short, divisions.sizes
        self.trades, self._leaves_brand = trades, leaves_brand
        self._towns = words("towns")
        self._town_sizes = sizes(self._towns, lambda town: town[:2])
        self.trade_openings = {word[:2] for word in trades}
        self._no_township = tuple(words("no_township"))

    def read(self, body: str, kind: Kind = "company") -> Reading:
        """The divisions at the beginning."""
        reading = Reading()
        corps = self._corps(body, reading)
        self._divisions(body, reading)
        if reading.end and corps is None and (corps := self._corps(body, reading)) is not None:
            reading.last = ()  # 新疆生产建设兵团第八师石河子市: the city lies in Xinjiang
            self._divisions(body, reading)
        if not reading.ranks:
            self._unknown(body, reading)
        if "口岸" in body:
            self._port(body, reading)
        self._below(body, reading, kind, corps is not None)
        if reading.end and body[reading.end : reading.end + 1] == "（":
            inside = patterns.BRACKETED.match(body, reading.end)  # 高新区（新市区）安宁渠镇
            if inside is not None and inside[1] in self.full:
                reading.end, reading.full, reading.last = inside.end(), True, tuple(self.full[inside[1]])
                self._below(body, reading, kind, True)
        return reading

    def _port(self, body: str, reading: Reading) -> None:
        """A port of entry: behind its city (满洲里口岸), or in the place of one (策克口岸 + 庆华能源)."""
        end = reading.end + 2 if body.startswith("口岸", reading.end) else 0
        if not reading.end and (port := patterns.PORT.match(body)) is not None:
            end = port.end()
        if end and self._leaves_brand(body[end:]):
            reading.local, reading.end, reading.ranks = body[reading.end : end], end, max(reading.ranks, 1)

    def _corps(self, body: str, reading: Reading) -> re.Match[str] | None:
        """A division of the corps; it is read when a city stands behind it (第一师阿拉尔市)."""
        corps = patterns.CORPS.match(body, reading.end) if body[reading.end : reading.end + 1] in _CORPS_SIGNS else None
        if corps is not None and any(body[corps.end() :][:size] in self.full for size in (3, 4, 5)):
            reading.end, reading.ranks = corps.end(), reading.ranks + 1
        return corps

    def _divisions(self, body: str, reading: Reading) -> None:
        while reading.end < len(body):
            step = self._division(body, reading)
            if step is None:
                break
            size, found, full = step
            reading.end += size
            reading.last, reading.full = found, full
            reading.ranks += 1

    def _below(self, body: str, reading: Reading, kind: Kind, placed: bool) -> None:
        """Read on below the divisions."""
        rest = body[reading.end :]
        if rest and (reading.ranks or placed or kind in _NAMED_BY_PLACE):
            size = self._local(rest, reading, kind)
            reading.local, reading.end = reading.local + rest[:size], reading.end + size

    def _unknown(self, body: str, reading: Reading) -> None:
        """Divisions that no table has: 朔安市南乔区鑫达商贸."""
        pattern = patterns.UNKNOWN
        while (found := pattern.match(body, reading.end)) is not None:
            rest = body[found.end() :]
            if found.group()[-2:] in words("no_division") or len(rest) < 2 or rest in self.trades:
                return
            reading.end, reading.full, pattern = found.end(), True, patterns.UNKNOWN_NEXT
            reading.ranks += 1

    def _division(self, body: str, reading: Reading) -> tuple[int, tuple[Division, ...], bool] | None:
        """The longest division at the reading's end that lies in the one before it: (length, divisions, full name?)."""
        start, left = reading.end, len(body) - reading.end
        refused = False
        for size in self.sizes.get(body[start : start + 2], ()):
            if size > left:
                continue
            piece = body[start : start + size]
            found = self.full.get(piece)
            if found is not None and (inside := _inside(found, reading.last, piece)):
                tied = left > size and body[start + size] in _TIED and piece[-1] + body[start + size] in _TIED_WORDS
                if tied and piece[:-1] in self.short and not self._leaves_brand(body[start + size :]):
                    return size - 1, inside, False  # 无锡 + 市政建设
                return size, inside, True
            if refused:
                continue  # 乌兰浩特 that is a name here does not begin with 乌兰县
            found = self.short.get(piece)
            inside = _inside(found, reading.last, piece) if found is not None else ()
            if inside and self._is_place(body[start + size :], inside, reading, piece):
                behind = body[start + size : start + size + 2]
                if behind[:1] in ("市", "县") and behind not in self.trade_openings and left - size > 3:
                    return size + 1, inside, True  # 二连市: as clerks write it, in no table
                return size, inside, False
            refused = bool(inside) and size > 2
        return None

    def _is_place(self, rest: str, found: tuple[Division, ...], reading: Reading, piece: str) -> bool:
        """Whether a short name is a place here, not the beginning of a brand."""
        rank = found[0].rank
        if piece + rest[:2] in words("no_places") or piece + rest[:1] in words("no_places"):
            return False
        if rank in ("province", "country"):
            return True
        if rank == "prefecture" and reading.ranks and any(lies_in(found[0], outer) for outer in reading.last):
            return True
        if "（" in rest:
            rest = patterns.BRACKETED.sub("", rest)
        if len(rest) < 2:
            return False
        often = piece in words("often_brands")
        if rank == "prefecture":  # 河南 + 安顺电力: a city of another province is none here
            return not (often or reading.ranks) or self._leaves_brand(rest)
        if reading.ranks and reading.last[0].rank == "prefecture" and not often:
            return rest[0] not in _FEATURES or self._leaves_brand(rest)  # 深圳福田策划, but not 天水市麦积 + 山苹果
        return (bool(reading.ranks) or not often) and self._leaves_brand(rest)

    def _local(self, rest: str, reading: Reading, kind: Kind) -> int:
        """Length of township, regiment, zone, village and the like at the beginning of `rest`."""
        if patterns.LOCAL_SIGNS.isdisjoint(rest):
            return self._town(rest) if reading.ranks and rest[:2] in self._town_sizes else 0
        end = 0
        for _turn in range(3):
            found = patterns.PEOPLES_TOWNSHIP.match(rest, end) if "族乡" in rest else None
            found = found or patterns.LOCAL.match(rest, end)
            if found is None or not self._is_local(found.group(), rest[found.end() :], reading, kind):
                if not end and reading.ranks:
                    end = self._town(rest)
                break
            end = found.end()
        if kind != "hospital_school" and reading.full and (found := self._street(rest, end, kind)) is not None:
            end = found.end()
        elif reading.full or end:
            found = patterns.VILLAGE.match(rest, end)
            village = found is not None and found.group()[-1] == "村" and found.group()[-2:] not in words("no_township")
            if found is not None and village and len(rest) - found.end() >= 2:
                end = found.end()
        return end

    def _town(self, rest: str) -> int:
        """Length of a town that is commonly written without 镇 (额尔古纳市 + 拉布大林), where a brand is left."""
        for size in self._town_sizes.get(rest[:2], ()):
            if rest[:size] in self._towns and self._leaves_brand(rest[size:]):
                return size
        return 0

    def _street(self, rest: str, start: int, kind: Kind) -> re.Match[str] | None:
        """A street, or what stands in its place, before a name of its own."""
        found = patterns.STREET.match(rest, start) if "街" in rest else None
        if found is None and "口岸" in rest:
            found = patterns.PORT.match(rest, start)
        if found is None and "区" in rest and (not start or rest[start - 1] == "区"):
            found = patterns.DISTRICT.match(rest, start)
        if found is None and kind == "sole_trader":
            found = patterns.ROAD.match(rest, start)
        if found is None or found[0][-1] == "街" or self._leaves_brand(rest[found.end() :]):
            return found
        return None

    def _only_trade(self, rest: str) -> bool:
        return rest in self.trades or (len(rest) > 3 and rest[:2] in self.trades and rest[2:] in self.trades)

    def _is_local(self, piece: str, rest: str, reading: Reading, kind: Kind) -> bool:
        if len(piece) < 2 or len(rest) == 1:
            return len(piece) >= 2 and not rest
        if (piece.endswith("村镇") and rest.startswith("银行")) or piece.endswith(self._no_township):
            return False
        if piece.endswith("场") and piece[-2:] not in ("团场", "农场", "牧场", "林场") and not self._leaves_brand(rest):
            return False
        if piece.endswith(("水乡", "古镇")) and not self._leaves_brand(rest):
            return False
        if piece.endswith(_OF_TOWNS) and (len(piece) < 3 or (kind == "company" and not self._leaves_brand(rest))):
            return False
        if kind == "company" and piece[-1] == "园" and len(piece) > 3 and self._only_trade(rest):
            return False  # 鑫达产业园 + 管理
        public = reading.full and kind in ("hospital_school", "gov_or_other") and not rest
        if len(piece) < 3 and not public and (piece[-1] == "乡" or (piece[-1] == "镇" and not reading.ranks)):
            return False
        return not (piece.endswith("林场") and not rest)


def _inside(found: list[Division], last: tuple[Division, ...], name: str) -> tuple[Division, ...]:
    """Those of `found` that lie in one of `last`; all of them when nothing was named before.

    Clerks write cities under the wrong province (山西咸阳), so a prefecture may follow any province, and a county by
    its full name any prefecture of its province.
    """
    if not last:
        return tuple(found)
    inside = tuple([division for division in found for outer in last if lies_in(division, outer)])
    if inside or last[0].rank not in ("province", "prefecture"):
        return inside
    if last[0].rank == "province":
        return tuple([division for division in found if division.rank == "prefecture"])
    return tuple([division for division in found if _astray(division, last[0], name)])


def _astray(inner: Division, outer: Division, name: str) -> bool:
    """Whether a county of today, written in full, stands behind another prefecture of its province."""
    return inner.rank == "county" and not inner.end and inner.name == name and inner.code[:2] == outer.code[:2]
