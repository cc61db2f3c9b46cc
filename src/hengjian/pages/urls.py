"""Addresses of the toolkit itself."""

from __future__ import annotations

from django.urls import path

from hengjian.pages import list_views, notices

app_name = "pages"
urlpatterns = [
    path("notices", notices.messages_page, name="notices"),
    path("save", list_views.save_view, name="save_view"),
    path("delete", list_views.delete_view, name="delete_view"),
]
