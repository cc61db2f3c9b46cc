"""Forms of the room."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hengjian.parties.models import Unit
from hengjian.registers.declarations import RegisterType
from hengjian.registers.fields import FieldSpec
from hengjian.registers.showing import unit_word


def _named(spec: FieldSpec, language: str) -> str:
    name = spec.said(language)
    return f"{name}（{unit_word(spec.unit)}）" if spec.unit else name


class UnitField(forms.ModelChoiceField):
    """A unit by its full name: short names are the same in every region."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class FiguresForm(forms.Form):
    """The figures of one unit and period; which fields there are, the register says."""

    def __init__(self, declared: RegisterType, codes: tuple[str, ...], language: str, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for code in codes:
            spec = declared.field(code)
            # Read and checked by the register's own reader; here only what the browser can help with.
            self.fields[code] = forms.CharField(
                label=_named(spec, language),
                required=spec.required,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "input num", "autocomplete": "off"}),
            )
        note = declared.field("note")
        self.fields["note"] = forms.CharField(
            label=note.said(language), required=False, max_length=note.max_length, widget=forms.Textarea({"rows": 3})
        )


class FindingForm(forms.Form):
    """One finding of an inspection; fields are called as the procedure calls them."""

    problem = forms.CharField(max_length=150)
    severity = forms.ChoiceField()
    responsible = UnitField(queryset=Unit.objects.none())
    basis = forms.CharField(max_length=300, required=False)
    demand = forms.CharField(max_length=1000, widget=forms.Textarea({"rows": 3}))

    def __init__(
        self, names: dict[str, str], severities: list[tuple[str, str]], units: Any, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for code, field in self.fields.items():
            field.label = names[code]
        severity: Any = self.fields["severity"]
        responsible: Any = self.fields["responsible"]
        severity.choices = severities
        responsible.queryset = units


class CompareForm(forms.Form):
    """Two days, a unit, a list."""

    unit = UnitField(label=_("单位"), queryset=Unit.objects.none())
    kind = forms.ChoiceField(label=_("清单"), required=False)
    before = forms.DateField(label=_("较早日期"), widget=forms.DateInput({"type": "date"}))
    after = forms.DateField(label=_("较晚日期"), widget=forms.DateInput({"type": "date"}))

    def __init__(self, units: Any, kinds: list[tuple[str, str]], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        unit: Any = self.fields["unit"]
        kind: Any = self.fields["kind"]
        unit.queryset = units
        kind.choices = [("", _("全部")), *kinds]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        before, after = data.get("before"), data.get("after")
        if isinstance(before, date) and isinstance(after, date) and after < before:
            self.add_error("after", _("较晚日期早于较早日期。"))
        return data
