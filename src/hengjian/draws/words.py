"""States with their colours, layers and result codes in words."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hengjian import rulebook
from hengjian.draws.models import Draw, Drawn, Result
from hengjian.draws.queries import codes_of
from hengjian.pages.components import light
from hengjian.rulebook.parameters.random_checks import RandomChecks

DRAW_LIGHTS = {
    Draw.State.PREPARED: "blue",
    Draw.State.DRAWN: "amber",
    Draw.State.FINISHED: "green",
    Draw.State.CANCELLED: "grey",
}
CHECK_LIGHTS = {
    Drawn.State.RESERVE: "grey",
    Drawn.State.WAITING: "blue",
    Drawn.State.CHECKED: "amber",
    Drawn.State.PUBLISHED: "green",
    Drawn.State.REPLACED: "grey",
}


def language() -> str:
    return get_language() or "zh"


def draw_light(draw: Draw) -> str:
    return light(DRAW_LIGHTS[Draw.State(draw.state)], draw.get_state_display())


def check_light(drawn: Drawn, result: Result | None = None) -> str:
    """The state; red where a result should have been published already."""
    late = result is not None and result.published_at is None and overdue(result.publish_by)
    if drawn.state == Drawn.State.CHECKED and late:
        return light("red", _("逾期未公示"))
    return light(CHECK_LIGHTS[Drawn.State(drawn.state)], drawn.get_state_display())


def overdue(day: date | None) -> bool:
    return day is not None and day < timezone.localdate()


def result_light(draw: Draw, code: str) -> str:
    """A result code as people read it."""
    item = codes_of(draw).item(code)
    return light(item.light or "grey", item.said(language())) if item else code


def layer_words(draw: Draw) -> dict[str, str]:
    """Layer code → name, by the rule as in force when the draw was prepared; a code that it does not know is shown as
    it is."""
    rule: Any = rulebook.get(draw.rule_id)
    return {layer.code: layer.said(language()) for layer in rule.typed(RandomChecks).layers}


def rule_choices(region: str) -> list[tuple[str, str]]:
    return [(rule.variant, rule.title) for rule in rulebook.variants("random_checks", region, timezone.localdate())]
