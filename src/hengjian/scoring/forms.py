"""Forms of the pages; each becomes one action."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hengjian.pages.forms import HengjianForm
from hengjian.scoring.models import ScoreSheet
from hengjian.scoring.words import named


class ReasonForm(HengjianForm):
    reason = forms.CharField(label=_("原因"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class CloseForm(HengjianForm):
    """What stands beside the points when a sheet is closed."""

    rank = forms.IntegerField(label=_("名次"), required=False, min_value=1)
    vetoes = forms.MultipleChoiceField(label=_("一票否决"), required=False, widget=forms.CheckboxSelectMultiple)
    downgrades = forms.MultipleChoiceField(label=_("降级情形"), required=False, widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label=_("事实依据"), max_length=300, required=False, help_text=_("一票否决或降级须写明事实依据。")
    )

    def __init__(self, *args: Any, sheet: ScoreSheet, ranked: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        for name in ("vetoes", "downgrades"):
            cases = getattr(sheet.sheet, name)
            fields[name].choices = [(case.code, named(case)) for case in cases]
            if not cases:
                del self.fields[name]
        if not ranked:
            del self.fields["rank"]
        if "vetoes" not in self.fields and "downgrades" not in self.fields:
            del self.fields["reason"]


class SettleForm(HengjianForm):
    note = forms.CharField(label=_("合议意见"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
