"""Addresses of the room, under /scores/."""

from __future__ import annotations

from django.urls import path

from hengjian.scoring import views

app_name = "scoring"
urlpatterns = [
    path("", views.Sheets.as_view(), name="index"),
    path("<int:pk>/", views.sheet_page, name="sheet"),
    path("<int:pk>/mark/", views.mark_page, name="mark"),
    path("<int:pk>/consensus/<int:task>/", views.settle_page, name="settle"),
    path("<int:pk>/sheet.xlsx", views.sheet_file, name="file"),
]
