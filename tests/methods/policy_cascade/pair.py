"""An invented pair of plans (own wording, invented region): a national plan and the plan of the region that answers it.

The comment behind each national measure says what the region does with it.
"""

from __future__ import annotations

from typing import Any


def item(sequence: int, title: str, units: list[str], measures: list[str], **more: Any) -> dict[str, Any]:
    duties = [{"role": "joint", "organisation": name, "name": name} for name in units]
    return {"sequence": sequence, "number": sequence, "title": title, "duties": duties, "measures": measures, **more}


PARENT: dict[str, Any] = {
    "document": "national",
    "sections": [
        {
            "number": 1,
            "title": "守住安全底线",
            "items": [
                item(
                    1,
                    "管好儿童用品",
                    ["市场监管总局", "工业和信息化部", "海关总署"],
                    [
                        "每季度抽检一次童车、安全座椅和文具",  # kept
                        "建立儿童用品伤害案例库，面向社会提供查询",  # adapted: narrowed
                        "对进口婴童用品实行口岸批批查验",  # dropped
                        "公布不合格儿童用品名单",  # merged into the child's third measure
                        "督促网店下架不合格儿童用品",  # merged into the child's third measure
                    ],
                ),
                item(
                    2,
                    "提高电梯运行水平",
                    ["市场监管总局", "住房城乡建设部"],
                    [
                        "推广按需维保，淘汰超期服役的老旧电梯",  # split into two
                        "鼓励物业企业购买电梯养老保险",  # adapted, moved to item 3
                        "编写电梯乘用常识读本，送进社区和校园",  # kept
                    ],
                ),
            ],
        },
        {
            "number": 2,
            "title": "做强基础",
            "items": [
                item(
                    3,
                    "用好计量器具",
                    ["市场监管总局", "水利部", "中央宣传部"],
                    [
                        "免费检定集贸市场电子秤",  # adapted: deadline
                        "组建远洋船舶流量计国家检测站",  # dropped
                        "组织计量开放日活动",  # kept
                    ],
                ),
            ],
        },
    ],
}

CHILD: dict[str, Any] = {
    "document": "region",
    "sections": [
        {
            "number": 1,
            "title": "守住安全底线",
            "items": [
                item(
                    1,
                    "管好儿童用品",
                    ["市场监管局", "工信厅", "澜川海关", "教育厅"],
                    [
                        "每季度抽检一次童车、安全座椅 和文具",
                        "建立全区儿童用品伤害案例库",
                        "公布不合格儿童用品名单，督促网店一周内下架不合格儿童用品",
                        "为牧区幼儿园配送合格桌椅",
                    ],
                ),
                item(
                    2,
                    "提高电梯运行水平",
                    ["市市场监管局", "住建厅", "城管局"],
                    [
                        "推广电梯按需维保",
                        "年内淘汰超期服役的老旧电梯500台",
                        "编写电梯乘用常识读本，送进社区和校园",
                    ],
                    deadlines=[
                        {
                            "phrase": "年内",
                            "due": "2031-12-31",
                            "sentence": "年内淘汰超期服役的老旧电梯500台",
                            "strength": "firm",
                        }
                    ],
                ),
            ],
        },
        {
            "number": 2,
            "title": "做强基础",
            "items": [
                item(
                    3,
                    "用好计量器具",
                    ["市场监管局", "党委宣传部"],
                    [
                        "三季度前免费检定集贸市场电子秤",
                        "组织计量开放日活动",
                        "鼓励物业企业购买电梯养老保险，自治区财政给予保费补助",
                    ],
                    deadlines=[
                        {
                            "phrase": "三季度前",
                            "due": "2031-06-30",
                            "sentence": "三季度前免费检定集贸市场电子秤",
                            "strength": "firm",
                        }
                    ],
                ),
            ],
        },
    ],
}

# (item, index) of the parent → relation and the places of the children
EXPECTED: dict[tuple[int, int], tuple[str, list[tuple[int, int]]]] = {
    (1, 1): ("kept", [(1, 1)]),
    (1, 2): ("adapted", [(1, 2)]),
    (1, 3): ("dropped", []),
    (1, 4): ("adapted", [(1, 3)]),
    (1, 5): ("adapted", [(1, 3)]),
    (2, 1): ("adapted", [(2, 1), (2, 2)]),
    (2, 2): ("adapted", [(3, 3)]),
    (2, 3): ("kept", [(2, 3)]),
    (3, 1): ("adapted", [(3, 1)]),
    (3, 2): ("dropped", []),
    (3, 3): ("kept", [(3, 2)]),
}
ADDED = [(1, 4)]
