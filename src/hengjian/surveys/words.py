"""States with their colours, flags as sentences, names of variants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from hengjian.methods.periods import Period
from hengjian.pages.components import light
from hengjian.parties.models import Region
from hengjian.surveys.catalogue import survey
from hengjian.surveys.declarations import Survey
from hengjian.surveys.models import Evaluated, Wave

WAVE_LIGHTS = {
    Wave.State.PREPARED: "grey",
    Wave.State.RUNNING: "blue",
    Wave.State.CLOSED: "amber",
    Wave.State.COMPUTED: "amber",
    Wave.State.CONCLUDED: "green",
}
SCHEMES: dict[str, str | Promise] = {
    "centroid": gettext_lazy("形心法"),
    "factorial": gettext_lazy("因子法"),
    "path": gettext_lazy("路径法"),
}
MISSINGS: dict[str, str | Promise] = {
    "mean": gettext_lazy("漏答以该题均值代替"),
    "listwise": gettext_lazy("有漏答的答卷不计"),
}
#: What a flag says; values are filled in with %.
FLAGS: dict[str, str | Promise] = {
    # reasons against a solution
    "too_few": gettext_lazy("有效答卷 %(n)s 份，少于 %(least)s 份，不出指数"),
    "alike": gettext_lazy("以下题目所有人的回答都一样，无法估计：%(items)s"),
    "unsolvable": gettext_lazy("题目或潜变量之间互相重复，模型无解"),
    "unsettled": gettext_lazy("权重迭代 %(n)s 次仍未收敛"),
    "negative_weight": gettext_lazy("有题目的权重为负"),
    "negative_loading": gettext_lazy("有题目与所属潜变量反向变动"),
    "inadmissible": gettext_lazy("潜变量之间的相关矩阵不成立"),
    "failed": gettext_lazy("%(of)s 次重抽样中有 %(n)s 次无解"),
    # cautions
    "alpha": gettext_lazy("“%(latent)s”的信度系数 %(value)s，低于 %(least)s"),
    "ave": gettext_lazy("“%(latent)s”的平均提取方差 %(value)s，低于 %(least)s"),
    "htmt": gettext_lazy("“%(latent)s”与“%(other)s”的异质单质比 %(value)s，高于 %(most)s，受访者可能未加区分"),
    "response": gettext_lazy("回收率 %(share)s%%，低于 %(least)s%%，未答者的看法可能不同"),
    "left_out": gettext_lazy("%(n)s 份有漏答的答卷未计入"),
    "thin_strata": gettext_lazy("以下各层答卷不足两份，未计入加权均值：%(strata)s"),
    "dropped": gettext_lazy("未计入：漏答过多 %(missing)s 份，通篇同一答案 %(straight)s 份，过快 %(fast)s 份"),
    # marks: what the figures rest on
    "filled": gettext_lazy("%(n)s 处漏答（%(share)s%%）以该题均值代替"),
    "sizes": gettext_lazy("各层总体数为估计（%(source)s），加权均值随之为估计"),
    "self_selected": gettext_lazy("%(share)s%% 的答卷来自开放链接，受访者自行参加，不是随机样本"),
    "no_rate": gettext_lazy("没有受邀者名单，无法计算回收率"),
    "rule": gettext_lazy("评价限值取自“%(title)s”，其中有规则库自定或待核的内容"),
}


#: The marks where there is room for a few words only.
SHORT: dict[str, str | Promise] = {
    "filled": gettext_lazy("漏答以均值代替"),
    "sizes": gettext_lazy("各层总体数为估计"),
    "self_selected": gettext_lazy("含自行参加的答卷"),
    "no_rate": gettext_lazy("回收率无法计算"),
    "rule": gettext_lazy("评价限值待核"),
}


def language() -> str:
    return get_language() or "zh"


def titles_of(code: str, sector: str, region: Region, period: Period) -> tuple[str, str]:
    """What a wave is called in Chinese and in English, where nobody gives it another name."""
    declared = survey(code).sector(sector)
    chinese = f"{region.name}{period.said('zh')}{declared.title}满意度调查"
    return chinese, f"{declared.title_en}: satisfaction, {period.said('en')}"


def wave_light(wave: Wave) -> str:
    return light(WAVE_LIGHTS[Wave.State(wave.state)], wave.get_state_display())


def sector_title(wave: Wave) -> str:
    return wave.declared.sector(wave.sector).said(language())


def result_light(result: Evaluated) -> str:
    """Whether the solution holds."""
    return light("green", _("解有效")) if result.valid else light("red", _("解无效"))


def _names(declared: Survey, wave: Wave, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a flag with names in place of codes."""
    tongue = language()
    shown = dict(values)
    for key in ("latent", "other"):
        if key in shown:
            shown[key] = declared.latent(shown[key]).said(tongue)
    if "items" in shown:
        texts = {item.code: item.said(tongue, sector_title(wave)) for item in declared.items}
        shown["items"] = "；".join(texts[code] for code in shown["items"])
    if "strata" in shown:
        layers = {layer.code: layer.said(tongue) for layer in wave.layers}
        shown["strata"] = "、".join(layers[code] for code in shown["strata"])
    return shown


def told(flags: Iterable[Mapping[str, Any]], wave: Wave) -> list[str]:
    """Flags of a result as sentences in the reader's language."""
    declared = wave.declared
    return [str(FLAGS[flag["code"]]) % _names(declared, wave, flag["values"]) for flag in flags]


def variant_words(result: Evaluated) -> str:
    """The variant of the model in one line; every variant gives other figures."""
    scaled = _("答案标准化") if result.scaled else _("答案不标准化")
    return f"{SCHEMES[result.scheme]} · {scaled} · {MISSINGS[result.missing]}"
