"""Addresses of the room, under /credit/."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "credit_dossier"
urlpatterns: list[URLPattern] = []
