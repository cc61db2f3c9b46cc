"""The form of a valuation: rates as people read them, in per cent."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengjian.methods.brand_valuation import LONGEST, Inputs
from hengjian.pages.forms import HengjianForm
from hengjian.systems.honours.actions import RATES

BETWEEN = re.compile(r"[\s、，,；;]+")


def decimal_field(label: Any, help_text: Any = "", **limits: Any) -> forms.DecimalField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "in-m"})
    return forms.DecimalField(label=label, help_text=help_text, max_digits=18, widget=widget, **limits)


class ValuationForm(HengjianForm):
    """Inputs of the multi-period excess earnings method."""

    profits = forms.CharField(
        label=gettext_lazy("各年调整后净利润 P（万元）"),
        max_length=200,
        help_text=gettext_lazy("按年顺序填写，用顿号或空格分隔，如 1200、1300、1400"),
    )
    current = decimal_field(gettext_lazy("流动有形资产（万元）"), decimal_places=2, min_value=0)
    short_rate = decimal_field(gettext_lazy("一年期贷款利率（%）"), decimal_places=4, min_value=0)
    non_current = decimal_field(gettext_lazy("非流动有形资产（万元）"), decimal_places=2, min_value=0)
    long_rate = decimal_field(gettext_lazy("五年以上贷款利率（%）"), decimal_places=4, min_value=0)
    share = decimal_field(
        gettext_lazy("品牌贡献比例 β（%）"), gettext_lazy("无形资产收益中归属品牌的部分"), decimal_places=4, min_value=0
    )
    industry = decimal_field(gettext_lazy("行业平均收益率 Z（%）"), decimal_places=4, min_value=0)
    strength = decimal_field(
        gettext_lazy("品牌强度系数 K"), gettext_lazy("0.6（最强）至 2（最弱）"), decimal_places=4, min_value=0
    )
    growth = decimal_field(gettext_lazy("长期增长率 g（%）"), gettext_lazy("须低于 R = Z × K"), decimal_places=4)

    def clean_profits(self) -> tuple[Decimal, ...]:
        found = []
        for part in BETWEEN.split(self.cleaned_data["profits"].strip()):
            try:
                number = Decimal(part)
            except InvalidOperation:
                raise forms.ValidationError(_("“%(value)s”不是数字") % {"value": part[:20]}) from None
            if not number.is_finite() or abs(number) > Decimal(10) ** 12:
                raise forms.ValidationError(_("“%(value)s”不是数字") % {"value": part[:20]})
            found.append(number)
        if not 1 <= len(found) <= LONGEST:
            raise forms.ValidationError(_("填写 1 至 %(n)d 年的利润") % {"n": LONGEST})
        return tuple(found)

    def inputs(self) -> Inputs:
        data = self.cleaned_data
        return Inputs(
            profits=data["profits"],
            current=data["current"],
            non_current=data["non_current"],
            strength=data["strength"],
            **{code: data[code] / 100 for code in RATES},
        )


class SavingForm(HengjianForm):
    """Whose brand it is."""

    brand = forms.CharField(label=gettext_lazy("品牌"), max_length=100)
    enterprise = forms.CharField(label=gettext_lazy("企业名称"), max_length=200)
    enterprise_code = forms.CharField(label=gettext_lazy("统一社会信用代码"), max_length=18, required=False)
    base_on = forms.DateField(label=gettext_lazy("评价基准日"), initial=timezone.localdate)
    note = forms.CharField(
        label=gettext_lazy("说明"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
