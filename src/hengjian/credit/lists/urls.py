"""Addresses of the room, under /credit/lists/."""

from __future__ import annotations

from django.urls import path

from hengjian.credit.lists.views import entries, measures

app_name = "credit_lists"
urlpatterns = [
    path("", entries.index_page, name="index"),
    path("entries/", entries.Entries.as_view(), name="entries"),
    path("entries/<str:number>/", entries.entry_page, name="entry"),
    path("measures/", measures.catalogue_page, name="catalogue"),
    path("tasks/", measures.Tasks.as_view(), name="tasks"),
    path("tasks/<int:pk>/", measures.task_page, name="task"),
    path("tasks/<int:pk>/answer/", measures.answer, name="answer"),
    path("check/", measures.check_page, name="check"),
    path("public/", entries.public_index, name="public_index"),
    path("public/<str:kind>/", entries.PublicEntries.as_view(), name="public"),
]
