"""Addresses of the room, under /credit/grading/."""

from __future__ import annotations

from django.urls import path

from hengjian.credit.grading import comparing_views, views

app_name = "credit_grading"
urlpatterns = [
    path("", views.overview_page, name="overview"),
    path("comparison/", comparing_views.comparison_page, name="comparison"),
    path("enterprises/", views.Classes.as_view(), name="classes"),
    path("enterprises/<str:key>/", views.enterprise_page, name="enterprise"),
    path("enterprises/<str:key>/ask/", views.ask, name="ask"),
    path("adjustments/", views.Adjustments.as_view(), name="adjustments"),
    path("adjustments/<int:pk>/", views.adjustment_page, name="adjustment"),
    path("adjustments/<int:pk>/decide/", views.decide, name="decide"),
    path("runs/", views.runs_page, name="runs"),
    path("runs/<int:pk>/replay/", views.replay_run, name="replay"),
]
