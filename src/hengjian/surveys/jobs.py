"""What the worker does for surveys: close waves whose last day is over."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from hengjian.surveys.actions.fielding import CloseWave
from hengjian.surveys.models import Wave


def run_due(now: datetime) -> int:
    """Close what has ended; returns how many waves."""
    done = 0
    for wave in Wave.objects.filter(state=Wave.State.RUNNING, ends_on__lt=timezone.localdate(now)):
        CloseWave(user=None, system="worker", wave=wave).execute()
        done += 1
    return done
