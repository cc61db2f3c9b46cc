"""Addresses of the interface, under /epcis/ (EPCIS 2.0 section 12.7); the pages are in `page_urls.py`."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from hengjian.trace.events.interface import capturing, describing, paging, reading, subscribing

app_name = "trace_events"
_RESOURCE = "(?P<resource>eventTypes|epcs|bizSteps|bizLocations|readPoints|dispositions)"
urlpatterns: list[URLPattern] = [
    path("", reading.Top.as_view(), name="top"),
    path("openapi.json", describing.openapi, name="openapi"),
    path("capture", capturing.Captures.as_view(), name="captures"),
    path("capture/<uuid:job>", capturing.Capture.as_view(), name="capture_job"),
    path("events", reading.Events.as_view(), name="events"),
    path("events/<path:event>", reading.OneEvent.as_view(), name="event"),
    path("queries", subscribing.Queries.as_view(), name="queries"),
    path("queries/<str:name>", subscribing.OneQuery.as_view(), name="query"),
    path("queries/<str:name>/events", subscribing.QueryEvents.as_view(), name="query_events"),
    path("queries/<str:name>/subscriptions", subscribing.Subscriptions.as_view(), name="subscriptions"),
    path(
        "queries/<str:name>/subscriptions/<uuid:subscription>",
        subscribing.OneSubscription.as_view(),
        name="subscription",
    ),
    path("nextPageToken/<str:token>", paging.PageToken.as_view(), name="page_token"),
    re_path(rf"^{_RESOURCE}$", reading.Members.as_view(), name="members"),
    re_path(rf"^{_RESOURCE}/(?P<value>.+)/events$", reading.MemberEvents.as_view(), name="member_events"),
    re_path(rf"^{_RESOURCE}/(?P<value>.+)$", reading.Member.as_view(), name="member"),
    re_path(r"^(?P<rest>.*)$", describing.Unknown.as_view(), name="unknown"),
]
