"""Django app of the room."""

from django.apps import AppConfig


class CreditDossierConfig(AppConfig):
    name = "hengjian.credit.dossier"
    label = "credit_dossier"
