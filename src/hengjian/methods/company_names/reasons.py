"""What a comparison of two names found. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that was compared. `factor` multiplies the score, `cap` limits it."""

    part: str
    finding: str
    factor: float = 1.0
    cap: float = 1.0
