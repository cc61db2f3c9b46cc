"""One way of writing a name: half-width letters, full-width brackets, simplified characters, one kind of dot."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from opencc import OpenCC

from hengjian.methods.numerals import parse_chinese_number

# Brackets and dots as they are written in registers, and characters that PDF and OCR put in the place of ideographs.
# NFKC leaves the CJK Radicals Supplement alone (Unicode, EquivalentUnifiedIdeograph).
_RADICALS = str.maketrans(
    "⺠⻁⻅⻉⻋⻓⻔⻘⻚⻛⻜⻝⻢⻤⻥⻦⻨⻩⻬⻮⻰⻳⻄⻆⺟⻌⻨⻣⻗⻒⺼⺫⺷⻑",
    "民虎见贝车长门青页风飞食马鬼鱼鸟麦黄齐齿龙龟西角母辶麦骨雨镸肉罒羊長",
)
_MARKS = str.maketrans(
    {
        **dict.fromkeys("([〔【［〈《「『", "（"),
        **dict.fromkeys(")]〕】］〉》」』", "）"),
        **dict.fromkeys("•・‧∙⋅●▪･", "·"),
    }
)
# Characters of the list of standard characters (通用规范汉字表, 2013) that converters take for traditional ones.
_STANDARD = frozenset("昇堃喆犇龢陞仝邨澂鎔甦祎淼钜镕勐乾薹吒麴袷捱拚摺")
# Beside Chinese characters a blank means nothing; words of other scripts need theirs.
_BLANKS = re.compile(r"(?<=[\u2e80-\u9fff\uff00-\uffef·])\s+|\s+(?=[\u2e80-\u9fff\uff00-\uffef·])")
_PLAIN = re.compile(r"[\u4e00-\u9fff（）]+")
_FULL_STOP = re.compile(r"(?<=[\u4e00-\u9fff])\.(?=[\u4e00-\u9fff])")
# Letters of Japanese that text recognition sees in Chinese characters: カ源信息 is 力源信息.
_KANA = str.maketrans("カロエニハトタオ", "力口工二八卜夕才")
_LOOKALIKE = re.compile("(?<=[\u4e00-\u9fff])[カロエニハトタオ](?=[\u4e00-\u9fff])")
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\xad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_EMPTY_BRACKETS = re.compile(r"（）")
# What clerks set around and behind names and is no part of one: quotation marks, a full stop, a dash between parts.
_QUOTES = re.compile("[“”‘’\"'`「」]")
_DASH = re.compile(r"(?<=[\u4e00-\u9fff])[-‐‑–—_]+(?=[\u4e00-\u9fff])")
_EDGES = "。.,，、;；:：!！-—_*#/\\"


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


@cache
def _traditional() -> frozenset[str]:
    """The characters of the basic block that have another simplified form."""
    block = "".join(chr(code) for code in range(0x4E00, 0x9FFF))
    simple = _converter().convert("\n".join(block)).split("\n")
    return frozenset(char for char, plain in zip(block, simple, strict=True) if char != plain) - _STANDARD


_NUMERALS = "零〇一二三四五六七八九十百壹贰叁肆伍陆柒捌玖拾\\d"
# 第一百货 is the first, not the hundredth.
_NUMERAL = re.compile(f"第?([{_NUMERALS}]+)(?!货)")
_PLAIN_KEY = re.compile(f"[{_NUMERALS}·A-Za-z]")


def normalise_name(text: str) -> str:
    """The name as it is compared and parsed.

    Full-width letters and digits become half-width, traditional characters simplified, radicals the characters that
    they look like, brackets full-width; blanks go unless they stand between words of other scripts.

    >>> normalise_name(" 內蒙古伊利實業集團(股份)有限公司 ")
    '内蒙古伊利实业集团（股份）有限公司'
    """
    if not _PLAIN.fullmatch(text):
        text = _INVISIBLE.sub("", text)
        text = unicodedata.normalize("NFKC", text).translate(_MARKS).translate(_RADICALS)
        text = _DASH.sub("", _QUOTES.sub("", _BLANKS.sub("", text.strip()))).strip(_EDGES)
        text = _FULL_STOP.sub("·", _EMPTY_BRACKETS.sub("", text))
        text = _LOOKALIKE.sub(lambda found: found[0].translate(_KANA), text)
    if not _traditional().isdisjoint(text):
        plain = _converter().convert(text)
        kept = {place: char for place, char in enumerate(text) if char in _STANDARD}
        if kept and len(plain) == len(text):
            plain = "".join(kept.get(place, char) for place, char in enumerate(plain))
        text = plain
    return text


def fold_name(text: str) -> str:
    """The name for comparison: as `normalise_name`, with the variants that names may use folded as well (昇 → 升)."""
    name = normalise_name(text)
    return _converter().convert(name) if not _STANDARD.isdisjoint(name) else name


def number_key(text: str) -> str:
    """A part of a name with all numerals written one way: 第二十三, 二十三, 23 and 贰拾叁 are one, so are v7 and V7.

    >>> number_key("第二十三药店"), number_key("三零二"), number_key("第壹")
    ('23药店', '302', '1')
    """
    if _PLAIN_KEY.search(text) is None:
        return text
    return _NUMERAL.sub(_arabic, text.replace("·", "").casefold())


def _arabic(found: re.Match[str]) -> str:
    number = parse_chinese_number(found[1]) if len(found[1]) <= 15 else None  # a longer one is no number
    return found[1] if number is None else str(number)
