"""Addresses of the room, under /credit/sharing/."""

from __future__ import annotations

from django.urls import path

from hengjian.credit.sharing.views import oversight, screenings, subscriptions

app_name = "credit_sharing"
urlpatterns = [
    path("", subscriptions.alerts, name="alerts"),
    path("new/", subscriptions.new, name="new"),
    path("subscriptions/<uuid:key>/", subscriptions.subscription, name="subscription"),
    path("screenings/", screenings.screenings, name="screenings"),
    path("screenings/<uuid:key>/", screenings.screening, name="screening"),
    path("screenings/<uuid:key>/answers.xlsx", screenings.answers, name="answers"),
    path("oversight/", oversight.oversight, name="oversight"),
]
