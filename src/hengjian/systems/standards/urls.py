"""Addresses of the room."""

from __future__ import annotations

from django.urls import URLPattern, path

from hengjian.systems.standards import views

app_name = "standards"
urlpatterns: list[URLPattern] = [
    path("", views.overview_page, name="overview"),
    path("flagged/", views.FlaggedList.as_view(), name="flagged"),
    path("declarations/<int:pk>/compare/", views.compare_page, name="compare"),
]
