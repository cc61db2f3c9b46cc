"""Chinese numerals: 十五 ↔ 15, also 〇/○/零, 两, the formal series 壹贰叁 and digit strings such as 二〇二三."""

from __future__ import annotations

import re

DIGITS = {
    char: value
    for value, chars in enumerate(("零〇○", "一壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for char in chars
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_BIG_UNITS = {"万": 10**4, "亿": 10**8, "兆": 10**12}
_CIRCLED = {chr(0x2460 + i): i + 1 for i in range(20)} | {chr(0x2474 + i): i + 1 for i in range(20)}
_PLAIN = re.compile(r"([+-]?\d{1,15}(?:\.\d{1,10})?)([万亿兆]{0,2})")


def parse_chinese_number(text: str) -> int | float | None:
    """The value of a Chinese, Arabic (also full width, with thousands commas) or circled numeral; None if it is none.

    "二十一" → 21, "一百零五" → 105, "二〇二三" → 2023, "3.5万" → 35000, "十" → 10, "半" → 0.5, "①" → 1.
    """
    text = text.strip().replace(",", "").replace("，", "")
    if not text:
        return None
    if text in _CIRCLED:
        return _CIRCLED[text]
    if text == "半":
        return 0.5
    plain = _PLAIN.fullmatch(text)
    if plain:
        value = float(plain[1])
        for unit in plain[2]:
            value *= _BIG_UNITS[unit]
        return int(value) if value == int(value) else round(value, 10)
    if all(char in DIGITS for char in text):
        return int("".join(str(DIGITS[char]) for char in text))
    return _compose(text)


def _compose(text: str) -> int | None:
    """Read numerals with place words; a number must fall from unit to unit within one group of ten thousand."""
    total = section = digit = 0
    last_unit = 10**4
    pending = False
    for char in text:
        if char in DIGITS:
            if pending and digit:
                return None
            digit, pending = DIGITS[char], True
        elif char in _UNITS:
            unit = _UNITS[char]
            if unit >= last_unit:
                return None
            section += (digit if pending else 1) * unit
            digit, pending, last_unit = 0, False, unit
        elif char in _BIG_UNITS:
            if not section and not pending and not total:
                return None
            if char == "亿":  # 一万亿: the unit multiplies all that stands before it
                total = (total + section + digit) * _BIG_UNITS[char]
            else:
                total += (section + digit) * _BIG_UNITS[char]
            section, digit, pending, last_unit = 0, 0, False, 10**4
        else:
            return None
    return total + section + digit


def format_chinese_number(value: int) -> str:
    """The usual reading of an integer from 0 to 99,999,999: 10 → 十, 105 → 一百零五. ValueError outside."""
    if not 0 <= value < 10**8:
        raise ValueError(f"only 0 to 99,999,999 can be written, not {value}")
    if value >= 10**4:
        high, low = divmod(value, 10**4)
        return (
            format_chinese_number(high) + "万" + ("" if not low else ("零" if low < 1000 else "") + _below_myriad(low))
        )
    if 10 <= value < 20:
        return "十" + ("一二三四五六七八九"[value - 11] if value > 10 else "")
    return _below_myriad(value) if value else "零"


def _below_myriad(value: int) -> str:
    out, gap = "", False
    for unit, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, unit)
        if digit:
            out += ("零" if gap and out else "") + "一二三四五六七八九"[digit - 1] + word
            gap = False
        else:
            gap = bool(out)
    return out
