"""Addresses of the room."""

from __future__ import annotations

from django.urls import URLPattern, path

from hengjian.systems.engineering.views import projects, public

app_name = "engineering"
urlpatterns: list[URLPattern] = [
    path("projects/<int:pk>/", projects.project_page, name="project"),
    path("projects/<int:pk>/identity/<int:holder>/", projects.identity, name="identity"),
    path("people/", projects.people, name="people"),
    path("rates/", projects.rates_page, name="rates"),
    path("public/", public.public_home, name="public_home"),
    path("public/<int:pk>/", public.public_project, name="public_project"),
]
