"""The parts of a Chinese organisation's name (企业名称登记管理规定: 行政区划 + 字号 + 行业 + 组织形式). Pure.

The name is read from both ends: branch and form from the right, divisions from the left, then the longest row of trade
words that still leaves a brand; what remains is the brand. Conventions: a division is kept as written, through
township, village or regiment; ordinals and numbers belong to the brand; village collectives have none.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

from hengjian.methods.company_names import patterns
from hengjian.methods.company_names.divisions import Divisions, current_codes, default_divisions, words
from hengjian.methods.company_names.lexicon import SHOP_GOODS, SHOPS, Kind, Lexicon, characters, default_lexicon
from hengjian.methods.company_names.normalise import normalise_name
from hengjian.methods.company_names.regions import Reading, Regions

#: Characters; the longest names of registers have about 80.
LONGEST = 400


class NameParts(NamedTuple):
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


def parse_name(text: str, *, divisions: Divisions | None = None, lexicon: Lexicon | None = None) -> NameParts:
    """Take a name apart.

    >>> parts = parse_name("内蒙古包头市鑫达商贸有限责任公司")
    >>> parts.region, parts.brand, parts.trade, parts.form
    ('内蒙古包头市', '鑫达', '商贸', '有限责任公司')

    Args:
        text: the name as it stands in a register; what is longer than any name (`LONGEST`) gives empty parts with
            confidence 0.
    """
    name = normalise_name(text)
    if len(name) > LONGEST:
        return NameParts(name, "", "", "", "", "", "company", 0.0)
    if divisions is None and lexicon is None:
        return _parsed(name)
    return _Parser(divisions or default_divisions(), lexicon or default_lexicon()).parse(name)


@lru_cache(maxsize=16_384)
def _parsed(name: str) -> NameParts:
    """A delivery asks for each name several times: to link it, to find it, to show it."""
    return _default_parser().parse(name)


def place_codes(text: str) -> tuple[str, ...]:
    """The codes that the divisions at the beginning of an address or the name of a region may have."""
    return current_codes(_default_parser().regions.read(text).last)


@cache
def _default_parser() -> _Parser:
    return _Parser(default_divisions(), default_lexicon())


class _Parser:
    def __init__(self, divisions: Divisions, lexicon: Lexicon) -> None:
        self.full, self.short, self.sizes = divisions.full, divisions.short, divisions.sizes
        self.lexicon = lexicon
        self.trades, self.trade_sizes = lexicon.trades, lexicon.trade_sizes
        self.crafts = lexicon.trades - lexicon.general
        self.regions = Regions(divisions, lexicon.trades, self._leaves_brand)

    def parse(self, name: str) -> NameParts:
        zone = patterns.FREE_TRADE_ZONE.match(name) if name.startswith("中国（") else None
        if zone is not None:
            parts = self.parse(zone[1] + name[zone.end() :])
            place = zone.group().replace("（", "").replace("）", "")
            return parts._replace(name=name, region=place + parts.region.removeprefix(zone[1]), locality=place)
        body, branch = self._branch(name)
        body, form, kind = self._form(body)
        reading = self.regions.read(body, kind)
        region, rest = body[: reading.end], body[reading.end :]
        codes, locality = current_codes(reading.last), reading.local
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
        if kind == "company" and len(rest) > 5:
            rest, behind, found = self._place_at_end(rest)
            region, codes = region + behind, found or codes
        if kind in ("gov_or_other", "hospital_school"):
            brand, trade, sure = self._public_body(rest, form, kind)
        else:
            brand, trade, sure = self._brand_and_trade(rest, form)
        if not brand and region:
            outer, brand = self._place_as_brand(region, reading, trade, form, kind)
            if outer != region:
                region, codes = outer, current_codes(self.regions.read(outer).last)
        if not region and brand:
            brand, trade, region = self._place_behind(brand, trade)
            if region:
                codes = current_codes(tuple(self.full.get(region) or self.short.get(region) or ()))
        if brand.endswith("集团") and len(brand) > 3:
            brand, form = brand[:-2], "集团" + form  # 中铁三局集团建筑安装工程有限公司
        if kind == "sole_trader" and reading.full and len(brand) == 6 and characters("sounds").isdisjoint(brand):
            region, locality, brand = region + brand[:2], locality + brand[:2], brand[2:]  # 桐乡市梧桐卓继宇文商行
        if form == "厂" and (locality or trade[:2] in self.lexicon.products):
            kind = "sole_trader"  # 月饼厂, a works in a township; 包头市第一机械厂 is not
        if kind == "sole_trader" and form == "院" and not brand:
            kind = "gov_or_other"  # 标准化院
        if form == "中心" and brand and trade and trade not in self.lexicon.services:
            kind = "sole_trader"  # 养生按摩中心, not 社会工作服务中心
        confidence = self._confidence(region, brand, form, sure)
        return NameParts(name, region, brand, trade, form, branch, kind, confidence, codes, locality)

    # ---- from the right

    def _branch(self, name: str) -> tuple[str, str]:
        """(the parent's name, the branch): everything behind the parent's form."""
        if "公司" in name or "合作社" in name or "大学" in name or "医院" in name:
            found = patterns.PARENT.match(name)
            if found is not None and _is_branch(found[1], found[2]):
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
                if size == 3 and name[-1] in patterns.PLACES_OF_WORK and name[-3:-1] in self.crafts:
                    return name[:-1], name[-1], kind  # 火锅+店, 维修+部
                return name[:-size], name[-size:], kind
        return name, "", "gov_or_other" if len(name) > 1 and name[-1] in "局厅委办会" else "company"

    def _brackets(self, rest: str) -> tuple[str, str, tuple[str, ...]]:
        """Take bracketed places out: 澳妆（上海）国际贸易 → 澳妆国际贸易, 上海."""
        region = ""
        codes: tuple[str, ...] = ()
        for inside in patterns.BRACKETED.findall(rest):
            found = self.full.get(inside) or self.short.get(inside)
            if found is None:
                reading = self.regions.read(inside)
                if reading.end != len(inside) or not reading.ranks:
                    continue
                found = list(reading.last)
            region, codes = region + inside, current_codes(tuple(found))
            rest = rest.replace(f"（{inside}）", "", 1)
        return rest.replace("（集团）", ""), region, codes

    # ---- what is left

    def _public_body(self, rest: str, form: str, kind: Kind) -> tuple[str, str, bool]:
        """An authority is named by what it does, a number tells it from its like; a temple, a foundation, a school may
        have a name of its own."""
        if not rest:
            return "", "", True
        if kind == "gov_or_other" and not form.endswith(patterns.NAMED):
            found = patterns.ORDINAL.match(rest)
            if found is not None and (rest[0] == "第" or len(found.group()) > 1):
                return found.group(), rest[found.end() :], True
            return "", rest, True
        start, _one = self._row(rest, form, self.lexicon.public, self.lexicon.public_sizes)
        if start == len(rest) and form.endswith("中心") and kind == "gov_or_other":
            return "", rest, True  # 纤维质量监测中心
        if start == len(rest) and len(rest) == 1:
            start = 0 if rest in patterns.PEOPLES else 1  # 藏医院
        return rest[:start], rest[start:], True

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
        proper = form != "公司"
        if not brand and proper:
            brand, trade = self._product_as_brand(rest)
        if not proper and len(brand) >= 3 and brand[:-1] in self.trades and brand[-1] not in characters("name_ends"):
            return "", rest, True  # 环保泥回收: a thing, not a name
        while len(brand) >= 4 and self._things(brand[-2:]):
            brand, trade = brand[:-2], brand[-2:] + trade
            start, _one = self._trade_start(brand, "")
            if start >= 2:
                brand, trade = brand[:start], brand[start:] + trade  # 顺兴 + 当归 + 切片加工
        if len(brand) >= 3 and brand[-1] in characters("prepared") and trade[:2] in self.lexicon.products:
            brand, trade = brand[:-1], brand[-1] + trade
        if len(brand) >= 6:  # 力赛佳管道支架技术: the trade begins earlier
            start = next((start for start in range(2, len(brand) - 1) if self._covered(brand, start)), len(brand))
            brand, trade = brand[:start], brand[start:] + trade
        if brand in words("countries") and trade in self.lexicon.general:
            return "", rest, True
        return brand, trade, True

    def _trade_start(self, rest: str, form: str) -> tuple[int, bool]:
        """(where the longest row of trade words begins that leaves no brand of one character, whether one would)."""
        return self._row(rest, form, self.trades, self.trade_sizes)

    @staticmethod
    def _row(rest: str, form: str, trades: frozenset[str], sizes: dict[str, tuple[int, ...]]) -> tuple[int, bool]:
        size = len(rest)
        reach = [False] * (size + 1)
        reach[size] = True
        best = size
        goods = size > 1 and rest[-1] in SHOP_GOODS
        # 额尔齐斯 + 鱼餐厅, but 小肥羊 + 餐厅
        if goods and (form[:1] in SHOPS or (form == "厂" and size > 2) or (size > 4 and form[:1] in "餐饭")):
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

    def _product_as_brand(self, rest: str) -> tuple[str, str]:
        """玫瑰餐饮管理, 鹰嘴豆食品: a crop or a dish may be the name."""
        for size in range(min(4, len(rest) - 2), 1, -1):
            if rest[:size] in self.lexicon.products and self._trade_start(rest[size:], "")[0] == 0:
                return rest[:size], rest[size:]
        return "", rest

    def _leaves_brand(self, rest: str) -> bool:
        """Whether a brand of two or more characters is left (not 栖霞 + 山综合开发)."""
        best, one = self._trade_start(rest, "")
        return best >= 2 and not one

    def _things(self, pair: str) -> bool:
        """Whether two characters name a thing, though no list has the word: both are usual in trades, not in brands."""
        stuff, names = self.lexicon.stuff, self.lexicon.names
        first, second = pair[0], pair[1]
        if pair == "集团" or first in characters("name_ends"):
            return False  # 胖大姐 + 土火锅
        if second in characters("wares"):
            return True
        return (first in stuff and second not in names) or (second in stuff and first not in names)

    def _trade_inside(self, rest: str, form: str) -> tuple[str, str, bool]:
        """The tail is unknown: the trade begins earlier (邓禄普轮胎销售天骄) or before the name (销售水泥河沙)."""
        if rest in words("descriptive") and form.endswith("院"):
            return "", rest, True
        size = len(rest)
        if size < 4:
            return rest, "", False
        covered = self._covered(rest, 0) if size > 4 else 0
        if covered and size - covered >= 2 and rest[:2] not in self.lexicon.products:
            return rest[covered:], rest[:covered], False
        if self._things(rest[-2:]):
            front = rest[:-2]
            start, _one = self._trade_start(front, "")
            return (front[:start], rest[start:], False) if start >= 2 else (front, rest[-2:], False)
        if size > 4:
            for start in range(2, size - 1):
                if self._covered(rest, start):
                    return rest[:start], rest[start:], False
        if patterns.NEEDS_TRADE.fullmatch(form) and self._may_be_trade(rest):
            return rest[:-2], rest[-2:], False
        return rest, "", False

    def _may_be_trade(self, rest: str) -> bool:
        """Whether the end of it, that no list has, is a trade where there must be one (清香扎染 + 专业合作社)."""
        names, sounds = self.lexicon.names, characters("sounds")
        pair = rest[-2:]
        return (
            sum(char in sounds for char in rest) < 2
            and not names.issuperset(pair)
            and (pair[1] == "子" or pair[1] not in characters("name_ends"))
        )

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

    def _place_as_brand(self, region: str, reading: Reading, trade: str, form: str, kind: Kind) -> tuple[str, str]:
        """A bare place right before the trade of a maker or a group is its name: 包头钢铁（集团）."""
        if region == "中国" and trade and ("股份" in form or "集团" in form):
            return "", region  # 中国银行
        if reading.full or not reading.last or reading.end != len(region):
            return region, ""
        university = kind == "hospital_school" and form in ("大学", "学院")
        if not trade and not university:
            return region, ""
        named = university or "集团" in form or "股份" in form or trade in words("makers")
        if kind == "company" and form != "公司" and reading.ranks > 1 and reading.last[0].rank == "county":
            named = True  # 酒泉 + 敦煌种业: the city says where, its county says who
        if not named:
            return region, ""
        name = next((region[-size:] for size in range(2, len(region) + 1) if region[-size:] in self.short), "")
        return (region[: -len(name)], name) if name else (region, "")

    def _place_at_end(self, rest: str) -> tuple[str, str, tuple[str, ...]]:
        """Take a place right before the form out: 中国移动通信集团内蒙古有限公司, 国大药房内蒙古有限公司."""
        for size in (4, 3, 2):
            piece = rest[-size:]
            found = self.full.get(piece) or self.short.get(piece)
            if not found or found[0].rank not in ("province", "prefecture") or piece in words("often_brands"):
                continue
            if rest[-size - 2 : -size] in self.trades or rest[-size - 2 : -size] == "集团":
                return rest[:-size], piece, current_codes(tuple(found))
        return rest, "", ()

    def _place_behind(self, brand: str, trade: str) -> tuple[str, str, str]:
        """(brand, trade, region) when a place stands behind the brand: 国网 + 新疆 + 电力, 环球国际航运 + 青岛."""
        for end in (len(brand), len(brand) - 2):
            if end < len(brand) and brand[end:] not in patterns.SIDES:
                continue
            for size in range(min(8, end - 2), 1, -1):
                piece = brand[end - size : end]
                if not (found := self.full.get(piece) or self.short.get(piece)) or piece in words("often_brands"):
                    continue
                name = brand[: end - size]
                if len(name) == 2 and not (
                    piece in self.full or any(d.rank in ("province", "prefecture") for d in found)
                ):
                    continue
                shorter, more, _sure = self._brand_and_trade(name, "")
                if len(shorter) >= 2:
                    return shorter, more + brand[end:] + trade, piece
                return name, brand[end:] + trade, piece
        return brand, trade, ""

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


def _collective(form: str) -> bool:
    return "经济合作社" in form or "经济联合" in form or "股份合作社" in form


def _is_branch(parent: str, rest: str) -> bool:
    """Whether what stands behind a form is a part of that body, not the rest of another name."""
    if patterns.BRANCH_END.search(rest):
        return True
    return parent.endswith(("有限公司", "有限责任公司")) and not patterns.ANOTHER_BODY.search(rest)
