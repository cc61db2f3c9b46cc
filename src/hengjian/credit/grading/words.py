"""Titles, values and reasons in the reader's language."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from hengjian.credit.grading.packs import Pack, Use
from hengjian.methods.credit_grading import Scored, Value
from hengjian.rulebook.parameters.credit_grading import ItemSpec

SEALED = gettext_lazy("依据的记录已修复或期满，不再显示")
ASSUMED = {
    "points": gettext_lazy("各项分值"),
    "bands": gettext_lazy("等级分数线"),
    "groups": gettext_lazy("各组基础分和限值"),
    "caps": gettext_lazy("限制条件"),
    "windows": gettext_lazy("回溯月数"),
}
PACKS = {
    "quality-credit": gettext_lazy("企业质量信用等级"),
    "supervision-class": gettext_lazy("产品质量分类监管"),
    "risk-class": gettext_lazy("企业信用风险分类"),
}


def said(thing: Any, language: str | None = None) -> str:
    """The title in Chinese or English."""
    wanted = get_language() or "" if language is None else language
    return str(thing.title_en if wanted.startswith("en") else thing.title)


def english() -> bool:
    """Whether the reader reads English."""
    return (get_language() or "").startswith("en")


def title_of(pack: Pack) -> str:
    """The name of a pack for people; packs of a region carry their own."""
    return str(PACKS.get(pack.code, pack.rule.title))


def version_of(pack: Pack) -> str:
    """Name and year of a version: 企业质量信用等级（2026）."""
    return _("%(title)s（%(version)s）") % {"title": title_of(pack), "version": pack.rule.id.rpartition(".")[2]}


def assumed(pack: Pack) -> tuple[str, ...]:
    """What no public source fixes, in words."""
    return tuple(str(ASSUMED[name]) for name in pack.grading.assumed)


def mark(pack: Pack) -> str:
    """The mark that goes wherever a grade of the pack goes; "" when nothing is assumed."""
    return mark_of(assumed(pack))


def mark_of(names: tuple[str, ...]) -> str:
    """The sentence about what is assumed; "" when nothing is."""
    if not names:
        return ""
    return _("%(parts)s没有公开的官方规定，由本平台设定，待核。") % {"parts": pgettext("列举", "、").join(names)}


def use_title(use: Use) -> str:
    """Title of a feature with its window."""
    title = said(use.spec)
    if use.months is None:
        return title
    return _("%(title)s（近 %(months)d 个月）") % {"title": title, "months": use.months}


def number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def value(use: Use, found: Value) -> str:
    """A value with its unit."""
    if found is None:
        return ""
    if not isinstance(found, Decimal):
        return found
    unit = use.spec.unit_en if english() else use.spec.unit
    return f"{number(found)} {unit}".strip()


def reason(use: Use, spec: ItemSpec, item: Scored) -> str:
    """Why a value is worth its points."""
    if item.why == "missing":
        return _("没有数据，不加不减")
    if item.why == "each" and not item.value:
        return _("没有这类记录")
    if item.why in ("each", "limited") and spec.each is not None:
        told = {"value": value(use, item.value), "each": signed(spec.each), "limit": spec.limit}
        if item.why == "limited":
            return _("%(value)s，每单位 %(each)s 分，最多 %(limit)s 分") % told
        return _("%(value)s，每单位 %(each)s 分") % told
    if item.why == "step":
        for step in spec.steps:
            if item.points == step.points:
                return pgettext("points", "%(test)s：%(points)s 分") % {
                    "test": step.text(),
                    "points": signed(step.points),
                }
    return _("不在加减分的范围内")


def signed(points: Decimal) -> str:
    """+3, −5, 0."""
    text = number(abs(points))
    return text if not points else (f"+{text}" if points > 0 else f"−{text}")
