"""Working off screenings, and their answers as rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from hengjian.credit.sharing.models import Screening
from hengjian.credit.sharing.texts import words
from hengjian.enterprises.matching import Asked, match_many
from hengjian.enterprises.matching.candidates import Candidate

PORTION = 500
CANDIDATES = 3
_LEASE = timedelta(minutes=5)
#: Portions in one round of the worker; other rooms wait for their turn.
_ROUND = 10


def run_waiting(now: datetime) -> int:
    """Compare the next portions of the oldest screening; returns how many rows."""
    free = Q(lease__isnull=True) | Q(lease__lt=now)
    open_ones = Screening.objects.filter(free, state__in=(Screening.State.WAITING, Screening.State.RUNNING))
    pk = open_ones.order_by("created_at", "pk").values_list("pk", flat=True).first()
    if pk is None or not open_ones.filter(pk=pk).update(lease=now + _LEASE, state=Screening.State.RUNNING):
        return 0
    row, compared = Screening.objects.get(pk=pk), 0
    for _portion in range(_ROUND):
        part = row.rows[row.done : row.done + PORTION]
        if part:
            row.answers = [*row.answers[: row.done], *compare(part)]
            row.done += len(part)
            compared += len(part)
        if row.done >= row.total:
            row.state, row.finished_at, row.lease = Screening.State.DONE, now, None
            break
    else:
        row.lease = None
    row.save(update_fields=["answers", "done", "state", "finished_at", "lease"])
    return compared


def compare(rows: Sequence[dict[str, str]]) -> list[list[dict[str, Any]]]:
    """The candidates of each row, best first."""
    asked = [
        Asked(row.get("name", ""), row.get("code", ""), row.get("region", ""), row.get("address", "")) for row in rows
    ]
    return [[candidate_row(one) for one in found] for found in match_many(asked, CANDIDATES)]


def candidate_row(one: Candidate) -> dict[str, Any]:
    """A candidate as JSON."""
    row = one.enterprise
    return {
        "key": row.key,
        "code": row.code,
        "name": row.name,
        "region": row.region.code,
        "status": row.status,
        "score": one.score,
        "verdict": one.verdict,
        "reasons": [{"part": why.part, "finding": why.finding, "effect": why.effect} for why in one.reasons],
    }


def reasons_in_words(candidate: dict[str, Any]) -> str:
    """Why, in the reader's language."""
    from hengjian.enterprises.matching.scoring import Reason

    return "；".join(words(Reason(why["part"], why["finding"], why["effect"])) for why in candidate["reasons"])
