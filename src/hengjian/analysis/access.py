"""Who reads the files of the room: deposited reports follow the policy of their report."""

from __future__ import annotations

from typing import Any

from hengjian.analysis.models import Report
from hengjian.documents.models import StoredFile
from hengjian.parties.policies import visible


def may_read_report_file(user: Any, file: StoredFile) -> bool:
    pk = file.subject.partition(":")[2]
    return pk.isdigit() and visible(user, Report.objects.filter(pk=int(pk))).exists()
