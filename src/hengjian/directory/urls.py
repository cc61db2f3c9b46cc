"""Addresses of the room."""

from __future__ import annotations

from django.urls import path

from hengjian.directory import views
from hengjian.directory.lists import AuditPage, PeoplePage, TokenPage, UnitPage

app_name = "directory"
urlpatterns = [
    path("units/", UnitPage.as_view(), name="units"),
    path("units/<slug:key>/", views.unit, name="unit"),
    path("units/<slug:key>/alias/", views.add_alias, name="add_alias"),
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
