"""Words for business steps, and how fresh an answer is, in templates."""

from __future__ import annotations

from typing import Any

from django import template

from hengjian.trace.chain.queries import freshness
from hengjian.trace.chain.words import step_word

register = template.Library()


@register.filter
def step(biz_step: str, kind: str = "") -> str:
    """What a business step of the CBV is called; without one, what the type of the event says."""
    return step_word(biz_step, kind)


@register.inclusion_tag("trace_chain/parts/fresh.html")
def fresh() -> dict[str, Any]:
    """Of how many events the answer is made, and a warning when others still wait."""
    events, last, behind = freshness()
    return {"events": events, "last": last, "behind": behind}
