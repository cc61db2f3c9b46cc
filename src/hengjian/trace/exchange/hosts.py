"""The host in identifiers that this platform mints."""

from __future__ import annotations

from hengjian.ledger.checkpoints import origin


def host() -> str:
    """The host part of the ledger's name: one name for all that this installation vouches for."""
    return origin().partition("/")[0]
