"""What the pages call codes, units and verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from hengjian.pages.components import light
from hengjian.trace.chain.models import Anomaly, RecallOrder

Text = str | Promise
CODES: dict[str, tuple[Text, Text]] = {
    "cloned_code": (_("疑似复制码"), _("同一序列号重复赋码、重复售出，或同时出现在两个地点。")),
    "impossible_travel": (_("不可能的移动"), _("两个地点之间的距离，在这段时间内无法到达。")),
    "event_after_decommission": (_("注销后仍有事件"), _("标识已注销、销毁或投入加工，之后又出现。")),
    "output_without_input": (_("有产出无投入"), _("加工记录了产出，没有记录投入。")),
    "quantity_above_input": (_("数量超出来源"), _("流出或产出的数量多于已知的来源数量。")),
    "shipped_not_received": (_("发货未见收货"), _("发出后超过期限，没有收货记录。")),
    "received_not_shipped": (_("收货未见发货"), _("记录了收货，发货方没有发货记录。")),
    "no_origin": (_("来源不明"), _("销售或发货之前没有任何来源记录。")),
    "use_after_expiry": (_("过期后流通"), _("保质期届满后仍发货、销售或使用。")),
}
UNITS: dict[str, Text] = {
    "KGM": _("千克"),
    "LTR": _("升"),
    "H87": pgettext_lazy("unit", "件"),
    "MTR": _("米"),
    "MTK": _("平方米"),
}
FIGURES: dict[str, Text] = {
    "on_hand": _("应存"),
    "made": _("生产"),
    "received": _("收货"),
    "returned": _("退回"),
    "shipped": _("发出"),
    "sold": _("售出"),
    "destroyed": _("销毁"),
    "used": _("投入加工"),
}
SITE_VERDICTS: dict[str, tuple[str, Text]] = {
    "even": ("green", _("平衡")),
    "stock": ("grey", _("应有库存")),
    "short": ("red", _("流出多于来源")),
    "missing": ("red", _("盘点短少")),
    "surplus": ("amber", _("盘点多出")),
    "untold": ("grey", _("有数量未报")),
}
PROCESS_VERDICTS: dict[str, tuple[str, Text]] = {
    "fits": ("green", _("得率正常")),
    "above": ("red", _("产出过多")),
    "below": ("amber", _("产出过少")),
    "not_comparable": ("grey", _("单位不同，无法比较")),
    "no_input": ("red", _("没有投入")),
}
REGIMES = (
    ("food_1", _("食品一级召回")),
    ("food_2", _("食品二级召回")),
    ("food_3", _("食品三级召回")),
    ("consumer", _("一般消费品")),
)
TRIGGERS = (
    ("online_sample", _("网上抽查")),
    ("sample", _("监督抽检")),
    ("complaint", _("投诉举报")),
)
LEVELS: dict[str, Text] = {"lot": pgettext_lazy("trace", "批次"), "item": _("单品")}
DETAILS: dict[str, Text] = {
    "km": _("距离（千米）"),
    "hours": _("间隔（小时）"),
    "speed": _("所需速度（千米/小时）"),
    "limit": _("速度上限（千米/小时）"),
    "came": _("来源数量"),
    "gone": _("流出数量"),
    "unit": _("计量单位"),
    "to": _("发往"),
    "sender": _("发货方"),
    "first_site": _("先前地点"),
    "expires": _("保质期至"),
    "process": _("加工编号"),
}
WHY: dict[str, Text] = {
    "commissioned_twice": _("重复赋码"),
    "sold_twice": _("重复售出"),
    "two_places_at_once": _("同时出现在两地"),
    "overlapping_stays": _("在两地的停留时间重叠"),
    "ended": _("注销之后"),
    "destroyed": _("销毁之后"),
    "used": _("投入加工之后"),
    "site": _("按地点"),
    "process": _("按加工"),
    "sold": _("售出"),
    "shipped": _("发货"),
}
STEPS: dict[str, Text] = {
    "commissioning": _("赋码"),
    "creating_class_instance": _("生成批次"),
    "packing": _("装箱"),
    "unpacking": _("拆箱"),
    "shipping": _("发货"),
    "departing": _("离开"),
    "loading": _("装车"),
    "receiving": _("收货"),
    "arriving": _("到达"),
    "accepting": _("验收"),
    "storing": _("入库"),
    "inspecting": _("检验"),
    "retail_selling": _("零售"),
    "decommissioning": _("注销"),
    "destroying": _("销毁"),
    "sampling": _("抽样"),
    "holding": _("封存"),
}
TYPES: dict[str, Text] = {
    "ObjectEvent": _("对象事件"),
    "AggregationEvent": _("装箱"),
    "AssociationEvent": _("关联"),
    "TransactionEvent": _("单据"),
    "TransformationEvent": _("加工"),
}


def step_word(step: str, kind: str) -> str:
    """What a business step is called; without one, what the type of the event says."""
    if kind == "TransformationEvent" or not step:
        return str(TYPES.get(kind, kind))
    return str(STEPS.get(step, step))


def code_title(code: str) -> str:
    return str(CODES[code][0]) if code in CODES else code


def unit_word(code: str) -> str:
    """千克 for KGM; the code itself where it has no word here."""
    return str(UNITS.get(code, code))


def plain(number: Decimal) -> str:
    """95 for 95.00, 62.5 for 62.50."""
    return f"{number.normalize():f}"


def quantity(value: Decimal | str | None, unit: str = "") -> str:
    """1,234.5 千克; an unknown amount is said to be unknown."""
    if value is None:
        return gettext("未报")
    number = Decimal(value)
    shown = f"{number.quantize(Decimal('0.001')).normalize():,f}"
    return f"{shown} {unit_word(unit)}".strip()


def anomaly_light(anomaly: Anomaly) -> SafeString:
    state = {"open": "amber", "explained": "green", "handed": "blue"}[anomaly.state]
    return light(state, anomaly.get_state_display())


def recall_light(order: RecallOrder) -> SafeString:
    state = {"running": "red", "ended": "green", "lifted": "grey"}[order.state]
    return light(state, order.get_state_display())


def verdict(kind: Mapping[str, tuple[str, Text]], code: str) -> SafeString:
    state, label = kind[code]
    return light(state, label)


def detail_pairs(anomaly: Anomaly, name: Any) -> list[tuple[str, str]]:
    """(term, value) of the figures of an anomaly; `name` says what a key is called."""
    found = []
    for term, value in anomaly.details.items():
        if term == "why":
            if value:
                found.append((gettext("具体表现"), str(WHY.get(value, value))))
            continue
        shown = name(value) if term in ("to", "sender", "first_site") and value else value
        if term == "unit":
            shown = unit_word(str(value))
        if shown not in ("", None):
            found.append((str(DETAILS.get(term, term)), str(shown)))
    return found
