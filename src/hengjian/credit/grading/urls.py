"""Addresses of the room, under /credit/grading/."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "credit_grading"
urlpatterns: list[URLPattern] = []
