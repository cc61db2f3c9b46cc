"""Reading policy texts: plans, notices and decisions of Chinese governments → sections, items, duties,
targets, deadlines."""

from __future__ import annotations

from hengjian.methods.policy_text.errors import SourceError
from hengjian.methods.policy_text.model import PolicyDocument
from hengjian.methods.policy_text.passages import read_passage
from hengjian.methods.policy_text.reader import read_policy

__all__ = ["PolicyDocument", "SourceError", "read_passage", "read_policy"]
