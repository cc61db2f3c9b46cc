"""Addresses of the pages, under /trace/events/."""

from __future__ import annotations

from django.urls import URLPattern, path

from hengjian.trace.events.views import lists, pages

app_name = "trace_event_pages"
urlpatterns: list[URLPattern] = [
    path("", lists.EventList.as_view(), name="events"),
    path("<int:pk>/", pages.event_page, name="event"),
    path("jobs/", lists.JobList.as_view(), name="jobs"),
    path("jobs/<uuid:job>/", pages.job_page, name="job"),
    path("capture/", pages.capture_page, name="capture"),
    path("queries/", pages.queries_page, name="queries"),
]
