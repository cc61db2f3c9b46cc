"""A draw as a JSON file that outsiders can compute again, and the computing again. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from hengjian.draws.rules import (
    FORMAT,
    PER_TARGET,
    DrawImpossible,
    Exclusion,
    Inspector,
    Outcome,
    Setup,
    Stratum,
    Target,
    _,
    draw,
)


@dataclass(frozen=True)
class Replay:
    """What computing again gave: the outcome, and every difference to what the file says (code, said, computed)."""

    outcome: Outcome | None
    differences: tuple[tuple[str, str, str], ...]

    @property
    def same(self) -> bool:
        return not self.differences


def setup_dict(setup: Setup) -> dict[str, Any]:
    """What is published before the seed is known."""
    return {
        "format": FORMAT,
        "targets": [asdict(item) for item in setup.targets],
        "inspectors": [asdict(item) for item in setup.inspectors],
        "exclusions": [asdict(item) for item in setup.exclusions],
        "strata": [asdict(item) for item in setup.strata],
        "per_target": setup.per_target,
        "seed_source": setup.seed_source,
        "hashes": setup.hashes(),
        "commitment": setup.commitment,
    }


def outcome_dict(outcome: Outcome) -> dict[str, Any]:
    """The result as it stands in the file."""
    return {
        "seed": outcome.seed,
        "chosen": [
            {
                "order": item.order,
                "reserve": item.reserve,
                "id": item.target.id,
                "number": item.number,
                "inspectors": list(item.inspectors),
            }
            for item in outcome.chosen
        ],
        "result_hash": outcome.hash,
    }


def setup_of(data: Mapping[str, Any]) -> Setup:
    """The setup of a file.

    Raises:
        DrawImpossible: another format, or something is missing or of the wrong kind.
    """
    if data.get("format") != FORMAT:
        raise DrawImpossible(_("不是抽取记录文件：格式应为“%(format)s”。"), format=FORMAT)
    try:
        return Setup(
            targets=tuple(Target(**item) for item in data["targets"]),
            inspectors=tuple(Inspector(**item) for item in data["inspectors"]),
            exclusions=tuple(Exclusion(**item) for item in data["exclusions"]),
            strata=tuple(Stratum(**item) for item in data["strata"]),
            per_target=int(data.get("per_target", PER_TARGET)),
            seed_source=str(data["seed_source"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DrawImpossible(_("抽取记录文件缺少内容或内容有误：%(what)s。"), what=str(error)[:200]) from None


def replay(data: Mapping[str, Any]) -> Replay:
    """Compute a file again and compare everything it says.

    Raises:
        DrawImpossible: it is no such file, or its lists admit no draw.
    """
    setup = setup_of(data)
    setup.check()
    differences = []
    for name, computed in setup.hashes().items():
        if (said := str(data.get("hashes", {}).get(name, ""))) != computed:
            differences.append((name, said, computed))
    if (said := str(data.get("commitment", ""))) != setup.commitment:
        differences.append(("commitment", said, setup.commitment))
    if not data.get("seed"):
        return Replay(None, tuple(differences))
    outcome = draw(setup, str(data["seed"]))
    computed_rows = outcome_dict(outcome)["chosen"]
    said_rows = list(data.get("chosen", []))
    for place in range(max(len(computed_rows), len(said_rows))):
        was = said_rows[place] if place < len(said_rows) else None
        now = computed_rows[place] if place < len(computed_rows) else None
        if was != now:
            differences.append((f"chosen.{place + 1}", str(was or ""), str(now or "")))
    if (said := str(data.get("result_hash", ""))) != outcome.hash:
        differences.append(("result_hash", said, outcome.hash))
    return Replay(outcome, tuple(differences))
