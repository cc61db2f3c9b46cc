"""Addresses of the interface: /api/v1/…, its description /api/openapi.json, the documentation /api/docs."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from hengjian.api import docs
from hengjian.api.endpoints import (
    cases,
    credit_grading,
    credit_lists,
    credit_records,
    credit_sharing,
    duty_steps,
    enterprises,
    imports,
    indicators,
    ledger,
    notices,
    oversight,
    papers,
    parties,
    plans,
    policy,
    programmes,
    reconcile,
    register_imports,
    registers,
    returns,
    rulebook,
    standing,
    surveys,
    tasks,
    trace,
    trace_chain,
    trace_running,
    workbench,
)
from hengjian.api.interface import Interface, unknown_address

api = Interface()
api.add_router("/v1/plans", plans.router)
api.add_router("/v1/imports", imports.router)
api.add_router("/v1/tasks", tasks.router)
api.add_router("/v1/duties", duty_steps.router)
api.add_router("/v1", oversight.router)
api.add_router("/v1", papers.router)
api.add_router("/v1", standing.router)
api.add_router("/v1/registers", register_imports.router)
api.add_router("/v1/registers", registers.router)
api.add_router("/v1/cases", cases.router)
api.add_router("/v1/credit/grading", credit_grading.router)
api.add_router("/v1/credit/lists", credit_lists.router)
api.add_router("/v1/credit/reconcile", reconcile.router)
api.add_router("/v1/credit", credit_records.router)
api.add_router("/v1/credit", credit_sharing.router)
api.add_router("/v1/enterprises", enterprises.router)
api.add_router("/v1/policy", policy.router)
api.add_router("/v1/rulebook", rulebook.router)
api.add_router("/v1/indicators", indicators.router)
api.add_router("/v1/returns", returns.router)
api.add_router("/v1/surveys", surveys.router)
api.add_router("/v1/trace", trace.router)
api.add_router("/v1/trace", trace_chain.router)
api.add_router("/v1/trace", trace_running.router)
api.add_router("/v1/ledger", ledger.router)
api.add_router("/v1", notices.router)
api.add_router("/v1", programmes.router)
api.add_router("/v1", parties.router)
api.add_router("/v1", workbench.router)

urlpatterns: list[URLPattern | URLResolver] = [
    path("docs", docs.docs_page, name="api_docs"),
    path("", api.guarded_urls),
    re_path(r"^(?P<rest>.*)$", unknown_address),
]
