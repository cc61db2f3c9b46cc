"""Addresses of the room, under /credit/."""

from __future__ import annotations

from django.urls import path

from hengjian.credit.dossier.views import dossier, mine, reports, search

app_name = "credit_dossier"
urlpatterns = [
    path("", search.public_search, name="public_search"),
    path("query/", search.officer_search, name="search"),
    path("suggest/", search.suggest, name="suggest"),
    path("enterprises/<str:ident>/", dossier.public_page, name="public"),
    path("enterprises/<str:ident>/report/", reports.public_new, name="public_report"),
    path("dossier/<str:ident>/", dossier.inside_page, name="dossier"),
    path("dossier/<str:ident>/report/", reports.new, name="report_new"),
    path("reports/", reports.verify, name="verify"),
    path("reports/<str:code>/", reports.report, name="report"),
    path("reports/<str:code>/report.<str:extension>", reports.file, name="report_file"),
    path("mine/", mine.mine, name="mine"),
    path("mine/objection/", mine.objection, name="object"),
    path("mine/claim/<str:ident>/", mine.claim, name="claim"),
]
