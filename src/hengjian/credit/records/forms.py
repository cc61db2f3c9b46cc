"""Forms of the room's pages; each becomes one action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengjian.cases.forms import Files
from hengjian.credit.records.admitting import edition
from hengjian.credit.records.layouts import layout
from hengjian.credit.records.models import CreditRecord, RecordCategory, RecordSeverity
from hengjian.pages.forms import HengjianForm
from hengjian.parties.models import Unit
from hengjian.registers.forms import field_of
from hengjian.registers.showing import language

OWN = "_"  # before the names of what every record has, so that no declared field is in the way


class LayoutForm(HengjianForm):
    """The declared fields of a category; `clean_values` alone reads what they mean."""

    def add_fields(self, category: str, region: str, on: date) -> None:
        self.kept = layout(category)
        for spec in self.kept.fields:
            if not spec.computed:
                self.fields[spec.code] = field_of(spec, on=on, region=region)

    def values(self) -> dict[str, Any]:
        """What was written, by field code; empty fields are None."""
        return {spec.code: self.cleaned_data.get(spec.code) or None for spec in self.kept.fields}


class RecordForm(LayoutForm):
    """One record of a category."""

    _subject = forms.CharField(
        label=_("统一社会信用代码"), max_length=20, help_text=_("没有代码的主体填写主体标识（E 开头）。")
    )
    _catalogue = forms.ChoiceField(label=_("目录条目"), help_text=_("目录以外的信息不得作为信用信息归集。"))
    _document = forms.CharField(label=_("文书号"), max_length=120, required=False)
    _decided_on = forms.DateField(label=_("决定日期"), help_text=_("公示期从这一天起算。"))
    _severity = forms.ChoiceField(
        label=pgettext_lazy("信用记录", "失信程度"), required=False, help_text=_("留空由系统按处罚种类和罚款档次判定。")
    )
    _unfulfilled = forms.BooleanField(label=_("义务未履行"), required=False)

    def __init__(self, *args: Any, category: str, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        entries = edition(unit.region.code, today).of(category)
        english = language().startswith("en")
        self._field("_catalogue").choices = [
            (entry.id, f"{entry.id} {entry.title_en if english else entry.title}") for entry in entries
        ]
        adverse = any(entry.effect == "adverse" for entry in entries)
        if adverse:
            self._field("_severity").choices = [("", "—"), *RecordSeverity.choices]
        else:
            del self.fields["_severity"], self.fields["_unfulfilled"]
        self.add_fields(category, unit.region.code, today)

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def given(self) -> dict[str, Any]:
        """The arguments of `RecordCredit` besides user, category and organ."""
        data = self.cleaned_data
        return {
            "subject": f"enterprise:{data['_subject'].strip()}",
            "catalogue": data["_catalogue"],
            "document": data["_document"],
            "decided_on": data["_decided_on"],
            "severity": data.get("_severity", ""),
            "unfulfilled": data.get("_unfulfilled", False),
            "values": {code: value for code, value in self.values().items() if value is not None},
        }


class CorrectForm(LayoutForm):
    """What a record says, to be put right; severity and terms follow from it."""

    _document = forms.CharField(label=_("文书号"), max_length=120, required=False)
    _decided_on = forms.DateField(label=_("决定日期"), required=False, help_text=_("公示期从这一天起算。"))
    _reason = forms.CharField(label=_("更正原因"), max_length=300, min_length=2)

    def __init__(self, *args: Any, record: CreditRecord, **kwargs: Any) -> None:
        told = {**record.values, "_document": record.document, "_decided_on": record.decided_on}
        kwargs.setdefault("initial", told)
        super().__init__(*args, **kwargs)
        self.record = record
        self.add_fields(record.category, record.organ.region.code, record.decided_on or timezone.localdate())
        self.order_fields([*[spec.code for spec in self.kept.fields], "_document", "_decided_on", "_reason"])

    def changes(self) -> dict[str, Any]:
        """Only what differs from the record."""
        return {
            code: value
            for code, value in self.values().items()
            if (value or None) != (self.record.values.get(code) or None)
        }


class FulfilmentForm(HengjianForm):
    fulfilled_on = forms.DateField(
        label=_("义务履行日期"), required=False, help_text=_("留空表示尚未履行，到期后按规定继续公示。")
    )


class ReasonForm(HengjianForm):
    reason = forms.CharField(label=_("理由"), max_length=300, min_length=2)


class PurposeForm(HengjianForm):
    purpose = forms.CharField(label=_("查阅目的"), max_length=300, min_length=4)


class ShieldForm(ReasonForm):
    until = forms.DateField(label=_("屏蔽至"), help_text=_("到期自动恢复；重整计划执行完毕的另行办理。"))
    field_order = ("until", "reason")


class RepairForm(HengjianForm):
    """The application for the repair of one record."""

    fulfilled_on = forms.DateField(label=_("义务履行日期"))
    statement = forms.CharField(
        label=_("纠正情况说明"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("写明如何纠正、何时缴清罚款或履行其他义务，不必重复处罚内容。"),
    )
    also = forms.MultipleChoiceField(
        label=_("同时申请修复"), required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )
    papers = Files(label=_("证明材料"), required=False)
    committed = forms.BooleanField(
        label=_("郑重承诺：所填内容和材料真实，今后守法诚信经营，同意公开本承诺"),
        error_messages={"required": _("须作出承诺才能申请")},
    )

    def __init__(
        self, *args: Any, materials: Sequence[str] = (), others: Sequence[CreditRecord] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.others = {str(record.key): record for record in others}
        if materials:
            self.fields["papers"].help_text = "；".join(materials)
        also: Any = self.fields["also"]
        also.choices = [(key, f"{record.number} {record.title}") for key, record in self.others.items()]
        if not others:
            del self.fields["also"]

    def chosen(self) -> list[CreditRecord]:
        """The further records that go with the application."""
        return [self.others[key] for key in self.cleaned_data.get("also", ())]

    def given(self) -> dict[str, Any]:
        """The arguments of `ApplyForRepair` besides user and record."""
        told = {name: self.cleaned_data[name] for name in ("fulfilled_on", "statement", "committed")}
        return {**told, "files": self.cleaned_data["papers"]}


class ReversalForm(HengjianForm):
    """The decision behind a record fell."""

    basis = forms.CharField(
        label=_("撤销依据文书"), max_length=100, help_text=_("复议决定书、判决书或撤销决定的名称和文号。")
    )
    known_on = forms.DateField(label=_("获知日期"), help_text=_("收到文书之日，三个工作日的期限从这一天起算。"))
    statement = forms.CharField(
        label=_("有关情况"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    papers = Files(label=_("证明材料"), required=False)

    def __init__(self, *args: Any, own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if own:  # the organ learns of it with the filing
            del self.fields["known_on"]

    def given(self) -> dict[str, Any]:
        """The arguments of `ReportReversal` besides user and record."""
        data = self.cleaned_data
        return {
            "basis": data["basis"],
            "known_on": data.get("known_on"),
            "statement": data["statement"],
            "files": data["papers"],
        }


class UploadForm(HengjianForm):
    unit = forms.ModelChoiceField(label=_("数源单位"), queryset=Unit.objects.none(), empty_label=None)
    category = forms.ChoiceField(label=_("类别"), choices=RecordCategory.choices)
    file = forms.FileField(label=_("表格"), help_text=_(".xlsx、.xls 或 .csv，最多 2000 行。"))

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["unit"]
        chosen.queryset = units


class MappingForm(HengjianForm):
    """Which heading of the sheet is which field."""

    def __init__(
        self,
        *args: Any,
        headings: Sequence[str],
        fields: Sequence[tuple[str, str]],
        found: Mapping[str, str],
        **kw: Any,
    ) -> None:
        super().__init__(*args, **kw)
        self.headings = list(headings)
        for number, heading in enumerate(self.headings):
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=heading, required=False, choices=[("", _("（不用）")), *fields], initial=found.get(heading, "")
            )

    def columns(self) -> dict[str, str]:
        """{heading: field}."""
        chosen = {heading: self.cleaned_data[f"column_{number}"] for number, heading in enumerate(self.headings)}
        return {heading: code for heading, code in chosen.items() if code}
