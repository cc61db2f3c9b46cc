"""Forms of the room."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.registers.catalogue import register_type
from hengjian.registers.fields import Choice
from hengjian.systems.equipment.models import LiftCheck, Maintenance

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def said(choices: tuple[Choice, ...] | list[Choice]) -> list[tuple[str, str]]:
    """Declared choices in the reader's language."""
    from django.utils.translation import get_language

    return [(choice.code, choice.said(get_language() or "zh")) for choice in choices]


class CallForm(forms.Form):
    """A call to 96333. What the register knows about the lift is filled in already."""

    place = forms.CharField(label=_("位置"), max_length=200, help_text=_("小区、楼栋、单元；不知道识别码时问清楚"))
    region = forms.ChoiceField(label=_("所在地区"))
    area_kind = forms.ChoiceField(label=_("到场时限"))
    people = forms.IntegerField(label=_("被困人数"), min_value=0, max_value=99, initial=1)
    urgent = forms.BooleanField(label=_("有老幼病孕或身体不适"), required=False)
    caller_phone = forms.CharField(label=_("来电号码"), max_length=20, required=False)
    situation = forms.CharField(
        label=_("现场情况"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, regions: list[tuple[str, str]], areas: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = regions  # type: ignore[attr-defined]
        self.fields["area_kind"].choices = areas  # type: ignore[attr-defined]


class ReleaseForm(forms.Form):
    """How the rescue ended, and why people were trapped."""

    cause = forms.ChoiceField(label=_("故障原因"))
    injured = forms.IntegerField(label=_("受伤人数"), min_value=0, max_value=99, initial=0)
    measures = forms.CharField(
        label=_("处置措施"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, causes: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["cause"].choices = [("", "—"), *causes]  # type: ignore[attr-defined]


class CheckForm(forms.Form):
    """An inspection or self-test."""

    kind = forms.ChoiceField(label=_("检验类别"), choices=LiftCheck.Kind.choices)
    on = forms.DateField(label=_("检验日期"), widget=DAY)
    passed = forms.TypedChoiceField(
        label=_("检验结论"), choices=[("1", _("合格")), ("0", _("不合格"))], coerce=lambda value: value == "1"
    )
    body = forms.CharField(label=_("检验检测机构"), max_length=200, required=False)
    report = forms.CharField(label=_("报告编号"), max_length=60, required=False)
    note = forms.CharField(label=_("说明"), max_length=300, required=False)


class MaintenanceForm(forms.Form):
    """What the maintainer enters on the spot."""

    kind = forms.ChoiceField(label=_("维护保养类别"), choices=Maintenance.Kind.choices)
    replaced = forms.CharField(label=_("更换部件"), max_length=300, required=False)
    problem = forms.CharField(
        label=_("发现问题"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    unsafe = forms.BooleanField(label=_("问题影响安全，须停用"), required=False)


class InsureForm(forms.Form):
    """The lifts that a policy insures, by their codes."""

    city = forms.ChoiceField(label=_("城市"))
    codes = forms.CharField(
        label=_("96333识别码"),
        widget=forms.Textarea(attrs={"rows": 5, "inputmode": "numeric"}),
        help_text=_("每行一个，或用空格、逗号隔开；可从表格整列粘贴"),
        max_length=60_000,
    )

    def __init__(self, *args: Any, cities: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["city"].choices = cities  # type: ignore[attr-defined]


class CompensationForm(forms.Form):
    """What whoever stood in was paid."""

    amount = forms.DecimalField(label=_("补偿金额（元）"), min_value=0, max_digits=8, decimal_places=2)
    on = forms.DateField(label=_("支付日期"), widget=DAY, initial=timezone.localdate)


class PeriodForm(forms.Form):
    """Whole months, from the first to the last."""

    start = forms.CharField(label=_("起始月"), widget=forms.TextInput(attrs={"type": "month"}))
    end = forms.CharField(label=_("截止月"), widget=forms.TextInput(attrs={"type": "month"}))


def choices_of(code: str, register: str = "lift") -> list[tuple[str, str]]:
    """The choices of a declared field."""
    return said(register_type(register).field(code).choices)
