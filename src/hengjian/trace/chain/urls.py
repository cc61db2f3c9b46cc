"""Addresses of the room, under /trace/."""

from __future__ import annotations

from django.urls import path

from hengjian.trace.chain.views import lists, looking, simulating, working

app_name = "trace_chain"
urlpatterns = [
    path("", looking.search_page, name="search"),
    path("thing/", looking.thing_page, name="thing"),
    path("balance/", looking.balance_page, name="balance"),
    path("neighbours/", looking.neighbours_page, name="neighbours"),
    path("simulate/", simulating.simulate_page, name="simulate"),
    path("scenarios/", lists.Scenarios.as_view(), name="scenarios"),
    path("scenarios/<int:pk>/", simulating.scenario_page, name="scenario"),
    path("scenarios/<int:pk>/scope.xlsx", simulating.scenario_sheet, name="scenario_xlsx"),
    path("scenarios/<int:pk>/scope.docx", simulating.scenario_paper, name="scenario_docx"),
    path("scenarios/<int:pk>/order/", simulating.order_page, name="order"),
    path("recalls/", lists.Recalls.as_view(), name="recalls"),
    path("recalls/<int:pk>/", working.recall_page, name="recall"),
    path("anomalies/", lists.Anomalies.as_view(), name="anomalies"),
    path("anomalies/<int:pk>/", working.anomaly_page, name="anomaly"),
    path("source/", working.source_page, name="source"),
]
