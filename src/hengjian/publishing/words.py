"""States with their colours, periods in words."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian import rulebook
from hengjian.pages.components import light
from hengjian.publishing.models import ListSnapshot, Notice, Objection
from hengjian.rulebook.parameters.terms import Terms

NOTICE_LIGHTS = {
    Notice.State.DRAFT: "amber",
    Notice.State.PUBLISHED: "green",
    Notice.State.ENDED: "grey",
    Notice.State.WITHDRAWN: "red",
}
OBJECTION_LIGHTS = {
    Objection.State.FILED: "amber",
    Objection.State.UPHELD: "red",
    Objection.State.PARTLY: "orange",
    Objection.State.REJECTED: "grey",
}
SNAPSHOT_LIGHTS = {
    ListSnapshot.State.PREPARED: "amber",
    ListSnapshot.State.PUBLISHED: "green",
    ListSnapshot.State.DROPPED: "grey",
}


def notice_light(notice: Notice) -> str:
    """The state as it is now: what has run out says so before the worker books it."""
    if notice.state == Notice.State.PUBLISHED and not notice.on_show():
        return light("grey", Notice.State.ENDED.label)
    return light(NOTICE_LIGHTS[Notice.State(notice.state)], notice.get_state_display())


def objection_light(objection: Objection) -> str:
    return light(OBJECTION_LIGHTS[Objection.State(objection.state)], objection.get_state_display())


def snapshot_light(snapshot: ListSnapshot) -> str:
    return light(SNAPSHOT_LIGHTS[ListSnapshot.State(snapshot.state)], snapshot.get_state_display())


def last_day(notice: Notice) -> date | None:
    """The last day on which it is shown; None: no end."""
    if notice.shown_until is not None:
        return timezone.localdate(notice.shown_until - timedelta(seconds=1))
    return notice.until if notice.state == Notice.State.DRAFT and not notice.stays else None


def term_title(notice: Notice) -> str:
    """What people call the period that the notice has by the rulebook; its name there where no rule holds any more."""
    day = timezone.localdate(notice.published_at or notice.written_at)
    try:
        return rulebook.at("terms", notice.region.code, day, variant=notice.term).title
    except rulebook.RuleNotFound:
        return notice.term


def term_choices(region: str) -> list[tuple[str, str]]:
    """The periods of the rulebook that a notice can have: terms in force today that begin with a publication."""
    found = []
    for rule in rulebook.variants("terms", region, timezone.localdate()):
        terms = rule.typed(Terms)
        if terms.term is not None and any(word in terms.trigger for word in ("公示", "公告")):
            found.append((rule.variant, f"{rule.title}（{terms.term.sentence().text(_)}）"))
    return found
