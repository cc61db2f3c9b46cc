"""Addresses of the room."""

from __future__ import annotations

from django.urls import URLPattern, path

from hengjian.systems.certification.views import calibration, checks, home, services

app_name = "certification"
urlpatterns: list[URLPattern] = [
    path("", home.home_page, name="home"),
    path("number/", checks.number_page, name="number"),
    path("calibration/import/", calibration.import_page, name="calibration"),
    path("services/", services.services_page, name="services"),
    path("services/desk/", services.desk_page, name="desk"),
]
