"""Validity in time and confidentiality, shared by the models of the room."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class Confidentiality(models.IntegerChoices):
    """How far a row may be shown; a grant's ceiling must reach it."""

    PUBLIC = 0, _("公开")
    INTERNAL = 10, _("内部")
    SENSITIVE = 20, _("敏感")
    PERSONAL = 30, _("个人信息")


def valid_on(on: date, prefix: str = "") -> models.Q:
    """The condition "in force on that day"; both ends are inclusive and may be open. `prefix` as in `unit__`."""
    return models.Q(
        models.Q(**{f"{prefix}valid_from__isnull": True}) | models.Q(**{f"{prefix}valid_from__lte": on}),
        models.Q(**{f"{prefix}valid_to__isnull": True}) | models.Q(**{f"{prefix}valid_to__gte": on}),
    )


class DatedQuerySet(models.QuerySet[Any]):
    """Rows with a period of validity."""

    def valid_on(self, on: date) -> Self:
        return self.filter(valid_on(on))


class Dated(models.Model):
    """A row with first and last day of validity; an empty end is open."""

    valid_from = models.DateField(_("生效日期"), null=True, blank=True)
    valid_to = models.DateField(_("失效日期"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_to__isnull=True)
                | models.Q(valid_to__gte=models.F("valid_from")),
                name="%(app_label)s_%(class)s_period",
                violation_error_message=_("失效日期早于生效日期。"),
            )
        ]

    def is_valid_on(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)
