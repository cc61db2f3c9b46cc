"""Addresses of the room. Words stand before codes of registers, so no register can be called like one of them."""

from __future__ import annotations

from django.urls import URLPattern, path

from hengjian.registers.views import editing, entries, importing, index, public, reminders

app_name = "registers"
urlpatterns: list[URLPattern] = [
    path("", index.index, name="index"),
    path("reminders/", reminders.ReminderList.as_view(), name="reminders"),
    path("imports/", importing.ImportList.as_view(), name="imports"),
    path("imports/<int:pk>/", importing.batch_page, name="batch"),
    path("imports/<int:pk>/state/", importing.batch_state, name="batch_state"),
    path("imports/<int:pk>/faults.xlsx", importing.faults, name="faults"),
    path("public/", public.public_index, name="public_index"),
    path("public/<slug:code>/", public.PublicList.as_view(), name="public_list"),
    path("public/<slug:code>.csv", public.open_csv, name="open_csv"),
    path("public/<slug:code>.json", public.open_json, name="open_json"),
    path("public/<slug:code>/<int:pk>/", public.public_entry, name="public_entry"),
    path("public/<slug:code>/key/<path:key>/", public.public_find, name="public_find"),
    path("<slug:code>/", entries.EntryList.as_view(), name="list"),
    path("<slug:code>/new/", editing.new, name="new"),
    path("<slug:code>/import/", importing.start, name="import"),
    path("<slug:code>/import/template.xlsx", importing.template, name="template"),
    path("<slug:code>/key/<path:key>/", entries.find, name="find"),
    path("<slug:code>/<int:pk>/", entries.entry_page, name="entry"),
    path("<slug:code>/<int:pk>/change/", editing.change, name="change"),
]
