"""Pure decisions: which unit a written name means on a day. No Django, no database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from rapidfuzz import fuzz, process

# A fuzzy match is offered from CANDIDATE on, and taken when it reaches SURE and leads the next by MARGIN (all 0 to 1);
# every step upwards in the tree costs FARTHER.
CANDIDATE, SURE, MARGIN, FARTHER = 0.6, 0.85, 0.08, 0.03


@dataclass(frozen=True)
class Period:
    """First and last day, both inclusive, both may be open."""

    start: date | None = None
    end: date | None = None

    def holds(self, on: date) -> bool:
        return (self.start is None or self.start <= on) and (self.end is None or on <= self.end)


@dataclass(frozen=True)
class Name:
    """One way of writing a unit."""

    text: str
    period: Period = Period()
    # name (full), short, former, misprint
    kind: str = "name"


@dataclass(frozen=True)
class Candidate:
    """A unit as the matcher sees it. `near`: 0 for the region asked for, 1 for the next above, and so on."""

    id: int
    near: int = 0
    family: str = ""
    period: Period = Period()
    names: tuple[Name, ...] = ()


@dataclass(frozen=True)
class Succession:
    """`successor` takes over from `predecessor` on a day."""

    predecessor: int
    successor: int
    on: date
    main: bool = True


@dataclass(frozen=True)
class Match:
    """The outcome for one written name.

    Attributes:
        id: the candidate that is meant, if it is a single one.
        how: exact, alias, successor, family or fuzzy.
        confidence: 0 to 1.
        ids: the candidates in question, best first.
        why: the reason in one word: empty, name, short, former, misprint, ambiguous, heir, heirs, family, families,
            similar, doubtful, nothing.
        mended: the name as it should have been written, where a misprint was assumed.
    """

    id: int | None
    how: str
    confidence: float
    ids: tuple[int, ...]
    why: str
    mended: str = ""


def normal(name: str) -> str:
    """Full-width forms narrowed, white space and quotation marks removed: what two spellings of one name share."""
    return re.sub(r"[\s“”\"'《》]", "", unicodedata.normalize("NFKC", name))


@dataclass
class Matcher:
    """Resolves written names among the units of a region and of the regions above it.

    Order: the full name, an alias, the successor of a unit that no longer exists, the family of organs (the same
    function under this region's name for it), and at last similar spelling. The nearest region wins within one step.
    """

    candidates: dict[int, Candidate]
    successions: list[Succession] = field(default_factory=list)
    # Leading words that a text leaves out or puts before a unit's name: 自治区, 澜川自治区 …
    prefixes: tuple[str, ...] = ()
    # Families that answer a name, in groups, the best first (hengjian.methods.organisations).
    families_of: Callable[[str], Sequence[Collection[str]]] = lambda name: ()
    # The name with an evident misprint mended, or the same.
    mend: Callable[[str], str] = lambda name: name

    def __post_init__(self) -> None:
        self._by_text: dict[str, list[tuple[Name, int]]] = {}
        self._bare = {normal(prefix) for prefix in self.prefixes if prefix}
        for candidate in self.candidates.values():
            for name in candidate.names:
                for text in self._spellings(name.text):
                    self._by_text.setdefault(text, []).append((name, candidate.id))
        self._onward: dict[int, list[Succession]] = {}
        for succession in self.successions:
            self._onward.setdefault(succession.predecessor, []).append(succession)

    def match(self, written: str, on: date) -> Match:
        """The unit that the written name means on that day."""
        spellings = self._spellings(written)
        if not spellings[0]:
            return Match(None, "fuzzy", 0.0, (), "empty")
        found = self._certain(spellings, on)
        if found is None:
            mended = self.mend(spellings[0])
            if mended != spellings[0]:
                better = self._certain(self._spellings(mended), on)
                if better is not None:
                    return replace(better, how="fuzzy", confidence=min(better.confidence, 0.85), mended=mended)
        return found or self._fuzzy(spellings[-1], on)

    def _certain(self, spellings: list[str], on: date) -> Match | None:
        """By name, alias, succession or family; no similarity."""
        for text in spellings:
            exact = text == spellings[0]
            for how, kinds in (("exact", {"name"}), ("alias", {"short", "former", "misprint"})):
                hits = [
                    (name, self.candidates[id])
                    for name, id in self._by_text.get(text, ())
                    if name.kind in kinds and name.period.holds(on) and self.candidates[id].period.holds(on)
                ]
                if hits:
                    confidence = (1.0 if how == "exact" else 0.97) - (0 if exact else 0.02)
                    return self._choose(hits, how, confidence)
        for text in spellings:
            match = self._follow(text, on)
            if match is not None:
                return match
        return self._family(spellings, on)

    def _spellings(self, written: str) -> list[str]:
        """The name, and the name without the region's own words in front."""
        whole = normal(written)
        result = [whole]
        for prefix in sorted(self._bare, key=len, reverse=True):
            if whole.startswith(prefix) and len(whole) > len(prefix) + 1:
                result.append(whole[len(prefix) :])
                break
        return result

    @staticmethod
    def _choose(hits: list[tuple[Name, Candidate]], how: str, confidence: float) -> Match:
        nearest = min(candidate.near for _name, candidate in hits)
        near = {candidate.id: (name, candidate) for name, candidate in hits if candidate.near == nearest}
        others = tuple(dict.fromkeys(candidate.id for _name, candidate in hits))
        if len(near) > 1:
            return Match(None, how, 0.5, tuple(near), "ambiguous")
        name, candidate = next(iter(near.values()))
        return Match(
            candidate.id, how, confidence, (candidate.id, *(id for id in others if id != candidate.id)), name.kind
        )

    def _follow(self, text: str, on: date) -> Match | None:
        """A name that no longer holds on the day: the unit that bore it, or who took over."""
        borne = [
            (name, self.candidates[id])
            for name, id in self._by_text.get(text, ())
            if not (name.period.holds(on) and self.candidates[id].period.holds(on))
        ]
        if not borne:
            return None
        nearest = min(candidate.near for _name, candidate in borne)
        ends: dict[int, bool] = {}
        for _name, candidate in borne:
            if candidate.near == nearest:
                for id, main in self._heirs(candidate.id, on).items():
                    ends[id] = ends.get(id, False) or main
        if not ends:
            return None
        main_ids = [id for id, main in ends.items() if main]
        chosen = main_ids if len(main_ids) == 1 else list(ends)
        order = tuple(sorted(ends, key=lambda id: (not ends[id], id)))
        if len(chosen) == 1:
            return Match(chosen[0], "successor", 0.95 if len(ends) == 1 else 0.8, order, "heir")
        return Match(None, "successor", 0.5, order, "heirs")

    def _heirs(self, start: int, on: date) -> dict[int, bool]:
        """Units in being on the day that hold the duties of `start`; the value: were all steps main ones."""
        found: dict[int, bool] = {}
        open_ = [(start, True)]
        seen: set[int] = set()
        while open_:
            id, main = open_.pop()
            if id in seen or id not in self.candidates:
                continue
            seen.add(id)
            if self.candidates[id].period.holds(on):
                found[id] = found.get(id, False) or main
                continue
            open_ += [(step.successor, main and step.main) for step in self._onward.get(id, ()) if step.on <= on]
        return found

    def _family(self, spellings: Iterable[str], on: date) -> Match | None:
        """The unit of the asked region with the same function; the text may use the name of another level."""
        alive = [unit for unit in self.candidates.values() if unit.family and unit.period.holds(on)]
        for families in (group for text in spellings for group in self.families_of(text)):
            hits = [unit for unit in alive if unit.family in families]
            own = [unit for unit in hits if unit.near == 0]
            if len(own) == 1:
                others = tuple(unit.id for unit in hits if unit.near)
                return Match(own[0].id, "family", 0.9, (own[0].id, *others), "family")
            if own:
                return Match(None, "family", 0.5, tuple(unit.id for unit in own), "families")
        return None

    def _fuzzy(self, text: str, on: date) -> Match:
        names = {
            key: [id for _name, id in units if self.candidates[id].period.holds(on)]
            for key, units in self._by_text.items()
        }
        ranked: dict[int, float] = {}
        alive = [key for key, ids in names.items() if ids]
        for key, score, _index in process.extract(
            text, alive, scorer=fuzz.ratio, limit=10, score_cutoff=CANDIDATE * 100
        ):
            for id in names[key]:
                ranked[id] = max(ranked.get(id, 0.0), score / 100 - FARTHER * self.candidates[id].near)
        order = sorted(ranked, key=lambda id: (-ranked[id], id))[:5]
        if not order:
            return Match(None, "fuzzy", 0.0, (), "nothing")
        best = ranked[order[0]]
        second = ranked[order[1]] if len(order) > 1 else 0.0
        if best >= SURE and best - second >= MARGIN:
            return Match(order[0], "fuzzy", round(best, 3), tuple(order), "similar")
        return Match(None, "fuzzy", round(best, 3), tuple(order), "doubtful")
