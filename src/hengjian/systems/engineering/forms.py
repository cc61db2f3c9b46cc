"""Forms of the room."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.systems.engineering.rules import Role
from hengjian.systems.engineering.words import PERSONS

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class HolderForm(forms.Form):
    """The person who answers in a role from a day on."""

    role = forms.ChoiceField(label=_("责任主体"), choices=[(role.value, PERSONS[role]) for role in Role])
    name = forms.CharField(label=_("姓名"), max_length=60)
    unit = forms.CharField(label=_("单位"), max_length=200)
    unit_code = forms.CharField(label=_("统一社会信用代码"), max_length=18, required=False)
    licence = forms.CharField(label=_("执业资格证号"), max_length=60, required=False)
    id_number = forms.CharField(
        label=_("身份证号"),
        max_length=18,
        required=False,
        help_text=_("单独加密保存，不进入台账、日志和公开页面"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    since = forms.DateField(label=_("任职日期"), widget=DAY)
    reason = forms.CharField(
        label=_("变更原因"), max_length=300, required=False, help_text=_("更换现任负责人时必须填写")
    )


class CommitmentForm(forms.Form):
    """The signed commitment and the authorisation behind it."""

    signed_on = forms.DateField(label=_("承诺书签署日期"), widget=DAY, initial=timezone.localdate)
    authorised_on = forms.DateField(label=_("授权书签署日期"), widget=DAY, initial=timezone.localdate)


class PeriodForm(forms.Form):
    """The days between which rates are counted."""

    first = forms.DateField(label=_("起"), widget=DAY)
    last = forms.DateField(label=_("止"), widget=DAY)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("first") and found.get("last") and found["first"] > found["last"]:
            raise forms.ValidationError(_("起始日期不能晚于截止日期。"))
        return found
