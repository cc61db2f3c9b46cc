"""Who may download the files of this room."""

from __future__ import annotations

from typing import Any

from hengjian.documents.models import StoredFile
from hengjian.parties.policies import visible
from hengjian.plans.models import Duty, IssuedDocument, PlanImport


def may_read_duty_file(user: Any, file: StoredFile) -> bool:
    """Evidence of a duty: whoever may see the duty."""
    pk = file.subject.partition(":")[2]
    return pk.isdigit() and visible(user, Duty.objects.filter(pk=pk)).exists()


def may_read_document_file(user: Any, file: StoredFile) -> bool:
    """An issued paper and its sheet: whoever may see the paper."""
    pk = file.subject.partition(":")[2]
    return pk.isdigit() and visible(user, IssuedDocument.objects.filter(pk=pk)).exists()


def may_read_import_file(user: Any, file: StoredFile) -> bool:
    """The original of an import is for those who may import there."""
    key = file.subject.partition(":")[2]
    return key.isdigit() and visible(user, PlanImport.objects.filter(pk=key)).exists()
