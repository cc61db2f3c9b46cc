"""How well an enterprise answers a record: a score in [0, 1] with its reasons. Pure.

The name says most (`methods.company_names.compare_names`), equal valid codes nearly everything, two different valid
ones that these are two bodies. What else is known moves the score a little and in proportion, so that equal names do
not all end at the same figure: a reviewer with little time needs an order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

from hengjian.methods import uscc
from hengjian.methods.company_names import compare_names, fold_name
from hengjian.methods.company_names.comparing import REVIEW, SAME

Verdict = Literal["same", "review", "different"]
#: What two different valid codes leave of any likeness.
DIFFERENT_CODES = 0.02
CERTAIN = 0.99
_STREET = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of a body.

    Attributes:
        name: as written in the record.
        code: unified code, or an older one of 9 or 15 characters; may be wrong.
        region: division code (6 digits or more) of where it is.
        address: street and number.
        kind: of `Enterprise.Kind`.
        former: other names that the record knows.
    """

    name: str = ""
    code: str = ""
    region: str = ""
    address: str = ""
    kind: str = ""
    former: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What the register holds of one enterprise: the current name first."""

    names: Sequence[str]
    code: str
    region: str
    kind: str
    status: str
    address: str = ""
    old_codes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """One finding. `part`: code, name, former_name, region, address, kind, status, or a part of the name; `finding`: a
    word of `matching.texts`; `effect`: what it did to the score."""

    part: str
    finding: str
    effect: float = 0.0


@dataclass(frozen=True, slots=True)
class Score:
    """`verdict` at the bounds of `compare_names` (0.7 and 0.4)."""

    score: float
    verdict: Verdict
    reasons: tuple[Reason, ...]


def score(asked: Asked, known: Known) -> Score:
    """How well a known enterprise answers what is asked."""
    code = _code(asked.code, known)
    best, ceiling, reasons = _name(asked, known)
    if code is not None and code.finding == "different":
        return Score(round(DIFFERENT_CODES * (0.5 + best / 2), 4), "different", (code, *reasons))
    if code is not None and code.finding in ("equal", "repaired", "old"):
        if not asked.name:
            return Score(round(0.97 - code.effect, 4), "same", (code,))
        twice = any(reason.part == "kind" and reason.finding == "different" for reason in reasons)
        if twice:
            return Score(0.5, "review", (Reason("code", "issued_twice"), *reasons))
        # A body that was renamed keeps its code: a different name only leaves less than an equal one.
        total = 0.9 - code.effect + 0.08 * best
        return _result(total, CERTAIN, (code, *reasons), asked, known)
    if not asked.name:
        return Score(0.0, "different", tuple(reason for reason in (code,) if reason))
    return _result(best, ceiling, (*((code,) if code else ()), *reasons), asked, known)


def _result(total: float, ceiling: float, reasons: tuple[Reason, ...], asked: Asked, known: Known) -> Score:
    found = list(reasons)
    for reason in (_region(asked, known), _address(asked, known), _kind(asked, known), _status(known)):
        if reason is not None:
            found.append(reason)
            # Upwards a part of the way to what the name allows, downwards a part of what there is.
            room = (ceiling - total) if reason.effect > 0 else total
            total += reason.effect * room
    total = round(min(max(total, 0.0), CERTAIN), 4)
    verdict: Verdict = "same" if total >= SAME else "review" if total >= REVIEW else "different"
    return Score(total, verdict, tuple(found))


def _code(asked: str, known: Known) -> Reason | None:
    """`effect` is how much certainty the way of finding it costs."""
    if not asked:
        return None
    text = uscc.normalise(asked)
    if known.code and text == known.code:
        return Reason("code", "equal" if uscc.examine(text).valid else "equal_but_invalid", 0.0)
    if text in known.old_codes or (len(text) in (9, 15) and known.code and text[-9:] == known.code[8:17]):
        return Reason("code", "old", 0.03)
    examined = uscc.examine(asked)
    if not examined.valid:
        if examined.repaired and examined.repaired == known.code:
            return Reason("code", "repaired", 0.02)
        return Reason("code", "invalid")
    if known.code and uscc.examine(known.code).valid:
        return Reason("code", "different")
    return None


def _name(asked: Asked, known: Known) -> tuple[float, float, tuple[Reason, ...]]:
    """The likeness of the best of all pairs of names, what a contradiction in it lets it reach at most, and why."""
    best, ceiling = 0.0, 0.0
    why: tuple[Reason, ...] = (Reason("name", "missing"),)
    for mine in (asked.name, *asked.former):
        if not mine:
            continue
        for place, theirs in enumerate(known.names):
            compared = compare_names(mine, theirs)
            likeness = compared.score * (1 if place == 0 else 0.97)
            if likeness > best:
                reasons = [
                    Reason(one.part, one.finding, round(min(one.factor, one.cap), 4)) for one in compared.reasons
                ]
                if place:
                    reasons.append(Reason("former_name", "equal" if fold_name(mine) == fold_name(theirs) else "like"))
                best, why = likeness, tuple(reasons)
                ceiling = min([CERTAIN, *(one.cap for one in compared.reasons)])
    return best, max(best, ceiling), why


def _region(asked: Asked, known: Known) -> Reason | None:
    one, other = asked.region[:6], known.region[:6]
    if not one or not other:
        return None
    if one == other:
        return Reason("region", "equal", 0.5)
    for width, zeros in ((2, "0000"), (4, "00")):
        if one[:width] == other[:width] and (one.endswith(zeros) or other.endswith(zeros)):
            return Reason("region", "one_inside_the_other", 0.3)
    if one[:4] == other[:4]:
        return Reason("region", "neighbouring", -0.05)
    return Reason("region", "different", -0.2)


def _address(asked: Asked, known: Known) -> Reason | None:
    if not asked.address or not known.address:
        return None
    one, other = (_STREET.sub("", fold_name(text)) for text in (asked.address, known.address))
    likeness = fuzz.partial_ratio(one, other) / 100
    if likeness >= 0.8:
        return Reason("address", "like", round(0.4 * likeness, 4))
    return Reason("address", "different", -0.03) if likeness < 0.4 else None


def _kind(asked: Asked, known: Known) -> Reason | None:
    return Reason("kind", "different", -0.3) if asked.kind and known.kind and asked.kind != known.kind else None


def _status(known: Known) -> Reason | None:
    # Of two bodies with one name the existing one is meant more often.
    return Reason("status", "ended", -0.04) if known.status not in ("", "active") else None
