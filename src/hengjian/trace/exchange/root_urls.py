"""Addresses at the root of the site: GS1 Digital Links and identifiers of this platform. They are printed on goods and
never change, so they carry no name of a room."""

from __future__ import annotations

from django.urls import URLPattern, path, register_converter

from hengjian.trace.exchange.views import own, resolver


class CompressedLink:
    """A path that is a compressed Digital Link with a well-formed key; anything else stays for other addresses."""

    regex = r"(?:[A-Za-z0-9_-]{9,512}|[0-9]{2,4}/[^/?#]{1,60}/[A-Za-z0-9_-]{3,512})/?"

    def to_python(self, value: str) -> str:
        link = resolver.uncompressed("/" + value)
        if not link:
            raise ValueError(value)
        return link

    def to_url(self, value: str) -> str:
        return value


register_converter(CompressedLink, "gs1_compressed")

urlpatterns: list[URLPattern] = [
    path("<gs1_compressed:link>", resolver.compressed, name="trace_compressed"),
    *(path(f"{key}/<path:rest>", resolver.digital_link, name="trace_digital_link") for key in resolver.KEYS),
    path("id/<slug:scheme>/<path:code>", own.own, name="trace_own"),
    path(".well-known/gs1resolver", resolver.description, name="trace_resolver"),
]
