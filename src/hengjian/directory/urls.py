"""Addresses of the room."""

from __future__ import annotations

from django.urls import path

from hengjian.directory import unit_views, views
from hengjian.directory.lists import AuditPage, PeoplePage, TokenPage, UnitPage

app_name = "directory"
urlpatterns = [
    path("units/", UnitPage.as_view(), name="units"),
    path("units/new/", unit_views.new_unit, name="new_unit"),
    path("units/<slug:key>/", unit_views.unit, name="unit"),
    path("units/<slug:key>/edit/", unit_views.edit_unit, name="edit_unit"),
    path("units/<slug:key>/leaders/new/", unit_views.leader, name="new_leader"),
    path("units/<slug:key>/leaders/<int:pk>/", unit_views.leader, name="leader"),
    path("units/<slug:key>/succession/", unit_views.succession, name="succession"),
    path("units/<slug:key>/succession/<int:pk>/cancel/", unit_views.cancel_succession, name="cancel_succession"),
    path("units/<slug:key>/alias/", unit_views.add_alias, name="add_alias"),
    path("people/", PeoplePage.as_view(), name="people"),
    path("people/new/", views.new_person, name="new_person"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/edit/", views.edit_person, name="edit_person"),
    path("people/<int:pk>/grant/", views.grant_role, name="grant_role"),
    path("grants/<int:pk>/revoke/", views.revoke_role, name="revoke_role"),
    path("roles/", views.role_page, name="roles"),
    path("tokens/", TokenPage.as_view(), name="tokens"),
    path("tokens/new/", views.new_token, name="new_token"),
    path("tokens/<int:pk>/revoke/", views.revoke_token, name="revoke_token"),
    path("audit/", AuditPage.as_view(), name="audit"),
    path("profile/", views.profile, name="profile"),
]
