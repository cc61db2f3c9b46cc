"""Addresses of the room."""

from __future__ import annotations

from django.urls import path

from hengjian.systems.honours.views import activities, brands, indications

app_name = "honours"
urlpatterns = [
    path("brands/", brands.counts, name="brands"),
    path("brand-value/", brands.valuation, name="valuation"),
    path("brand-value/<int:pk>/", brands.valuation_entry, name="valuation_entry"),
    path("indications/<int:pk>/", indications.indication, name="indication"),
    path("activities/", activities.calendar, name="calendar"),
]
