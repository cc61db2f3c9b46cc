"""The services of the endpoint: one per public category, and questions and ideas; their attributes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hengjian.cases.catalogue import case_type, case_types
from hengjian.parties.models import Region
from hengjian.systems.complaints.routing import categories

# Kinds of cases that are services of their own; complaints come by category.
PLAIN = ("consultation", "suggestion")


@dataclass(frozen=True)
class Service:
    """A service: its code, the kind of case and the category that a request gets."""

    code: str
    kind: str
    category: str
    name: str
    description: str
    keywords: tuple[str, ...]
    group: str

    def listed(self) -> dict[str, Any]:
        return {
            "service_code": self.code,
            "service_name": self.name,
            "description": self.description,
            "metadata": True,
            "type": "realtime",
            "keywords": ", ".join(self.keywords),
            "group": self.group,
        }


def exposed_types() -> list[str]:
    """Types of cases that the endpoint may show; reports of violations are never among them."""
    return [declared.code for declared in case_types() if declared.public.open311]


def services() -> list[Service]:
    """All services that hold today, in the order of the catalogue."""
    language = get_language() or "zh"
    english = language.startswith("en")
    complaint = case_type("complaint").said(language)
    found = [
        Service(
            item.code,
            "complaint",
            item.code,
            item.label_en if english else item.label,
            item.help_en if english else item.help,
            item.words[:8],
            complaint,
        )
        for item in categories(timezone.localdate()).categories
        if item.public
    ]
    for kind in PLAIN:
        declared = case_type(kind)
        description = declared.description_en if english else declared.description
        found.append(Service(kind, kind, "other", declared.said(language), description, (), declared.said(language)))
    return found


def service(code: str) -> Service | None:
    return next((item for item in services() if item.code == code), None)


def by_case(kind: str, category: str) -> str:
    """The code of the service to which a case belongs."""
    return kind if kind in PLAIN else category


def definition(item: Service) -> dict[str, Any]:
    """The attributes that a request of the service may or must carry."""
    return {
        "service_code": item.code,
        "attributes": [{**found, "order": order} for order, found in enumerate(_attributes(item), start=1)],
    }


def _attribute(code: str, datatype: str, description: str, hint: str = "", required: bool = False) -> dict[str, Any]:
    return {
        "variable": True,
        "code": code,
        "datatype": datatype,
        "required": required,
        "datatype_description": hint or None,
        "description": description,
    }


def _listed(code: str, datatype: str, description: str, values: list[tuple[str, str]]) -> dict[str, Any]:
    values_of = [{"key": key, "name": name} for key, name in values]
    return {**_attribute(code, datatype, description), "values": values_of}


def _attributes(item: Service) -> list[dict[str, Any]]:
    counties = Region.objects.filter(level=Region.Level.COUNTY).order_by("code").values_list("code", "name")
    region = _listed("region", "singlevaluelist", _("事情发生或者对方经营的县（市、区）"), list(counties))
    if item.kind != "complaint":
        return [region]
    declared = case_type("complaint")
    language = get_language() or "zh"
    claims = [(choice.code, choice.said(language)) for choice in declared.field("claims").choices]
    yes_no = [("true", _("同意")), ("false", _("不同意"))]
    return [
        region,
        _attribute("respondent_name", "string", _("对方名称"), _("营业执照或者店铺上的名称"), required=True),
        _attribute("product", "string", _("商品或者服务")),
        _listed("claims", "multivaluelist", _("要求对方做什么"), claims),
        _attribute("amount", "number", _("争议金额"), _("元")),
        _attribute("occurred_on", "datetime", _("消费日期")),
        _attribute("platform", "string", _("交易平台"), _("网上购买的填写")),
        _listed("publish_consent", "singlevaluelist", _("是否同意公示投诉信息"), yes_no),
    ]
