"""Forms of the cascade pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from hengjian.pages.forms import HengjianForm
from hengjian.parties.models import Region


class LinkForm(HengjianForm):
    """Which clauses take up a clause of the parent."""

    children = forms.CharField(
        label=_("承接的本级条款编号"),
        required=False,
        max_length=200,
        help_text=_("例如 6.4；多个编号用顿号隔开；留空表示未承接。"),
    )
    reason = forms.CharField(label=_("说明"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class ExplainForm(HengjianForm):
    """Why a clause was not taken up."""

    reason = forms.CharField(
        label=_("未承接的理由"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("例如：由上级直接办理；本地没有这类企业。"),
    )


class LocalForm(HengjianForm):
    """For which region the draft is made."""

    region: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("地区"), queryset=Region.objects.none(), empty_label=None
    )

    def __init__(self, *args: object, regions: list[Region], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["region"]
        field.queryset = Region.objects.filter(pk__in=[region.pk for region in regions])  # type: ignore[attr-defined]
