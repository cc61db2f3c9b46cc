"""Names as they are typed in letters: syllables, initials, and whether letters spell a part of a name. Pure."""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import pairwise, product

# Characters of names and places that are read in two ways; both are indexed.
_TWICE = {
    "行": ("xing", "hang"), "长": ("chang", "zhang"), "重": ("chong", "zhong"), "乐": ("le", "yue"),
    "厦": ("sha", "xia"), "都": ("du", "dou"), "朝": ("chao", "zhao"), "会": ("hui", "kuai"), "曾": ("zeng", "ceng"),
    "单": ("dan", "shan"), "盛": ("sheng", "cheng"), "石": ("shi", "dan"), "藏": ("zang", "cang"),
    "什": ("shi", "shen"), "堡": ("bao", "pu"), "番": ("fan", "pan"), "蔚": ("wei", "yu"), "阿": ("a", "e"),
    "沈": ("shen", "chen"), "泊": ("bo", "po"), "调": ("diao", "tiao"), "传": ("chuan", "zhuan"), "和": ("he", "huo"),
    "大": ("da", "dai"), "车": ("che", "ju"), "宿": ("su", "xiu"), "解": ("jie", "xie"), "区": ("qu", "ou"),
    "铅": ("qian", "yan"), "卡": ("ka", "qia"), "便": ("bian", "pian"), "降": ("jiang", "xiang"), "率": ("lv", "shuai"),
}  # fmt: skip
_LONGEST_SYLLABLE = 6
_MOST_READINGS = 6


@cache
def _table() -> dict[int, str]:
    # A large table; most programs never ask.
    from pypinyin.constants import PINYIN_DICT

    return dict(PINYIN_DICT)


@lru_cache(maxsize=30_000)
def readings(char: str) -> tuple[str, ...]:
    """The syllables of a character without tones, the usual one first; ü is v. None for what is not Chinese.

    >>> readings("鑫"), readings("绿"), readings("A")
    (('xin',), ('lv', 'lu'), ())
    """
    if char in _TWICE:
        return _TWICE[char]
    from pypinyin.contrib.tone_convert import to_normal

    found = _table().get(ord(char), "")
    if not found or not "\u3400" <= char <= "\u9fff":
        return ()
    syllable = str(to_normal(found.split(",")[0])).replace("ü", "v")
    return (syllable, syllable.replace("v", "u")) if "v" in syllable else (syllable,)


@cache
def _syllables() -> frozenset[str]:
    return frozenset(syllable for code in range(0x4E00, 0x9FA6) for syllable in readings(chr(code)))


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(syllable[:size] for syllable in _syllables() for size in range(1, len(syllable) + 1))


def syllable_pairs(text: str) -> set[str]:
    """Neighbouring syllables of a name, "xin'da"; both readings where there are two."""
    found: set[str] = set()
    for left, right in pairwise([readings(char) for char in text]):
        found.update(f"{one}'{other}" for one in left for other in right)
    return found


@lru_cache(maxsize=30_000)
def _written(char: str) -> tuple[str, ...]:
    return readings(char) or (char.lower(),)


@lru_cache(maxsize=30_000)
def _first_letters(char: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one[0] for one in readings(char))) or (char.lower(),)


def spelled(text: str) -> set[str]:
    """The text in letters: 鑫达 → {"xinda"}. Latin characters and digits stay."""
    return _joined([_written(char) for char in text])


def initials(text: str) -> set[str]:
    """First letters: 重庆鑫达 → {"cqxd", "zqxd"}."""
    return _joined([_first_letters(char) for char in text])


def _joined(choices: list[tuple[str, ...]]) -> set[str]:
    """One of each, in all ways; only the usual ones where there are many ways."""
    total = 1
    for choice in choices:
        total *= len(choice)
    if total == 1 or total > _MOST_READINGS:
        return {"".join([choice[0] for choice in choices])}
    return {"".join(one) for one in product(*choices)}


def cut(letters: str, most: int = 8) -> list[tuple[tuple[str, ...], str]]:
    """The ways to cut letters into syllables, each with the beginning of a last one that is not yet complete.

    >>> cut("xind")
    [(('xin',), 'd')]
    """
    found: list[tuple[tuple[str, ...], str]] = []

    def go(at: int, before: tuple[str, ...]) -> None:
        if len(found) >= most:
            return
        if at == len(letters):
            found.append((before, ""))
            return
        for size in range(min(_LONGEST_SYLLABLE, len(letters) - at), 0, -1):
            part = letters[at : at + size]
            if part in _syllables():
                go(at + size, (*before, part))
        rest = letters[at:]
        if before and len(rest) < _LONGEST_SYLLABLE and rest not in _syllables() and rest in _beginnings():
            found.append((before, rest))

    go(0, ())
    return found[:most]


def spells(letters: str, name: str) -> int:
    """Where in the name the letters spell a run of characters (the last may be begun only); -1 when nowhere.

    >>> spells("xindas", "包头市鑫达商贸"), spells("xindx", "包头市鑫达商贸")
    (3, -1)
    """
    choices = [readings(char) or (char.lower(),) for char in name]

    def go(place: int, at: int) -> bool:
        rest = len(letters) - at
        if rest == 0:
            return True
        if place == len(choices):
            return False
        for one in choices[place]:
            if letters.startswith(one, at):
                if go(place + 1, at + len(one)):
                    return True
            elif rest < len(one) and one.startswith(letters[at:]):
                return True
        return False

    for start in range(len(choices)):
        if go(start, 0):
            return start
    return -1
