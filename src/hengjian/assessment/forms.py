"""Forms of the pages; each becomes one action."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.assessment.models import Round, Scheme
from hengjian.assessment.objects import Object
from hengjian.pages.forms import HengjianForm
from hengjian.parties.models import User
from hengjian.parties.models.base import valid_on


def people(row: Round) -> Any:
    """Who may sit on a panel or go on a visit: officers of the region's own units that are not assessed."""
    assessed = row.entries.values("unit")
    today = timezone.localdate()
    granted = User.objects.filter(is_active=True, unit__region=row.region).filter(
        valid_on(today, "grants__"), grants__role__in=["officer", "unit_head", "office", "reviewer", "inspector"]
    )
    return granted.exclude(unit__in=assessed).select_related("unit").distinct().order_by("unit__name", "pk")


class PeopleField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj}（{obj.unit}）"


class ReasonForm(HengjianForm):
    reason = forms.CharField(
        label=_("理由"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("本环节还有未完成事项时须写明。"),
    )


class PanelForm(HengjianForm):
    members = PeopleField(label=_("评审组成员"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, row: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["members"]
        field.queryset = people(row)


class TeamForm(HengjianForm):
    team = PeopleField(label=_("核查组成员"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, row: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["team"]
        field.queryset = people(row)


class CircularForm(HengjianForm):
    agency = forms.CharField(label=_("机关代字"), max_length=20, help_text=_("例如：澜质强办通。"))


class DueForm(HengjianForm):
    step = forms.ChoiceField(label=_("环节"), choices=Round.State.choices)
    due = forms.DateField(label=_("截止"))


class PaperForm(HengjianForm):
    paper = forms.CharField(label=_("批准文件"), max_length=200, help_text=_("文号，或批示人和日期。"))


class RoundForm(HengjianForm):
    """Title, year, objects, and a last day per step."""

    title = forms.CharField(label=_("名称"), max_length=200)
    year = forms.IntegerField(label=_("年度"), min_value=2000, max_value=2100, help_text=_("考核期开始的年份。"))
    objects = forms.MultipleChoiceField(label=_("考核对象"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, scheme: Scheme, objects: Sequence[Object], **kwargs: Any) -> None:
        today = timezone.localdate()
        kwargs.setdefault(
            "initial",
            {
                "title": f"{today.year}年度{scheme.title}",
                "year": today.year,
                "objects": [one.key for one in objects],
            },
        )
        super().__init__(*args, **kwargs)
        field: Any = self.fields["objects"]
        field.choices = [(one.key, f"{one.name}（{one.unit}）") for one in objects]
        self.steps = scheme.content.scheme.steps
        labels = dict(Round.State.choices)
        for step in self.steps:
            name = f"due-{step.code}"
            self.fields[name] = forms.DateField(
                label=labels[step.code],
                required=False,
                initial=step.due(today.year),
                help_text=_("留空的环节不设截止日期。") if step is self.steps[0] else "",
            )
            self.fields[name].widget.input_type = "date"
            self.fields[name].widget.format = "%Y-%m-%d"

    def dues(self) -> dict[str, date]:
        """Step → last day as typed."""
        given = {step.code: self.cleaned_data.get(f"due-{step.code}") for step in self.steps}
        return {code: due for code, due in given.items() if due is not None}


class SubmitSelfForm(HengjianForm):
    liaison = forms.CharField(label=_("联络员"), max_length=60, required=False)
    report = forms.CharField(
        label=_("自评报告"),
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("概括本年度工作、成效、失分项和改进打算；数字和佐证已在各项中，不必重复。"),
    )


class FileForm(HengjianForm):
    upload = forms.FileField(label=_("文件"))
    title = forms.CharField(label=_("名称"), max_length=200, required=False)


class FindingForm(HengjianForm):
    item = forms.ChoiceField(label=_("核查项"))
    agrees = forms.ChoiceField(
        label=_("与申报"), choices=[("yes", _("相符")), ("no", _("不相符"))], widget=forms.RadioSelect, initial="yes"
    )
    text = forms.CharField(label=_("核查发现"), widget=forms.Textarea(attrs={"rows": 3}))
    upload = forms.FileField(label=_("照片或材料"), required=False)

    def __init__(self, *args: Any, items: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["item"]
        field.choices = items


class FinishVisitForm(HengjianForm):
    visited_on = forms.DateField(label=_("核查日期"), initial=timezone.localdate)
    account = forms.CharField(label=_("核查情况"), widget=forms.Textarea(attrs={"rows": 3}))


class AppealForm(HengjianForm):
    item = forms.ChoiceField(label=_("评分项"))
    text = forms.CharField(label=_("申诉理由"), widget=forms.Textarea(attrs={"rows": 3}))
    upload = forms.FileField(label=_("证明材料"), required=False)

    def __init__(self, *args: Any, items: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["item"]
        field.choices = items


class OrderReportForm(HengjianForm):
    text = forms.CharField(label=_("整改情况"), widget=forms.Textarea(attrs={"rows": 6}))
    upload = forms.FileField(label=_("证明材料"), required=False)


class AnswerForm(HengjianForm):
    reason = forms.CharField(label=_("验收意见"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class CopySchemeForm(HengjianForm):
    source = forms.ChoiceField(label=_("复制自"))
    title = forms.CharField(label=_("名称"), max_length=200, required=False, help_text=_("留空沿用原名称。"))

    def __init__(self, *args: Any, sources: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["source"]
        field.choices = sources


class DecisionForm(HengjianForm):
    """A veto, downgrade, bonus or deduction with its facts."""

    entry = forms.ChoiceField(label=_("考核对象"))
    case = forms.ChoiceField(label=_("决定"))
    title = forms.CharField(label=_("事项名称"), max_length=200, required=False, help_text=_("加分、扣分时填写。"))
    points = forms.DecimalField(label=_("分值"), max_digits=8, decimal_places=2, required=False)
    facts = forms.CharField(label=_("事实依据"), widget=forms.Textarea(attrs={"rows": 3}))
    fact_ids = forms.CharField(
        label=_("台账记录编号"), required=False, max_length=400, help_text=_("可填多个，用空格分开。")
    )

    def __init__(
        self, *args: Any, entries: Sequence[tuple[str, str]], cases: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["entry"].choices = entries
        fields["case"].choices = cases
