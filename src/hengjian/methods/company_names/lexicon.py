"""The words of names: trades and organisational forms, as sets made for fast look-up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

Kind = Literal["company", "cooperative", "sole_trader", "hospital_school", "gov_or_other"]
_HERE = Path(__file__).parent
# What a shop may sell that is no trade word by itself: 书店, 花店, 药行, 酒庄.
SHOP_GOODS = frozenset("书酒茶鞋药花肉米面粮鱼布灯车表画菜菸烟饼糖油煤伞帽镜锁瓜枣奶馍饺鸡鸭羊牛")
# Forms of one character stand behind anything; they count only when nothing longer fits.
SHOPS = frozenset("店行馆坊铺庄城轩阁")


@dataclass(frozen=True)
class Lexicon:
    """The words, and which lengths are worth looking up: a name is read some hundred thousand times a minute.

    Attributes:
        trades: the trade words; `general` those that any body may have (投资, 管理).
        forms: organisational form → kind of body.
        trade_sizes: first two characters → lengths of the trades that begin so, longest first.
        form_sizes: last character → lengths of the forms that end so, longest first.
    """

    trades: frozenset[str]
    general: frozenset[str]
    forms: dict[str, Kind]
    trade_sizes: dict[str, tuple[int, ...]]
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
def default_lexicon() -> Lexicon:
    rows = list(_trade_words())
    trades = frozenset(word for _section, word in rows)
    general = frozenset(word for section, word in rows if section == "general")
    forms: dict[str, Kind] = {}
    for kind, text in yaml.safe_load((_HERE / "forms.yaml").read_text(encoding="utf-8")).items():
        for form in text.split():
            forms.setdefault(form, kind)
    return Lexicon(trades, general, forms, sizes(trades, lambda word: word[:2]), sizes(forms, lambda word: word[-1:]))
