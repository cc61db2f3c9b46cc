"""Addresses of the room, under /notices/."""

from __future__ import annotations

from django.urls import path

from hengjian.publishing.views import feeds, listings, office, public

app_name = "publishing"
urlpatterns = [
    # for everybody
    path("", public.PublicNotices.as_view(), name="index"),
    path("<int:pk>/", public.notice_page, name="notice"),
    path("<int:pk>/objection/", public.object_page, name="object"),
    path("objection/", public.track_page, name="track"),
    path("lists/", public.list_index, name="list_index"),
    path("lists/<str:code>/", public.list_page, name="list"),
    path("snapshots/<int:pk>/", public.snapshot_page, name="snapshot"),
    # for machines
    path("feed.json", feeds.notices_json, name="feed_json"),
    path("feed.atom", feeds.notices_atom, name="feed_atom"),
    path("lists/<str:code>/feed.json", feeds.list_feed_json, name="list_feed_json"),
    path("lists/<str:code>/feed.atom", feeds.list_feed_atom, name="list_feed_atom"),
    path("lists/<str:code>/list.csv", feeds.list_csv, name="list_csv"),
    path("lists/<str:code>/list.json", feeds.list_json, name="list_json"),
    path("snapshots/<int:pk>/snapshot.json", feeds.snapshot_json, name="snapshot_json"),
    # for the office
    path("office/", office.Notices.as_view(), name="notices"),
    path("office/new/", office.write_page, name="write"),
    path("office/<int:pk>/", office.manage_page, name="manage"),
    path("office/<int:pk>/edit/", office.edit_page, name="edit"),
    path("office/objections/", office.Objections.as_view(), name="objections"),
    path("office/objections/<int:pk>/", office.objection_page, name="objection"),
    path("office/objections/<int:pk>/identity/", office.identity_page, name="identity"),
    path("office/lists/", listings.lists_page, name="lists"),
    path("office/lists/<int:pk>/", listings.prepared_page, name="prepared"),
]
