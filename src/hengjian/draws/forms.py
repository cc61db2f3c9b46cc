"""Forms of the pages; each becomes one action."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hengjian.draws.models import Draw
from hengjian.draws.pools import providers
from hengjian.draws.words import rule_choices
from hengjian.pages.forms import HengjianForm
from hengjian.parties.models import Unit

SHEET = "sheet"
OWN = "unit"


def when(**attrs: str) -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local", "class": "in-m", **attrs}, format="%Y-%m-%dT%H:%M")


class PrepareForm(HengjianForm):
    """What is fixed before the seed is known. With JavaScript or without, everything is on one page."""

    unit = forms.ModelChoiceField(label=_("组织单位"), queryset=Unit.objects.none())
    title = forms.CharField(label=_("抽查任务"), max_length=200)
    matter = forms.CharField(label=_("抽查事项"), max_length=200, required=False)
    rule = forms.ChoiceField(
        label=_("抽取规则"), help_text=_("决定各类对象抽多少、每个对象几名检查人员、结果多久公示。")
    )
    targets = forms.ChoiceField(label=_("检查对象名录"))
    targets_file = forms.FileField(
        label=_("上传检查对象名录"), required=False, help_text=_("列：对象编号、对象名称、类别、所属主体、权重。")
    )
    inspectors = forms.ChoiceField(
        label=_("检查人员名录"), choices=[(OWN, _("本单位的抽查人员")), (SHEET, _("上传名录"))]
    )
    inspectors_file = forms.FileField(
        label=_("上传检查人员名录"), required=False, help_text=_("列：人员编号、姓名、所属单位。姓名不公开。")
    )
    exclusions_file = forms.FileField(
        label=_("上传回避名单"),
        required=False,
        help_text=_("列：人员编号、回避对象（对象编号或所属主体；空着表示整次回避）。同一单位的自动回避。"),
    )
    seed_kind = forms.ChoiceField(
        label=_("种子"), choices=Draw.Seed.choices, widget=forms.RadioSelect, initial="figure"
    )
    seed_source = forms.CharField(
        label=_("用哪个公开数值"),
        max_length=300,
        required=False,
        help_text=_("写到人人都能查到同一个数，例如“2026年9月22日双色球第2026110期开奖号码，按公布顺序，空格分开”。"),
    )
    seed_after = forms.DateTimeField(
        label=_("该数值的产生时间"), required=False, widget=when(), input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
    )
    checks_by = forms.DateField(label=_("检查完成时限"), required=False)

    def __init__(self, *args: Any, units: Any, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["unit"].queryset = units
        if len(units) == 1:
            fields["unit"].initial = units[0]
        fields["rule"].choices = rule_choices(region)
        fields["targets"].choices = [*[(item.code, item.title) for item in providers()], (SHEET, _("上传名录"))]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in ("targets", "inspectors"):
            if given.get(name) == SHEET and not given.get(f"{name}_file"):
                self.add_error(f"{name}_file", _("请选择文件"))
        if given.get("seed_kind") == Draw.Seed.FIGURE:
            for name in ("seed_source", "seed_after"):
                if not given.get(name):
                    self.add_error(name, _("请填写"))
        return given


class SeedForm(HengjianForm):
    seed = forms.CharField(
        label=_("公布的数值"), max_length=200, help_text=_("与公布的写法完全一致，写法不同结果就不同。")
    )


class ReasonForm(HengjianForm):
    reason = forms.CharField(label=_("原因"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class ResultForm(HengjianForm):
    code = forms.ChoiceField(label=_("检查结果"), widget=forms.RadioSelect)
    ended_on = forms.DateField(label=_("检查结束日期"))
    note = forms.CharField(
        label=_("情况说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    evidence = forms.FileField(label=_("佐证材料"), required=False)
    reason = forms.CharField(label=_("更正原因"), max_length=300, required=False)

    def __init__(self, *args: Any, codes: list[tuple[str, str]], again: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = codes  # type: ignore[attr-defined]
        if not again:
            del self.fields["reason"]
