"""Who may download a file: the room that owns the subject decides, and without its word nobody may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hengjian.documents.models import StoredFile

#: (user, file) → may the user read it
MayRead = Callable[[Any, StoredFile], bool]

_rules: dict[str, MayRead] = {}


def register_file_access(kind: str, may_read: MayRead) -> None:
    """Say who may read files whose subject begins with `kind` ("duty" for "duty:12"); called from AppConfig.ready."""
    _rules[kind] = may_read


def may_read(user: Any, file: StoredFile) -> bool:
    """Whether the user may download the file; a kind without a rule is closed."""
    rule = _rules.get(file.subject.partition(":")[0])
    return rule is not None and rule(user, file)
