"""What the enterprise captured of its goods' way: the newest events, as far as the reader may see them."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.enterprises.sections import Line, Question
from hengjian.parties.policies import may_anywhere, visible
from hengjian.trace.chain.words import step_word
from hengjian.trace.events.models import Event
from hengjian.trace.events.policies import VIEW

MOST = 200


def events_of(question: Question) -> list[Line]:
    """The newest events of the enterprise's account; nothing for the public, which asks about single products."""
    account = question.enterprise.account_id
    if question.public or account is None or not may_anywhere(question.user, VIEW):
        return []
    rows = visible(question.user, Event.objects.filter(party=account)).order_by("-id")
    if question.known_at is not None:
        rows = rows.filter(record_time__lte=question.known_at)
    if question.valid_on is not None:
        rows = rows.filter(event_time__date__lte=question.valid_on)
    return [
        Line(
            on=timezone.localdate(event.event_time),
            title=str(step_word(event.biz_step, event.type)),
            kind=_("追溯事件"),
            number=event.hash[:16],
            details=(
                (_("地点"), event.read_point),
                (_("采集时间"), f"{timezone.localtime(event.record_time):%Y-%m-%d %H:%M}"),
            ),
        )
        for event in rows.only("event_time", "record_time", "biz_step", "type", "hash", "read_point")[:MOST]
    ]
