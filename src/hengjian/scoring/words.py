"""Results as JSON, and their sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext, gettext_lazy, pgettext_lazy

from hengjian.rulebook.base import Sentence
from hengjian.rulebook.parameters.score_operators import Named
from hengjian.scoring import queries
from hengjian.scoring.models import ScoreSheet
from hengjian.scoring.rules import ItemScore, Scored


def said(sentence: Sentence) -> str:
    """The sentence in the reader's language."""
    return sentence.text(gettext)


def named(thing: Named) -> str:
    """The name of a group, item or case in the reader's language."""
    return thing.said(get_language() or "zh")


def sentence_dict(sentence: Sentence) -> dict[str, Any]:
    return {"pattern": sentence.pattern, "values": dict(sentence.values)}


def sentence_of(data: Mapping[str, Any]) -> Sentence:
    return Sentence(data["pattern"], data["values"])


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def item_dict(item: ItemScore) -> dict[str, Any]:
    return {
        "code": item.code,
        "title": item.title,
        "part": item.part,
        "points": _text(item.points),
        "full": str(item.full),
        "lost": str(item.lost),
        "counts": item.counts,
        "reasons": [sentence_dict(reason) for reason in item.reasons],
        "note": item.note,
    }


def scored_dict(scored: Scored) -> dict[str, Any]:
    """The frozen result of a sheet; sentences as pattern and values, so that they can be read in both languages."""
    return {
        "total": str(scored.total),
        "full": str(scored.full),
        "grade": scored.grade,
        "passed": scored.passed,
        "vetoes": list(scored.vetoes),
        "downgrades": list(scored.downgrades),
        "groups": [
            {
                "code": group.code,
                "title": group.title,
                "points": str(group.points),
                "full": str(group.full),
                "weight": _text(group.weight),
                "items": [item_dict(item) for item in group.items],
            }
            for group in scored.groups
        ],
        "trace": [sentence_dict(step) for step in scored.trace],
    }


#: The rooms that open sheets name their stage by one of these, or in their own words.
STAGES = {
    "self": gettext_lazy("自评"),
    "paper": gettext_lazy("材料评审"),
    "site": gettext_lazy("现场评审"),
    "defence": gettext_lazy("答辩"),
    "overall": gettext_lazy("综合评价"),
    "panel": pgettext_lazy("评分表", "评审"),
}


def stage_word(stage: str) -> str:
    return str(STAGES.get(stage, stage))


def result_rows(sheet: ScoreSheet) -> dict[str, Any]:
    """A sheet's result for pages and files: the frozen one, or what the marks amount to now; numbers as decimals,
    reasons in the reader's language."""
    data = sheet.result or scored_dict(queries.result_now(sheet))
    definition = sheet.sheet
    groups = []
    for group, declared in zip(data["groups"], definition.groups, strict=True):
        items = [
            {
                "code": item["code"],
                "title": named(definition.item(item["code"])),
                "part": item["part"],
                "points": None if item["points"] is None else Decimal(item["points"]),
                "full": Decimal(item["full"]),
                "lost": Decimal(item["lost"]),
                "reason": " ".join([*(said(sentence_of(one)) for one in item["reasons"]), item["note"]]).strip(),
                "share": share_of(item["points"], item["full"]),
            }
            for item in group["items"]
        ]
        groups.append(
            {
                "title": named(declared),
                "points": Decimal(group["points"]),
                "full": Decimal(group["full"]),
                "weight": None if group["weight"] is None else Decimal(group["weight"]),
                "lost": sum((item["lost"] for item in items), Decimal(0)),
                "items": items,
                "share": share_of(group["points"], group["full"]),
            }
        )
    return {
        "total": Decimal(data["total"]),
        "full": Decimal(data["full"]),
        "grade": data["grade"],
        "passed": data["passed"],
        "groups": groups,
        "trace": [said(sentence_of(step)) for step in data["trace"]],
    }


def share_of(points: str | None, full: str) -> int | None:
    """Points as whole percent of the full points, for a bar."""
    if points is None or not Decimal(full):
        return None
    return max(0, min(100, int(Decimal(points) / Decimal(full) * 100)))
