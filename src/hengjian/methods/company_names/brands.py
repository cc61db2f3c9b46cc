"""The brand (字号) and the trade in what is left of a name without its divisions and its form. Pure.

The longest row of trade words that leaves a brand is the trade; where no list has the ware, the characters tell.
"""

from __future__ import annotations

from hengjian.methods.company_names import patterns
from hengjian.methods.company_names.divisions import words
from hengjian.methods.company_names.lexicon import SHOP_GOODS, SHOPS, Kind, Lexicon, characters, lexicon_words


class Brands:
    """Splits what is left of a name into brand and trade."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.trades, self.trade_sizes = lexicon.trades, lexicon.trade_sizes
        self._may_name = lexicon.products | lexicon.qualifiers
        self._tails = lexicon_words("tails")

    def public(self, rest: str, form: str, kind: Kind) -> tuple[str, str, bool]:
        """An authority is named by what it does, a number tells it from its like; a temple, a foundation, a school may
        have a name of its own."""
        if not rest:
            return "", "", True
        if kind == "gov_or_other" and not form.endswith(patterns.NAMED):
            found = patterns.ORDINAL.match(rest)
            if found is not None and (rest[0] == "第" or len(found.group()) > 1):
                return found.group(), rest[found.end() :], True
            return "", rest, True
        start, _one = self._row(rest, form, self.lexicon.public, self.lexicon.public_sizes, frozenset())
        if start == len(rest) and form.endswith("中心") and kind == "gov_or_other":
            return "", rest, True  # 纤维质量监测中心
        if start == len(rest) and len(rest) == 1:
            start = 0 if rest in patterns.PEOPLES else 1  # 藏医院
        return rest[:start], rest[start:], True

    def split(self, rest: str, form: str) -> tuple[str, str, bool]:
        """(brand, trade, whether the trade was recognised to the end of the name)."""
        if not rest:
            return "", "", True
        best, one = self._trade_start(rest, form)
        if best == len(rest) and one:
            if len(rest) == 3 and rest[0] not in self.lexicon.stuff and rest[-1] not in characters("wares"):
                return rest, "", False  # 绿草原
            best = 1
        if len(rest) == 1 and rest in SHOP_GOODS:
            return "", rest, True  # 梧州 + 茶 + 厂有限公司
        if best == len(rest) > 2 and rest[-1] == "酒" and "公司" in form:
            best -= 1  # 金徽 + 酒
        if best == len(rest):
            return self._trade_inside(rest, form)
        ordinal = patterns.ORDINAL_INSIDE.search(rest, 2) if "第" in rest else None
        if ordinal is not None and self._covered(rest, 0) == ordinal.start():
            return ordinal.group(), rest[: ordinal.start()] + rest[ordinal.end() :], True  # 冶金工业第十四建设
        brand, trade = rest[:best], rest[best:]
        proper = form != "公司"
        if not brand:
            brand, trade = self._ware_as_brand(rest, self._may_name if proper else self.lexicon.qualifiers)
        if not proper and len(brand) >= 3 and brand[:-1] in self.trades and brand[-1] not in characters("name_ends"):
            return "", rest, True  # 环保泥回收: a thing, not a name
        while len(brand) >= 4 and self._things(brand[-2:]):
            brand, trade = brand[:-2], brand[-2:] + trade
            start, _one = self._trade_start(brand, "")
            if start >= 2:
                brand, trade = brand[:start], brand[start:] + trade  # 顺兴 + 当归 + 切片加工
        if len(brand) == 3 and trade and brand[-1] in characters("wares"):
            brand, trade = brand[:-1], brand[-1] + trade  # 美科 + 硅 + 能源
        if len(brand) >= 3 and brand[-1] in characters("prepared") and trade[:2] in self.lexicon.products:
            brand, trade = brand[:-1], brand[-1] + trade
        if len(brand) >= 6:  # 力赛佳管道支架技术: the trade begins earlier
            start = next((start for start in range(2, len(brand) - 1) if self._covered(brand, start)), len(brand))
            brand, trade = brand[:start], brand[start:] + trade
        if brand in words("countries") and trade in self.lexicon.general:
            return "", rest, True
        return brand, trade, True

    def with_tail(self, brand: str, trade: str, form: str) -> tuple[str, str]:
        """(brand, trade) with a word that names end in given to the brand: 凤凰庄园 + 酒业, but 凤凰 + 空间设计."""
        if trade[:2] not in self._tails or not 2 <= len(brand) <= 4 or (len(trade) == 2 and form[:1] in "有股公"):
            return brand, trade
        if not any(trade[:size] in self.trades for size in range(3, min(len(trade), 6) + 1)):
            return brand + trade[:2], trade[2:]
        return brand, trade

    def _trade_start(self, rest: str, form: str) -> tuple[int, bool]:
        """(where the longest row of trade words begins that leaves no brand of one character, whether one would)."""
        return self._row(rest, form, self.trades, self.trade_sizes, self.lexicon.qualifiers)

    @staticmethod
    def _row(
        rest: str, form: str, trades: frozenset[str], sizes: dict[str, tuple[int, ...]], qualifiers: frozenset[str]
    ) -> tuple[int, bool]:
        size = len(rest)
        reach = [False] * (size + 1)
        reach[size] = True
        best = size
        goods = size > 1 and rest[-1] in SHOP_GOODS
        # 额尔齐斯 + 鱼餐厅, but 小肥羊 + 餐厅
        if goods and (form[:1] in SHOPS or (form[:1] == "厂" and size > 2) or (size > 4 and form[:1] in "餐饭")):
            reach[size - 1] = True
            best = size - 1
        for start in range(size - 2, -1, -1):
            for length in sizes.get(rest[start : start + 2], ()):
                end = start + length
                if end <= size and reach[end] and (word := rest[start:end]) in trades:
                    if end == size and word in qualifiers:
                        continue  # 春波动力
                    reach[start] = True
                    if start != 1:
                        best = start
                    break
        return best, size > 1 and reach[1]

    def _ware_as_brand(self, rest: str, words: frozenset[str]) -> tuple[str, str]:
        """玫瑰餐饮管理, 鹰嘴豆食品, 通用机械: a crop, a dish or a word that says of what kind may be the name."""
        longest = next((size for size in self.trade_sizes.get(rest[:2], ()) if rest[:size] in self.trades), 0)
        for size in range(min(4, len(rest) - 2), 1, -1):
            word = rest[:size]
            if word in words and self._trade_start(rest[size:], "")[0] == 0:
                if longest > size and word in self.lexicon.qualifiers:
                    break  # 电动工具 is one thing
                return word, rest[size:]
        return "", rest

    def leaves_brand(self, rest: str) -> bool:
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
