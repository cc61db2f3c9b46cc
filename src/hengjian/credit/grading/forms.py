"""Forms of the room."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hengjian.credit.grading.packs import Pack
from hengjian.credit.grading.words import said


class AdjustForm(forms.Form):
    """Another grade, why, and until when."""

    grade = forms.ChoiceField(label=_("调整为"))
    until = forms.DateField(
        label=_("有效至"), help_text=_("最长一年"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(label=_("理由"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, pack: Pack, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grade = self.fields["grade"]
        assert isinstance(grade, forms.ChoiceField)
        grade.choices = [(band.grade, f"{band.grade} {said(band)}") for band in pack.grading.bands]


class DecideForm(forms.Form):
    """Agreed or not, with a remark."""

    agrees = forms.ChoiceField(label=_("意见"), choices=[("yes", _("同意")), ("no", _("不同意"))])
    reason = forms.CharField(
        label=_("审定意见"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class PurposeForm(forms.Form):
    """Why somebody looks at a class that is not public; the enterprise can see it."""

    purpose = forms.CharField(
        label=_("查看目的"), max_length=200, help_text=_("如：拟定 12 月抽查名单。会记录并可被企业查询。")
    )
