"""Addresses of the room, under /indicators/."""

from __future__ import annotations

from django.urls import path

from hengjian.indicators.views import catalogue, data, defining, intervals, targets, values, work

app_name = "indicators"
urlpatterns = [
    path("", catalogue.index, name="index"),
    path("i/<str:code>/", catalogue.indicator, name="indicator"),
    path("i/<str:code>/versions/", catalogue.versions, name="versions"),
    path("i/<str:code>/data.csv", data.csv, name="csv"),
    path("i/<str:code>/data.json", data.json, name="json"),
    path("i/<str:code>/compute/", work.compute_page, name="compute"),
    path("values/", work.Values.as_view(), name="values"),
    path("values/<int:pk>/", values.value_page, name="value"),
    path("values/<int:pk>/interval/", intervals.interval_page, name="interval"),
    path("targets/", targets.index, name="targets"),
    path("targets/new/", targets.new, name="new_target"),
    path("targets/link/", targets.link, name="link"),
    path("targets/<int:pk>/", targets.target_page, name="target"),
    path("import/", work.import_page, name="import"),
    path("import/template.xlsx", work.template, name="template"),
    path("import/<int:pk>/", work.batch_page, name="batch"),
    path("periods/", work.periods, name="periods"),
    path("define/", defining.define, name="define"),
    path("define/<str:code>/", defining.define, name="redefine"),
    path("proposals/", defining.proposals, name="proposals"),
    path("proposals/<int:pk>/", defining.proposal, name="proposal"),
]
