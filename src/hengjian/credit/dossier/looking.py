"""Looks at non-public data: every one is logged with its purpose, and the enterprise reads the log."""

from __future__ import annotations

from typing import Any

from hengjian.credit.dossier.dossier import Dossier
from hengjian.credit.dossier.readers import Reader
from hengjian.enterprises.models import Enterprise
from hengjian.parties.requests import UserRequest


def note_look(request: UserRequest, enterprise: Enterprise, reader: Reader, tab: str) -> None:
    """Log the look of an officer."""


def looks(dossier: Dossier, page: Any) -> Any:
    """The log of looks, newest first."""
    return None
