"""What the pages call types, steps, dispositions and actions."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import pgettext, pgettext_lazy

from hengjian.methods.epcis.vocabulary import MEASUREMENT

Text = str | Promise
TYPES: dict[str, Text] = {
    "ObjectEvent": pgettext_lazy("epcis", "对象事件"),
    "AggregationEvent": pgettext_lazy("epcis", "聚合事件"),
    "TransactionEvent": pgettext_lazy("epcis", "交易事件"),
    "TransformationEvent": pgettext_lazy("epcis", "转化事件"),
    "AssociationEvent": pgettext_lazy("epcis", "关联事件"),
}
ACTIONS: dict[str, Text] = {
    "ADD": pgettext_lazy("epcis", "新增"),
    "OBSERVE": pgettext_lazy("epcis", "观察"),
    "DELETE": pgettext_lazy("epcis", "解除"),
}
STEPS: dict[str, Text] = {
    "accepting": pgettext_lazy("epcis", "接受"),
    "arriving": pgettext_lazy("epcis", "到达"),
    "assembling": pgettext_lazy("epcis", "组装"),
    "collecting": pgettext_lazy("epcis", "采集"),
    "commissioning": pgettext_lazy("epcis", "赋码"),
    "consigning": pgettext_lazy("epcis", "托运"),
    "creating_class_instance": pgettext_lazy("epcis", "生产批次"),
    "cycle_counting": pgettext_lazy("epcis", "循环盘点"),
    "decommissioning": pgettext_lazy("epcis", "注销"),
    "departing": pgettext_lazy("epcis", "离开"),
    "destroying": pgettext_lazy("epcis", "销毁"),
    "disassembling": pgettext_lazy("epcis", "拆解"),
    "dispensing": pgettext_lazy("epcis", "配发"),
    "encoding": pgettext_lazy("epcis", "编码"),
    "entering_exiting": pgettext_lazy("epcis", "进出"),
    "holding": pgettext_lazy("epcis", "暂存"),
    "inspecting": pgettext_lazy("epcis", "检验"),
    "installing": pgettext_lazy("epcis", "安装"),
    "killing": pgettext_lazy("epcis", "标签失效"),
    "loading": pgettext_lazy("epcis", "装载"),
    "other": pgettext_lazy("epcis", "其他"),
    "packing": pgettext_lazy("epcis", "装箱"),
    "picking": pgettext_lazy("epcis", "拣选"),
    "receiving": pgettext_lazy("epcis", "收货"),
    "removing": pgettext_lazy("epcis", "移除"),
    "repackaging": pgettext_lazy("epcis", "重新包装"),
    "repairing": pgettext_lazy("epcis", "维修"),
    "replacing": pgettext_lazy("epcis", "更换"),
    "reserving": pgettext_lazy("epcis", "预留"),
    "retail_selling": pgettext_lazy("epcis", "零售"),
    "sampling": pgettext_lazy("epcis", "抽样"),
    "sensor_reporting": pgettext_lazy("epcis", "传感监测"),
    "shipping": pgettext_lazy("epcis", "发货"),
    "staging_outbound": pgettext_lazy("epcis", "备货出库"),
    "stock_taking": pgettext_lazy("epcis", "盘点"),
    "stocking": pgettext_lazy("epcis", "上架"),
    "storing": pgettext_lazy("epcis", "储存"),
    "transporting": pgettext_lazy("epcis", "运输"),
    "unloading": pgettext_lazy("epcis", "卸载"),
    "unpacking": pgettext_lazy("epcis", "拆箱"),
    "void_shipping": pgettext_lazy("epcis", "发货作废"),
}
DISPOSITIONS: dict[str, Text] = {
    "active": pgettext_lazy("epcis", "有效"),
    "available": pgettext_lazy("epcis", "可用"),
    "completeness_inferred": pgettext_lazy("epcis", "推定完整"),
    "completeness_verified": pgettext_lazy("epcis", "核实完整"),
    "conformant": pgettext_lazy("epcis", "合格"),
    "container_closed": pgettext_lazy("epcis", "容器已封"),
    "container_open": pgettext_lazy("epcis", "容器已开"),
    "damaged": pgettext_lazy("epcis", "损坏"),
    "destroyed": pgettext_lazy("epcis", "已销毁"),
    "dispensed": pgettext_lazy("epcis", "已配发"),
    "disposed": pgettext_lazy("epcis", "已处置"),
    "encoded": pgettext_lazy("epcis", "已编码"),
    "expired": pgettext_lazy("epcis", "已过期"),
    "in_progress": pgettext_lazy("epcis", "处理中"),
    "in_transit": pgettext_lazy("epcis", "在途"),
    "inactive": pgettext_lazy("epcis", "停用"),
    "mismatch_class": pgettext_lazy("epcis", "品种不符"),
    "mismatch_instance": pgettext_lazy("epcis", "单件不符"),
    "mismatch_quantity": pgettext_lazy("epcis", "数量不符"),
    "needs_replacement": pgettext_lazy("epcis", "待更换"),
    "no_pedigree_match": pgettext_lazy("epcis", "来源凭证不符"),
    "non_conformant": pgettext_lazy("epcis", "不合格"),
    "non_sellable_other": pgettext_lazy("epcis", "不可销售"),
    "partially_dispensed": pgettext_lazy("epcis", "部分配发"),
    "recalled": pgettext_lazy("epcis", "已召回"),
    "reserved": pgettext_lazy("epcis", "已预留"),
    "retail_sold": pgettext_lazy("epcis", "已零售"),
    "returned": pgettext_lazy("epcis", "已退回"),
    "sellable_accessible": pgettext_lazy("epcis", "可售在架"),
    "sellable_not_accessible": pgettext_lazy("epcis", "可售在库"),
    "stolen": pgettext_lazy("epcis", "被盗"),
    "unavailable": pgettext_lazy("epcis", "不可用"),
    "unknown": pgettext_lazy("epcis", "不明"),
}
PARTIES: dict[str, Text] = {
    "owning_party": pgettext_lazy("epcis", "所有方"),
    "possessing_party": pgettext_lazy("epcis", "持有方"),
    "location": pgettext_lazy("epcis", "地点"),
}
TRANSACTIONS: dict[str, Text] = {
    "bol": pgettext_lazy("epcis", "提单"),
    "cert": pgettext_lazy("epcis", "证书"),
    "desadv": pgettext_lazy("epcis", "发货通知"),
    "inv": pgettext_lazy("epcis", "发票"),
    "pedigree": pgettext_lazy("epcis", "来源凭证"),
    "po": pgettext_lazy("epcis", "采购订单"),
    "poc": pgettext_lazy("epcis", "订单确认"),
    "prodorder": pgettext_lazy("epcis", "生产指令"),
    "recadv": pgettext_lazy("epcis", "收货通知"),
    "rma": pgettext_lazy("epcis", "退货许可"),
    "testprd": pgettext_lazy("epcis", "检验规程"),
    "testres": pgettext_lazy("epcis", "检验结果"),
    "upevt": pgettext_lazy("epcis", "上一级事件"),
}


def word(words: dict[str, Text], code: str) -> str:
    """What a code is called; a code of one's own as it is."""
    return str(words.get(code, code))


def measured(kind: str) -> str:
    """What a measurement is of."""
    known = {"Temperature": pgettext("epcis", "温度"), "RelativeHumidity": pgettext("epcis", "相对湿度")}
    name = MEASUREMENT.compact(kind)
    return known.get(name, name)
