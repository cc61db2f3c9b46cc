"""How far standards agree with international ones: the rate over degrees of adoption.

Degrees after GB/T 1.2-2020 (ISO/IEC Guide 21): IDT identical, MOD modified, NEQ not equivalent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from hengjian.methods.ratios import Ratio

DEGREES = ("IDT", "MOD", "NEQ")


def count_degrees(degrees: Iterable[str]) -> dict[str, int]:
    """How many standards have each degree; "" counts those without an international counterpart."""
    counts = dict.fromkeys((*DEGREES, ""), 0)
    for degree in degrees:
        if degree not in counts:
            raise ValueError(f"no degree of adoption {degree!r}; there are {', '.join(DEGREES)} and none")
        counts[degree] += 1
    return counts


def consistency_rate(
    counts: Mapping[str, int], consistent: Collection[str] = ("IDT", "MOD"), whole: Collection[str] = DEGREES
) -> Ratio:
    """Standards that agree with their international counterpart, of all that have one.

    Args:
        counts: degree → number of standards ("" for those without a counterpart).
        consistent: degrees that count as agreeing.
        whole: what the rate is taken of; with "" also those without a counterpart.

    >>> str(consistency_rate({"IDT": 210, "MOD": 165, "NEQ": 18, "": 7}))
    '375/393 = 95.42 %'
    """
    if not set(consistent) <= set(whole):
        raise ValueError("what counts as consistent must be part of what the rate is taken of")
    return Ratio(sum(counts.get(degree, 0) for degree in consistent), sum(counts.get(degree, 0) for degree in whole))
