"""Forms of the room: the query, the purpose of a look, the times of a dossier."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.cases.forms import Files
from hengjian.credit.dossier.purposes import PURPOSES, Purpose
from hengjian.documents.uploads import UploadRefused, read_upload
from hengjian.enterprises.models import Enterprise
from hengjian.pages.forms import HengjianForm
from hengjian.parties.models import Region


class QueryForm(forms.Form):
    """The one box, with region and status beside it. Whatever cannot be used is left out."""

    q = forms.CharField(required=False, max_length=100, strip=True)
    region: Any = forms.ModelChoiceField(Region.objects.none(), required=False, to_field_name="code")
    status = forms.ChoiceField(required=False, choices=[("", ""), *Enterprise.Status.choices])
    kind = forms.ChoiceField(required=False, choices=[("", ""), *Enterprise.Kind.choices])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["region"]
        field.queryset = Region.objects.all()

    @property
    def asked(self) -> dict[str, Any]:
        self.is_valid()
        return {name: self.cleaned_data.get(name) or None for name in ("region", "status", "kind")}

    @property
    def words(self) -> str:
        self.is_valid()
        return str(self.cleaned_data.get("q") or "").replace("\x00", "")


class PurposeForm(HengjianForm):
    purpose = forms.ChoiceField(label=_("查看目的"), choices=list(PURPOSES.items()), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("说明"),
        required=False,
        max_length=120,
        help_text=_("例如案件编号、许可事项；选择“其他”时必须填写。"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("purpose") == "other" and len(cleaned.get("note", "").strip()) < 4:
            self.add_error("note", _("请写明目的，至少四个字。"))
        return cleaned

    @property
    def given(self) -> Purpose:
        return Purpose(self.cleaned_data["purpose"], self.cleaned_data["note"].strip())


class TimesForm(HengjianForm):
    """As valid on, as known at. Days to come are not asked about what was known."""

    valid_on = forms.DateField(label=_("事实截至"), required=False)
    known_on = forms.DateField(label=_("按当时已知"), required=False)
    since = forms.DateField(label=_("与该日比较"), required=False)

    def clean_known_on(self) -> date | None:
        day: date | None = self.cleaned_data["known_on"]
        if day is not None and day > timezone.localdate():
            raise forms.ValidationError(_("这一天还没有到。"))
        return day

    def asked(self) -> tuple[datetime | None, date | None, date | None]:
        """(known at, valid on, compare with). What cannot be used is nothing; today is nothing, too."""
        if not self.is_bound:
            return None, None, None
        self.is_valid()
        today = timezone.localdate()
        known, valid, since = (self.cleaned_data.get(name) for name in ("known_on", "valid_on", "since"))
        return (
            end_of(known) if known and known < today else None,
            valid if valid and valid != today else None,
            since,
        )


def end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.max))


class ClaimForm(HengjianForm):
    """Who asks to act for an enterprise. Names and numbers are checked by the declaration of the procedure."""

    position = forms.ChoiceField(
        label=_("在企业的身份"),
        choices=[("legal", _("法定代表人或负责人")), ("agent", _("受委托的经办人"))],
        widget=forms.RadioSelect,
    )
    licence_number = forms.CharField(
        label=_("证照编号"), max_length=60, help_text=_("营业执照或其他登记证照上的编号，用于核对。")
    )
    phone = forms.CharField(label=_("联系电话"), max_length=30, help_text=_("单独加密保存，查看须写明目的。"))
    papers = Files(label=_("证照和委托书"), help_text=_("营业执照照片或扫描件；经办人另附委托书。"))


class ObjectionForm(HengjianForm):
    claim = forms.CharField(label=_("哪里不对"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))
    wanted = forms.CharField(label=_("应当是什么"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class VerifyForm(HengjianForm):
    code = forms.CharField(label=_("查询码"), max_length=40, help_text=_("报告附件中的 12 位查询码，横线可以不写。"))


class CheckForm(HengjianForm):
    """A file that is said to be the report; it is compared, never kept."""

    file = forms.FileField(label=_("报告文件"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "file" in cleaned:
            try:
                cleaned["data"] = read_upload(cleaned["file"])
            except UploadRefused as error:
                self.add_error("file", f"{error.message}{error.next_step}")
        return cleaned
