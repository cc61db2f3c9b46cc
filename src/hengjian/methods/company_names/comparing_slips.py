"""How clerks write a name that is no other name: one rank or word less, one syllable in another character. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hengjian.methods.company_names.english import pinyin
from hengjian.methods.company_names.lexicon import default_lexicon
from hengjian.methods.company_names.parsing import NameParts
from hengjian.methods.company_names.reasons import Reason

_TOWNSHIP = re.compile("(?<=[\u4e00-\u9fff]{2})(?:镇|乡|街道|苏木)$")
# 清真 says how a shop cooks; 清真寺 and 清真食品 are more than that.
_HALAL = re.compile("清真(?=[\u4e00-\u9fff]{3,}[店馆楼铺摊坊行屋])")
# Houses that people call without the form of their company.
_HOUSE = re.compile("(酒店|宾馆|饭店|超市|商场|商厦|大厦|医院|影城|药店|大药房|度假村)(?:有限责任公司|有限公司)$")


def slips(one: NameParts, other: NameParts) -> Iterator[tuple[str, Reason]]:
    """Other writings of the first name that the second may be, each with what it says of the two.

    >>> from hengjian.methods.company_names.parsing import parse_name
    >>> next(slips(parse_name("仙桃市彭场镇鑫源制品厂"), parse_name("仙桃市彭场鑫源制品厂")))[0]
    '仙桃市彭场鑫源制品厂'
    """
    name = one.name
    if one.locality and not other.locality and (town := _TOWNSHIP.sub("", one.locality)) != one.locality:
        yield name.replace(one.locality, town, 1), Reason("region", "written_differently", factor=0.95)
    if (plain := _HALAL.sub("", name, count=1)) != name:
        yield plain, Reason("brand", "written_differently", factor=0.9)
    if (house := _HOUSE.sub(r"\1", name)) != name:
        yield house, Reason("form", "missing", factor=0.85)
    if (misheard := _misheard(one, other)) is not None:
        yield misheard, Reason("trade", "written_differently", factor=0.9)


def _misheard(one: NameParts, other: NameParts) -> str | None:
    """The second name, where one character of its trade is another of the same sound and makes no word.

    养植 is 养殖 heard and typed; 饰品 and 食品 are two trades, 鑫达 and 鑫大 two names.
    """
    if len(one.name) != len(other.name) or one.brand != other.brand or not one.brand:
        return None
    apart = [at for at, pair in enumerate(zip(one.name, other.name, strict=True)) if pair[0] != pair[1]]
    if len(apart) != 1 or apart[0] < one.name.find(one.brand) + len(one.brand):
        return None
    at = apart[0]
    if pinyin(one.name[at]) != pinyin(other.name[at]) or _makes_word(other.name, at) or not _makes_word(one.name, at):
        return None
    return other.name


def _makes_word(name: str, at: int) -> bool:
    """Whether the character is part of a trade word or of a form."""
    lexicon = default_lexicon()
    pieces = (name[start : start + size] for size in (2, 3, 4) for start in range(max(0, at - size + 1), at + 1))
    return any(piece in lexicon.trades or piece in lexicon.forms for piece in pieces)
