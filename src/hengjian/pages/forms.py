"""Base of the forms in all rooms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from hengjian.pages.formfields import error_summary, form_fields


class HengjianForm(forms.Form):
    """Dates by the browser's picker, short words for the common mistakes, `{{ form }}` in the visual language."""

    required_css_class = "required"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.dress()

    def dress(self) -> None:
        """Words and widgets of all fields; once more after fields were added."""
        for field in self.fields.values():
            # "This field is required" says nothing where many fields are listed; the summary names the field in front.
            if field.error_messages.get("required") is forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = _("请填写")
            if isinstance(field, forms.DateField):
                field.widget.input_type = "date"
                field.widget.format = "%Y-%m-%d"
                field.widget.attrs.setdefault("class", "in-m")
                field.error_messages["invalid"] = _("请写成 2026-07-31 这样的日期")

    def __str__(self) -> SafeString:
        return form_fields(self)

    def summary(self) -> SafeString:
        """All mistakes at once, each linked to its field."""
        return error_summary(self)
