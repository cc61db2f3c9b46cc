"""Fictional enterprises, persons, streets and telephone numbers for demonstrations, tests and teaching.

Everything is invented and recognisable as such: region codes begin with 99, which GB/T 2260 does not assign, so no
unified social credit code here can belong to anybody, and mobile numbers begin with 1990000.

Enterprises come from one fixed roster, so rooms that draw from it meet again: the same works has a certificate in one
register, a boiler in another and a complaint in a third. Pure and deterministic: the same `Random` gives the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from random import Random
from types import MappingProxyType

from hengjian.methods import uscc


def _words(text: str) -> list[str]:
    return text.split()


#: Places of the fictional 澜川自治区: region code → name as used in names of enterprises.
PLACES = MappingProxyType(
    {
        "990000": "澜川",
        "990100": "望澜",
        "990200": "云泽",
        "990300": "朔安",
        "990400": "青垣",
        "990500": "丰泽",
        "990600": "柏川",
        "990700": "南渚",
        "990800": "金滩",
        "990900": "赤坪",
        "992100": "石渡",
        "992200": "雪原",
        "992300": "沙梁",
        "990102": "澜东",
        "990103": "河湾",
        "990302": "城北",
        "990321": "北川",
        "990322": "榆台",
        "990421": "松口",
        "992121": "石门桥",
    }
)
#: Trades: short name → the words that stand in the name of an enterprise.
TRADES = MappingProxyType(
    {
        "乳制品": ("乳业", "乳品"),
        "粮油加工": ("粮油", "面业"),
        "肉制品": ("食品", "肉业"),
        "饮料": ("饮品", "饮料"),
        "果蔬种植": ("果蔬", "农业科技"),
        "种子": ("种业",),
        "化肥": ("肥业", "化肥"),
        "纺织服装": ("纺织", "服饰"),
        "家具": ("家具", "家居"),
        "儿童用品": ("童车", "玩具"),
        "家用电器": ("电器",),
        "电线电缆": ("线缆", "电缆"),
        "水泥建材": ("水泥", "建材"),
        "钢材": ("钢构", "特钢"),
        "机械装备": ("机械", "重工"),
        "仪器仪表": ("仪表", "计量仪器"),
        "化工": ("化工", "涂料"),
        "医药": ("药业", "制药"),
        "电梯维保": ("电梯", "机电工程"),
        "建筑施工": ("建设工程", "路桥"),
        "工程监理": ("工程监理", "工程咨询"),
        "检验检测": ("检测技术", "检验认证"),
        "供热": ("热力", "供热"),
        "商贸零售": ("商贸", "百货"),
        "电子商务": ("电子商务", "网络科技"),
        "旅游服务": ("旅行社", "旅游"),
        "汽车销售维修": ("汽车销售服务", "汽修"),
        "物业管理": ("物业服务",),
        "医疗服务": ("医疗管理", "康复医院管理"),
        "保险": ("财产保险",),
    }
)
_BRANDS = _words("""
    远岫 清屿 禾声 砚北 栖原 澄野 松涧 云渡 长汀 知禾 归雁 望舒 青穗 石溪 南乔 北辰野 霁川 春畦 木瓜渠 沐原
    百谷堂 晴川阁 枕流 白桦里 驼铃 金穗坡 苇塘 飞泉沟 星垣 半山亭
""")
_FORMS = ("有限公司", "有限公司", "有限责任公司", "股份有限公司")
_STREETS = _words("澄澜 长庚 白塔 柳堤 新渠 观岭 银杏 望河 纺织 机场 工农 迎宾 文昌 青年 胜水 东环")
_KINDS = ("路", "路", "街", "大道")
_SURNAMES = _words("""
    祁 穆 温 邵 岳 沈 柳 苏 江 宁 韩 程 倪 路 白 钟 何 宗 许 薛 费 罗 田 卞 秦 陆 戚 叶 梁 尹 汤 宋 顾 孟 段
    黎 阎 庞 樊 骆
""")
_GIVEN = _words("""
    望野 以宁 见微 止境 听澜 青禾 长川 远岫 如砚 观岭 维一 临川 思齐 既明 亭午 知非 照野 疏桐 云帆 衡之 木然 牧原
    允文 雁回 青岚 朗月 则灵 凌波 朝闻 秉烛 若谷 行舟 载物 怀瑾 鹤鸣 归鸿 初霁 守拙 时雨 南枝
""")
_PER_PLACE = 2 * len(TRADES)
_SEED = 990000


@dataclass(frozen=True, slots=True)
class Enterprise:
    """An invented enterprise. `code`: unified social credit code; `region`: code of its place; `trade`: of TRADES."""

    code: str
    name: str
    region: str
    address: str
    trade: str


def enterprises(
    random: Random, n: int, region_code: str = "990000", *, trades: Collection[str] = ()
) -> list[Enterprise]:
    """`n` different enterprises of a region and the regions in it, in random order.

    Args:
        random: decides which.
        region_code: one of PLACES; "990000" is the whole autonomous region.
        trades: only these trades; empty: all.

    Raises:
        ValueError: the region or a trade is unknown, or the roster has fewer such enterprises; the message says how
            many there are.
    """
    if region_code not in PLACES:
        raise ValueError(f"no fictional region {region_code}; there are {', '.join(PLACES)}")
    if unknown := set(trades) - TRADES.keys():
        raise ValueError(f"no trade {', '.join(sorted(unknown))}; there are {', '.join(TRADES)}")
    found = [item for item in roster() if _is_within(item.region, region_code) and (not trades or item.trade in trades)]
    if n > len(found):
        raise ValueError(f"only {len(found)} fictional enterprises in {region_code} with these trades, not {n}")
    return random.sample(found, n)


@cache
def roster() -> tuple[Enterprise, ...]:
    """All enterprises: two of each trade in every place below the autonomous region."""
    random = Random(_SEED)
    names: set[tuple[str, str]] = set()
    codes: set[str] = set()
    return tuple(
        _enterprise(random, place, trade, names, codes)
        for place in PLACES
        if place != "990000"
        for trade in TRADES
        for _turn in range(_PER_PLACE // len(TRADES))
    )


def person(random: Random) -> str:
    """A full name of two or three characters, surname first."""
    given = random.choice(_GIVEN)
    return random.choice(_SURNAMES) + (given[0] if random.random() < 0.2 else given)


def phone(random: Random) -> str:
    """A mobile number of eleven digits."""
    return f"1990000{random.randrange(10_000):04d}"


def address(random: Random, region_code: str = "990100") -> str:
    """A street address in a place of PLACES."""
    street = random.choice(_STREETS) + random.choice(_KINDS)
    return f"澜川自治区{_chain(region_code)}{street}{random.randrange(1, 400)}号"


def _chain(region_code: str) -> str:
    """望澜市澜东区 for 990102: the place with what it lies in."""
    above = region_code[:4] + "00"
    written = "" if region_code == "990000" else _full(above)
    return written if region_code == above else written + _full(region_code)


def _full(region_code: str) -> str:
    name = PLACES[region_code]
    if not region_code.endswith("00"):
        return name + ("区" if region_code[4] == "0" else "县")
    return name + ("地区" if region_code[2] == "2" else "市")


def _enterprise(random: Random, place: str, trade: str, names: set[tuple[str, str]], codes: set[str]) -> Enterprise:
    # No two of one trade and place bear the same brand: 有限公司 beside 有限责任公司 would read like one enterprise.
    while (stem := f"{PLACES[place]}{random.choice(_BRANDS)}", trade) in names:
        pass
    names.add((stem, trade))
    name = f"{stem}{random.choice(TRADES[trade])}{random.choice(_FORMS)}"
    code = next(code for code in _codes(random, place) if code not in codes)
    codes.add(code)
    return Enterprise(code, name, place, address(random, place), trade)


def _codes(random: Random, region_code: str) -> Iterator[str]:
    """Valid unified social credit codes of enterprises (91) registered in a region."""
    while True:
        organisation = "MA" + "".join(random.choice(uscc.CHARACTERS) for _ in range(6))
        body = f"91{region_code}{organisation}{uscc.organisation_check_character(organisation)}"
        yield body + uscc.check_character(body)


def _is_within(region: str, within: str) -> bool:
    return region.startswith(within.removesuffix("00").removesuffix("00"))
