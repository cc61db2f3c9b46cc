"""Addresses of the work pages: workbench, ledger, task, duty, load, messages."""

from __future__ import annotations

from django.urls import path

from hengjian.plans.views.duty import duty_page
from hengjian.plans.views.ledger import TaskLedger
from hengjian.plans.views.load import load_page
from hengjian.plans.views.task import task_page
from hengjian.plans.views.workbench import workbench

urlpatterns = [
    path("workbench/", workbench, name="workbench"),
    path("tasks/", TaskLedger.as_view(), name="ledger"),
    path("tasks/<int:pk>/", task_page, name="task"),
    path("tasks/duty/<int:pk>/", duty_page, name="duty"),
    path("load/", load_page, name="load"),
]
