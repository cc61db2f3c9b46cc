"""Addresses of the room, under /credit/records/."""

from __future__ import annotations

from django.urls import path

from hengjian.credit.records.views import delivering, listing, record, reversal

app_name = "credit_records"
urlpatterns = [
    path("", listing.Records.as_view(), name="index"),
    path("new/", record.choose, name="choose"),
    path("new/<str:category>/", record.new, name="new"),
    path("repairs/", listing.Repairs.as_view(), name="repairs"),
    path("looks/", listing.Looks.as_view(), name="looks"),
    path("timeliness/", listing.timeliness_page, name="timeliness"),
    path("catalogue/", listing.catalogue_page, name="catalogue"),
    path("deliveries/", listing.Deliveries.as_view(), name="deliveries"),
    path("deliveries/new/", delivering.upload, name="upload"),
    path("deliveries/template/<str:category>.xlsx", delivering.template, name="template"),
    path("deliveries/<int:pk>/", delivering.delivery_page, name="delivery"),
    path("<uuid:key>/", record.record_page, name="record"),
    path("<uuid:key>/correct/", record.correct, name="correct"),
    path("<uuid:key>/repair/", record.apply, name="apply"),
    path("<uuid:key>/reversal/", reversal.report, name="reversal"),
    path("<uuid:key>/notice.docx", record.notice, name="notice"),
    path("<uuid:key>/sealed/", record.sealed, name="sealed"),
]
