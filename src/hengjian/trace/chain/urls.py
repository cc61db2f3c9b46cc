"""Addresses of the room, under /trace/."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "trace_chain"
urlpatterns: list[URLPattern] = []
