"""Forms of the room. What they offer is limited to what the person may see; the actions check again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.pages.forms import HengjianForm
from hengjian.parties import roles, tokens
from hengjian.parties.handover import Preview
from hengjian.parties.models import Confidentiality, Region, Unit, UnitAlias, User
from hengjian.parties.policies import grants_of, permitted


def units_for(user: User, verb: str) -> Any:
    """Living units on which the person has the verb."""
    return permitted(user, verb, Unit.objects.valid_on(timezone.localdate())).select_related("region")


def _offer(form: forms.Form, name: str, rows: Any) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows


def _offer_choices(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class UnitChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Unit) -> str:
        return obj.name


class RegionChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Region) -> str:
        return f"{obj.name}（{obj.code}）"


class GrantForm(HengjianForm):
    role = forms.ChoiceField(label=_("角色"))
    unit = UnitChoice(label=_("限于单位"), queryset=Unit.objects.none(), required=False)
    region = RegionChoice(label=_("限于地区及其下级"), queryset=Region.objects.none(), required=False)
    ceiling = forms.TypedChoiceField(
        label=_("密级上限"), coerce=int, choices=Confidentiality.choices, initial=Confidentiality.INTERNAL
    )
    valid_from = forms.DateField(label=_("生效日期"), required=False)
    valid_to = forms.DateField(label=_("失效日期"), required=False)
    reason = forms.CharField(label=_("授权事由"), required=False, max_length=500)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_choices(self, "role", [(role.name, role.label) for role in roles.ROLES.values() if not role.implicit])
        _offer(self, "unit", units_for(user, "parties.grant_role"))
        _offer(self, "region", reachable_regions(user, "parties.grant_role"))


def reachable_regions(user: User, verb: str) -> Any:
    """The regions for which the person could do the verb as a whole."""
    held = [grant for grant in grants_of(user) if grant.role in roles.verb(verb).roles and grant.unit is None]
    if any(grant.region is None for grant in held):
        return Region.objects.all()
    roots = Region.objects.filter(pk__in=[grant.region for grant in held])
    return Region.objects.within(*roots)


class ReasonForm(HengjianForm):
    reason = forms.CharField(label=_("事由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class ConfirmForm(HengjianForm):
    reason = forms.CharField(label=_("事由"), required=False, max_length=500)


class PersonForm(HengjianForm):
    display_name = forms.CharField(label=_("姓名"), max_length=60)
    unit = UnitChoice(label=_("单位"), queryset=Unit.objects.none(), required=False)
    position = forms.CharField(label=_("职务"), max_length=60, required=False)
    phone = forms.CharField(label=_("办公电话"), max_length=30, required=False)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "unit", units_for(user, "parties.edit_user"))


class NewPersonForm(PersonForm):
    username = forms.CharField(label=_("用户名"), max_length=150)
    field_order = ("username", "display_name", "unit", "position", "phone")


class EditPersonForm(PersonForm):
    is_active = forms.BooleanField(label=_("启用账号"), required=False)
    reason = forms.CharField(label=_("变更说明"), max_length=500)


class ProfileForm(HengjianForm):
    position = forms.CharField(label=_("职务"), max_length=60, required=False)
    phone = forms.CharField(label=_("办公电话"), max_length=30, required=False)
    email = forms.EmailField(label=_("邮箱"), required=False)
    email_digest = forms.BooleanField(label=_("每日邮件摘要"), required=False)


class AliasForm(HengjianForm):
    alias = forms.CharField(label=_("别名"), max_length=200)
    kind = forms.ChoiceField(label=_("种类"), choices=UnitAlias.Kind.choices)
    valid_from = forms.DateField(label=_("起用日期"), required=False)
    valid_to = forms.DateField(label=_("停用日期"), required=False)


class UnitForm(HengjianForm):
    """A unit as the office describes it; `renamed_on` keeps the former name readable in older papers."""

    name = forms.CharField(label=_("全称"), max_length=200)
    short_name = forms.CharField(label=_("简称"), max_length=80, required=False)
    kind = forms.ChoiceField(label=_("类别"), choices=Unit.Kind.choices)
    parent = UnitChoice(label=_("上级单位"), queryset=Unit.objects.none(), required=False)
    valid_from = forms.DateField(label=_("生效日期"), required=False)
    valid_to = forms.DateField(
        label=_("失效日期"), required=False, help_text=_("由别的单位承接时，请在“机构改革”中登记，不要在这里填写。")
    )
    reason = forms.CharField(label=_("变更说明"), max_length=500, help_text=_("如批准文件的名称和文号。"))

    def __init__(self, *args: Any, region: Region, unit: Unit | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        above = Unit.objects.filter(region__in=Region.objects.above(region))
        if unit is not None:
            above = above.exclude(pk=unit.pk)
        _offer(self, "parent", above.select_related("region").order_by("-region__code", "name", "pk"))


class EditUnitForm(UnitForm):
    renamed_on = forms.DateField(
        label=_("新名称启用日期"),
        required=False,
        help_text=_("更名时填写，原名记为曾用名；只是改正错字时不填。"),
    )
    field_order = ("name", "renamed_on", "short_name", "kind", "parent", "valid_from", "valid_to", "reason")


class NewUnitForm(UnitForm):
    region: forms.ModelChoiceField[Region] = forms.ModelChoiceField(label=_("地区"), queryset=Region.objects.none())
    field_order = ("region", "name", "short_name", "kind", "parent", "valid_from", "valid_to", "reason")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        regions = reachable_regions(user, "parties.edit_unit")
        home = user.unit.region if user.unit is not None else None
        super().__init__(*args, region=home or Region(), **kwargs)
        _offer(self, "region", regions)
        self.fields["region"].initial = home


class LeaderForm(HengjianForm):
    name = forms.CharField(label=_("姓名"), max_length=60)
    position = forms.CharField(label=_("职务"), max_length=80)
    charge = forms.CharField(label=_("分管工作"), max_length=200, required=False)
    order = forms.IntegerField(label=_("排序"), min_value=1, max_value=99, initial=1)
    valid_from = forms.DateField(label=_("任职日期"), required=False)
    valid_to = forms.DateField(label=_("离任日期"), required=False)


class SuccessionForm(HengjianForm):
    """Who takes over, from when, on what ground, and what moves."""

    successor = UnitChoice(label=_("承接单位"), queryset=Unit.objects.none())
    on = forms.DateField(label=_("承接日期"))
    document = forms.CharField(label=_("依据"), max_length=200, help_text=_("机构改革方案或批复的名称和文号。"))
    scope = forms.CharField(
        label=_("承接职责"), max_length=200, required=False, help_text=_("只承接一部分职责时写明哪一部分。")
    )
    main = forms.BooleanField(label=_("主要承接单位（文件没有写明时由它答复）"), required=False, initial=True)
    ends = forms.BooleanField(label=_("原单位在前一天撤销"), required=False, initial=True)
    moves = forms.MultipleChoiceField(
        label=_("一并移交"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("不勾选的留在原单位。")
    )

    def __init__(self, user: User, unit: Unit, *args: Any, held: list[Preview], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = permitted(user, "parties.edit_unit", Unit.objects.all()).exclude(pk=unit.pk)
        living = others.filter(valid_to__isnull=True) | others.filter(valid_to__gte=timezone.localdate())
        _offer(self, "successor", living.filter(region=unit.region).select_related("region").order_by("name", "pk"))
        _offer_choices(
            self, "moves", [(entry.holding.code, f"{entry.holding.label}（{entry.count}）") for entry in held]
        )
        self.fields["moves"].initial = [entry.holding.code for entry in held]
        if not held:
            del self.fields["moves"]


class TokenForm(HengjianForm):
    unit = UnitChoice(label=_("单位"), queryset=Unit.objects.none())
    name = forms.CharField(label=_("用途"), max_length=80)
    scopes = forms.MultipleChoiceField(label=_("权限范围"), widget=forms.CheckboxSelectMultiple)
    expires_on = forms.DateField(label=_("到期日期"))
    wide = forms.BooleanField(label=_("不限于本单位的数据（以签发人权限为限）"), required=False)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = units_for(user, "parties.create_token")
        _offer(self, "unit", units)
        offered = {verb.name: verb for unit in units[:20] for verb in tokens.possible_scopes(user, unit)}
        _offer_choices(self, "scopes", [(name, verb.label) for name, verb in sorted(offered.items())])
        self.fields["expires_on"].initial = timezone.localdate() + timedelta(days=180)
