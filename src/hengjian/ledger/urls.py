"""Addresses of the room, included by the site under a public path."""

from __future__ import annotations

from django.urls import path

from hengjian.ledger import views

app_name = "ledger"
urlpatterns = [
    path("", views.index, name="index"),
    path("facts/<uuid:fact_id>/", views.fact, name="fact"),
    path("facts/<uuid:fact_id>/proof.json", views.proof, name="proof"),
    path("checkpoint.txt", views.checkpoint, name="checkpoint"),
    path("kinds/", views.kind_list, name="kinds"),
    path("schemas/<str:name>.json", views.schema, name="schema"),
    path("vault-log/", views.vault_log, name="vault_log"),
]
