"""What can go wrong in the lake. Messages are for the person at the screen, in their language."""

from __future__ import annotations


class LakeError(Exception):
    """Base of all: the message says what happened, where, and what to do next."""


class MeasureError(LakeError):
    """A measure cannot be computed as it is declared: an unknown field, a value that does not fit its type."""


class QueryError(LakeError):
    """An SQL query was refused, failed, or took longer than allowed."""
