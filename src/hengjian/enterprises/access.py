"""Who may read delivered sheets, and what waits for whom."""

from __future__ import annotations

from typing import Any

from hengjian.documents.models import StoredFile
from hengjian.enterprises.models import CodeConflict, IntakeBatch, ReviewPair
from hengjian.parties.policies import may_anywhere, visible


def may_read_file(user: Any, file: StoredFile) -> bool:
    """A delivered sheet may hold personal data: only those who may deliver there."""
    pk = file.subject.partition(":")[2]
    return pk.isdigit() and visible(user, IntakeBatch.objects.filter(pk=int(pk))).exists()


def pairs_waiting(user: Any) -> int:
    """Pairs for this person to look at."""
    if not may_anywhere(user, "enterprises.decide"):
        return 0
    return visible(user, ReviewPair.objects.filter(state=ReviewPair.State.OPEN)).count()


def conflicts_waiting(user: Any) -> int:
    """Codes issued twice that this person has to settle."""
    if not may_anywhere(user, "enterprises.decide"):
        return 0
    return visible(user, CodeConflict.objects.exclude(state=CodeConflict.State.CLOSED)).count()
