"""Words for business steps in templates."""

from __future__ import annotations

from django import template

from hengjian.trace.chain.words import step_word

register = template.Library()


@register.filter
def step(biz_step: str, kind: str = "") -> str:
    """What a business step of the CBV is called; without one, what the type of the event says."""
    return step_word(biz_step, kind)
