"""Words for what matching found, for pages, sheets and answers of the interface."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengjian.enterprises.matching.scoring import Reason

VERDICTS = {
    "same": (pgettext_lazy("match", "同一主体"), "green"),
    "review": (pgettext_lazy("match", "需人工核对"), "amber"),
    "different": (pgettext_lazy("match", "不同主体"), "grey"),
}
PARTS = {
    "code": _("代码"),
    "name": _("名称"),
    "former_name": _("曾用名称"),
    "brand": pgettext_lazy("enterprise name", "字号"),
    "trade": pgettext_lazy("enterprise name", "行业"),
    "region": _("地区"),
    "form": pgettext_lazy("enterprise name", "组织形式"),
    "branch": pgettext_lazy("enterprise name", "分支机构"),
    "kind": _("主体类别"),
    "address": _("住所"),
    "status": _("登记状态"),
    "transliteration": pgettext_lazy("enterprise name", "外文名"),
}
FINDINGS = {
    "equal": pgettext_lazy("match", "一致"),
    "different": pgettext_lazy("match", "不同"),
    "missing": pgettext_lazy("match", "一方缺少"),
    "none": pgettext_lazy("match", "双方都没有"),
    "old": pgettext_lazy("match", "与曾用代码一致"),
    "repaired": pgettext_lazy("match", "更正形近字符后一致"),
    "invalid": pgettext_lazy("match", "给出的代码无效"),
    "equal_but_invalid": pgettext_lazy("match", "一致，但代码无效"),
    "issued_twice": pgettext_lazy("match", "代码一致而主体类别矛盾，可能一码多赋"),
    "like": pgettext_lazy("match", "相近"),
    "neighbouring": pgettext_lazy("match", "同一地市的其他地方"),
    "one_inside_the_other": pgettext_lazy("match", "一方在另一方之内"),
    "written_differently": pgettext_lazy("match", "写法不同"),
    "group_and_company": pgettext_lazy("match", "集团与公司之别"),
    "converted_or_other": pgettext_lazy("match", "有限与股份之别"),
    "unknown": pgettext_lazy("match", "无法判断"),
    "ended": pgettext_lazy("match", "已不存续"),
}


def words(reason: Reason) -> str:
    """One finding in the reader's language: "字号：一致"."""
    part, finding = PARTS.get(reason.part, reason.part), FINDINGS.get(reason.finding, reason.finding)
    return f"{part}：{finding}"
