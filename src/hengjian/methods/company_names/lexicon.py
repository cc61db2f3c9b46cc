"""The words of names: trades and organisational forms, as sets made for fast look-up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

Kind = Literal["company", "cooperative", "sole_trader", "hospital_school", "gov_or_other"]
_HERE = Path(__file__).parent
# What a shop may sell that is no trade word by itself: 书店, 花店, 药行, 酒庄.
SHOP_GOODS = frozenset(
    "书酒茶鞋药花肉米面粮鱼布灯车表画菜菸烟饼糖油煤伞帽镜锁瓜枣奶馍饺鸡鸭羊牛馕粥粉串汤虾蟹豆蛋刀琴棋玉衣裤袜"
)
# Forms of one character stand behind anything; they count only when nothing longer fits.
SHOPS = frozenset("店行馆坊铺庄城轩阁屋")


@dataclass(frozen=True)
class Lexicon:
    """The words, and which lengths are worth looking up: a name is read some hundred thousand times a minute.

    Attributes:
        trades: the trade words; `general` those that any body may have (投资, 管理); `public` all of them with those
            that are trades of public bodies only (民族, 实验); `products` crops, beasts and food; `qualifiers` words
            that only say of what kind (特种, 低压); `services` what a centre of the public does.
        stuff: characters that are usual in trades and not in brands; `names` the other way round.
        forms: organisational form → kind of body.
        trade_sizes: first two characters → lengths of the trades that begin so, longest first.
        form_sizes: last five characters → lengths of the forms that end so, longest first; shorter forms are in none.
    """

    trades: frozenset[str]
    general: frozenset[str]
    public: frozenset[str]
    products: frozenset[str]
    qualifiers: frozenset[str]
    services: frozenset[str]
    stuff: frozenset[str]
    names: frozenset[str]
    forms: dict[str, Kind]
    trade_sizes: dict[str, tuple[int, ...]]
    public_sizes: dict[str, tuple[int, ...]]
    form_sizes: dict[str, tuple[int, ...]]


def sizes(words: Iterable[str], key: Callable[[str], str]) -> dict[str, tuple[int, ...]]:
    """`key` of the words → their lengths, longest first."""
    found: dict[str, set[int]] = {}
    for word in words:
        found.setdefault(key(word), set()).add(len(word))
    return {name: tuple(sorted(lengths, reverse=True)) for name, lengths in found.items()}


def _trade_words() -> Iterator[tuple[str, str]]:
    """(section, word)."""
    section = ""
    for line in (_HERE / "trades.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif not line.startswith("#"):
            for word in line.split():
                yield section, word


@cache
def characters(name: str) -> frozenset[str]:
    """A set of single characters of `characters.yaml`."""
    return frozenset(_characters()[name]) - {" "}


@cache
def lexicon_words(name: str) -> frozenset[str]:
    """A set of words of `characters.yaml`."""
    return frozenset(_characters()[name].split())


@cache
def _characters() -> dict[str, str]:
    found: dict[str, str] = yaml.safe_load((_HERE / "characters.yaml").read_text(encoding="utf-8"))
    return found


def _made_words() -> Iterator[str]:
    """Trades that follow from one character: 鹿业, 羊繁育, 煤焦化."""
    for char in characters("stuffs"):
        yield char + "业"
    for chars, activities in (
        ("raised", "raising"),
        ("grown", "growing"),
        ("dug", "digging"),
        ("fished", "fishing"),
        ("felled", "felling"),
    ):
        for char in characters(chars):
            for activity in _characters()[activities].split():
                yield char + activity


@cache
def default_lexicon() -> Lexicon:
    rows = list(_trade_words())
    public = frozenset(word for _section, word in rows).union(_made_words())
    trades = frozenset(word for section, word in rows if section != "public only").union(_made_words())
    general = frozenset(word for section, word in rows if section == "general")
    products = frozenset(word for section, word in rows if section in ("crops", "livestock", "food and drink"))
    qualifiers = frozenset(word for section, word in rows if section == "qualifiers")
    services = frozenset(word for section, word in rows if section in ("public", "public only"))
    names = characters("names") | characters("sounds")
    counts = Counter(char for word in trades for char in set(word))
    stuff = frozenset(char for char, times in counts.items() if times >= 12).difference(names)
    forms: dict[str, Kind] = {}
    for kind, text in yaml.safe_load((_HERE / "forms.yaml").read_text(encoding="utf-8")).items():
        for form in text.split():
            forms.setdefault(form, kind)
    return Lexicon(
        trades,
        general,
        public,
        products,
        qualifiers,
        services,
        stuff,
        names,
        forms,
        sizes(trades, lambda word: word[:2]),
        sizes(public, lambda word: word[:2]),
        sizes((form for form in forms if len(form) >= 5), lambda word: word[-5:]),
    )
