"""Tags of the room's pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hengjian.pages import components
from hengjian.programmes.models import Edition, Review
from hengjian.programmes.words import EDITION_LIGHTS, stage_word

register = template.Library()
register.simple_tag(stage_word, name="stage_name")
REVIEW_LIGHTS = {"assigned": "amber", "recused": "grey", "submitted": "green"}


@register.simple_tag
def edition_light(edition: Edition, tint: bool = False) -> SafeString:
    """The state of an edition."""
    return components.light(EDITION_LIGHTS[edition.state], edition.get_state_display(), tint)


@register.simple_tag
def review_light(review: Review) -> SafeString:
    """The state of a review."""
    return components.light(REVIEW_LIGHTS[review.state], review.get_state_display())


@register.simple_tag
def steps_list(stages: Sequence[object], reached: int) -> SafeString:
    """The road with the stage that has been reached."""
    return components.steps(stages, reached)


@register.filter
def plain_steps(forms: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The steps of an edition that need no more than a button."""
    words = {
        "publish": _("发布申报通知"),
        "rank": _("汇总排序"),
        "put_forward": _("发布公示"),
        "notice_over": _("公示结束，提请审定"),
    }
    return [(name, word) for name, word in words.items() if name in forms]
