"""Addresses of the room."""

from __future__ import annotations

from django.urls import URLPattern, path

from hengjian.systems.supervision.views import campaigns, figures, home, inspections, lists

app_name = "supervision"
urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("late/", home.late, name="late"),
    path("campaigns/<int:pk>/", campaigns.campaign_page, name="campaign"),
    path("campaigns/<int:pk>/figures.xlsx", campaigns.campaign_sheet, name="campaign_sheet"),
    path("campaigns/<int:pk>/report/<str:period>/", campaigns.report, name="campaign_report"),
    path("inspections/", inspections.overview, name="inspections"),
    path("inspections/<int:pk>/", inspections.inspection, name="inspection"),
    path("environment/", figures.environment, name="environment"),
    path("insurance/", figures.insurance, name="insurance"),
    path("public/lists/", lists.power_lists, name="power_lists"),
    path("public/lists/compare/", lists.compare, name="compare_lists"),
    path("public/late/", home.public_late, name="public_late"),
]
