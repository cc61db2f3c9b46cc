"""Form fields in the visual language: label, hint, error and input tied together for screen readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect, Select, Textarea
from django.forms.forms import BaseForm
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hengjian.pages.components import esc, icon


def _widget_class(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, CheckboxInput | CheckboxSelectMultiple | RadioSelect | FileInput):
        return ""
    if isinstance(widget, Textarea):
        return "textarea"
    return "select" if isinstance(widget, Select) else "input"


def _described(bound: BoundField, hint: object) -> tuple[dict[str, str | bool], str, str]:
    """(attributes for the input, error markup, hint markup)."""
    base = bound.id_for_label or bound.auto_id or bound.html_name
    ids: list[str] = []
    error = note = ""
    if bound.errors:
        ids.append(f"{base}-error")
        text = " ".join(str(message) for message in bound.errors)
        error = f'<p class="error" id="{esc(base)}-error">{esc(text)}</p>'
    help_text = hint or bound.help_text
    if help_text:
        ids.append(f"{base}-hint")
        note = f'<p class="hint" id="{esc(base)}-hint">{esc(help_text)}</p>'
    attrs: dict[str, str | bool] = {}
    if ids:
        attrs["aria-describedby"] = " ".join(ids)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return attrs, error, note


def _optional(bound: BoundField) -> str:
    return "" if bound.field.required else str(_("（可选）"))


def field(bound: BoundField, hint: object = "", attrs: Mapping[str, str | bool] | None = None) -> SafeString:
    """One field as markup; choices with several inputs become a fieldset."""
    widget = bound.field.widget
    if isinstance(widget, FileInput):
        return upload(bound, hint)
    described, error, note = _described(bound, hint)
    css = " ".join(part for part in (_widget_class(bound), str(widget.attrs.get("class", ""))) if part)
    all_attrs = {**described, **(attrs or {})} | ({"class": css} if css else {})
    frame = "field field--error" if bound.errors else "field"
    label = f"{esc(bound.label)}{esc(_optional(bound))}"
    if isinstance(widget, CheckboxSelectMultiple | RadioSelect):
        options = "".join(
            f"<label>{option.tag()}<span>{esc(option.choice_label)}</span></label>" for option in bound.subwidgets
        )
        body = f'{error}<div class="choice">{options}</div>{note}'
        return mark_safe(f'<fieldset class="{frame}"><legend>{label}</legend>{body}</fieldset>')
    if isinstance(widget, CheckboxInput):
        box = bound.as_widget(attrs=all_attrs)
        name = esc(bound.label)
        return mark_safe(f'<div class="{frame} check">{error}<label>{box}<span>{name}</span></label>{note}</div>')
    control = bound.as_widget(attrs=all_attrs)
    return mark_safe(
        f'<div class="{frame}"><label for="{esc(bound.id_for_label)}">{label}</label>{error}{control}{note}</div>'
    )


def upload(bound: BoundField, hint: object = "") -> SafeString:
    """A file field with the warning that every upload carries."""
    described, error, note = _described(bound, hint)
    control = bound.as_widget(attrs=described)
    frame = "upload field field--error" if bound.errors else "upload field"
    words = esc(_("严禁上传涉密材料和工作秘密"))
    warning = f'<span class="light is-red">{icon("alert")}{words}</span>'
    return mark_safe(
        f'<div class="{frame}"><label for="{esc(bound.id_for_label)}">{esc(bound.label)}{esc(_optional(bound))}</label>'
        f"{error}{control}{note}<p>{warning}</p></div>"
    )


def error_summary(form: BaseForm) -> SafeString:
    """All mistakes at once, each linked to its field; empty when there are none."""
    if not form.errors:
        return mark_safe("")
    items = [f"<li>{esc(message)}</li>" for message in form.non_field_errors()]
    for bound in form:
        for message in bound.errors:
            target = bound.id_for_label or bound.auto_id
            items.append(f'<li><a href="#{esc(target)}">{esc(bound.label)}：{esc(message)}</a></li>')
    title = ngettext("有 %(n)d 处需要修改", "有 %(n)d 处需要修改", len(items)) % {"n": len(items)}
    return mark_safe(f'<div class="error-summary" role="alert"><h3>{esc(title)}</h3><ul>{"".join(items)}</ul></div>')


def form_fields(form: BaseForm, names: Sequence[str] = ()) -> SafeString:
    """Error summary, hidden fields and the visible fields (or only `names`, in that order)."""
    chosen = [form[name] for name in names if not form[name].is_hidden] if names else form.visible_fields()
    hidden = "".join(str(bound) for bound in form.hidden_fields())
    return mark_safe(error_summary(form) + hidden + "".join(field(bound) for bound in chosen))
