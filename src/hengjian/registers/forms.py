"""The forms of a register, made from its declaration. The only reader of values is `values.clean_values`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hengjian import rulebook
from hengjian.pages.forms import HengjianForm
from hengjian.parties.models import Region, Unit, User
from hengjian.parties.models.regions import subtree_ids
from hengjian.parties.policies import grants_of
from hengjian.parties.roles import verb as verb_of
from hengjian.registers.declarations import RegisterType, Status
from hengjian.registers.entering import key_label
from hengjian.registers.fields import FieldSpec
from hengjian.registers.keepers import keeping
from hengjian.registers.lookups import choices_of
from hengjian.registers.models import EntryBase
from hengjian.registers.queries import entries
from hengjian.registers.showing import language, region_name, unit_name, unit_word
from hengjian.registers.storing import value_of
from hengjian.rulebook.parameters.codes import Codes

MOST_SUGGESTIONS = 200
# In front of the names of what every entry has, so that no declared field can be in the way.
COMMON = "_"


class SuggestingInput(forms.TextInput):
    """A text field that suggests values without demanding one of them; works without a script."""

    def __init__(self, suggestions: Sequence[tuple[str, str]], attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(attrs=dict(attrs or {}))
        self.suggestions = suggestions

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        list_id = f"list-{name}"
        field = super().render(name, value, {**(attrs or {}), "list": list_id}, renderer)
        options = format_html_join("", '<option value="{}">{}</option>', self.suggestions)
        return format_html('{}<datalist id="{}">{}</datalist>', field, list_id, options)


def field_of(spec: FieldSpec, *, on: date, region: str = rulebook.NATIONAL, stored: str = "") -> forms.Field:
    """The form field of a declaration: it only carries text; what the text means is read by `clean_values`."""
    label = f"{spec.said(language())}（{unit_word(spec.unit)}）" if spec.unit else spec.said(language())
    english = language().startswith("en")
    hint = spec.help_en if english and spec.help_en else spec.help
    common: dict[str, Any] = {"label": label, "required": False, "help_text": hint}
    if spec.type in ("choice", "multi_choice"):
        options = [(choice.code, choice.said(language())) for choice in choices_of(spec, on, region)]
        if spec.type == "multi_choice":
            widget = forms.CheckboxSelectMultiple()
            return _Texts(choices=options, widget=widget, **common)
        return _Text(widget=forms.Select(choices=[("", "—"), *options]), **common)
    if spec.type == "boolean":
        options = [("", "—"), ("true", _("是")), ("false", _("否"))]
        return _Text(widget=forms.Select(choices=options), **common)
    if spec.type == "file":
        return forms.FileField(**common)
    if spec.personal and stored:
        common["help_text"] = _("现有：%(shown)s；不修改请留空。") % {"shown": stored}
    return _Text(widget=_widget(spec), **common)


def _widget(spec: FieldSpec) -> forms.Widget:
    if spec.type == "long_text":
        return forms.Textarea(attrs={"rows": 3, "maxlength": spec.max_length})
    if spec.type == "date":
        return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "in-m"})
    if spec.type == "datetime":
        return forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "class": "in-m"})
    if spec.type in ("integer", "decimal", "money", "percent"):
        mode = "numeric" if spec.type == "integer" else "decimal"
        return forms.TextInput(attrs={"inputmode": mode, "class": "in-m"})
    if spec.type in ("phone", "email", "url"):
        return forms.TextInput(attrs={"inputmode": {"phone": "tel"}.get(spec.type, spec.type), "autocomplete": "off"})
    if spec.type == "region":
        return SuggestingInput(_region_suggestions())
    if spec.type == "unit":
        return SuggestingInput([(unit.name, unit.key) for unit in Unit.objects.all()[:MOST_SUGGESTIONS]])
    if spec.type == "entry":
        rows = entries(spec.of).order_by("key").values_list("key", "title")[: MOST_SUGGESTIONS + 1]
        few = list(rows)
        return SuggestingInput(few) if len(few) <= MOST_SUGGESTIONS else forms.TextInput()
    attrs = {"maxlength": spec.max_length} if spec.type in ("text", "person_name", "address") else {}
    return forms.TextInput(attrs=attrs)


def _region_suggestions() -> list[tuple[str, str]]:
    rows = Region.objects.filter(level__in=(Region.Level.PREFECTURE, Region.Level.COUNTY)).order_by("code")
    return [(code, name) for code, name in rows.values_list("code", "name")[: 2 * MOST_SUGGESTIONS]]


class _Text(forms.CharField):
    """Any text; nothing is checked here."""

    def __init__(self, **given: Any) -> None:
        super().__init__(strip=True, **given)


class _Texts(forms.MultipleChoiceField):
    """Some of the offered values."""


def initial_of(entry: EntryBase, declared: RegisterType) -> dict[str, Any]:
    """What the form of an existing entry shows; personal data stays sealed and is not filled in."""
    found: dict[str, Any] = {
        COMMON + "key": entry.key,
        COMMON + "valid_from": entry.valid_from,
        COMMON + "valid_to": entry.valid_to,
        COMMON + "region": entry.region_id,
    }
    for spec in declared.fields:
        value = value_of(entry, spec)
        if value is None or spec.personal or spec.type == "file":
            continue
        if spec.type == "boolean":
            value = "true" if value else "false"
        elif spec.type == "datetime":
            value = str(value)[:16]
        elif spec.type == "region":
            value = f"{region_name(value)}（{value}）"
        elif spec.type == "unit":
            value = f"{unit_name(value)}（{value}）"
        found[spec.code] = value
    return found


def computed_fields(declared: RegisterType) -> set[str]:
    """Fields that the system fills in: they stand in no form and no sheet."""
    due = {item.next_due for item in declared.recurrences}
    return due | {spec.code for spec in declared.fields if spec.computed}


class EntryForm(HengjianForm):
    """A new entry, or the change of one. `posted()` gives the raw values for the action."""

    def __init__(
        self,
        declared: RegisterType,
        *args: Any,
        user: User,
        entry: EntryBase | None = None,
        filing: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.declared, self.entry = declared, entry
        today = timezone.localdate()
        code = entry.region.code if entry is not None else rulebook.NATIONAL
        sealed = (entry.extras.get("sealed") or {}) if entry is not None else {}
        if not declared.key.series:
            hint = _("变更编号会留下记录。") if entry is not None else ""
            self._add("key", _Text(label=key_label(declared), help_text=hint))
        for spec in declared.fields:
            if spec.code in computed_fields(declared):
                continue
            stored = str(sealed.get(spec.code, {}).get("shown", ""))
            self.fields[spec.code] = field_of(spec, on=today, region=code, stored=stored)
            if spec.required and not stored:
                self.fields[spec.code].required = True
                self.fields[spec.code].error_messages["required"] = _("请填写")
        if has_validity(declared):
            self._add_days()
        if entry is None:
            self._add_place(user, filing)
        if not filing or entry is not None:
            self._add(
                "on",
                forms.DateField(
                    label=_("登记日期") if entry is None else _("变更日期"),
                    initial=today,
                    help_text=_("从这一天起按此登记；补录过去的内容请填当时的日期。"),
                ),
            )
        if entry is not None:
            self._add("reason", _Text(label=_("变更说明"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})))

    def _add(self, name: str, field: forms.Field) -> None:
        if isinstance(field, forms.DateField):
            field.widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "in-m"})
            field.error_messages["invalid"] = _("请写成 2026-07-31 这样的日期")
        self.fields[COMMON + name] = field

    def _add_days(self) -> None:
        needed = self.declared.validity.required
        self._add("valid_from", forms.DateField(label=_("有效期起"), required=needed))
        hint = _("留空则按规定的期限计算。") if self.declared.validity.term else ""
        end_needed = needed and not self.declared.validity.term
        self._add("valid_to", forms.DateField(label=_("有效期止"), required=end_needed, help_text=hint))

    def _add_place(self, user: User, filing: bool) -> None:
        regions = regions_for(user, filing)
        first = user.unit.region_id if user.unit is not None else None
        field = forms.ModelChoiceField(label=_("所在地区"), queryset=regions, initial=first, empty_label=None)
        self.fields[COMMON + "region"] = field
        if filing:
            return
        units = units_for(user, self.declared)
        if len(units) > 1:
            choice = forms.ModelChoiceField(
                label=_("登记单位"),
                queryset=Unit.objects.filter(pk__in=[unit.pk for unit in units]),
                initial=user.unit_id,
                empty_label=None,
            )
            self.fields[COMMON + "unit"] = choice
        self.only_unit = units[0] if len(units) == 1 else None

    # ---- what the action gets

    def common(self, name: str) -> Any:
        return self.cleaned_data.get(COMMON + name)

    def posted(self) -> dict[str, Any]:
        """Raw values of the declared fields; an empty personal field of an existing entry means "as it is"."""
        found: dict[str, Any] = {}
        for spec in self.declared.fields:
            if spec.code not in self.fields or spec.type == "file":
                continue
            value = self.cleaned_data.get(spec.code)
            if self.entry is not None and spec.personal and not value:
                continue
            found[spec.code] = value
        return found

    def take_errors(self, errors: Mapping[str, str]) -> None:
        """Put the action's complaints at the fields that they are about."""
        for code, message in errors.items():
            name = code if code in self.fields else COMMON + code
            self.add_error(name if name in self.fields else None, message)


def has_validity(declared: RegisterType) -> bool:
    """Whether entries of the register have a period at all."""
    rule = declared.validity
    return bool(rule.required or rule.term or rule.warn_days or rule.expires_to)


def regions_for(user: User, filing: bool) -> Any:
    """Regions that an entry of this user may belong to: those below the reach of a grant."""
    verb = "registers.file" if filing else "registers.edit"
    roots: set[int] = set()
    everywhere = False
    for grant in grants_of(user):
        if grant.role not in verb_of(verb).roles:
            continue
        if grant.region is not None:
            roots.add(grant.region)
        elif grant.unit is None:
            everywhere = True
        elif user.unit is not None:
            roots.add(user.unit.region_id)
    rows = Region.objects.order_by("code")
    return rows if everywhere else rows.filter(pk__in=subtree_ids(roots))


def units_for(user: User, declared: RegisterType) -> list[Unit]:
    """Units for which the user may enter: the own one, and with a grant for a region all keepers in it."""
    found: dict[int, Unit] = {}
    for grant in grants_of(user):
        if grant.role not in verb_of("registers.edit").roles:
            continue
        rows = Unit.objects.select_related("region")
        if grant.unit is not None:
            rows = rows.filter(pk=grant.unit)
        elif grant.region is not None:
            rows = rows.filter(region__in=subtree_ids([grant.region]))
        rows = rows.filter(keeping(declared))
        found.update({unit.pk: unit for unit in rows[:MOST_SUGGESTIONS]})
    own = [unit for unit in found.values() if unit.pk == user.unit_id]
    return own + [unit for unit in found.values() if unit.pk != user.unit_id]


class StatusForm(HengjianForm):
    """Another status, with its day, ground and reason."""

    status = forms.ChoiceField(label="")
    ground = forms.ChoiceField(label="", required=False)
    on = forms.DateField(label="")
    reason = forms.CharField(label="", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, entry: EntryBase, statuses: Sequence[Status], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["status"].label = _("改为")
        self.fields["status"].choices = [(s.code, s.said(language())) for s in statuses]  # type: ignore[attr-defined]
        self.fields["on"].label, self.fields["on"].initial = _("自何日起"), today
        self.fields["reason"].label = _("原因")
        grounds: dict[str, str] = {}
        for status in statuses:
            if status.ground:
                items = rulebook.at("codes", entry.region.code, today, status.ground).typed(Codes).items
                grounds |= {item.code: item.said(language()) for item in items}
        if grounds:
            self.fields["ground"].label = _("变更依据")
            self.fields["ground"].choices = [("", "—"), *grounds.items()]  # type: ignore[attr-defined]
        else:
            del self.fields["ground"]


class DoneForm(HengjianForm):
    """The day on which a recurring duty was done."""

    on = forms.DateField(label="")
    reason = forms.CharField(label="", required=False, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].label, self.fields["on"].initial = _("完成日期"), timezone.localdate()
        self.fields["reason"].label = _("说明")


class PurposeForm(HengjianForm):
    """Why somebody looks at personal data."""

    field = forms.CharField(widget=forms.HiddenInput())
    purpose = forms.CharField(label="", min_length=4, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].label = _("查看目的")
