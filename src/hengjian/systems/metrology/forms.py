"""Forms of the room."""

from __future__ import annotations

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.systems.metrology.models import Verification


class VerificationForm(forms.Form):
    """One verification, as the certificate says it."""

    verified_on = forms.DateField(
        label=_("检定日期"),
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    result = forms.ChoiceField(label=_("检定结果"), choices=Verification.Result.choices)
    body = forms.CharField(label=_("检定机构"), max_length=120)
    certificate = forms.CharField(
        label=_("证书编号"), max_length=60, required=False, help_text=_("不合格的填写检定结果通知书编号，可不填。")
    )
    valid_until = forms.DateField(
        label=_("证书有效期至"),
        required=False,
        help_text=_("证书没有写的留空，按检定周期计算。"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    seal = forms.CharField(label=_("封印号"), max_length=60, required=False)


class SheetForm(forms.Form):
    """A sheet of verifications."""

    file = forms.FileField(label=_("检定记录表"), help_text=_(".xlsx、.xls 或 .csv，不超过 5000 行。"))
