"""Forms of the pages; each becomes one action."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hengjian.pages.forms import HengjianForm
from hengjian.parties.models import Unit
from hengjian.publishing.models import Notice, Objection
from hengjian.publishing.words import term_choices


def text_area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class NoticeForm(HengjianForm):
    """What a notice says and how long it is shown."""

    unit = forms.ModelChoiceField(label=_("发布单位"), queryset=Unit.objects.none())
    kind = forms.ChoiceField(label=_("类型"), choices=Notice.Kind.choices)
    title = forms.CharField(label=_("标题"), max_length=200)
    body = forms.CharField(
        label=_("正文"),
        max_length=20_000,
        widget=text_area(10),
        help_text=_("空行分段。不要写个人的证件号码、电话和住址。"),
    )
    contact = forms.CharField(
        label=_("联系方式"), max_length=200, required=False, help_text=_("受理异议的处室和办公电话。")
    )
    term = forms.ChoiceField(label=_("公示期限"), required=False)
    until = forms.DateField(
        label=_("或公示至"), required=False, help_text=_("法规没有规定期限时填写；两项都不填则一直展示。")
    )
    objections_open = forms.BooleanField(label=_("公示期内接受异议"), required=False, initial=True)
    stays = forms.BooleanField(label=_("期满后继续展示"), required=False)

    def __init__(self, *args: Any, units: Any, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        if len(units) == 1:
            self.fields["unit"].initial = units[0]
        self.fields["term"].choices = [("", _("不按规则计算")), *term_choices(region)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("term") and given.get("until"):
            self.add_error("until", _("公示期限和截止日期只能填一项。"))
        return given


class ReasonForm(HengjianForm):
    reason = forms.CharField(label=_("原因"), max_length=300, widget=text_area(2))


class ObjectionForm(HengjianForm):
    """What a member of the public fills in, on a phone as well."""

    text = forms.CharField(
        label=_("异议内容和理由"),
        min_length=10,
        max_length=5000,
        widget=text_area(6),
        help_text=_("请写明对哪一点有异议、事实和依据。"),
    )
    name = forms.CharField(
        label=_("姓名或单位名称"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=_("联系电话"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        help_text=_("只供处理异议的人员核实情况，每次查看都有记录，不会公开，也不会告诉被公示的单位。"),
    )
    address = forms.CharField(label=_("联系地址"), max_length=200, required=False)


class TrackingForm(HengjianForm):
    number = forms.CharField(label=_("异议编号"), max_length=40)
    code = forms.CharField(label=_("查询码"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class DecisionForm(HengjianForm):
    decision = forms.ChoiceField(
        label=_("处理结论"),
        choices=[choice for choice in Objection.State.choices if choice[0] != Objection.State.FILED],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("处理意见"), max_length=5000, widget=text_area(5), help_text=_("提出异议的人会看到这段文字。")
    )


class PurposeForm(HengjianForm):
    purpose = forms.CharField(label=_("查看身份的目的"), max_length=200, min_length=4)


class UnitForm(HengjianForm):
    unit = forms.ModelChoiceField(label=_("公布单位"), queryset=Unit.objects.none())

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        if len(units) == 1:
            self.fields["unit"].initial = units[0]
