"""Registers of invented enterprises with the errors that departments make, and the truth about them."""

from __future__ import annotations

from random import Random

import pyarrow as pa

from hengjian.methods import uscc

PLACES = [
    ("150203", "内蒙古自治区", "包头市", "昆都仑区"),
    ("150204", "内蒙古自治区", "包头市", "青山区"),
    ("150402", "内蒙古自治区", "赤峰市", "红山区"),
    ("640104", "宁夏回族自治区", "银川市", "兴庆区"),
    ("640302", "宁夏回族自治区", "吴忠市", "利通区"),
    ("652301", "新疆维吾尔自治区", "昌吉回族自治州", "昌吉市"),
    ("653101", "新疆维吾尔自治区", "喀什地区", "喀什市"),
    ("659001", "新疆维吾尔自治区", "", "石河子市"),
]
SIGNS = "鑫达隆盛兴旺丰泰瑞祥和顺利通源恒信诚德润泽宏伟华美佳康安宁福禄寿喜山川河海湖江天云雨雪春夏秋冬梅兰竹菊松柏"
TRADES = [
    *("商贸", "建筑工程", "食品", "农业科技", "物流", "机械设备", "电子科技", "信息技术"),
    *("餐饮管理", "旅游", "广告", "化工", "建材", "汽车销售", "粮油"),
]
FAMILY, GIVEN = "王李张刘陈杨赵黄周吴徐孙", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明"


def code(draw: Random, county: str) -> str:
    organisation = "MA" + "".join(draw.choice(uscc.CHARACTERS) for _ in range(6))
    body = f"91{county}{organisation}{uscc.organisation_check_character(organisation)}"
    return body + uscc.check_character(body)


def registers(enterprises: int, seed: int = 1) -> tuple[pa.Table, list[int]]:
    """(records, number of the enterprise of each): one clean register and one with missing and wrong codes."""
    draw = Random(seed)
    rows: list[dict[str, str]] = []
    truth: list[int] = []
    taken: set[tuple[str, str, str]] = set()
    for number in range(enterprises):
        county, province, city, district = draw.choice(PLACES)
        while (made := ("".join(draw.sample(SIGNS, draw.choice((2, 2, 3)))), draw.choice(TRADES), county)) in taken:
            pass
        taken.add(made)
        brand, trade, _county = made
        person = draw.choice(FAMILY) + draw.choice(GIVEN) + draw.choice(GIVEN)
        street, house = f"{draw.choice(['解放', '建设', '团结', '和平', '迎宾', '光明'])}路", draw.randint(1, 400)
        right = code(draw, county)
        for register in "AB":
            given, place, form, sign = right, f"{city}{district}", "有限责任公司", brand
            if register == "B":
                chance = draw.random()
                given = "" if chance < 0.35 else right[:12] + "Q" + right[13:] if chance < 0.37 else right
                place = draw.choice((f"{city}{district}", district, f"{province}{city}{district}", city or district))
                form = draw.choice(("有限责任公司", "有限公司"))
                if draw.random() < 0.02:
                    sign = draw.choice(SIGNS) + brand[1:]
            rows.append(
                {
                    "record_id": f"{register}{number}",
                    "name": f"{place}{sign}{trade}{form}",
                    "code": given,
                    "representative": "" if register == "B" and draw.random() < 0.15 else person,
                    "address": "" if register == "B" and draw.random() < 0.15 else f"{city}{district}{street}{house}号",
                }
            )
            truth.append(number)
    return pa.Table.from_pylist(rows), truth


def precision_and_recall(clusters: list[int], truth: list[int]) -> tuple[float, float]:
    """Over pairs of records."""

    def pairs(labels: list[object]) -> int:
        counts: dict[object, int] = {}
        for label in labels:
            counts[label] = counts.get(label, 0) + 1
        return sum(count * (count - 1) // 2 for count in counts.values())

    both = pairs(list(zip(clusters, truth, strict=True)))
    return both / max(pairs(list(clusters)), 1), both / max(pairs(list(truth)), 1)
