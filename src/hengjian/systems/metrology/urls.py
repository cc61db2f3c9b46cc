"""Addresses of the room."""

from __future__ import annotations

from django.urls import URLPattern, path

from hengjian.systems.metrology.views import due, rates, recording

app_name = "metrology"
urlpatterns: list[URLPattern] = [
    path("", rates.rates_page, name="rates"),
    path("coverage/", rates.coverage_page, name="coverage"),
    path("due/", due.DueList.as_view(), name="due"),
    path("public/due/", due.PublicDueList.as_view(), name="public_due"),
    path("record/<int:pk>/", recording.record_page, name="record"),
    path("record/sheet/", recording.sheet_page, name="sheet"),
    path("record/sheet/template.xlsx", recording.template, name="template"),
]
