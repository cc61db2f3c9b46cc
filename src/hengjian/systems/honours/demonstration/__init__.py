"""The room's part of the demonstration: brands, people, groups and projects; editions of programmes in every state."""

from __future__ import annotations

from datetime import datetime
from random import Random

from hengjian.parties.models import Unit
from hengjian.systems.honours.demonstration.editions import Editions
from hengjian.systems.honours.demonstration.entries import Entries
from hengjian.systems.honours.demonstration.projects import Projects


def build(now: datetime, random: Random) -> None:
    """Make what the room shows up to `now`, through its actions; nothing outside the demonstration's region."""
    if not Unit.objects.filter(key="990000-market-regulation").exists():
        return
    Entries(now, random).run()
    Projects(now, random).run()
    Editions(now, random).run()
