"""Addresses of the room, under /credit/."""

from __future__ import annotations

from django.urls import path

from hengjian.credit.dossier.views import dossier, search

app_name = "credit_dossier"
urlpatterns = [
    path("", search.public_search, name="public_search"),
    path("query/", search.officer_search, name="search"),
    path("suggest/", search.suggest, name="suggest"),
    path("enterprises/<str:ident>/", dossier.public_page, name="public"),
    path("dossier/<str:ident>/", dossier.inside_page, name="dossier"),
]
