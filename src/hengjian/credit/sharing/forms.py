"""The forms of the room."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengjian.credit.sharing.models import STOPS, Event
from hengjian.enterprises.models import Enterprise
from hengjian.pages.forms import HengjianForm
from hengjian.parties.models import Region, Unit

#: Those that are told in any case are no choice.
CHOICES = [(event.value, event.label) for event in Event if event not in STOPS]


class SubscriptionForm(HengjianForm):
    """What to hear of, and where it is sent."""

    title = forms.CharField(label=_("名称"), max_length=80, help_text=_("如：食品生产企业名单"))
    purpose = forms.CharField(label=_("用途"), max_length=200, help_text=_("这些信息用来做什么，企业可以看到。"))
    events = forms.MultipleChoiceField(
        label=_("事项"), choices=CHOICES, widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("修复、到期、撤销和屏蔽一律通知，须回执。"),
    )  # fmt: skip
    url = forms.CharField(
        label=_("接收地址"), max_length=500, required=False,
        help_text=_("以 https:// 开头；留空则只在本系统中提醒。"),
    )  # fmt: skip


class NewSubscriptionForm(SubscriptionForm):
    """The same with unit, and whom to watch."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("订阅单位"))
    region = forms.CharField(
        label=_("按地区"),
        max_length=12,
        required=False,
        help_text=_("填区划代码则关注该地区的全部主体；留空则按名单关注。"),
    )
    kind = forms.ChoiceField(
        label=_("主体类别"), choices=[("", pgettext_lazy("主体类别", "全部")), *Enterprise.Kind.choices], required=False
    )

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = units
        if len(units) == 1:
            self.initial.setdefault("unit", units[0])
        self.order_fields(["unit", "title", "purpose", "region", "kind", "events", "url"])

    def clean_region(self) -> Region | None:
        code = self.cleaned_data["region"].strip()
        if not code:
            return None
        found = Region.objects.filter(code=code).first()
        if found is None:
            raise forms.ValidationError(_("没有这个区划代码"))
        return found


class PortfolioForm(HengjianForm):
    """Codes, typed or in a sheet."""

    codes = forms.CharField(
        label=_("统一社会信用代码"), widget=forms.Textarea(attrs={"rows": 4}), required=False, help_text=_("每行一个")
    )
    file = forms.FileField(
        label=_("或上传表格"), required=False, help_text=_(".xlsx 或 .csv，有“统一社会信用代码”一列")
    )


class ScreeningForm(HengjianForm):
    """A sheet with names or codes."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("单位"))
    purpose = forms.CharField(label=_("用途"), max_length=200, help_text=_("比对结果用来做什么，会留痕。"))
    file = forms.FileField(
        label=_("名单"), help_text=_(".xlsx 或 .csv，有“名称”或“统一社会信用代码”一列；可另有“区划代码”“地址”。")
    )

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = units
        if len(units) == 1:
            self.initial.setdefault("unit", units[0])


class ReceiptForm(HengjianForm):
    """A word to the receipts."""

    note = forms.CharField(label=_("说明"), max_length=200, required=False, help_text=_("如：已从网站撤下并删除缓存"))
