"""Addresses of the room, under /epcis/."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "trace_events"
urlpatterns: list[URLPattern] = []
