"""Reads of draws."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet

from hengjian import rulebook
from hengjian.draws.exchange import setup_dict
from hengjian.draws.models import Draw, Drawn, Result
from hengjian.ledger.models import Checkpoint, Fact
from hengjian.parties.policies import permitted, visible
from hengjian.rulebook.parameters.codes import Codes


def codes_of(row: Draw) -> Codes:
    """The result codes of a draw, as in force when it was prepared."""
    return rulebook.at("codes", row.region.code, row.rules_on, variant=row.result_codes).typed(Codes)


def first_checkpoint_after(row: Draw) -> Checkpoint | None:
    """The first signed checkpoint that covers the fact of the freezing: nobody knew its root before."""
    if row.prepared_fact is None:
        return None
    fact = Fact.objects.get(pk=row.prepared_fact)
    return Checkpoint.objects.filter(tree_size__gt=fact.leaf_index).order_by("tree_size").first()


def public_draws() -> QuerySet[Draw]:
    """What everybody may see: every draw from the moment its lists are frozen, also a cancelled one."""
    return Draw.objects.select_related("unit", "region")


def checks(row: Draw) -> QuerySet[Drawn]:
    """The drawn targets with their inspectors and results."""
    results = Prefetch("results", Result.objects.order_by("-version"))
    return row.drawn.prefetch_related("pairings", results).order_by("reserve", "order")


def published_result(drawn: Drawn) -> Result | None:
    """The newest published result, from prefetched ones."""
    return next((result for result in drawn.results.all() if result.published_at is not None), None)


def exchange(row: Draw) -> dict[str, Any]:
    """The file for outsiders: lists, commitment, seed, result; no names of people.

    Commitment and result are those that were kept and published, not computed now: computing is for who checks them.
    """
    setup = row.setup()
    data = {"title": row.title, "unit": row.unit.name, "prepared_at": row.prepared_at.isoformat(), **setup_dict(setup)}
    data["commitment"] = row.commitment
    if row.seed:
        data |= {
            "drawn_at": row.drawn_at.isoformat() if row.drawn_at else "",
            "seed": row.seed,
            "chosen": [
                {
                    "order": drawn.order,
                    "reserve": drawn.reserve,
                    "id": drawn.target,
                    "number": drawn.number,
                    "inspectors": [pairing.inspector for pairing in drawn.pairings.all()],
                }
                for drawn in row.drawn.order_by("pk").prefetch_related("pairings")
            ],
            "result_hash": row.result_hash,
        }
    return data


def may_read_file(user: Any, file: Any) -> bool:
    """Evidence of a check is for those who see the check."""
    _kind, _sep, key = str(file.subject).partition(":")
    return key.isdecimal() and visible(user, Drawn.objects.filter(pk=int(key))).exists()


def waiting_for(user: Any) -> int:
    """For the navigation: own checks that are open, and results that wait for somebody else's publication."""
    mine = Drawn.objects.filter(state=Drawn.State.WAITING, pairings__user=user).distinct()
    checked = Drawn.objects.filter(state=Drawn.State.CHECKED)
    return mine.count() + permitted(user, "draws.publish", checked).count()
