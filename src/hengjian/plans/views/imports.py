"""Addresses of the pages on plan texts: list, plan, import, review, confirm."""

from __future__ import annotations

from django.urls import path

from hengjian.plans.views.import_confirm import import_confirm
from hengjian.plans.views.import_mark import import_mark
from hengjian.plans.views.import_review import import_review, import_undo
from hengjian.plans.views.import_start import import_start
from hengjian.plans.views.plan import plan_page
from hengjian.plans.views.plan_export import plan_export
from hengjian.plans.views.plan_list import PlanList

urlpatterns = [
    path("", PlanList.as_view(), name="list"),
    path("<int:pk>/", plan_page, name="plan"),
    path("<int:pk>/export/<str:suffix>/", plan_export, name="plan_export"),
    path("import/", import_start, name="import_start"),
    path("import/<int:pk>/", import_review, name="import_review"),
    path("import/<int:pk>/mark/", import_mark, name="import_mark"),
    path("import/<int:pk>/confirm/", import_confirm, name="import_confirm"),
    path("import/<int:pk>/undo/", import_undo, name="import_undo"),
]
