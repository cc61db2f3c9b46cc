"""Switching between normal, tightened and reduced inspection, one state per product and supplier (ISO 2859-1, 9.3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Protocol

from hengjian.methods.statistics.acceptance_sampling import Plan, acceptance_probability

State = Literal["normal", "tightened", "reduced"]


class Rules(Protocol):
    """The numbers of a scheme, from the rulebook family `acceptance_sampling`.

    Attributes:
        window: lots looked back at. tighten: refusals among them that tighten. relax: lots accepted in a row that lead
            back to normal. stop: refusals on tightened inspection that stop.
        reduce_from: switching score from which reduced inspection may begin. points_small, points: what a lot adds to
            it with an acceptance number of 0 or 1, and of 2 or more.
    """

    @property
    def window(self) -> int: ...
    @property
    def tighten(self) -> int: ...
    @property
    def relax(self) -> int: ...
    @property
    def stop(self) -> int: ...
    @property
    def reduce_from(self) -> int: ...
    @property
    def points_small(self) -> int: ...
    @property
    def points(self) -> int: ...


@dataclass(frozen=True)
class Switching:
    """Where a product of a supplier stands under the rules of a scheme.

    Attributes:
        state: severity of the next inspection. recent: decisions since it began, as far as they matter.
        score: switching score under normal inspection.
        stopped: sampling inspection has ended until the supplier has acted.
    """

    rules: Rules
    state: State = "normal"
    recent: tuple[bool, ...] = ()
    score: int = 0
    stopped: bool = False

    def _at(self, state: State) -> Switching:
        return Switching(self.rules, state)

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
        if self.state == "reduced":
            return self if accepted else self._at("normal")
        recent = (*self.recent, accepted)
        if self.state == "normal":
            recent = recent[-self.rules.window :]
            if recent.count(False) >= self.rules.tighten:
                return self._at("tightened")
            return replace(self, recent=recent, score=self.score + points if accepted and points else 0)
        if recent[-self.rules.relax :] == (True,) * self.rules.relax:
            return self._at("normal")
        return replace(self, recent=recent, stopped=recent.count(False) >= self.rules.stop)

    @property
    def may_reduce(self) -> bool:
        """Whether the score allows reduced inspection; production must be steady and the authority must agree."""
        return self.state == "normal" and self.score >= self.rules.reduce_from and not self.stopped

    def reduce(self) -> Switching:
        """Reduced inspection, once a person decided so.

        Raises:
            ValueError: the score does not allow it.
        """
        if not self.may_reduce:
            raise ValueError(f"a switching score of {self.score} under {self.state} inspection allows no reduction")
        return self._at("reduced")

    def restart(self) -> Switching:
        """Tightened inspection, after the supplier has acted."""
        return self._at("tightened") if self.stopped else self

    def back_to_normal(self) -> Switching:
        """Normal inspection: production became irregular, or another reason asks for it."""
        return self._at("normal") if self.state == "reduced" else self


def score_points(rules: Rules, plan: Plan, found: int, next_tighter: Plan | None = None) -> int:
    """What a lot under a single plan adds to the switching score.

    Acceptance number 2 or more: points when the lot would also have been accepted at the AQL one step tighter.
    Acceptance number 0 or 1: fewer points when it was accepted.

    Args:
        found: nonconforming units of the sample. next_tighter: the plan at the next tighter AQL, needed from 2 on.
    """
    if plan.accept < 2:
        return rules.points_small if found <= plan.accept else 0
    if next_tighter is None:
        raise ValueError("the plan of the next tighter AQL is needed for acceptance numbers of 2 and more")
    return rules.points if found <= next_tighter.accept else 0


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
