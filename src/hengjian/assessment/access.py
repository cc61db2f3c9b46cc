"""Who may download the files of this room."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from hengjian.assessment.models import Entry
from hengjian.documents.models import StoredFile
from hengjian.parties.policies import visible


def may_read_entry_file(user: Any, file: StoredFile) -> bool:
    """Evidence, photographs, appeals, reports: whoever sees the object for which they came in or are used."""
    pk = file.subject.partition(":")[2]
    if not pk.isdigit():
        return False
    return visible(user, Entry.objects.filter(Q(pk=pk) | Q(evidence__evidence__file=file.pk))).exists()
