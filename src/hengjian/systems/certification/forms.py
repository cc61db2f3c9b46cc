"""Forms of the room."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class NumberForm(forms.Form):
    """A number to be checked."""

    KINDS = (
        ("cma", _("资质认定证书编号（CMA，12 位）")),
        ("ccc", _("强制性产品认证证书编号（CCC，16 位）")),
        ("cnas", _("认可注册号（CNAS）")),
    )
    kind = forms.ChoiceField(label=_("编号种类"), choices=KINDS)
    number = forms.CharField(label=_("编号"), max_length=40)


class CalibrationForm(forms.Form):
    """One certificate as XML."""

    file = forms.FileField(
        label=_("数字校准证书（XML）"), help_text=_("按 DCC 格式（https://ptb.de/dcc）签发的 XML 文件，不超过 20 MB。")
    )
