"""Addresses of the room, under /analysis/."""

from __future__ import annotations

from django.urls import path

from hengjian.analysis.views import comparing, composites, industries, maps, public, regions, reports, standings, topics

app_name = "analysis"
urlpatterns = [
    path("", regions.index, name="index"),
    path("regions/<slug:code>/", regions.region, name="region"),
    path("values/<int:pk>/standing/", standings.standing_page, name="standing"),
    path("map/", maps.tile_map, name="map"),
    path("compare/", comparing.compare, name="compare"),
    path("industries/", industries.industries, name="industries"),
    path("industries/<slug:code>/", industries.industry, name="industry"),
    path("supervision/", topics.supervision, name="supervision"),
    path("satisfaction/", topics.satisfaction, name="satisfaction"),
    path("air/", topics.air, name="air"),
    path("indices/", composites.composites, name="composites"),
    path("calendar/", reports.calendar_page, name="calendar"),
    path("reports/", reports.Reports.as_view(), name="reports"),
    path("reports/new/", reports.write_page, name="write"),
    path("reports/<int:pk>/", reports.report_page, name="report"),
    path("reports/<int:pk>/paragraphs/<int:paragraph>/", reports.paragraph_page, name="paragraph"),
    path("reports/<int:pk>/report.docx", reports.report_file, name="report_file"),
    # for everybody
    path("public/", public.start, name="public"),
    path("public/place/", public.region, name="public_choose"),
    path("public/places/<slug:code>/", public.region, name="public_region"),
    path("public/reports/<int:pk>/", public.report_page, name="public_report"),
    path("public/reports/<int:pk>/report.docx", public.report_file, name="public_report_file"),
]
