"""A scope as what is kept of it, shown and written to sheets: lots, places, parties, totals, with their names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hengjian.methods.trace_graph.answers import scope_answer
from hengjian.methods.trace_graph.scope import Scope
from hengjian.trace.chain.naming import directory

KEPT = 5_000
"""Lots that are kept with a scenario; the numbers are of all."""


def summary(scope: Scope) -> dict[str, Any]:
    """The shape of `hengjian trace scope` with names, and `count`; at most `KEPT` lots."""
    keys = scope.keys[:KEPT]
    places = [place.site for place in scope.places]
    names = directory([*keys, *places, *(place.party for place in scope.places), *(one.party for one in scope.parties)])
    answer = scope_answer(scope, names.known, most=KEPT)
    for lot in answer["lots"]:
        lot["name"] = names.thing(lot["key"])
    for row in (*answer["places"], *answer["parties"]):
        if "site" in row:
            row["name"] = names.name(row["site"]) if row["site"] else ""
            row["party_name"] = names.name(row["party"]) if row["party"] else ""
        else:
            row["name"] = names.name(row["party"])
            unit = names.unit(row["party"])
            row["region"] = unit.region.name if unit is not None else ""
            row["sites"] = [names.name(site) for site in row["sites"]]
    return answer | {"count": len(scope.keys)}


def lot_keys(result: dict[str, Any]) -> Sequence[str]:
    """The keys of a kept summary."""
    return [lot["key"] for lot in result["lots"]]
