"""Addresses of the room, under /trace/exchange/."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "trace_exchange"
urlpatterns: list[URLPattern] = []
