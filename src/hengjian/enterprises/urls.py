"""Addresses of the room, under /enterprises/. Words stand before keys of bodies."""

from __future__ import annotations

from django.urls import URLPattern, path

from hengjian.enterprises.views import conflicts, enterprise, intake, listing, review

app_name = "enterprises"
urlpatterns: list[URLPattern] = [
    path("", listing.EnterpriseList.as_view(), name="list"),
    path("intake/", intake.start, name="intake"),
    path("intake/batches/", intake.BatchList.as_view(), name="batches"),
    path("intake/<int:pk>/", intake.batch_page, name="batch"),
    path("intake/<int:pk>/state/", intake.batch_state, name="batch_state"),
    path("intake/<int:pk>/report.xlsx", intake.faults, name="faults"),
    path("review/", review.ReviewList.as_view(), name="review"),
    path("review/<int:pk>/", review.pair_page, name="pair"),
    path("codes/", conflicts.ConflictList.as_view(), name="conflicts"),
    path("codes/sheet.xlsx", conflicts.export, name="conflict_sheet"),
    path("codes/answers/", conflicts.take_back, name="conflict_answers"),
    path("codes/<int:pk>/", conflicts.conflict_page, name="conflict"),
    path("<slug:key>/", enterprise.page, name="enterprise"),
]
