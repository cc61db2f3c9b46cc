"""Reads of the room."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from hengjian.parties.policies import permitted
from hengjian.surveys.models import Evaluated, Wave

OPEN = (Wave.State.PREPARED, Wave.State.RUNNING, Wave.State.CLOSED)


def waiting_for(user: Any) -> int:
    """Waves that wait for this person: to be evaluated, or to be approved."""
    closed = permitted(user, "surveys.run", Wave.objects.filter(state=Wave.State.CLOSED)).count()
    return closed + permitted(user, "surveys.approve", Wave.objects.filter(state=Wave.State.COMPUTED)).count()


def newest_result(wave: Wave) -> Evaluated | None:
    """What was computed last, approved or not."""
    return wave.results.order_by("-number").first()


def approved_result(wave: Wave) -> Evaluated | None:
    """The result in force."""
    return wave.results.filter(state=Evaluated.State.APPROVED).order_by("-number").first()


def published_waves() -> QuerySet[Wave]:
    """Waves whose result everybody may see."""
    return Wave.objects.filter(state=Wave.State.CONCLUDED, published_at__isnull=False).select_related("unit", "region")


def running_open() -> QuerySet[Wave]:
    """Waves that everybody may answer today."""
    today = timezone.localdate()
    rows = Wave.objects.filter(state=Wave.State.RUNNING, open_link=True, starts_on__lte=today, ends_on__gte=today)
    return rows.select_related("unit", "region").order_by("ends_on")


def earlier_results(wave: Wave, *, published: bool = False) -> list[Evaluated]:
    """Approved results of the same survey, sector and region, oldest first, up to and with this wave; one per wave."""
    waves = Wave.objects.filter(
        survey=wave.survey, sector=wave.sector, region=wave.region, starts_on__lte=wave.starts_on
    )
    if published:
        waves = waves.filter(published_at__isnull=False)
    rows = Evaluated.objects.filter(wave__in=waves, state=Evaluated.State.APPROVED).select_related("wave")
    newest = {row.wave_id: row for row in rows.order_by("wave__starts_on", "number")}
    return list(newest.values())
