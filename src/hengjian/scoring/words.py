"""Results as JSON, and their sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext

from hengjian.rulebook.base import Sentence
from hengjian.rulebook.parameters.score_operators import Named
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
