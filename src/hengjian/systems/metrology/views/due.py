"""What is due for verification or replacement: the list of the office and the public one."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengjian.pages.components import light
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import BuiltInView, ChoiceFilter, Column, List, TextFilter
from hengjian.parties.models import Confidentiality, Region
from hengjian.parties.policies import Policy
from hengjian.registers.catalogue import register_type
from hengjian.registers.lookups import choice_word, choices_of
from hengjian.systems.metrology import rules
from hengjian.systems.metrology.models import Instrument

SOON = 30
SCHEMES = [("periodic", gettext_lazy("周期检定")), ("first_replace", gettext_lazy("到期轮换"))]


def in_period(value: str) -> Q:
    """Due until the end of the quarter, overdue ones included; "late": overdue today."""
    if value == "late":
        return Q(next_due__lt=timezone.localdate())
    try:
        return Q(next_due__lte=rules.quarter(value).last)
    except ValueError:
        return Q(pk__in=[])


def period_choices(request: HttpRequest) -> list[tuple[str, Any]]:
    quarters = rules.quarters_around(timezone.localdate(), 3, 3)
    return [
        ("late", _("已逾期")),
        *((item.name, _("%(quarter)s 到期及逾期") % {"quarter": item.name}) for item in quarters),
    ]


def field_choices(code: str) -> Any:
    def choices(request: HttpRequest) -> list[tuple[str, str]]:
        spec = register_type("instrument").field(code)
        return [(choice.code, choice_word(spec, choice.code)) for choice in choices_of(spec, timezone.localdate())]

    return choices


def region_choices(request: HttpRequest) -> list[tuple[str, str]]:
    used = Instrument.objects.order_by().values("region").distinct()
    return [(region.code, region.name) for region in Region.objects.filter(pk__in=used).order_by("code")]


def type_word(entry: Instrument) -> str:
    return choice_word(register_type("instrument").field("type_code"), entry.type_code)


def place_word(entry: Instrument) -> str:
    return choice_word(register_type("instrument").field("place_kind"), entry.place_kind)


def due_word(entry: Instrument) -> tuple[str, str]:
    """Light and words of how its due day stands."""
    today = timezone.localdate()
    assert entry.next_due is not None
    left = (entry.next_due - today).days
    if left < 0:
        return "red", _("逾期 %(n)d 天") % {"n": -left}
    return ("amber", _("还剩 %(n)d 天") % {"n": left}) if left <= SOON else ("green", _("未到期"))


def due_cell(entry: Instrument) -> SafeString:
    return light(*due_word(entry))


def scheme_word(entry: Instrument) -> str:
    return str(dict(SCHEMES).get(entry.scheme, entry.scheme))


def link(entry: Instrument) -> str:
    return reverse("registers:entry", args=["instrument", entry.pk])


def public_link(entry: Instrument) -> str:
    return reverse("registers:public_entry", args=["instrument", entry.pk])


def declared(key: str, url: Any) -> List:
    return List(
        key=key,
        title=gettext_lazy("到期检定和轮换"),
        columns=[
            Column("key", gettext_lazy("器具编号"), sort="key", width="w5", css="nowrap", card="no"),
            Column("title", gettext_lazy("器具名称"), sort="title", head=True, card="full", link=url),
            Column("type", gettext_lazy("类别"), value=type_word, sort="type_code", card="half"),
            Column("owner", gettext_lazy("使用单位"), value="owner_name", sort="owner_name", css="units", card="half"),
            Column("place", gettext_lazy("使用场所"), value=place_word, sort="place_kind", width="w4", card="half"),
            Column("region", gettext_lazy("地区"), value="region.name", sort="region__code", width="w4", card="half"),
            Column("scheme", gettext_lazy("方式"), value=scheme_word, sort="scheme", width="w4", card="half"),
            Column(
                "last",
                gettext_lazy("最近检定"),
                value="last_verified_on",
                sort="last_verified_on",
                align="num",
                width="w4",
                shown=False,
            ),
            Column("due", gettext_lazy("应检或轮换"), value="next_due", sort="next_due", align="num", width="w4"),
            Column(
                "light",
                gettext_lazy("状态"),
                value=lambda entry: due_word(entry)[1],
                cell=due_cell,
                width="w5",
                card="state",
            ),
        ],
        filters=[
            TextFilter(key="q", label=gettext_lazy("名称或使用单位"), fields=("title", "owner_name", "key")),
            ChoiceFilter(key="period", label=gettext_lazy("到期"), when=in_period, choices=period_choices),
            ChoiceFilter(key="scheme", label=gettext_lazy("方式"), field="scheme", choices=SCHEMES),
            ChoiceFilter(key="type", label=gettext_lazy("类别"), field="type_code", choices=field_choices("type_code")),
            ChoiceFilter(
                key="place", label=gettext_lazy("使用场所"), field="place_kind", choices=field_choices("place_kind")
            ),
            ChoiceFilter(key="region", label=gettext_lazy("地区"), field="region__code", choices=region_choices),
        ],
        order=("next_due",),
        views=[
            BuiltInView("late", gettext_lazy("已逾期"), "period=late"),
            BuiltInView("replace", gettext_lazy("到期轮换"), "scheme=first_replace"),
        ],
        row_class=lambda entry: "is-late" if due_word(entry)[0] == "red" else "",
        empty=gettext_lazy("没有到期的器具"),
        empty_hint=gettext_lazy("可以换一个季度，或放宽筛选条件。"),
        note=gettext_lazy("应检日期按检定规程的周期和最近一次检定计算，证书载明的有效期更早的以证书为准。"),
    )


def due_rows() -> QuerySet[Instrument]:
    rows = Instrument.objects.filter(register="instrument", status="in_use", next_due__isnull=False)
    return rows.select_related("unit", "region", "filer")


class DueList(ListView):
    """For the office."""

    declaration = declared("metrology.due", link)
    template_name = "metrology/due.html"

    def get_queryset(self) -> QuerySet[Instrument]:
        return due_rows()


class PublicDueList(ListView):
    """The quarterly list of what is due and overdue for replacement, for everybody."""

    declaration = declared("metrology.public_due", public_link)
    template_name = "metrology/public_due.html"
    public = True
    policy = Policy(view="registers.view", public=Q(confidentiality=Confidentiality.PUBLIC))

    def get_queryset(self) -> QuerySet[Instrument]:
        return due_rows().filter(confidentiality=Confidentiality.PUBLIC)
