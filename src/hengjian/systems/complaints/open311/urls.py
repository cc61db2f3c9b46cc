"""Addresses of the endpoint; the suffix names the format, XML without one."""

from __future__ import annotations

from django.urls import URLPattern, re_path

from hengjian.systems.complaints.open311 import views

app_name = "open311"
SUFFIX = r"(?:\.(?P<suffix>xml|json))?"
PART = r"[^/]+?"
urlpatterns: list[URLPattern] = [
    re_path(r"^discovery\.(?P<suffix>xml|json)$", views.discovery, name="discovery"),
    re_path(rf"^services{SUFFIX}$", views.service_list, name="services"),
    re_path(rf"^services/(?P<code>{PART}){SUFFIX}$", views.service_definition, name="service"),
    re_path(rf"^requests{SUFFIX}$", views.request_list, name="requests"),
    re_path(rf"^requests/(?P<number>{PART}){SUFFIX}$", views.request_detail, name="request"),
    re_path(rf"^tokens/(?P<token>{PART}){SUFFIX}$", views.token_detail, name="token"),
    re_path(rf"^servicerequestupdates{SUFFIX}$", views.update_list, name="updates"),
]
