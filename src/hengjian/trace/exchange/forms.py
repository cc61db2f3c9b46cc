"""Forms of the room, made for a phone."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hengjian import rulebook
from hengjian.pages.forms import HengjianForm
from hengjian.rulebook.parameters.codes import Codes
from hengjian.trace.exchange.stock import Held, plain

AMOUNT = {"inputmode": "decimal", "class": "in-m"}


def choices(variant: str, region: str) -> list[tuple[str, str]]:
    """The values of a code list today, in the reader's language."""
    rule = rulebook.at("codes", region, timezone.localdate(), variant)
    return [(item.code, item.said(get_language() or "zh")) for item in rule.typed(Codes).items]


def amount(label: Any, *, required: bool = True) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=required,
        min_value=Decimal("0.001"),
        max_digits=15,
        decimal_places=3,
        widget=forms.NumberInput(attrs=AMOUNT | {"step": "any"}),
    )


class CertificateForm(HengjianForm):
    """A certificate of conformity; everything that the last one said is filled in."""

    product = forms.CharField(label=_("产品名称"), max_length=100)
    category = forms.ChoiceField(label=_("产品类别"))
    quantity = amount(_("数量或重量"))
    uom = forms.ChoiceField(label=_("计量单位"))
    lot_number = forms.RegexField(
        label=_("生产批次"),
        regex=r"^[0-9A-Za-z._-]{1,20}$",
        help_text=_("系统已编好，可以改成自己的批次号。"),
        error_messages={"invalid": _("只能用字母、数字、点和横线，最多 20 位。")},
    )
    origin = forms.CharField(label=_("产地"), max_length=100)
    bases = forms.MultipleChoiceField(label=_("承诺依据"), widget=forms.CheckboxSelectMultiple)
    contact = forms.CharField(
        label=_("联系电话"), max_length=30, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    product_code = forms.CharField(
        label=_("商品条码"), max_length=40, required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    place_code = forms.CharField(
        label=_("产地编码"), max_length=20, required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    farm_inputs = forms.CharField(
        label=_("所用农资的追溯码"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("每行一个，可以扫包装上的二维码。"),
    )
    promise = forms.BooleanField(
        label=_("我承诺：没有使用禁用的农兽药和非法添加物，遵守安全间隔期、休药期，销售的农产品符合食品安全标准。")
    )

    def __init__(
        self, *args: Any, region: str, kept_contact: bool = False, held: Sequence[Held] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, variant in (
            ("category", "conformity-products"),
            ("uom", "trace-units"),
            ("bases", "conformity-bases"),
        ):
            self.fields[name].choices = choices(variant, region)  # type: ignore[attr-defined]
        if kept_contact:
            self.fields["contact"].help_text = _("留空则沿用上一张合格证的电话。")
        else:
            self.fields["contact"].required = True
        self.held = list(held)
        for row in self.held:
            label = f"{row.certificate.product} {row.certificate.lot_number}（{plain(row.left)}）"
            self.fields[f"use_{row.certificate.pk}"] = amount(label, required=False)

    def sources(self) -> list[tuple[Any, Decimal]]:
        """The lots that went in, with how much."""
        given = [(row.certificate, self.cleaned_data.get(f"use_{row.certificate.pk}")) for row in self.held]
        return [(certificate, quantity) for certificate, quantity in given if quantity]

    def source_fields(self) -> list[Any]:
        return [self[f"use_{row.certificate.pk}"] for row in self.held]


class ReceiveForm(HengjianForm):
    """Goods came in with a certificate."""

    code = forms.CharField(label=_("合格证编号"), max_length=300, help_text=_("扫描合格证上的二维码，或照抄编号。"))
    quantity = amount(_("收到多少"))


class SellForm(HengjianForm):
    """Goods go out."""

    lot = forms.TypedChoiceField(label=_("卖哪一批"), coerce=int, widget=forms.RadioSelect)
    quantity = amount(_("卖出多少"))
    buyer = forms.CharField(
        label=_("买方编号"), max_length=40, required=False, help_text=_("统一社会信用代码；卖给消费者的留空。")
    )
    buyer_name = forms.CharField(label=_("买方名称"), max_length=100, required=False)

    def __init__(self, *args: Any, held: Sequence[Held], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lot"].choices = [  # type: ignore[attr-defined]
            (row.certificate.pk, f"{row.certificate.product} {row.certificate.lot_number}（{plain(row.left)}）")
            for row in held
        ]

    def clean_buyer(self) -> str:
        return str(self.cleaned_data["buyer"]).strip().upper()


class ReasonForm(HengjianForm):
    """Why."""

    reason = forms.CharField(label=_("原因"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class CheckForm(ReasonForm):
    """What an officer found."""

    verdict = forms.ChoiceField(
        label=_("核查结论"), choices=[("true", _("属实")), ("untrue", _("不属实，撤回"))], widget=forms.RadioSelect
    )


class FileForm(HengjianForm):
    """A file of messages."""

    file = forms.FileField(
        label=_("文件"),
        help_text=_("可以上传 .xlsx、.csv、.xml 或 .jsonl，一次不超过 100 万条；大文件请压缩成 .gz（如 .csv.gz）。"),
    )
