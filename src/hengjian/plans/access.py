"""Who may download the files of this room."""

from __future__ import annotations

from typing import Any

from hengjian.documents.models import StoredFile
from hengjian.parties.policies import visible
from hengjian.plans.models import Duty


def may_read_duty_file(user: Any, file: StoredFile) -> bool:
    """Evidence of a duty: whoever may see the duty."""
    pk = file.subject.partition(":")[2]
    return pk.isdigit() and visible(user, Duty.objects.filter(pk=pk)).exists()
