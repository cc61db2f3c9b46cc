"""Forms of the papers."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from hengjian.pages.forms import HengjianForm


class PaperForm(HengjianForm):
    """What the office adds to a paper that the system has written."""

    agency = forms.CharField(
        label=_("机关代字"), max_length=20, help_text=_("系统已预填；文号按代字和年度连续编号，签发时取号。")
    )
    message = forms.CharField(
        label=_("有关要求"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("一行一段；不填则用通用要求。"),
    )
    reply_by = forms.DateField(label=_("反馈时限"), required=False)
