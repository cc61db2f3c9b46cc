"""A plan as data for others: Akoma Ntoso 3.0 for document interchange, task rows for spreadsheets.

Both take a PolicyDocument or its dictionary (the JSON of `hengjian policy parse`).
"""

from __future__ import annotations

from hengjian.methods.policy_export.akoma_ntoso import to_akoma_ntoso
from hengjian.methods.policy_export.tasks import task_rows

__all__ = ["task_rows", "to_akoma_ntoso"]
