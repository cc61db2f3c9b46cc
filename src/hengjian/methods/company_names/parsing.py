"""The parts of a Chinese organisation's name (企业名称登记管理规定: 行政区划 + 字号 + 行业 + 组织形式). Pure.

The name is read from both ends: branch and form from the right, divisions from the left, then the longest row of trade
words that still leaves a brand; what remains is the brand. Conventions: a division is kept as written, through
township, village or regiment; ordinals and numbers belong to the brand; village collectives have none.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

from hengjian.methods.company_names import patterns
from hengjian.methods.company_names.boundary import Boundary, learned_weights
from hengjian.methods.company_names.brands import Brands
from hengjian.methods.company_names.divisions import Divisions, current_codes, default_divisions, words
from hengjian.methods.company_names.lexicon import SHOPS, Kind, Lexicon, characters, default_lexicon
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
    lexicon = lexicon or default_lexicon()
    return _Parser(divisions or default_divisions(), lexicon, Boundary(lexicon, learned_weights())).parse(name)


@lru_cache(maxsize=16_384)
def _parsed(name: str) -> NameParts:
    """A delivery asks for each name several times: to link it, to find it, to show it."""
    return _default_parser().parse(name)


def place_codes(text: str) -> tuple[str, ...]:
    """The codes that the divisions at the beginning of an address or the name of a region may have."""
    return current_codes(_default_parser().regions.read(text).last)


@cache
def _default_parser() -> _Parser:
    return _Parser(default_divisions(), default_lexicon(), Boundary(default_lexicon(), learned_weights()))


class _Parser:
    def __init__(self, divisions: Divisions, lexicon: Lexicon, boundary: Boundary | None = None) -> None:
        self.full, self.short, self.sizes = divisions.full, divisions.short, divisions.sizes
        self.lexicon, self.trades = lexicon, lexicon.trades
        self.crafts = lexicon.trades - lexicon.general - lexicon.qualifiers
        self.brands, self.boundary = Brands(lexicon), boundary
        named = (*divisions.full.items(), *divisions.short.items())
        self._wide_ends = {name[-2:] for name, found in named if found[0].rank in ("province", "prefecture")}
        self.regions = Regions(divisions, lexicon.trades, self.brands.leaves_brand)

    def parse(self, name: str) -> NameParts:
        zone = patterns.FREE_TRADE_ZONE.match(name) if name.startswith("中国（") else None
        if zone is not None:
            parts = self.parse(zone[1] + name[zone.end() :])
            place = zone.group().replace("（", "").replace("）", "")
            return parts._replace(name=name, region=place + parts.region.removeprefix(zone[1]), locality=place)
        added = patterns.ADDED.search(name) if name[-1:] == "）" else None
        if added is not None and added.start() > 3:
            return self.parse(name[: added.start()] + (added[1] or ""))._replace(name=name)
        body, branch = self._branch(patterns.STATE_RUN.sub("", name, count=1) if "国营" in name else name)
        body, form, kind = self._form(body)
        reading = self.regions.read(body, kind)
        region, rest = body[: reading.end], body[reading.end :]
        if "（" in region:
            region = region.replace("（", "").replace("）", "")
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
        if not form and region and (school := patterns.SHORT_SCHOOL.fullmatch(rest)) is not None:
            rest, form, kind = school[1], school[2], "hospital_school"
        public = kind in ("gov_or_other", "hospital_school")
        if form in patterns.NAMED_BY_PLACE:
            brand, trade, sure = rest.removeprefix("农村"), "", True
        else:
            brand, trade, sure = self.brands.public(rest, form, kind) if public else self.brands.split(rest, form)
        group = "集团" in rest
        if group and brand.startswith("集团") and len(brand) > 2 and brand + trade != rest:
            brand, trade, owner = "", rest, "集团"  # 唐山 + 陶瓷集团第五瓷厂
        else:
            owner = form
        if not brand and region:
            outer, brand = self._place_as_brand(region, reading, trade, owner, kind, branch)
            if outer != region:
                region, codes = outer, current_codes(self.regions.read(outer).last)
        if region == "国家" and brand + trade and kind == "company":
            region, brand = "", region + brand  # 国家电网
        if not region and brand:
            brand, trade, region = self._place_behind(brand, trade)
            if region:
                codes = current_codes(self.regions.read(region).last)
        if brand == "国家" and "集团" in trade:
            of_whom, _group, trade = trade.partition("集团")
            brand += of_whom  # 国家能源集团宁夏煤业
        if self.boundary is not None and form and brand and not public and brand + trade == rest:
            end = self.boundary.better(rest, len(brand), kind == "company", sure)
            if end:
                brand, trade, sure = rest[:end], rest[end:], False
            brand, trade = self.brands.with_tail(brand, trade, form)
        if group:
            if 1 < (end := brand.find("集团")) < len(brand) - 2:
                brand, trade = brand[:end], brand[end:] + trade  # 王府井 + 集团双安商场
            if brand.endswith("集团") and len(brand) != 3:
                brand, form = brand[:-2], "集团" + form  # 中铁三局集团建筑安装工程有限公司
                if brand in self.trades and not trade:
                    brand, trade = "", brand  # 盐业集团
        if not brand and not region and trade.endswith("银行"):
            brand, trade = trade[:-2], "银行"  # 交通银行
        if (
            kind == "sole_trader"
            and reading.full
            and not locality
            and len(brand) == 6
            and trade in self.lexicon.general
            and characters("sounds").isdisjoint(brand)
        ):
            region, locality, brand = region + brand[:2], locality + brand[:2], brand[2:]  # 桐乡市梧桐卓继宇文商行
        if form == "厂" and (locality or trade[:2] in self.lexicon.products):
            kind = "sole_trader"  # 月饼厂, a works in a township; 包头市第一机械厂 is not
        if kind == "sole_trader" and form == "院" and not brand:
            kind = "gov_or_other"  # 标准化院
        if form == "中心" and brand and trade and trade not in self.lexicon.services:
            kind = "sole_trader"  # 养生按摩中心, not 社会工作服务中心
        if brand[:1] == "（" and brand[-1] == "）":
            brand = brand[1:-1]  # 内蒙古（鑫达）商贸
        if locality and form in patterns.FARM_INNS and not trade and patterns.VILLAGE.fullmatch(brand):
            region, locality, brand = region + brand, locality + brand, ""  # 泾河源镇冶家村农家乐
        confidence = self._confidence(region, brand, form, sure) if name else 0.0
        return NameParts(name, region, brand, trade, form, branch, kind, confidence, codes, locality)

    # ---- from the right

    def _branch(self, name: str) -> tuple[str, str]:
        """(the parent's name, the branch): everything behind the parent's form."""
        if 0 <= name.find("公司") < len(name) - 2 or patterns.PARENT_SIGNS.search(name) is not None:
            found = patterns.PARENT.match(name)
            if found is not None and _is_branch(found[1], found[2]):
                return found[1], found[2]
        if name.endswith("有限公司"):
            return name, ""
        works = name.find("厂", 3, -2)
        if works > 0 and name[works + 1] not in patterns.NO_WORKS and self._makes(name[:works]):
            rest = name[works + 1 :]
            if patterns.RUN_BY.search(rest) or _is_part(rest):
                return name[: works + 1], rest  # 皮鞋厂 + 灯具经营部, 磷肥厂 + 劳动服务公司
        found = patterns.BRANCH_BARE.search(name)
        if found is not None and found.start() > 3:
            start = self._place_before(name, found.start())
            if start >= 3:
                return name[:start], name[start:]
        return name, ""

    def _makes(self, works: str) -> bool:
        """Whether the name of a works ends in what it makes."""
        return any(works[-size:] in self.trades for size in (2, 3, 4))

    def _place_before(self, name: str, end: int) -> int:
        """Where the place begins that stands right before `end`; `end` itself when there is none."""
        for size in range(min(8, end - 3), 1, -1):
            piece = name[end - size : end]
            if piece in self.full or piece in self.short:
                return end - size
        return end

    def _form(self, name: str) -> tuple[str, str, Kind]:
        forms = self.lexicon.forms
        if name.endswith("银行"):
            return name, "", "company"  # its 行 is no shop
        for size in (*self.lexicon.form_sizes.get(name[-5:], ()), 4, 3, 2, 1):
            kind = forms.get(name[-size:])
            if kind is not None and size <= len(name):
                if size == 2 and name[-1] in SHOPS and name[-3:-1] in self.trades and name[-4:-2] not in self.trades:
                    return name[:-1], name[-1], kind  # 图书+店, not 图+书店; but 机电+商行
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
        whose, _group, what = rest.partition("（集团）")
        firm = len(whose) > 1 and self.brands.leaves_brand(what)  # 广兴（集团）广达设备制造: a firm of a group
        return rest.replace("（集团）", "集团" if firm else ""), region, codes

    # ---- what is left

    def _place_as_brand(
        self, region: str, reading: Reading, trade: str, form: str, kind: Kind, branch: str
    ) -> tuple[str, str]:
        """A bare place right before the trade of a maker or a group is its name: 包头钢铁（集团）."""
        if (
            region.startswith("中国")
            and trade
            and ("股份" in form or "集团" in form or branch or trade.endswith("银行"))
        ):
            return region[2:], "中国"  # 中国银行, 中国移动通信集团内蒙古有限公司
        farm = patterns.FARM.search(reading.local) if kind == "company" and reading.end == len(region) else None
        if farm is not None and not patterns.ORDINAL.search(farm[0]):
            return region[: -len(farm[0])], farm[0]  # 勐养农场橡胶
        if reading.full or not reading.last or reading.end != len(region):
            return region, ""
        university = kind == "hospital_school" and form in ("大学", "学院")
        if not trade and not university:
            return region, ""
        named = university or "集团" in form or "股份" in form or form.startswith("厂有") or trade in words("makers")
        if kind == "company" and form != "公司" and reading.ranks > 1 and reading.last[0].rank == "county":
            named = True  # 酒泉 + 敦煌种业: the city says where, its county says who
        if not named:
            return region, ""
        ends = (region[-size:] for size in range(2, len(region) + 1))
        name = next((end for end in ends if reading.last[0] in self.short.get(end, ())), "")
        return (region[: -len(name)], name) if name else (region, "")

    def _place_at_end(self, rest: str) -> tuple[str, str, tuple[str, ...]]:
        """Take a place right before the form out: 中国移动通信集团内蒙古有限公司, 国大药房内蒙古有限公司."""
        if rest[-2:] not in self._wide_ends:
            return rest, "", ()
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
                if (
                    len(name) == len(piece) == 2
                    and piece not in self.full
                    and all(division.rank == "county" for division in found)
                ):
                    continue
                outer = self._wide_place_at_end(name)
                name, piece = name[: len(name) - len(outer)], outer + piece  # 国能 + 宁夏 + 灵武
                shorter, more, _sure = self.brands.split(name, "")
                if len(shorter) >= 2:
                    return shorter, more + brand[end:] + trade, piece
                return name, brand[end:] + trade, piece
        return brand, trade, ""

    def _wide_place_at_end(self, name: str) -> str:
        """The province or prefecture that a name of two characters or more ends in."""
        for size in (4, 3, 2):
            piece = name[-size:]
            found = self.full.get(piece) or self.short.get(piece)
            if found and len(name) >= size + 2 and found[0].rank != "county" and piece not in words("often_brands"):
                return piece
        return ""

    def _confidence(self, region: str, brand: str, form: str, sure: bool) -> float:
        score = 100
        if not form:
            score -= 30
        if not sure:
            score -= 30
        if not brand:
            score -= 15
        elif not 1 < len(brand) < 7:
            score -= 20
        if not region:
            score -= 5
        return score / 100


def _collective(form: str) -> bool:
    return "经济合作社" in form or "经济联合" in form or "股份合作社" in form


def _is_branch(parent: str, rest: str) -> bool:
    """Whether what stands behind a form is a part of that body, not the rest of another name."""
    if patterns.BRANCH_END.search(rest):
        return True
    if parent.endswith(patterns.RUNS) and (patterns.RUN_BY.search(rest) or _is_part(rest)):
        return True
    return parent.endswith(("有限公司", "有限责任公司")) and not patterns.ANOTHER_BODY.search(rest)


def _is_part(rest: str) -> bool:
    """Whether it is one of the firms within a firm (第三工程公司) that were never companies of their own."""
    return rest.endswith("公司") and not rest.endswith(("有限公司", "责任公司", "股份公司", "集团公司", "总公司"))
