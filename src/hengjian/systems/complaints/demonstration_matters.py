"""What people in the demonstration complain about, report, ask and suggest."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Matter:
    """One kind of thing that happens: what is said, about which trade, wanting what."""

    category: str
    trade: str
    product: str
    text: str
    claims: tuple[str, ...] = ()
    act: str = ""
    amount: tuple[int, int] = (0, 0)
    kinds: tuple[str, ...] = ()


MATTERS = (
    Matter(
        "product_quality",
        "家具",
        "儿童床",
        "买的儿童床用了三天床板开裂，商家说是使用不当拒绝退款，要求退货。",
        ("return",),
        "",
        (880, 2600),
    ),
    Matter(
        "product_quality",
        "家用电器",
        "电热水器",
        "电热水器保修期内漏电保护频繁跳闸，维修两次仍未修好，要求更换。",
        ("replace",),
        "",
        (1200, 3600),
    ),
    Matter(
        "food",
        "商贸零售",
        "预包装糕点",
        "在店里买的糕点开袋发霉，保质期还有一个月，要求赔偿。",
        ("damages",),
        "",
        (20, 300),
    ),
    Matter(
        "food",
        "乳制品",
        "鲜牛奶",
        "超市冷柜里的鲜牛奶已经过期两天还在卖，请查处。",
        (),
        "销售过期食品",
        (0, 0),
        ("report",),
    ),
    Matter(
        "service",
        "旅游服务",
        "健身年卡",
        "健身房办卡三个月就关门，会员卡余额拒绝退，联系不上负责人，要求退款。",
        ("refund",),
        "",
        (900, 3800),
    ),
    Matter(
        "online",
        "电子商务",
        "羊绒围巾",
        "直播间宣传百分之百羊绒，收到后标签写的是腈纶，属于虚假宣传，请查处，同时要求退一赔三。",
        ("refund", "damages"),
        "虚假宣传",
        (168, 699),
    ),
    Matter(
        "price_advertising",
        "汽车销售维修",
        "汽车保养",
        "保养价格没有明码标价，结账时多收了工时费，要求退还。",
        ("refund",),
        "",
        (180, 1600),
    ),
    Matter(
        "metrology",
        "商贸零售",
        "水果",
        "电子秤缺斤短两，五斤苹果少了七两，换了一台秤也一样，请检查计量。",
        (),
        "计量作弊",
        (0, 0),
        ("report",),
    ),
    Matter(
        "special_equipment",
        "物业管理",
        "小区电梯",
        "小区电梯一个月困人三次，物业一直不修，请督促维修。",
        ("repair",),
        "",
        (0, 0),
    ),
    Matter(
        "product_quality",
        "电线电缆",
        "电线",
        "装修买的电线线径明显偏细，用了就发热，担心起火，要求退货并赔偿。",
        ("return", "damages"),
        "",
        (600, 2400),
    ),
    Matter(
        "agriculture",
        "种子",
        "玉米种子",
        "买的玉米种子出苗不到一半，误了农时，要求赔偿。",
        ("damages",),
        "",
        (1200, 9000),
    ),
    Matter(
        "other",
        "物业管理",
        "",
        "请问电梯维保单位的资质在哪里可以查到，需要什么材料。",
        (),
        "",
        (0, 0),
        ("consultation",),
    ),
    Matter("other", "商贸零售", "", "建议在农贸市场统一设公平秤，并公布检定日期。", (), "", (0, 0), ("suggestion",)),
)
