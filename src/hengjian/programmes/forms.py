"""Forms of the room's pages; each becomes one action."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengjian import rulebook
from hengjian.cases.forms import Files, ValuesForm, note_field
from hengjian.pages.forms import HengjianForm
from hengjian.parties.models import RoleGrant, Unit, User
from hengjian.programmes.actions.applying import own_code
from hengjian.programmes.actions.editions import EditionContent
from hengjian.programmes.declarations import Programme, StageReview
from hengjian.programmes.models import Application, Edition, PanelMember
from hengjian.programmes.states import road
from hengjian.programmes.words import stage_word
from hengjian.registers.fields import FieldSpec
from hengjian.registers.forms import SuggestingInput
from hengjian.registers.lookups import choices_of
from hengjian.registers.showing import language

MOST_SUGGESTIONS = 200
NUMERIC = forms.TextInput(attrs={"inputmode": "numeric", "class": "in-m"})
DECIMAL = forms.TextInput(attrs={"inputmode": "decimal", "class": "in-m"})


class EditionForm(HengjianForm):
    """The call of an edition: window, quota, text, announced calendar."""

    title = forms.CharField(
        label=gettext_lazy("届次名称"), max_length=120, help_text=gettext_lazy("如“第五届”“2026 年度”")
    )
    year = forms.IntegerField(label=gettext_lazy("年度"), min_value=1980, max_value=2100, widget=NUMERIC)
    opens_on = forms.DateField(label=gettext_lazy("申报开始"))
    closes_on = forms.DateField(label=gettext_lazy("申报截止"))
    quota = forms.IntegerField(
        label=gettext_lazy("名额"),
        min_value=1,
        required=False,
        widget=NUMERIC,
        help_text=gettext_lazy("最多授予的个数，可以空缺"),
    )
    line = forms.DecimalField(
        label=gettext_lazy("入选线"), min_value=0, max_digits=8, decimal_places=2, required=False, widget=DECIMAL
    )
    contact = forms.CharField(label=gettext_lazy("咨询电话"), max_length=60, required=False)
    call = forms.CharField(
        label=gettext_lazy("申报通知"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 10})
    )

    def __init__(self, programme: Programme, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stages = [code for code in road(programme) if code not in ("creation", "acceptance", "naming")]
        for code in self.stages:
            for end, label in (("from", _("%(stage)s开始")), ("to", _("%(stage)s结束"))):
                field = forms.DateField(label=label % {"stage": stage_word(code)}, required=False)
                field.widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "in-m"})
                self.fields[f"{end}_{code}"] = field

    @property
    def main_fields(self) -> list[str]:
        return ["title", "year", "opens_on", "closes_on", "quota", "line", "contact", "call"]

    def calendar_pairs(self) -> list[tuple[Any, Any]]:
        return [(self[f"from_{code}"], self[f"to_{code}"]) for code in self.stages]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for code in self.stages:
            if bool(data.get(f"from_{code}")) != bool(data.get(f"to_{code}")):
                self.add_error(f"to_{code}", _("开始和结束日期须同时填写"))
        return data

    def content(self) -> EditionContent:
        data = self.cleaned_data
        calendar = {
            code: (data[f"from_{code}"], data[f"to_{code}"]) for code in self.stages if data.get(f"from_{code}")
        }
        return EditionContent(
            title=data["title"],
            year=data["year"],
            opens_on=data["opens_on"],
            closes_on=data["closes_on"],
            quota=data["quota"],
            line=data["line"],
            call=data["call"],
            contact=data["contact"],
            calendar=calendar,
        )

    @staticmethod
    def initial_of(edition: Edition) -> dict[str, Any]:
        """What the form shows for an edition that there is."""
        names = ("title", "year", "opens_on", "closes_on", "quota", "line", "contact", "call")
        found = {name: getattr(edition, name) for name in names}
        for code, (first, last) in edition.calendar.items():
            found[f"from_{code}"], found[f"to_{code}"] = date.fromisoformat(first), date.fromisoformat(last)
        return found


class ReasonForm(HengjianForm):
    """One text: why."""

    def __init__(self, *args: Any, label: str = "", required: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = note_field(label or _("说明"), required, rows=2)


class MemberForm(HengjianForm):
    """A member of the panel by the name of the account."""

    username = forms.CharField(label=gettext_lazy("评审员账号"), max_length=150)
    stage = forms.ChoiceField(label=gettext_lazy("阶段"), required=False)
    field = forms.CharField(label=gettext_lazy("专业"), max_length=80, required=False)
    chair = forms.BooleanField(label=gettext_lazy("组长"), required=False)

    def __init__(self, programme: Programme, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stages = [("", _("全部阶段")), *((item.stage, stage_word(item.stage)) for item in programme.reviews)]
        self.fields["stage"].choices = stages  # type: ignore[attr-defined]
        known = PanelMember.objects.values("user")
        reviewers = RoleGrant.objects.filter(role="reviewer").values("user")
        rows = (User.objects.filter(pk__in=known) | User.objects.filter(pk__in=reviewers)).distinct()
        self.fields["username"].widget = SuggestingInput(
            [(user.username, f"{user} {user.unit or ''}") for user in rows.select_related("unit")[:MOST_SUGGESTIONS]],
            attrs={"autocomplete": "off", "maxlength": 150},
        )

    def clean_username(self) -> User:
        name = self.cleaned_data["username"].strip()
        found = User.objects.filter(username=name, is_active=True).first()
        if found is None:
            raise forms.ValidationError(_("没有账号“%(name)s”，或者已停用") % {"name": name})
        return found


class ApplicationForm(ValuesForm):
    """The declared fields of a programme, and files. `saving`: a draft, nothing is required."""

    def __init__(
        self, programme: Programme, application: Application | None, unit: Unit, *args: Any, saving: bool = False
    ) -> None:
        super().__init__(*args)
        values = application.draft if application is not None else known_values(programme, unit)
        self.add_specs(programme.fields, on=timezone.localdate(), region=unit.region.code, values=values)
        if saving:
            for field in self.fields.values():
                field.required = False
        for spec in programme.fields:
            if spec.personal:
                self.fields[spec.code].help_text = _("个人信息不存入草稿，提交时填写并加密保存")
        self.fields["files"] = Files(label=_("附件"), required=False)

    def personal(self, programme: Programme) -> dict[str, Any]:
        """The fields that a draft does not keep."""
        codes = {spec.code for spec in programme.fields if spec.personal}
        return {code: value for code, value in self.raw().items() if code in codes}


def known_values(programme: Programme, unit: Unit) -> dict[str, Any]:
    """What the system knows of an applying enterprise already, so that nobody types it."""
    if unit.kind != Unit.Kind.ENTERPRISE:
        return {}
    found = {
        spec.code: unit.name for spec in programme.fields if spec.code in ("organisation", "enterprise", "employer")
    }
    if programme.holder == "enterprise":
        found[programme.holder_field] = unit.name
    if programme.holder_code_field and (code := own_code(unit)):
        found[programme.holder_code_field] = code
    return found


class FilesForm(HengjianForm):
    """A note with files, for the applicant's own steps."""

    def __init__(self, *args: Any, label: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"] = note_field(label or _("说明"), True)
        self.fields["files"] = Files(label=_("附件"), required=False)


class ScreenForm(HengjianForm):
    """What an officer says about conditions that the system cannot tell."""

    def __init__(self, rows: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [row.code for row in rows]
        for number, row in enumerate(rows):
            self.fields[f"told_{number}"] = forms.ChoiceField(
                label=row.title,
                required=False,
                choices=[("", _("不变")), ("yes", _("符合")), ("no", _("不符合"))],
            )
        self.fields["reason"] = note_field(_("核实依据"), False, rows=2)

    def told(self) -> dict[str, bool]:
        said = {code: self.cleaned_data.get(f"told_{number}") for number, code in enumerate(self.codes)}
        return {code: value == "yes" for code, value in said.items() if value}


class AssignForm(HengjianForm):
    """Members of the panel who shall review an application."""

    def __init__(self, members: list[PanelMember], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(row.user_id), f"{row.user}{f'（{row.field}）' if row.field else ''}") for row in members]
        self.fields["members"] = forms.MultipleChoiceField(
            label=_("评审员"), choices=choices, widget=forms.CheckboxSelectMultiple
        )

    def users(self) -> list[User]:
        return list(User.objects.filter(pk__in=self.cleaned_data["members"]))


class InterestForm(HengjianForm):
    """The declaration before the papers are opened."""

    has = forms.ChoiceField(
        label=gettext_lazy("与申报对象的利害关系"),
        choices=[
            ("no", gettext_lazy("没有利害关系，将独立、客观、公正评审")),
            ("yes", gettext_lazy("有利害关系，申请回避")),
        ],
        widget=forms.RadioSelect,
    )
    interest = forms.CharField(label=gettext_lazy("回避事由"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("has") == "yes" and not data.get("interest", "").strip():
            self.add_error("interest", _("请填写"))
        return data

    @property
    def said(self) -> str:
        return str(self.cleaned_data["interest"]).strip() if self.cleaned_data["has"] == "yes" else ""


class ReviewForm(HengjianForm):
    """An opinion, with a figure where the stage has no sheet."""

    def __init__(self, spec: StageReview, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not spec.sheet:
            points = f"{spec.points.normalize():f}"
            self.fields["total"] = forms.DecimalField(
                label=_("得分（满分 %(points)s）") % {"points": points},
                min_value=0,
                max_value=spec.points,
                max_digits=8,
                decimal_places=2,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "in-m"}),
            )
        self.fields["opinion"] = note_field(_("评审意见"), True, rows=6)


class CloseForm(HengjianForm):
    """The figure that the panel agreed on."""

    agreed = forms.DecimalField(
        label=gettext_lazy("合议得分"), required=False, max_digits=8, decimal_places=2, widget=DECIMAL
    )
    reason = forms.CharField(label=gettext_lazy("合议说明"), max_length=500, required=False)


class VoteForm(HengjianForm):
    """The places of those between whom a vote decides."""

    def __init__(self, applications: list[Application], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.applications = applications
        for row in applications:
            self.fields[f"place_{row.pk}"] = forms.IntegerField(
                label=row.holder, min_value=1, max_value=len(applications), widget=NUMERIC
            )
        self.fields["reason"] = note_field(_("表决情况"), True, rows=2)

    def order(self) -> list[int]:
        places = {row.pk: self.cleaned_data[f"place_{row.pk}"] for row in self.applications}
        return sorted(places, key=lambda pk: places[pk])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        places = [data.get(f"place_{row.pk}") for row in self.applications]
        if None not in places and len(set(places)) != len(places):
            self.add_error(None, _("名次不能重复"))
        return data


class DecideForm(HengjianForm):
    """The approval of the whole list."""

    decision = forms.CharField(label=gettext_lazy("审定文号"), max_length=80)
    reason = forms.CharField(
        label=gettext_lazy("审定说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class RevokeForm(HengjianForm):
    """Ground and findings of a proposed revocation."""

    def __init__(self, region: str, on: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spec = FieldSpec(code="ground", title="撤销事由", type="choice", choices_from="honour-revocation")
        try:
            options = [(item.code, item.said(language())) for item in choices_of(spec, on, region)]
        except rulebook.RuleNotFound:
            options = []
        self.fields["ground"] = forms.ChoiceField(label=_("撤销事由"), choices=[("", "—"), *options])
        self.fields["findings"] = note_field(_("查明的事实"), True)


def units_of(user: User, ids: set[int]) -> list[Unit]:
    """The units in whose name a person may act, the own one first."""
    rows = list(Unit.objects.filter(pk__in=ids).select_related("region"))
    return sorted(rows, key=lambda unit: (unit.pk != user.unit_id, unit.name))
