"""Who may read the files of an application."""

from __future__ import annotations

from typing import Any

from hengjian.documents.models import StoredFile
from hengjian.parties.policies import visible
from hengjian.programmes.models import Application


def may_read_draft_file(user: Any, file: StoredFile) -> bool:
    """Files of a draft: whoever may see the application."""
    pk = file.subject.partition(":")[2]
    return pk.isdigit() and visible(user, Application.objects.filter(pk=int(pk))).exists()
