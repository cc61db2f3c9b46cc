"""Addresses of the room, under /credit/sharing/."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "credit_sharing"
urlpatterns: list[URLPattern] = []
