"""Addresses of the room."""

from __future__ import annotations

from django.urls import URLPattern, path

from hengjian.systems.equipment.views import desk, lifts, public, statistics

app_name = "equipment"
urlpatterns: list[URLPattern] = [
    path("desk/", desk.desk, name="desk"),
    path("desk/call/", desk.call, name="call"),
    path("desk/compensations/", desk.compensations, name="compensations"),
    path("rescues/<int:pk>/", desk.rescue_page, name="rescue"),
    path("statistics/", statistics.statistics_page, name="statistics"),
    path("overdue/", lifts.OverdueList.as_view(), name="overdue"),
    path("lifts/<int:pk>/", lifts.lift_page, name="lift"),
    path("policies/<int:pk>/", lifts.policy_page, name="policy"),
    path("maintenance/", public.my_lifts, name="my_lifts"),
    path("public/", public.public_home, name="public_home"),
    path("lift/<slug:city>/<slug:code>/", public.public_lift, name="public_lift"),
    path("lift/<slug:city>/<slug:code>/maintain/", public.maintain, name="maintain"),
    path("lift/<slug:city>/<slug:code>.svg", public.qr, name="qr"),
]
