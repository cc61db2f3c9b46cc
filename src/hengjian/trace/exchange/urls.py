"""Addresses of the room, under /trace/exchange/."""

from __future__ import annotations

from django.urls import URLPattern, path, register_converter

from hengjian.trace.exchange.views import files, office, passports, producer, resolver


class Gs1Key:
    """The Application Identifier of a primary key that the resolver serves."""

    regex = "|".join(resolver.KEYS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Gs1Key, "gs1_key")

app_name = "trace_exchange"
urlpatterns: list[URLPattern] = [
    path("", producer.home, name="home"),
    path("produce/", producer.produce, name="produce"),
    path("receive/", producer.receive, name="receive"),
    path("sell/", producer.sell, name="sell"),
    path("certificates/<int:pk>/", producer.certificate, name="certificate"),
    path("certificates/<int:pk>/labels/", producer.labels, name="labels"),
    path("files/", files.files, name="files"),
    path("files/<int:pk>/", files.batch, name="batch"),
    path("files/<int:pk>/state/", files.batch_state, name="batch_state"),
    path("files/<int:pk>/faults/", files.faults, name="faults"),
    path("files/template/<slug:kind>.xlsx", files.template, name="template"),
    path("files/export/", files.export, name="export"),
    path("coverage/", office.coverage, name="coverage"),
    path("coverage/missing/", office.missing_links, name="missing"),
    path("public/", passports.public_home, name="public_home"),
    path("public/<gs1_key:key>/<path:rest>", resolver.thing, name="thing"),
]
