"""Switching between normal, tightened and reduced inspection, one state per product and supplier (ISO 2859-1, 9.3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from hengjian.methods.statistics.acceptance_sampling import Plan, acceptance_probability

State = Literal["normal", "tightened", "reduced"]
#: Lots looked back at, refusals among them that tighten, lots accepted in a row that relax, refusals that stop.
WINDOW, TIGHTEN, RELAX, STOP = 5, 2, 5, 5
#: Switching score from which reduced inspection may begin.
ENOUGH = 30


@dataclass(frozen=True)
class Switching:
    """Where a product of a supplier stands.

    Attributes:
        state: severity of the next inspection. recent: decisions since it began, as far as they matter.
        score: switching score under normal inspection.
        stopped: sampling inspection has ended until the supplier has acted.
    """

    state: State = "normal"
    recent: tuple[bool, ...] = ()
    score: int = 0
    stopped: bool = False

    def after(self, accepted: bool, *, points: int = 0) -> Switching:
        """The state after one more lot on original inspection.

        Normal to tightened: two of five or fewer consecutive lots not accepted. Back: five consecutive accepted. Stop:
        five lots not accepted while on tightened inspection. Reduced to normal: one lot not accepted.

        Args:
            points: what the lot adds to the switching score (`score_points`); a lot that adds none sets it to 0.

        Raises:
            ValueError: inspection is stopped; the supplier has to act first.
        """
        if self.stopped:
            raise ValueError("inspection is stopped until the supplier has acted; start anew with tightened inspection")
        recent = (*self.recent, accepted)
        if self.state == "reduced":
            return self if accepted else Switching()
        if self.state == "normal":
            recent = recent[-WINDOW:]
            if recent.count(False) >= TIGHTEN:
                return Switching("tightened")
            return Switching("normal", recent, self.score + points if accepted and points else 0)
        if recent[-RELAX:] == (True,) * RELAX:
            return Switching()
        return Switching("tightened", recent, stopped=recent.count(False) >= STOP)

    @property
    def may_reduce(self) -> bool:
        """Whether the score allows reduced inspection; production must be steady and the authority must agree."""
        return self.state == "normal" and self.score >= ENOUGH and not self.stopped

    def reduce(self) -> Switching:
        """Reduced inspection, once a person decided so.

        Raises:
            ValueError: the score does not allow it.
        """
        if not self.may_reduce:
            raise ValueError(f"a switching score of {self.score} under {self.state} inspection allows no reduction")
        return Switching("reduced")

    def restart(self) -> Switching:
        """Tightened inspection, after the supplier has acted."""
        return Switching("tightened") if self.stopped else self

    def back_to_normal(self) -> Switching:
        """Normal inspection: production became irregular, or another reason asks for it."""
        return Switching() if self.state == "reduced" else replace(self)


def score_points(plan: Plan, found: int, next_tighter: Plan | None = None) -> int:
    """What a lot under a single plan adds to the switching score.

    Acceptance number 2 or more: 3 when the lot would also have been accepted at the AQL one step tighter. Acceptance
    number 0 or 1: 2 when it was accepted.

    Args:
        found: nonconforming units of the sample. next_tighter: the plan at the next tighter AQL, needed from 2 on.
    """
    if plan.accept < 2:
        return 2 if found <= plan.accept else 0
    if next_tighter is None:
        raise ValueError("the plan of the next tighter AQL is needed for acceptance numbers of 2 and more")
    return 3 if found <= next_tighter.accept else 0


def scheme_probability(normal: Plan, tightened: Plan, share: float) -> float:
    """Acceptance in the long run under switching between normal and tightened inspection.

    K. S. Stephens and K. E. Larson, Industrial Quality Control 24 (1967) 310: a and b are the mean runs in both states.
    """
    p, t = acceptance_probability(normal, share), acceptance_probability(tightened, share)
    if p in (0.0, 1.0) or t in (0.0, 1.0):
        return p if p in (0.0, 1.0) else t
    a = (2 - p**4) / ((1 - p) * (1 - p**4))
    b = (1 - t**5) / ((1 - t) * t**5)
    return (a * p + b * t) / (a + b)
