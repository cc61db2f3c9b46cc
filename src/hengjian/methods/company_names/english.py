"""English names beside Chinese ones: the brand in pinyin, the region in its usual spelling, trades in translation."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

import yaml

from hengjian.methods.company_names.normalise import normalise_name
from hengjian.methods.company_names.parsing import NameParts

_HAN = re.compile(r"[\u4e00-\u9fff]")
_TOKEN = re.compile(r"[a-z0-9]+")


def is_latin(name: str) -> bool:
    """Whether a name has no Chinese character and at least one Latin letter."""
    return _HAN.search(name) is None and re.search(r"[A-Za-z]", name) is not None


@lru_cache(maxsize=50_000)
def pinyin(text: str) -> str:
    """Syllables without tones, joined: 伊利 → yili. Characters that are not Chinese stay, in lower case."""
    # A large table; most programs never ask.
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(text, v_to_u=False)).lower()


@cache
def _table() -> dict[str, dict[str, str]]:
    text = Path(__file__).with_name("english.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = yaml.safe_load(text)
    return found


def latin_likeness(chinese: NameParts, latin: str) -> tuple[float, str]:
    """(factor in [0, 1], what was found) of an English name beside the parts of a Chinese one.

    The brand must be there in pinyin (or by a known spelling); then region and trades confirm or contradict.
    """
    text = normalise_name(latin).lower().replace("'", "").replace("’", "")
    tokens = _TOKEN.findall(text)
    rest = _without_regions(" ".join(tokens))
    brand = pinyin(chinese.brand or chinese.region)
    spelled = _table()["brands"].get(chinese.brand, "")
    words = rest.split()
    used = _find(words, brand) or (_find(words, spelled.replace(" ", "")) if spelled else 0)
    if not used:
        return 0.1, "brand_not_found"
    region = _region_conflict(chinese.region, " ".join(tokens))
    if region:
        return 0.12, "region_different"
    translated, ignored = _trades(chinese.trade), _table()["ignored"]
    left = [word for word in words if word not in ignored and not _part_of(word, brand, spelled)]
    known = sum(any(word.startswith(stem) for stem in translated) for word in left)
    if left and translated and not known:
        return 0.25, "trade_different"
    if left and known < len(left) / 2:
        return 0.72, "brand_and_part_of_the_trade"
    return 0.9, "brand_and_trade"


def _find(words: list[str], wanted: str) -> int:
    """Number of neighbouring words that together spell `wanted`; 0 when none do."""
    for start in range(len(words)):
        joined = ""
        for end in range(start, len(words)):
            joined += words[end]
            if joined == wanted:
                return end - start + 1
            if not wanted.startswith(joined):
                break
    return 0


def _part_of(word: str, brand: str, spelled: str) -> bool:
    return word in brand or word in spelled


def _without_regions(text: str) -> str:
    for spelling in _table()["regions"].values():
        text = re.sub(rf"\b{spelling}\b", " ", text)
    return " ".join(text.split())


def _region_conflict(region: str, text: str) -> bool:
    """Whether the English name says another of the regions that have an English name of their own."""
    named = {place for place, spelling in _table()["regions"].items() if re.search(rf"\b{spelling}\b", text)}
    if not named or not region:
        return False
    return not any(place in region for place in named) and any(place in region for place in _table()["regions"])


def _trades(trade: str) -> set[str]:
    """Stems of English words for the trade words in it."""
    stems: set[str] = set()
    for word, translation in _table()["trades"].items():
        if word in trade:
            stems.update(translation.split())
    return stems
