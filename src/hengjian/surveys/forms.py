"""Forms of the office's pages; each becomes one action."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengjian.methods.periods import Frequency, Period, parse_period, period_of
from hengjian.pages.forms import HengjianForm
from hengjian.parties.models import Unit
from hengjian.surveys.catalogue import surveys
from hengjian.surveys.models import Contact, Wave
from hengjian.surveys.rules import Design, DesignImpossible, Stratum, parse_strata
from hengjian.surveys.words import MISSINGS, SCHEMES, language, titles_of


def what_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Survey and sector in one choice, grouped by survey."""
    tongue = language()
    return [
        (item.said(tongue), [(f"{item.code}.{sector.code}", sector.said(tongue)) for sector in item.sectors])
        for item in surveys()
    ]


def period_choices() -> list[tuple[str, str]]:
    """The periods around today: years, half years, quarters."""
    today, tongue = timezone.localdate(), language()
    found: list[Period] = []
    frequencies: tuple[Frequency, ...] = ("year", "half", "quarter")
    for frequency in frequencies:
        now = period_of(today, frequency)
        found += [now.following, now, now.previous]
    return [(period.code, period.said(tongue)) for period in found]


class DesignForm(HengjianForm):
    """What is planned; the sample follows from it."""

    title = forms.CharField(label=_("调查名称"), max_length=200)
    title_en = forms.CharField(label=_("英文名称"), max_length=200, required=False)
    starts_on = forms.DateField(label=_("开始日期"))
    ends_on = forms.DateField(label=_("截止日期"))
    strata = forms.CharField(
        label=_("分层和总体数"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("每行一层，如“望澜市，862000”；可在后面加英文名称。不分层就只写一行。"),
    )
    sizes_source = forms.CharField(
        label=_("总体数的来源"), max_length=200, help_text=_("如“第七次人口普查常住成年人口”。")
    )
    sizes_assumed = forms.BooleanField(
        label=_("总体数是估计的"), required=False, help_text=_("勾选后，依据它的数字处处带“估计”标记。")
    )
    margin = forms.DecimalField(label=_("允许误差（百分点）"), min_value=1, max_value=20, initial=5)
    confidence = forms.DecimalField(label=_("置信水平（%）"), min_value=80, max_value=99, initial=95)
    deff = forms.DecimalField(
        label=_("设计效应"), min_value=1, max_value=5, initial=1, help_text=_("简单随机抽样为 1，整群抽样通常大于 1。")
    )
    response = forms.DecimalField(label=_("预计回收率（%）"), min_value=1, max_value=100, initial=50)
    least = forms.IntegerField(
        label=_("每层至少答卷"), min_value=2, max_value=1000, initial=30, help_text=_("要单独分析的层，样本不宜过小。")
    )
    open_link = forms.BooleanField(
        label=_("开放链接，人人可答"), required=False, help_text=_("受访者自行参加，不是随机样本，结果会注明。")
    )
    telephone = forms.BooleanField(label=_("电话访问"), required=False)
    close_full = forms.BooleanField(label=_("开放链接中答满的层不再接受答卷"), required=False)

    def clean_strata(self) -> list[Stratum]:
        try:
            return parse_strata(self.cleaned_data["strata"])
        except DesignImpossible as error:
            raise forms.ValidationError(_t(error.problem) % error.values_) from None

    def design(self) -> Design:
        data = self.cleaned_data
        return Design(
            margin=float(data["margin"]) / 100,
            confidence=float(data["confidence"]) / 100,
            deff=float(data["deff"]),
            response=float(data["response"]) / 100,
            least=data["least"],
        )

    def planned(self) -> dict[str, Any]:
        """Arguments that creating and revising share."""
        names = (
            "title", "title_en", "starts_on", "ends_on", "strata", "sizes_source", "sizes_assumed", "open_link",
            "telephone", "close_full",
        )  # fmt: skip
        return {name: self.cleaned_data[name] for name in names} | {"design": self.design()}


def design_initial(wave: Wave) -> dict[str, Any]:
    """The form of a wave that is planned already."""
    names = (
        "title", "title_en", "starts_on", "ends_on", "sizes_source", "sizes_assumed", "open_link", "telephone",
        "close_full",
    )  # fmt: skip
    lines = [
        "，".join(part for part in (layer.title, str(layer.size), layer.title_en) if part) for layer in wave.layers
    ]
    design = wave.design
    return {name: getattr(wave, name) for name in names} | {
        "strata": "\n".join(lines),
        "margin": round(design["margin"] * 100, 4),
        "confidence": round(design["confidence"] * 100, 4),
        "deff": design["deff"],
        "response": round(design["response"] * 100, 4),
        "least": design["least"],
    }


class WaveForm(DesignForm):
    """A new wave: who, about what, for which period."""

    unit = forms.ModelChoiceField(label=_("组织单位"), queryset=Unit.objects.none())
    what = forms.ChoiceField(label=_("调查什么"))
    period = forms.ChoiceField(label=_("统计期"))
    title = forms.CharField(
        label=_("调查名称"), max_length=200, required=False, help_text=_("不填则由地区、统计期和行业组成。")
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["unit"].queryset = units
        if len(units) == 1:
            fields["unit"].initial = units[0]
        fields["what"].choices = what_choices()
        fields["period"].choices = period_choices()
        fields["period"].initial = period_of(timezone.localdate(), "half").code

    def chosen(self) -> dict[str, Any]:
        """Arguments that only creating has."""
        data = self.cleaned_data
        code, sector = data["what"].split(".")
        unit: Unit = data["unit"]
        title, title_en = titles_of(code, sector, unit.region, parse_period(data["period"]))
        return {
            "unit": unit,
            "region": unit.region,
            "survey": code,
            "sector": sector,
            "period": data["period"],
            "title": data["title"] or title,
            "title_en": data["title_en"] or title_en,
        }


class InvitationForm(HengjianForm):
    """How many codes per stratum."""

    def __init__(self, *args: Any, wave: Wave, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row, layer in zip(wave.strata, wave.layers, strict=True):
            self.fields[layer.code] = forms.IntegerField(
                label=layer.said(language()),
                min_value=0,
                max_value=20_000,
                initial=row["approached"],
                help_text=_t("应收 %(answers)s 份，按预计回收率应邀请 %(approached)s 人。") % row,
            )

    def counts(self) -> dict[str, int]:
        return {code: int(count) for code, count in self.cleaned_data.items()}


class ExtendForm(HengjianForm):
    ends_on = forms.DateField(label=_("新的截止日期"))
    reason = forms.CharField(label=_("原因"), max_length=300)


class ReasonForm(HengjianForm):
    reason = forms.CharField(label=_("原因"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class UploadForm(HengjianForm):
    file = forms.FileField(label=_("答卷文件"), help_text=_(".xlsx、.xls 或 .csv；列名见空白模板。"))
    approached = forms.IntegerField(
        label=_("访问人数"),
        min_value=1,
        required=False,
        help_text=_("为得到这些答卷共访问了多少人，用于计算回收率；不知道就不填。"),
    )


class ContactForm(HengjianForm):
    stratum = forms.ChoiceField(label=_("分层"))
    outcome = forms.ChoiceField(label=_("访问结果"), choices=Contact.Outcome.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, wave: Wave, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["stratum"].choices = [(layer.code, layer.said(language())) for layer in wave.layers]


class ComputeForm(HengjianForm):
    """The variant of the model; the questionnaire's own is chosen beforehand."""

    scheme = forms.ChoiceField(label=_("内部权重"), choices=list(SCHEMES.items()))
    scaled = forms.ChoiceField(label=_("答案"), choices=[("no", _("不标准化")), ("yes", _("标准化"))])
    missing = forms.ChoiceField(label=_("漏答"), choices=list(MISSINGS.items()))
    drop_straight = forms.BooleanField(label=_("不计通篇同一答案的答卷"), required=False)
    drop_fast = forms.BooleanField(label=_("不计过快的答卷"), required=False)
    note = forms.CharField(label=_("说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def chosen(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        return data | {"scaled": data["scaled"] == "yes"}


def compute_initial(wave: Wave) -> dict[str, Any]:
    model = wave.declared.model
    return {
        "scheme": model.scheme,
        "scaled": "yes" if model.scaled else "no",
        "missing": model.missing,
        "drop_straight": True,
        "drop_fast": True,
    }
