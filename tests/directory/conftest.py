"""The small world of the parties room."""

from tests.parties.conftest import world

__all__ = ["world"]
