"""Addresses of the room."""

from __future__ import annotations

from django.urls import URLPattern, path

from hengjian.systems.complaints.views import desk, imports, public, statistics, tickets

app_name = "complaints"
urlpatterns: list[URLPattern] = [
    path("", tickets.TicketList.as_view(), name="tickets"),
    path("<int:pk>/", tickets.ticket_page, name="ticket"),
    path("new/", desk.new_ticket, name="new"),
    path("new/propose/", desk.propose, name="propose"),
    path("import/", imports.start, name="import"),
    path("import/template/", imports.template, name="import_template"),
    path("import/<int:pk>/", imports.batch_page, name="batch"),
    path("import/<int:pk>/report/", imports.batch_report, name="batch_report"),
    path("statistics/", statistics.statistics_page, name="statistics"),
    path("public/", public.home, name="public_home"),
    path("public/new/", public.file, name="public_new"),
    path("public/done/", public.done, name="public_done"),
]
