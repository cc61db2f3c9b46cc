"""The forms of a case, made from its declaration. What the texts mean is read by `registers.values` alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.cases import uploads
from hengjian.cases.actions.steps import codes_of
from hengjian.cases.actions.steps import form_fields as fields_of_step
from hengjian.cases.declarations import CaseType, Transition
from hengjian.cases.errors import ValuesRefused
from hengjian.cases.models import Case, IssuedPaper
from hengjian.documents.uploads import UploadRefused, read_upload
from hengjian.pages.forms import HengjianForm
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.fields import FieldSpec
from hengjian.registers.forms import field_of
from hengjian.registers.showing import language

MOST_FILES = 10
# In front of the names of what every form of a case has, so that no declared field can be in the way.
OWN = "_"


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class Files(forms.FileField):
    """Several files in one field; gives (name, content) pairs that may come in."""

    def __init__(self, *, photos: bool = False, **kwargs: Any) -> None:
        accept = {"accept": "image/jpeg,image/png"} if photos else {}
        super().__init__(widget=ManyFiles(attrs={"multiple": True, **accept}), **kwargs)
        self.photos = photos

    def clean(self, data: Any, initial: Any = None) -> list[tuple[str, bytes]]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if self.required and not given:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(given) > MOST_FILES:
            raise forms.ValidationError(_("一次最多 %(n)d 个文件。") % {"n": MOST_FILES})
        found = []
        for upload in given:
            try:
                pair = (str(upload.name), read_upload(upload))
                uploads.ready([pair], photos=self.photos)
            except UploadRefused as error:
                raise forms.ValidationError(f"{error.message}{error.next_step}") from error
            found.append(pair)
        return found


class ValuesForm(HengjianForm):
    """Declared fields. `raw()` gives what was typed, `given_files()` what was handed in, `own` what is no field of the
    declaration."""

    specs: tuple[FieldSpec, ...] = ()

    def own(self, name: str, default: Any = "") -> Any:
        """What was given for a part that every form of its kind has: "note", "at", "outcome_code" …"""
        return self.cleaned_data.get(OWN + name) or default

    def add_specs(self, specs: Sequence[FieldSpec], *, on: date, region: str, values: Any = None) -> None:
        self.specs = tuple(specs)
        for spec in specs:
            value = (values or {}).get(spec.code)
            stored = _("已封存") if spec.personal and value else ""
            field = field_of(spec, on=on, region=region, stored=stored)
            if spec.required and not (spec.personal and value):
                field.required = True
                field.error_messages["required"] = _("请填写")
            if value is not None and not spec.personal and spec.type != "file":
                field.initial = "true" if value is True else "false" if value is False else value
            self.fields[spec.code] = field

    def raw(self) -> dict[str, Any]:
        """The typed values by field code; a file field gives the address of what will be stored."""
        found: dict[str, Any] = {}
        for spec in self.specs:
            value = self.cleaned_data.get(spec.code)
            if spec.type == "file" and value:
                value = self._file(value)
            if value not in (None, "", []):
                found[spec.code] = value
        return found

    def given_files(self) -> list[tuple[str, bytes]]:
        found = list(self.cleaned_data.get(OWN + "files") or [])
        for spec in self.specs:
            if spec.type == "file" and (upload := self.cleaned_data.get(spec.code)):
                upload.seek(0)
                found.append((str(upload.name), upload.read()))
        return found

    def _file(self, upload: Any) -> str:
        (ready,) = uploads.ready([(str(upload.name), read_upload(upload))])
        return f"sha256:{sha256(ready.data).hexdigest()}"

    def refuse(self, error: ActionRefused) -> None:
        """Put a refusal where it belongs: at the fields that it names, else above the form."""
        if isinstance(error, ValuesRefused):
            for code, message in error.errors.items():
                self.add_error(code if code in self.fields else None, message)
            return
        self.add_error(None, f"{error.message}{error.next_step}")


def note_field(label: str, required: bool = False, rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=2000, widget=forms.Textarea(attrs={"rows": rows, "maxlength": 2000})
    )


def at_field() -> forms.DateTimeField:
    """When it happened, for what is entered later; empty: now."""
    return forms.DateTimeField(
        label=_("发生时间"),
        required=False,
        help_text=_("留空为现在；补录时填实际发生的时间，不得早于上一步。"),
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "class": "in-m"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )


class StepForm(ValuesForm):
    """One declared step: its fields, the code it rests on, its note and its files."""

    def __init__(self, case: Case, declared: CaseType, step: Transition, *args: Any, filer: bool = False) -> None:
        super().__init__(*args, auto_id=f"{step.code}-%s")
        self.add_specs(fields_of_step(case, declared, step), on=case.rules_on, region=case.region.code)
        for code in step.required:
            if code in self.fields:
                self.fields[code].required = True
        if codes := codes_of(case, step):
            self.fields[OWN + "outcome_code"] = forms.ChoiceField(
                label=_("依据"), choices=[("", "—"), *((c.code, f"{c.code}. {c.said(language())}") for c in codes)]
            )
        if step.note != "no":
            label = _("说明（申请人可见）") if step.public_note and not filer else _("说明")
            self.fields[OWN + "note"] = note_field(label, step.note == "must")
        if (wanted := step.attachments) is not None:
            self.fields[OWN + "files"] = Files(
                label=wanted.said(language()), required=wanted.least > 0, photos=wanted.photos
            )
        else:
            self.fields[OWN + "files"] = Files(label=_("附件"), required=False)
        if not filer:
            self.fields[OWN + "at"] = at_field()


class NewForm(ValuesForm):
    """A new case at a desk, or filed by whoever it concerns."""

    def __init__(
        self, declared: CaseType, *args: Any, region: str, desk: bool, public: bool = False, signed_in: bool = False
    ) -> None:
        super().__init__(*args)
        today = timezone.localdate()
        # What only officers write is internal and optional; what a case cannot do without comes from who files it.
        specs = [spec for spec in declared.fields if desk or spec.required or not spec.internal]
        self.add_specs(specs, on=today, region=region)
        self.fields[OWN + "files"] = Files(label=_("照片和材料"), required=False)
        self.identity_fields: list[str] = []
        if declared.identity:
            self._add_identity(declared, desk, signed_in)
        if desk:
            self.fields[OWN + "opened_at"] = forms.DateTimeField(
                label=_("收到时间"),
                required=False,
                help_text=_("留空为现在。期限和适用规则按收到的日期确定。"),
                widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "class": "in-m"}),
            )
        if public:
            # People do not see this field; programs that fill in every field do.
            self.fields[OWN + "website"] = forms.CharField(required=False, widget=forms.HiddenInput)

    def _add_identity(self, declared: CaseType, desk: bool, signed_in: bool) -> None:
        needed = not declared.anonymous and not signed_in
        sealed = _("单独加密保存，不出现在办理记录中。")
        fields: dict[str, forms.Field] = {
            OWN + "id_name": forms.CharField(label=_("您的姓名") if not desk else _("申请人姓名"), max_length=60),
            OWN + "id_phone": forms.CharField(
                label=_("您的手机号") if not desk else _("申请人电话"), max_length=30, help_text=sealed,
                widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
            ),
            OWN + "id_address": forms.CharField(label=_("联系地址"), max_length=200, required=False),
        }  # fmt: skip
        for name in ("id_name", "id_phone"):
            fields[OWN + name].required = needed
        self.fields |= fields
        self.identity_fields = list(fields)

    def identity(self) -> dict[str, str] | None:
        """What was given of the person; None when nothing."""
        given = {name.removeprefix(OWN + "id_"): self.cleaned_data.get(name, "") for name in self.identity_fields}
        given = {name: value for name, value in given.items() if value}
        return given or None


class NoteForm(HengjianForm):
    """A reason or note, required or not."""

    def __init__(self, *args: Any, label: str = "", required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"] = note_field(label or _("理由"), required)


class SendForm(HengjianForm):
    """Where to send a case, and why."""

    def __init__(self, case: Case, units: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["receiver"] = forms.ModelChoiceField(
            label=_("接收单位"), queryset=units, to_field_name="key", empty_label="—"
        )
        self.fields["kind"] = forms.ChoiceField(
            label=_("方式"),
            choices=[("hand", _("转办：由对方承办")), ("consult", _("协办：由本单位承办，请对方反馈"))],
            widget=forms.RadioSelect,
            initial="hand",
        )
        self.fields["note"] = note_field(_("理由"), True)


class LinkForm(HengjianForm):
    """Another case by its number, and how it has to do with this one."""

    number = forms.CharField(max_length=60)

    def __init__(self, *args: Any, kinds: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].label = _("另一件的编号")
        self.fields["kind"] = forms.ChoiceField(label=_("关系"), choices=kinds)
        self.fields["note"] = note_field(_("说明"), False, 2)


class ReasonForm(HengjianForm):
    """Reason and document of a pause."""

    def __init__(self, *args: Any, suggestions: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = _("法定事由：%(what)s。") % {"what": "、".join(suggestions)} if suggestions else ""
        self.fields["note"] = note_field(_("中止原因"), True, 2)
        self.fields["note"].help_text = hint
        self.fields["document"] = forms.CharField(label=_("依据文书"), max_length=120, required=False)


class HandlerForm(HengjianForm):
    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["handler"] = forms.ModelChoiceField(label=_("承办人"), queryset=people, empty_label="—")


class CorrectForm(ValuesForm):
    """All fields as they are, and the reason of the correction; sealed ones stay unless they are filled in."""

    def __init__(self, case: Case, declared: CaseType, *args: Any) -> None:
        super().__init__(*args, auto_id="correct-%s")
        specs = [spec for spec in declared.fields if spec.type != "file"]
        self.add_specs(specs, on=case.rules_on, region=case.region.code, values=case.data)
        self.fields[OWN + "note"] = note_field(_("更正原因"), True, 2)

    def raw(self) -> dict[str, Any]:
        # An emptied field empties the case's; a sealed one that was left empty stays.
        found = {spec.code: self.cleaned_data.get(spec.code) for spec in self.specs}
        personal = {spec.code for spec in self.specs if spec.personal}
        return {code: value for code, value in found.items() if value not in (None, "") or code not in personal}


class AddNoteForm(HengjianForm):
    def __init__(self, *args: Any, filer: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"] = note_field(_("补充说明") if filer else _("记录内容"), False)
        self.fields["files"] = Files(label=_("材料"), required=False)
        if not filer:
            self.fields["public"] = forms.BooleanField(label=_("申请人可见"), required=False)


class DeliverForm(HengjianForm):
    def __init__(self, *args: Any, papers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["paper"] = forms.ModelChoiceField(label=_("文书"), queryset=papers, empty_label=None)
        self.fields["delivery"] = forms.ChoiceField(label=_("送达方式"), choices=IssuedPaper.Delivery.choices)
        self.fields["delivered_on"] = forms.DateField(
            label=_("送达日期"), initial=timezone.localdate,
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "in-m"}),
        )  # fmt: skip
        self.fields["note"] = note_field(_("送达情况"), False, 2)


class RateForm(HengjianForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = [(5, _("很满意")), (4, _("满意")), (3, _("一般")), (2, _("不满意")), (1, _("很不满意"))]
        self.fields["rating"] = forms.TypedChoiceField(
            label=_("您对办理是否满意"), choices=words, coerce=int, widget=forms.RadioSelect
        )
        self.fields["note"] = note_field(_("意见"), False, 2)


class TrackForm(HengjianForm):
    number = forms.CharField(max_length=60)
    code = forms.CharField(max_length=20)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].label = _("编号")
        self.fields["code"].label = _("查询码")
        self.fields["code"].help_text = _("提交时给您的 10 位查询码，大小写均可。")
        self.fields["code"].widget.attrs["autocomplete"] = "off"


def receiver_field(units: Any) -> forms.Field:
    """The choice of the unit for people outside; nothing to fill in where there is nothing to choose."""
    if len(units[:2]) < 2:
        return forms.Field(required=False, widget=forms.HiddenInput, disabled=True)
    return forms.ModelChoiceField(
        label=_("受理单位"), queryset=units, to_field_name="key", empty_label=_("请选择事情发生地的单位")
    )
