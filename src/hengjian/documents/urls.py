"""Addresses of the room."""

from __future__ import annotations

from django.urls import path

from hengjian.documents import views

app_name = "documents"
urlpatterns = [path("files/<int:pk>/", views.download, name="download")]
