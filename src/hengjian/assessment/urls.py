"""Addresses of the room, under /assessment/."""

from __future__ import annotations

from django.urls import URLPattern, path

from hengjian.assessment.views import (
    analysing,
    entries,
    evidence,
    files,
    filing,
    midterm,
    orders,
    panel,
    places,
    public,
    results,
    rounds,
    scheme_editing,
    schemes,
    scoring,
    selfscore,
    site,
)

app_name = "assessment"
urlpatterns: list[URLPattern] = [
    path("", rounds.Rounds.as_view(), name="index"),
    path("schemes/", schemes.Schemes.as_view(), name="schemes"),
    path("schemes/new/", schemes.new_page, name="scheme_new"),
    path("schemes/<int:pk>/", schemes.scheme_page, name="scheme"),
    path("schemes/<int:pk>/edit/", scheme_editing.edit_page, name="scheme_edit"),
    path("schemes/<int:pk>/items/<str:code>/", scheme_editing.item_page, name="scheme_item"),
    path("rounds/new/", rounds.new_page, name="round_new"),
    path("rounds/<int:pk>/", rounds.round_page, name="round"),
    path("rounds/<int:pk>/score/", scoring.score_page, name="score"),
    path("rounds/<int:pk>/site/", site.site_page, name="site"),
    path("rounds/<int:pk>/panel/", panel.panel_page, name="panel"),
    path("rounds/<int:pk>/results/", results.results_page, name="results"),
    path("rounds/<int:pk>/analysis/", analysing.analysis_page, name="analysis"),
    path("rounds/<int:pk>/orders/", orders.Orders.as_view(), name="orders"),
    path("rounds/<int:pk>/results.xlsx", files.results_file, name="results_file"),
    path("rounds/<int:pk>/appraisal.xlsx", files.appraisal_file, name="appraisal_file"),
    path("rounds/<int:pk>/notice.docx", files.notice_file, name="notice_file"),
    path("rounds/<int:pk>/circular.docx", files.circular_file, name="circular_file"),
    path("objects/<int:pk>/", entries.entry_page, name="entry"),
    path("objects/<int:pk>/place/", places.place_page, name="place"),
    path("objects/<int:pk>/targets/", filing.targets_page, name="targets"),
    path("objects/<int:pk>/self/", selfscore.self_page, name="self"),
    path("objects/<int:pk>/evidence/<str:code>/", evidence.evidence_page, name="evidence"),
    path("objects/<int:pk>/visit/", site.visit_page, name="visit"),
    path("objects/<int:pk>/card.docx", files.card_file, name="card_file"),
    path("orders/<int:pk>/", orders.order_page, name="order"),
    path("orders/<int:pk>/order.docx", files.order_file, name="order_file"),
    path("midterm/", midterm.midterm_page, name="midterm"),
    path("midterm/<int:pk>/review.docx", midterm.midterm_file, name="midterm_file"),
    path("public/", public.public_list, name="public"),
    path("public/<int:pk>/", public.public_round, name="public_round"),
]
