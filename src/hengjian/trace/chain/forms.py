"""Forms of the pages; each becomes one question or one action."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.pages.forms import HengjianForm
from hengjian.parties.models import Unit
from hengjian.trace.chain.models import Scenario
from hengjian.trace.chain.rules import Question
from hengjian.trace.chain.searching import find_things
from hengjian.trace.chain.words import REGIMES, TRIGGERS
from hengjian.trace.events.keys import key_of

MOST_KEYS = 200


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def lines(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))[:MOST_KEYS]


class QuestionForm(HengjianForm):
    """What a simulation begins with."""

    keys = forms.CharField(
        label=_("批次、单品或物流单元"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("每行一个：扫码得到的网址、商品条码加批号（如 09990000000012 L0523）或批号。"),
    )
    sites = forms.CharField(
        label=_("地点"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("每行一个地点标识。时段内在这些地点出现过的全部计入。"),
    )
    since = forms.DateField(label=_("从"), required=False, widget=day_input())
    until = forms.DateField(label=_("到"), required=False, widget=day_input())

    def clean_keys(self) -> list[str]:
        found: list[str] = []
        for line in lines(self.cleaned_data["keys"]):
            matches = find_things(line)
            if not matches:
                self.add_error(
                    "keys", _("追溯数据里没有“%(line)s”。请核对批号，或换用扫码得到的网址。") % {"line": line[:80]}
                )
            found += matches
        return list(dict.fromkeys(found))

    def clean_sites(self) -> list[str]:
        return [key_of(line).partition("/254/")[0] for line in lines(self.cleaned_data["sites"])]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("since") and given.get("until") and given["until"] < given["since"]:
            self.add_error("until", _("结束日期早于开始日期。"))
        if not self.errors and not given.get("keys") and not given.get("sites"):
            self.add_error("keys", _("请至少填写一个批次、单品或地点。"))
        return given

    @property
    def question(self) -> Question:
        given = self.cleaned_data
        return Question(
            keys=tuple(given["keys"]),
            sites=tuple(given["sites"]),
            since=_moment(given["since"], time.min),
            until=_moment(given["until"], time.max),
        )


def _moment(day: date | None, clock: time) -> datetime | None:
    return None if day is None else timezone.make_aware(datetime.combine(day, clock.replace(microsecond=0)))


class UnitForm(HengjianForm):
    """A form that a unit stands behind."""

    unit = forms.ModelChoiceField(label=_("单位"), queryset=Unit.objects.none())

    def __init__(self, *args: Any, units: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = units
        if units.count() == 1:
            field.initial = units[0]
            field.widget = forms.HiddenInput()


class SaveForm(UnitForm):
    title = forms.CharField(label=_("方案名称"), max_length=200)


class OrderForm(UnitForm):
    """A recall to be ordered."""

    product = forms.CharField(label=_("产品"), max_length=200)
    maker_name = forms.CharField(label=_("生产者名称"), max_length=200)
    maker = forms.CharField(label=_("统一社会信用代码"), max_length=18, required=False)
    regime = forms.ChoiceField(label=_("适用制度"), choices=REGIMES)
    learned_on = forms.DateField(label=_("获知日期"), widget=day_input(), help_text=_("办理时限自这一天起算。"))
    defect = forms.CharField(label=_("缺陷情况"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    hazard = forms.CharField(
        label=_("可能的伤害"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    advice = forms.CharField(
        label=_("给消费者的提示"),
        max_length=500,
        required=False,
        help_text=_("扫码页面原样显示，例如“请勿食用，持商品到购买处退货”。"),
    )
    remedy = forms.CharField(
        label=_("召回措施"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class SampleForm(UnitForm):
    """A sample whose responsible party is wanted."""

    code = forms.CharField(
        label=_("包装上的码或批次"), max_length=512, help_text=_("扫码得到的网址，或商品条码加批号。")
    )
    trigger = forms.ChoiceField(label=_("线索来源"), choices=TRIGGERS)
    platform = forms.CharField(label=_("平台和店铺"), max_length=200, required=False)
    sample_number = forms.CharField(label=_("抽样单号"), max_length=60, required=False)
    problem = forms.CharField(label=_("问题"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class ReasonForm(HengjianForm):
    reason = forms.CharField(label=_("说明"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class BalanceForm(HengjianForm):
    """What a balance may differ by; empty fields take the limits of the rulebook."""

    tolerance = forms.DecimalField(
        label=_("允许差异（%）"), min_value=0, max_value=50, decimal_places=2, required=False
    )
    lowest = forms.DecimalField(label=_("最低得率（%）"), min_value=0, max_value=1000, decimal_places=2, required=False)
    highest = forms.DecimalField(
        label=_("最高得率（%）"), min_value=0, max_value=1000, decimal_places=2, required=False
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        low, high = given.get("lowest"), given.get("highest")
        if low is not None and high is not None and low > high:
            self.add_error("highest", _("最高得率小于最低得率。"))
        return given


class CompareForm(HengjianForm):
    other = forms.ModelChoiceField(label=_("与哪个方案比较"), queryset=Scenario.objects.none())

    def __init__(self, *args: Any, scenarios: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["other"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = scenarios
