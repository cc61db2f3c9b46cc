"""Forms of the pages; each becomes one action."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hengjian.analysis.actions.writing import LONGEST
from hengjian.pages.forms import HengjianForm


class ParagraphForm(HengjianForm):
    text = forms.CharField(label=_("文字"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 8}))
    public = forms.BooleanField(
        label=_("公开版保留"), required=False, help_text=_("含有无出处数字的段落不进入公开版。")
    )


class ReasonForm(HengjianForm):
    reason = forms.CharField(label=_("原因"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


class DepositForm(HengjianForm):
    """A report that was written elsewhere."""

    title = forms.CharField(label=_("报告名称"), max_length=200)
    file = forms.FileField(label=_("文件"), help_text=_("严禁上传涉密材料和工作秘密。"))


class WriteForm(HengjianForm):
    """Which report, for which period."""

    structure = forms.ChoiceField(label=_("报告类型"))
    period = forms.CharField(label=_("期间"), max_length=8, help_text=_("请写成 2025、2025-Q4 或 2025-12。"))

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["structure"].choices = choices  # type: ignore[attr-defined]
