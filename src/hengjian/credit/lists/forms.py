"""Forms of the room."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.credit.lists.queries import catalogue_on, language
from hengjian.rulebook.parameters.credit_measures import CreditMeasures


class CheckForm(forms.Form):
    """Which enterprise, for which matter, and why it is asked."""

    enterprise = forms.CharField(label=_("企业"), max_length=100, help_text=_("统一社会信用代码，或完整的企业名称"))
    matter = forms.ChoiceField(label=_("事项"), required=False)
    purpose = forms.CharField(
        label=_("查询目的"), max_length=200, help_text=_("如：受理某项许可申请。会记录并可被企业查询。")
    )

    def __init__(self, region: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        matter = self.fields["matter"]
        assert isinstance(matter, forms.ChoiceField)
        rule = catalogue_on(timezone.localdate(), region)
        known = rule.typed(CreditMeasures).matters if rule else ()
        matter.choices = [("", _("全部事项")), *((one.code, one.said(language())) for one in known)]


class AnswerForm(forms.Form):
    """The receipt of a department."""

    matter = forms.CharField(label=_("适用事项"), max_length=300, required=False)
