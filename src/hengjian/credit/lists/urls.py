"""Addresses of the room, under /credit/lists/."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "credit_lists"
urlpatterns: list[URLPattern] = []
