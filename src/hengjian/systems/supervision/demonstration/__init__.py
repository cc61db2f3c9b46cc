"""What the room shows in the demonstration: a year of campaigns, inspections, recalls, ratings and lists, invented.

Entered by the system, because most of it comes from units that have no account in the demonstration.
"""

from __future__ import annotations

from datetime import datetime
from random import Random

from hengjian.systems.supervision.demonstration.enforcement import Enforcement
from hengjian.systems.supervision.demonstration.environment import Environment
from hengjian.systems.supervision.demonstration.governance import Governance
from hengjian.systems.supervision.demonstration.inspections import Inspections
from hengjian.systems.supervision.demonstration.remedy import Remedy

PARTS = (Inspections, Remedy, Enforcement, Environment, Governance)


def build(now: datetime, random: Random) -> None:
    """Everything up to `now`, at which the clock stands."""
    for part in PARTS:
        part(now, random).build()
