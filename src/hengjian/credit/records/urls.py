"""Addresses of the room, under /credit/records/."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "credit_records"
urlpatterns: list[URLPattern] = []
