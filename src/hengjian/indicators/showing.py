"""Values as people read them: with unit, interval and marks, in the reader's language."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from hengjian.indicators.declarations import SHARES, Definition
from hengjian.indicators.models import Observation
from hengjian.pages.components import light, tag

THEME_WORDS: dict[str, Promise] = {
    "product": pgettext_lazy("指标主题", "产品质量"),
    "engineering": pgettext_lazy("指标主题", "工程质量"),
    "service": pgettext_lazy("指标主题", "服务质量"),
    "environment": pgettext_lazy("指标主题", "环境质量"),
    "foundation": pgettext_lazy("指标主题", "质量基础"),
    "brand": pgettext_lazy("指标主题", "品牌与荣誉"),
    "safety": pgettext_lazy("指标主题", "质量安全"),
    "governance": pgettext_lazy("指标主题", "质量治理"),
    "economy": pgettext_lazy("指标主题", "经济发展质量"),
    "integrity": pgettext_lazy("指标主题", "质量诚信"),
}
SCALE_WORDS: dict[str, Promise] = {
    "percent": pgettext_lazy("量纲", "百分比"),
    "index_point": pgettext_lazy("量纲", "指数点"),
    "score": pgettext_lazy("量纲", "得分"),
    "ratio": pgettext_lazy("量纲", "比率"),
    "count": pgettext_lazy("量纲", "个数"),
    "amount": pgettext_lazy("量纲", "数额"),
    "mean": pgettext_lazy("量纲", "平均值"),
}
FREQUENCY_WORDS: dict[str, Promise] = {
    "month": pgettext_lazy("频率", "月"),
    "quarter": pgettext_lazy("频率", "季"),
    "half": pgettext_lazy("频率", "半年"),
    "year": pgettext_lazy("频率", "年"),
}
DIRECTION_WORDS: dict[str, Promise] = {
    "higher": gettext_lazy("越高越好"),
    "lower": gettext_lazy("越低越好"),
    "target": gettext_lazy("以目标值为好"),
    "none": gettext_lazy("不分好坏"),
}
SELECTION_WORDS: dict[str, Promise] = {
    "census": gettext_lazy("全数统计"),
    "random": gettext_lazy("随机抽取"),
    "risk_oriented": gettext_lazy("按风险选取，不能推断总体"),
    "reported": gettext_lazy("单位填报"),
    "not_applicable": gettext_lazy("不涉及选取"),
}
ROLL_UP_WORDS: dict[str, Promise] = {
    "add": gettext_lazy("下级地区的分子、分母分别相加后再相除，不对百分比求平均"),
    "weighted": gettext_lazy("按另一指标的数值加权"),
    "none": gettext_lazy("各地区各自取值，不由下级汇总"),
}
SOURCE_WORDS: dict[str, Promise] = {
    "facts": gettext_lazy("由台账事实计数"),
    "standing": gettext_lazy("由台账中各对象期末状态计数"),
    "return": gettext_lazy("统计报表"),
    "fact_value": gettext_lazy("由程序结论取得"),
    "import": gettext_lazy("由主管单位导入"),
    "derived": gettext_lazy("由其他指标合成"),
}
STATUS_LIGHTS = {"provisional": "amber", "approved": "green", "withdrawn": "grey"}


def language() -> str:
    return get_language() or "zh"


def unit_of(declared: Definition) -> str:
    return declared.unit_en if language().startswith("en") and declared.unit_en else declared.unit


def text(words: Any, name: str) -> str:
    """A text of a declaration in the reader's language: `description`, `population`, `note`, `publisher`."""
    english = getattr(words, f"{name}_en", "")
    return str(english if language().startswith("en") and english else getattr(words, name))


def plain(value: Decimal | None, decimals: int) -> str:
    """A number with grouped thousands; trailing zeros stay, so that columns line up."""
    if value is None:
        return "—"
    return f"{value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):,f}"


def amount(value: Decimal | None, declared: Definition) -> str:
    """A value with its unit, or its word where it is a grade."""
    if value is None:
        return "—"
    label = declared.labels.get(f"{value.normalize():f}")
    if label is not None:
        return label.said(language())
    shown, unit = plain(value, declared.decimals), unit_of(declared)
    if not unit:
        return shown
    return f"{shown}%" if unit == "%" else f"{shown} {unit}"


def parts(row: Observation, declared: Definition) -> str:
    """ "873 / 1,011 批": numerator and denominator of a share."""
    if row.numerator is None or declared.scale not in SHARES:
        return ""
    shown = f"{_short(row.numerator)} / {_short(row.denominator)}"
    unit = declared.numerator.unit
    return f"{shown} {unit}" if unit and declared.denominator and declared.denominator.unit == unit else shown


def _short(value: Decimal | None) -> str:
    if value is None:
        return "—"
    rounded = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{rounded:,f}".rstrip("0").rstrip(".") if rounded else "0"


def interval(row: Observation, declared: Definition) -> str:
    """ "87.31 – 88.08"; empty where there is none."""
    if row.low is None or row.high is None:
        return ""
    return f"{plain(row.low, declared.decimals)} – {plain(row.high, declared.decimals)}"


def status(row: Observation) -> SafeString:
    """The value's standing as a light: approved, provisional, still running."""
    if row.pending:
        return light("amber", _("待核定的修订"))
    return light(STATUS_LIGHTS[row.status], row.get_status_display())


def said(mark: dict[str, str]) -> str:
    """An assumption in the reader's language."""
    return (mark.get("title_en") if language().startswith("en") else "") or mark["title"]


def marks(row: Observation) -> list[str]:
    return [said(mark) for mark in row.assumptions]


def assumed_tag(assumed: bool) -> SafeString | str:
    """The mark that follows every figure which rests on an assumption."""
    return tag(_("含假定"), "bronze") if assumed else ""
