"""Counts for the shell."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.utils import timezone

from hengjian.programmes.actions.base import own_units
from hengjian.programmes.models import Application, Review


def waiting_drafts(user: Any) -> int:
    """Drafts of the person's units whose call is still open."""
    if not getattr(user, "is_authenticated", False):
        return 0
    today = timezone.localdate()
    rows = Application.objects.filter(state=Application.State.DRAFT, edition__closes_on__gte=today)
    return rows.filter(unit__in=own_units(user, "programmes.apply")).count()


def waiting_reviews(user: Any) -> int:
    """Opinions that are asked of the person in the stage that is on."""
    if not getattr(user, "is_authenticated", False):
        return 0
    rows = Review.objects.filter(user=user.pk, state=Review.State.ASSIGNED)
    return rows.filter(application__case__state=F("stage")).count()
