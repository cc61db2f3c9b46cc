"""Addresses of the room."""

from __future__ import annotations

from django.urls import path

from hengjian.cases.views import case, intake, lists, public

app_name = "cases"
urlpatterns = [
    path("", lists.inbox, name="inbox"),
    path("type/<slug:code>/", lists.CaseList.as_view(), name="list"),
    path("type/<slug:code>/new/", intake.new, name="new"),
    path("<int:pk>/", case.case_page, name="case"),
    path("<int:pk>/reveal/", case.reveal, name="reveal"),
    path("mine/", public.mine, name="mine"),
    path("mine/<int:pk>/", public.own, name="own"),
    path("public/", public.index, name="public_index"),
    path("public/done/", public.public_done, name="public_done"),
    path("public/<slug:code>/", public.public_new, name="public_new"),
    path("track/", public.track, name="track"),
    path("track/file/<int:pk>/", public.track_file, name="track_file"),
]
