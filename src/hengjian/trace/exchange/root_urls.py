"""Addresses at the root of the site: GS1 Digital Links and identifiers of this platform. They are printed on goods and
never change, so they carry no name of a room."""

from __future__ import annotations

from django.urls import URLPattern, path

from hengjian.trace.exchange.views import resolver

urlpatterns: list[URLPattern] = [
    *(path(f"{key}/<path:rest>", resolver.digital_link, name="trace_digital_link") for key in resolver.KEYS),
    path("id/<slug:scheme>/<path:code>", resolver.own, name="trace_own"),
    path(".well-known/gs1resolver", resolver.description, name="trace_resolver"),
]
