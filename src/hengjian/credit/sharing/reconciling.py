"""The reconciliation service for OpenRefine and its like (W3C community group, version 0.2): manifest, queries,
suggestions, previews, data extension. Public data only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from hengjian.enterprises.matching import Asked, match_many
from hengjian.enterprises.models import Enterprise
from hengjian.enterprises.search import search

VERSIONS = ["0.2"]
TYPE = {"id": "enterprise", "name": "企业及其他组织"}
#: What a column of a sheet can be compared with, and added from.
PROPERTIES = {
    "code": "统一社会信用代码",
    "region": "区划代码",
    "region_name": "地区",
    "kind": "主体类别",
    "status": "登记状态",
    "registered_on": "成立日期",
    "name": "名称",
}
_COMPARED = ("code", "region", "address")
MOST_QUERIES, MOST_CANDIDATES, MOST_IDS = 50, 20, 100
_LONGEST = 300


class Property(BaseModel):
    """A further column of the row that is reconciled."""

    model_config = ConfigDict(extra="ignore")
    pid: str = Field(max_length=100)
    v: Any = ""


class ReconcileQuery(BaseModel):
    """One row; unknown members are ignored, as the specification asks."""

    model_config = ConfigDict(extra="ignore")
    query: str = Field("", max_length=_LONGEST)
    type: Any = None
    limit: int = Field(5, ge=1)
    properties: list[Property] = Field(default_factory=list, max_length=20)


class Extension(BaseModel):
    """What to add to which entities."""

    model_config = ConfigDict(extra="ignore")
    ids: list[str] = Field(max_length=MOST_IDS)
    properties: list[dict[str, Any]] = Field(max_length=20)


def manifest(base: str) -> dict[str, Any]:
    """The service description; `base` is the absolute address of the service."""
    site = base.split("/api/")[0]
    suggest = {"service_url": base, "service_path": "/suggest/"}
    return {
        "versions": VERSIONS,
        "name": "衡鉴 企业主体核对",
        "identifierSpace": f"{site}/credit/enterprises/",
        "schemaSpace": f"{base}/schema/",
        "documentation": f"{site}/api/docs",
        "defaultTypes": [TYPE],
        "view": {"url": f"{site}/credit/enterprises/{{{{id}}}}/"},
        "batchSize": MOST_QUERIES,
        "preview": {"url": f"{base}/preview?id={{{{id}}}}", "width": 420, "height": 160},
        "suggest": {kind: {**suggest, "service_path": f"/suggest/{kind}"} for kind in ("entity", "type", "property")},
        "extend": {
            "propose_properties": {"service_url": base, "service_path": "/extend/properties"},
            "property_settings": [],
        },
    }


def answer(queries: Mapping[str, ReconcileQuery]) -> tuple[dict[str, Any], list[int]]:
    """Candidates by query, and the enterprises that they name."""
    asked = [_asked(query) for query in queries.values()]
    found: dict[str, Any] = {}
    numbers: list[int] = []
    for (name, query), candidates in zip(queries.items(), match_many(asked, MOST_CANDIDATES), strict=True):
        shown = candidates[: min(query.limit, MOST_CANDIDATES)]
        numbers += [one.enterprise.pk for one in shown]
        # Only a single sure one is a match; two bodies of one name are for a person to tell apart.
        sure = [one for one in candidates if one.verdict == "same"]
        found[name] = {
            "result": [
                {
                    "id": one.enterprise.key,
                    "name": one.enterprise.name,
                    "description": f"{one.enterprise.code} {one.enterprise.region.name}".strip(),
                    "type": [TYPE],
                    "score": round(one.score * 100, 2),
                    "match": len(sure) == 1 and one is sure[0],
                    "features": [
                        {"id": f"{why.part}_{why.finding}", "name": f"{why.part}: {why.finding}", "value": why.effect}
                        for why in one.reasons
                    ],
                }
                for one in shown
            ]
        }
    return found, numbers


def _asked(query: ReconcileQuery) -> Asked:
    given = {one.pid: _text(one.v) for one in query.properties if one.pid in _COMPARED}
    return Asked(query.query.strip(), given.get("code", ""), given.get("region", ""), given.get("address", ""))


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, Mapping):
        value = value.get("name") or value.get("id") or ""
    return str(value)[:_LONGEST]


def suggest_entities(prefix: str, cursor: int) -> tuple[list[dict[str, Any]], list[int]]:
    """What is typed so far."""
    hits = search(prefix, limit=10, offset=max(0, cursor)).hits
    rows = [
        {
            "id": hit.enterprise.key,
            "name": hit.enterprise.name,
            "description": f"{hit.enterprise.code} {hit.enterprise.region.name}".strip(),
            "notable": [TYPE],
        }
        for hit in hits
    ]
    return rows, [hit.enterprise.pk for hit in hits]


def suggest_properties(prefix: str) -> list[dict[str, str]]:
    """The columns whose name or code contains what is typed."""
    text = prefix.strip().lower()
    return [{"id": code, "name": title} for code, title in PROPERTIES.items() if text in code or text in title]


def extend(wanted: Extension) -> tuple[dict[str, Any], list[int]]:
    """Values of the enterprises for new columns; unknown ids get empty ones."""
    codes = [str(one.get("id", "")) for one in wanted.properties]
    known = [code for code in codes if code in PROPERTIES]
    rows = {
        row.key: row
        for row in Enterprise.objects.filter(key__in=wanted.ids).select_related("region", "merged_into__region")
    }
    values = {}
    for key in wanted.ids:
        row = rows.get(key)
        values[key] = {code: _cell(row.merged_into or row, code) if row else [] for code in known}
    meta = [{"id": code, "name": PROPERTIES[code]} for code in known]
    return {"meta": meta, "rows": values}, [row.pk for row in rows.values()]


def _cell(row: Enterprise, code: str) -> list[dict[str, str]]:
    value: Any = {
        "code": row.code,
        "name": row.name,
        "region": row.region.code,
        "region_name": row.region.name,
        "kind": row.get_kind_display(),
        "status": row.get_status_display(),
        "registered_on": row.registered_on.isoformat() if row.registered_on else "",
    }[code]
    if not value:
        return []
    return [{"date": value}] if code == "registered_on" else [{"str": str(value)}]


def preview_of(key: str) -> Enterprise | None:
    return Enterprise.objects.filter(key=key).select_related("region").first()
