"""Made-up enterprises by the million, for benchmarks: real grammar of names, valid codes, seeded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from random import Random

from hengjian.methods import uscc

# The beginnings of names: a place of three autonomous regions, weighted roughly by what is registered there.
PLACES = (
    ("新疆", 20), ("乌鲁木齐市", 22), ("乌鲁木齐", 9), ("喀什", 6), ("伊宁市", 5), ("昌吉市", 5), ("库尔勒市", 4),
    ("石河子市", 3), ("阿克苏市", 4), ("哈密市", 3), ("克拉玛依市", 2), ("内蒙古", 18), ("呼和浩特市", 10),
    ("包头市", 10), ("赤峰市", 8), ("鄂尔多斯市", 7), ("通辽市", 5), ("巴彦淖尔市", 3), ("乌海市", 2), ("宁夏", 14),
    ("银川市", 10), ("石嘴山市", 3), ("吴忠市", 3), ("固原市", 3), ("中卫市", 3), ("东胜区", 2), ("昆都仑区", 2),
    ("", 9),
)  # fmt: skip
TRADES = (
    ("商贸", 24), ("贸易", 12), ("科技", 22), ("信息科技", 6), ("网络科技", 6), ("建筑工程", 9), ("建筑安装工程", 4),
    ("食品", 7), ("农业科技", 6), ("农业发展", 5), ("物流", 6), ("运输", 5), ("装饰工程", 5), ("文化传媒", 7),
    ("餐饮管理", 6), ("房地产开发", 4), ("物业服务", 4), ("汽车销售服务", 4), ("医疗器械", 3), ("劳务", 5), ("广告", 4),
    ("酒店管理", 3), ("能源", 3), ("环保科技", 3), ("教育咨询", 3), ("企业管理咨询", 3), ("电子商务", 4),
    ("生物科技", 3),
    ("机械设备租赁", 3), ("园林绿化", 2), ("煤炭销售", 2), ("畜牧业", 2), ("旅游开发", 2), ("水泥制品", 1), ("化工", 2),
    ("纺织", 1),
)  # fmt: skip
FORMS = (
    ("有限公司", 62), ("有限责任公司", 18), ("股份有限公司", 1), ("专业合作社", 6), ("经营部", 4), ("商行", 3),
    ("便利店", 3), ("集团有限公司", 1), ("有限公司分公司", 2),
)  # fmt: skip
KINDS = {"专业合作社": ("cooperative", "93"), "经营部": ("sole_trader", "92"), "商行": ("sole_trader", "92"),
         "便利店": ("sole_trader", "92")}  # fmt: skip
# Characters of brands, the frequent ones first: a brand takes them with falling weight, as real ones do.
BRAND_CHARACTERS = (
    "鑫华盛金天源达泰宏兴丰恒海新隆通安瑞祥东福中正利德嘉明诚和信顺美城建大成龙远博亿众永康云志星力创联万佳亚润宝景"
    "凯鸿昌宇汇益佰凌锦航春阳光旺晟禾腾途飞茂杰振益峰江河川山岳林森木水火土石玉珠翠碧青蓝紫红黄白黑北南西上下左右百千"
    "亨元贞吉庆喜乐怡悦欣欢舒雅致远卓越非凡超群英才俊豪雄伟业基立达观麒麟凤凰鹏鹰雁鹤鹿马牛羊驼骏驰骋疆域沙漠绿洲雪莲"
    "胡杨塔里木准噶尔天池伊犁阿尔泰克勒苏巴音郭楞哈萨维吾蒙回草原牧歌敖包毡房银川贺兰枸杞红枣葡萄瓜果棉麻丝绸"
)
STATUSES = (("active", 78), ("deregistered", 14), ("revoked", 6), ("moved_out", 2))
Made = tuple[str, str, str, str, str, int]


def _picker(choices: Sequence[tuple[str, int]]) -> tuple[list[str], list[int]]:
    return [text for text, _weight in choices], list(accumulate(weight for _text, weight in choices))


def made_enterprises(count: int, regions: Sequence[int], seed: int = 20261121) -> Iterator[Made]:
    """(key, code, name, kind, status, region) of so many bodies; the same for the same seed."""
    random = Random(seed)
    places, trades, forms, statuses = _picker(PLACES), _picker(TRADES), _picker(FORMS), _picker(STATUSES)
    characters = list(dict.fromkeys(BRAND_CHARACTERS))
    weights = list(accumulate(1 / (at + 8) for at in range(len(characters))))

    def one(of: tuple[list[str], list[int]]) -> str:
        return random.choices(of[0], cum_weights=of[1])[0]

    for number in range(1, count + 1):
        size = 2 if random.random() < 0.62 else 3 if random.random() < 0.75 else 4
        brand = "".join(random.choices(characters, cum_weights=weights, k=size))
        form = one(forms)
        kind, head = KINDS.get(form, ("company", "91"))
        name = one(places) + brand + one(trades) + form
        if form == "有限公司分公司":
            name = name.removesuffix("分公司") + random.choice(("喀什", "包头", "银川", "第一", "第二")) + "分公司"
        yield f"E{number:08d}", code_of(head, number), name, kind, one(statuses), regions[number % len(regions)]


def code_of(head: str, number: int) -> str:
    """A valid code: class, a division, the number as organisation code, both check characters."""
    inner = f"{number:08d}"
    body = f"{head}650100{inner}{uscc.organisation_check_character(inner)}"
    return body + uscc.check_character(body)
