"""What can go wrong in the ledger. Messages are for the person at the screen, in their language."""

from __future__ import annotations


class LedgerError(Exception):
    """Base of all: the message says what happened, where, and what to do next."""


class UnknownKind(LedgerError):
    """No room has registered this fact kind."""


class InvalidFact(LedgerError):
    """A field of the draft or its payload is not acceptable."""


class ReplacedFact(LedgerError):
    """The fact to be corrected or withdrawn is not the last word any more, or does not exist."""


class FactNotFound(LedgerError):
    """No such fact, or the reader may not see it."""


class NotCovered(LedgerError):
    """The fact is newer than the newest signed checkpoint."""


class LedgerDamaged(LedgerError):
    """Stored hashes and facts disagree; nothing may be appended or signed before `hengjian ledger verify`."""


class KeyProblem(LedgerError):
    """A signing or vault key is missing or unreadable."""


class VaultError(LedgerError):
    """The personal data cannot be shown: erased, no purpose given, or the reader is not entitled."""
