"""Forms of the work pages; each becomes one action."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hengjian.pages.forms import HengjianForm
from hengjian.parties.models import Unit
from hengjian.plans.actions.reports import ReportContent
from hengjian.plans.models import Duty, Task


class MultipleFileInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class MultipleFileField(forms.FileField):
    """Any number of files; cleans to a list."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", MultipleFileInput())
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(MultipleFileField, self).clean(file, initial) for file in files]


class ReportForm(HengjianForm):
    """A progress report, filled in beforehand with what the system knows."""

    version = forms.IntegerField(widget=forms.HiddenInput, initial=0, required=False)
    no_change = forms.BooleanField(label=_("本期无变化"), required=False)
    percent = forms.IntegerField(
        label=_("累计进度（%）"), min_value=0, max_value=100, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    result = forms.CharField(
        label=_("本期成效"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    figure_label = forms.CharField(label=_("可核验数据"), required=False, max_length=100)
    figure_value = forms.DecimalField(
        label=_("数值"),
        required=False,
        max_digits=18,
        decimal_places=4,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    figure_unit = forms.CharField(label=_("计量单位"), required=False, max_length=20)
    problems = forms.CharField(
        label=_("存在问题"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    next_step = forms.CharField(
        label=_("下一步安排"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    # Facts that are in the ledger already and evidence that an earlier save kept: "fact:…" or "file:…" with a label.
    evidence = forms.MultipleChoiceField(
        label=_("台账里已有的佐证"), required=False, widget=forms.CheckboxSelectMultiple
    )
    uploads = MultipleFileField(label=_("佐证材料"), required=False)

    def __init__(self, *args: Any, offered: list[tuple[str, str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered or []
        choices = [(json.dumps([kind, ref]), label) for kind, ref, label in self.offered]
        self.fields["evidence"].choices = choices  # type: ignore[attr-defined]
        if not self.offered:
            del self.fields["evidence"]

    def content(self, stored: list[tuple[str, str]]) -> ReportContent:
        """`stored`: (hash, name) of the files that were uploaded with the form."""
        data = self.cleaned_data
        labels = {(kind, ref): label for kind, ref, label in self.offered}
        chosen = [tuple(json.loads(value)) for value in data.get("evidence") or []]
        evidence = [(kind, ref, labels[kind, ref]) for kind, ref in chosen if (kind, ref) in labels]
        evidence += [("file", ref, name) for ref, name in stored]
        return ReportContent(
            no_change=data["no_change"],
            result=data["result"],
            percent=data["percent"],
            figure_label=data["figure_label"],
            figure_value=data["figure_value"],
            figure_unit=data["figure_unit"],
            problems=data["problems"],
            next_step=data["next_step"],
            evidence=evidence,
        )


class NoteForm(HengjianForm):
    """One text: review note, reply, reason."""

    note = forms.CharField(label=_("说明"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, label: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label is not None:
            self.fields["note"].label = label


class ReplyForm(NoteForm):
    """A reply to the urge that the page showed; sent again, it does not answer the next one."""

    urge = forms.IntegerField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, duty: Duty, **kwargs: Any) -> None:
        super().__init__(*args, label=_("回复"), **kwargs)
        self.shown = duty.urges.filter(replied_at=None, level__gt=0).first()
        self.fields["urge"].initial = self.shown.pk if self.shown is not None else None


class ExtensionForm(HengjianForm):
    to_due = forms.DateField(label=_("延至"))
    reason = forms.CharField(label=_("理由"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    progress_so_far = forms.CharField(label=_("目前进展"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    head_consents = forms.BooleanField(label=_("本单位负责人已同意"), required=False)


class UrgeForm(HengjianForm):
    step = forms.ChoiceField(label=_("催办级别"))
    message = forms.CharField(label=_("要求"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, steps: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["step"].choices = steps  # type: ignore[attr-defined]


class AdjustForm(HengjianForm):
    """Dates, weight and standing of a task, with the change note."""

    title = forms.CharField(label=_("任务"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))
    expected_result = forms.CharField(
        label=_("预期成果"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    start_on = forms.DateField(label=_("开始"))
    due_on = forms.DateField(label=_("完成时限"))
    weight = forms.DecimalField(label=_("权重"), min_value=0, max_digits=6, decimal_places=2)
    is_key = forms.BooleanField(label=_("列为重点任务"), required=False)
    reason = forms.CharField(label=_("变更说明"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class PartForm(HengjianForm):
    title = forms.CharField(label=_("子任务"), max_length=400)
    start_on = forms.DateField(label=_("开始"))
    due_on = forms.DateField(label=_("完成时限"))
    weight = forms.DecimalField(label=_("权重"), min_value=0, max_digits=6, decimal_places=2, initial=1)
    units = forms.ModelMultipleChoiceField(
        label=_("责任单位"), queryset=Unit.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].queryset = Unit.objects.filter(duties__task=task).distinct()  # type: ignore[attr-defined]


class MilestoneForm(HengjianForm):
    title = forms.CharField(label=_("节点"), max_length=200)
    due_on = forms.DateField(label=_("时限"))
    done_on = forms.DateField(label=_("完成日期"), required=False)


class UnitForm(HengjianForm):
    """Which unit a written name means, or one more unit for a task."""

    unit = forms.ModelChoiceField(label=_("单位"), queryset=Unit.objects.none())
    role = forms.ChoiceField(label=_("分工"), choices=Duty.Role.choices, required=False)

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.filter(region=task.plan.region)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
