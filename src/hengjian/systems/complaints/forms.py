"""Forms of intake: the citizen's four short steps, the desk's one page, and what officers do with a ticket."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hengjian.cases.catalogue import case_type
from hengjian.cases.forms import Files
from hengjian.pages.forms import HengjianForm
from hengjian.parties.models import Region, Unit
from hengjian.rulebook.base import NATIONAL
from hengjian.systems.complaints.intake import CLAIMS, Draft
from hengjian.systems.complaints.routing import categories, channels
from hengjian.systems.complaints.rules import KINDS

MOST_CONTENT = 5000
YES_NO = [("", _("不清楚")), ("yes", _("有")), ("no", _("没有"))]


def english() -> bool:
    return (get_language() or "zh").startswith("en")


def category_choices(*, public: bool) -> list[tuple[str, str]]:
    catalogue = categories(timezone.localdate())
    rows = [item for item in catalogue.categories if item.public or not public]
    return [(item.code, item.label_en if english() else item.label) for item in rows]


def channel_choices(region: str = NATIONAL) -> list[tuple[str, str]]:
    """The ways in that a desk enters by hand."""
    rows = [item for item in channels(timezone.localdate(), region) if item.kind in ("line", "letter", "visit", "web")]
    order = {"line": 0, "visit": 1, "letter": 2, "web": 3}
    # The line that others were merged into comes first: most calls come there.
    targets = {item.into for item in rows}
    rows.sort(key=lambda item: (order[item.kind], item.code not in targets, item.mode != "own", item.code))
    return [(item.code, item.label_en if english() and item.label_en else item.label) for item in rows]


def region_choices(empty: str = "") -> list[tuple[str, Any]]:
    """Counties under their prefecture; a prefecture without counties stands for itself."""
    rows = list(Region.objects.filter(level__in=(Region.Level.PREFECTURE, Region.Level.COUNTY)).order_by("code"))
    counties: dict[int | None, list[tuple[str, str]]] = {}
    for row in rows:
        if row.level == Region.Level.COUNTY:
            counties.setdefault(row.parent_id, []).append((row.code, row.name))
    found: list[tuple[str, Any]] = [("", empty or "—")]
    for row in rows:
        if row.level == Region.Level.PREFECTURE:
            found.append((row.name, [(row.code, row.name), *counties.get(row.pk, [])]))
    return found


def claim_choices() -> list[tuple[str, str]]:
    language = get_language() or "zh"
    named = {choice.code: choice.said(language) for choice in case_type("complaint").field("claims").choices}
    return [(code, named[code]) for code in CLAIMS]


def kind_choices() -> list[tuple[str, str]]:
    language = get_language() or "zh"
    return [(kind, case_type(kind).said(language)) for kind in KINDS]


class EventForm(HengjianForm):
    """What happened, where, when."""

    category = forms.ChoiceField(label=_("属于哪一类"), help_text=_("不确定就选“其他”，我们来分。"))
    content = forms.CharField(
        label=_("发生了什么"),
        max_length=MOST_CONTENT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("写清时间、经过和金额。不用写您的姓名和电话，后面单独填写并加密保存。"),
    )
    place = forms.ChoiceField(label=_("在哪里"), help_text=_("对方经营的地方，或者事情发生的地方。"))
    address = forms.CharField(label=_("详细地点"), max_length=300, required=False)
    occurred_on = forms.DateField(label=_("什么时候"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = self.fields["category"], self.fields["place"]
        choices[0].choices = [("", "—"), *category_choices(public=True)]  # type: ignore[attr-defined]
        choices[1].choices = region_choices()  # type: ignore[attr-defined]

    def clean_occurred_on(self) -> Any:
        day = self.cleaned_data["occurred_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("日期晚于今天。"))
        return day


class RespondentForm(HengjianForm):
    """Whom it is about."""

    respondent_name = forms.CharField(
        label=_("对方的名称"), max_length=200, help_text=_("营业执照、招牌、发票或者店铺上的名称。")
    )
    respondent_address = forms.CharField(label=_("对方的地址"), max_length=300, required=False)
    respondent_phone = forms.CharField(
        label=_("对方的电话"), max_length=30, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    product = forms.CharField(label=_("商品或服务"), max_length=100, required=False)
    amount = forms.DecimalField(
        label=_("金额（元）"),
        required=False,
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "class": "in-m"}),
    )
    platform = forms.CharField(
        label=_("在哪个平台买的"), max_length=100, required=False, help_text=_("网上购买的填写平台或者直播间名称。")
    )
    shop_published = forms.ChoiceField(
        label=_("店铺页面上有没有真实的地址"), choices=YES_NO, required=False, help_text=_("网上购买的选择。")
    )


class WishForm(HengjianForm):
    """What the person wants: the kinds of cases, the claims."""

    kinds = forms.MultipleChoiceField(label=_("按什么办理"), widget=forms.CheckboxSelectMultiple)
    claims = forms.MultipleChoiceField(
        label=_("要求对方做什么"), widget=forms.CheckboxSelectMultiple, required=False, help_text=_("投诉须选择。")
    )
    reward_wanted = forms.BooleanField(label=_("举报查实后申请奖励"), required=False)
    insider = forms.BooleanField(label=_("我是对方的内部人员"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = kind_choices()  # type: ignore[attr-defined]
        self.fields["claims"].choices = claim_choices()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if "complaint" in found.get("kinds", ()) and not found.get("claims"):
            self.add_error("claims", _("请选择要求对方做什么；没有请求的可以只按举报办理。"))
        return found


class PersonForm(HengjianForm):
    """Who files it; sealed. A report may be anonymous."""

    name = forms.CharField(
        label=_("您的姓名"), max_length=60, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=_("您的手机号"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        help_text=_("单独加密保存，只有承办人员写明目的才能查看，每次查看都有记录。"),
    )
    id_number = forms.CharField(
        label=_("身份证件号码"), max_length=30, required=False, help_text=_("可以以后补充，受理前会请您核验。")
    )
    contact_address = forms.CharField(label=_("您的通讯地址"), max_length=200, required=False)
    publish_consent = forms.BooleanField(label=_("同意公示这件投诉（不含我的信息）"), required=False)
    entrust_consent = forms.BooleanField(label=_("同意委托消费者协会等组织调解"), required=False)
    # People do not see this field; programs that fill in every field do.
    website = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, needed: bool = False, complaint: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "phone"):
            self.fields[name].required = needed
        hint = _("发票、合同、聊天记录、实物照片，最多 10 张。")
        self.fields["files"] = Files(label=_("照片和凭证"), required=False, photos=True, help_text=hint)
        if not complaint:
            for name in ("publish_consent", "entrust_consent"):
                del self.fields[name]

    def identity(self) -> dict[str, str]:
        found = self.cleaned_data
        address = found.get("contact_address", "")
        return {"name": found["name"], "phone": found["phone"], "id_number": found["id_number"], "address": address}


def draft_of(found: Mapping[str, Any], *, channel: str, received_at: datetime, identity: Mapping[str, str]) -> Draft:
    """The intake that the cleaned fields of these forms mean."""
    place = found.get("place") or ""
    places = {"operation": place, "act": found.get("act_place") or place, "platform": found.get("platform_place") or ""}
    return Draft(
        channel=channel,
        source_number=found.get("source_number") or "",
        content=found["content"],
        received_at=received_at,
        category=found["category"],
        kinds=tuple(found.get("kinds") or ()),
        product=found.get("product") or "",
        act=found.get("act") or "",
        occurred_on=found.get("occurred_on"),
        claims=tuple(found.get("claims") or ()),
        amount=found.get("amount"),
        respondent_name=found.get("respondent_name") or "",
        respondent_code=found.get("respondent_code") or "",
        respondent_address=found.get("respondent_address") or "",
        respondent_phone=found.get("respondent_phone") or "",
        platform=found.get("platform") or "",
        shop_published={"yes": True, "no": False}.get(found.get("shop_published") or ""),
        places={key: value for key, value in places.items() if value},
        address=found.get("address") or "",
        publish_consent=bool(found.get("publish_consent")),
        entrust_consent=bool(found.get("entrust_consent")),
        reward_wanted=bool(found.get("reward_wanted")),
        insider=bool(found.get("insider")),
        identity=identity,
    )


class DeskForm(HengjianForm):
    """One page for the desk, in the order in which a caller tells it."""

    channel = forms.ChoiceField(label=_("渠道"))
    source_number = forms.CharField(label=_("来源编号"), max_length=60, required=False)
    received_at = forms.DateTimeField(
        label=_("接收时间"),
        required=False,
        help_text=_("留空为现在；期限按接收日起算。"),
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )
    content = forms.CharField(
        label=_("诉求内容"), max_length=MOST_CONTENT, widget=forms.Textarea(attrs={"rows": 6, "autofocus": True})
    )
    category = forms.ChoiceField(label=_("类别"), required=False, help_text=_("留空由系统按内容识别。"))
    kinds = forms.MultipleChoiceField(
        label=_("办理类型"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("不选则按系统建议；投诉和举报分别立件。"),
    )
    respondent_name = forms.CharField(label=_("对方名称"), max_length=200, required=False)
    respondent_code = forms.CharField(label=_("统一社会信用代码"), max_length=18, required=False)
    respondent_address = forms.CharField(label=_("对方地址"), max_length=300, required=False)
    respondent_phone = forms.CharField(label=_("对方电话"), max_length=30, required=False)
    product = forms.CharField(label=_("商品或服务"), max_length=100, required=False)
    act = forms.CharField(label=_("涉嫌违法行为"), max_length=100, required=False)
    claims = forms.MultipleChoiceField(label=_("投诉请求"), widget=forms.CheckboxSelectMultiple, required=False)
    amount = forms.DecimalField(
        label=_("争议金额（元）"), required=False, min_value=Decimal(0), max_digits=14, decimal_places=2
    )
    occurred_on = forms.DateField(label=_("发生日期"), required=False)
    place = forms.ChoiceField(label=_("对方实际经营地"), required=False)
    act_place = forms.ChoiceField(label=_("行为发生地（举报）"), required=False)
    address = forms.CharField(label=_("详细地点"), max_length=300, required=False)
    platform = forms.CharField(label=_("交易平台"), max_length=100, required=False)
    platform_place = forms.ChoiceField(label=_("平台经营者住所地"), required=False)
    shop_published = forms.ChoiceField(label=_("店铺公示有效地址"), choices=YES_NO, required=False)
    name = forms.CharField(
        label=_("来电人姓名"), max_length=60, required=False, help_text=_("加密保存，登记后不再显示。")
    )
    phone = forms.CharField(label=_("来电人电话"), max_length=30, required=False)
    id_number = forms.CharField(label=_("证件号码"), max_length=30, required=False)
    contact_address = forms.CharField(label=_("通讯地址"), max_length=200, required=False)
    publish_consent = forms.BooleanField(label=_("同意公示投诉信息"), required=False)
    entrust_consent = forms.BooleanField(label=_("同意委托调解"), required=False)
    unit = forms.ModelChoiceField(
        label=_("改派单位"), queryset=Unit.objects.none(), required=False, empty_label=_("按系统建议")
    )
    reason = forms.CharField(label=_("改派理由"), max_length=300, required=False)

    def __init__(self, *args: Any, region: Region, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region = region
        self.fields["files"] = Files(label=_("材料"), required=False)
        self._choose("channel", channel_choices(region.code))
        self._choose("category", [("", "—"), *category_choices(public=False)])
        self._choose("kinds", kind_choices())
        self._choose("claims", claim_choices())
        for name in ("place", "act_place", "platform_place"):
            self._choose(name, region_choices())
        near = Region.objects.above(region) | Region.objects.filter(parent=region.parent_id or region.pk)
        today = timezone.localdate()
        kinds = (Unit.Kind.ENTERPRISE, Unit.Kind.COLLECTIVE)
        units = Unit.objects.valid_on(today).filter(region__in=near.values("pk")).exclude(kind__in=kinds)
        self.fields["unit"].queryset = units.order_by("region__code", "name")  # type: ignore[attr-defined]
        self.fields["place"].initial = region.code

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def identity(self) -> dict[str, str]:
        found = self.cleaned_data
        return {
            "name": found.get("name", ""),
            "phone": found.get("phone", ""),
            "id_number": found.get("id_number", ""),
            "address": found.get("contact_address", ""),
        }


class SplitForm(HengjianForm):
    """Further kinds of cases for a ticket."""

    kinds = forms.MultipleChoiceField(label=_("增加办理类型"), widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(label=_("理由"), max_length=300)

    def __init__(self, *args: Any, there: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = [  # type: ignore[attr-defined]
            (code, label) for code, label in kind_choices() if code not in there
        ]


class JoinForm(HengjianForm):
    """Another ticket about the same matter."""

    other = forms.CharField(label=_("并入的工单编号"), max_length=40)
    reason = forms.CharField(label=_("理由"), max_length=300)


class ImportForm(HengjianForm):
    """A sheet of one line."""

    channel = forms.ChoiceField(label=_("来自哪条热线"))
    file = forms.FileField(label=_("工单表格"), help_text=_(".xlsx、.xls 或 .csv；先核对再导入。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = channel_choices()  # type: ignore[attr-defined]
