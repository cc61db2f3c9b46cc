"""Who is told what: inspectors of their checks, publishers of results whose term is running out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from hengjian.clocks.models import Deadline
from hengjian.draws.models import Drawn, Pairing
from hengjian.pages.notices import drafted, send
from hengjian.parties.models import User
from hengjian.parties.policies import who_may

# Alarm of the term for publication → working days from its end, and the words.
ALARMS = {
    "before_3": (-3, gettext_noop("“%(name)s”的抽查结果应于 %(day)s 前公示，还有 3 个工作日。")),
    "over_1": (1, gettext_noop("“%(name)s”的抽查结果应于 %(day)s 前公示，已经逾期。")),
}
DRAWN = gettext_noop("您被随机选派检查“%(name)s”（%(draw)s）。")


def tell_inspectors(drawn: Iterable[Drawn]) -> None:
    """Tell the inspectors who have an account, once per check; reserves are told when they take a place."""
    rows = {one.pk: one for one in drawn}
    pairings: QuerySet[Pairing] = Pairing.objects.filter(drawn__in=rows, user__is_active=True).select_related("user")
    messages = []
    for pairing in pairings:
        one = rows[pairing.drawn_id]
        assert pairing.user is not None
        values = {"name": str(one), "draw": one.draw.title}
        messages += drafted([pairing.user], DRAWN, one.ref, f"draws.drawn:{one.pk}", values)
    send(messages)


def ring(deadline: Deadline, code: str, now: datetime) -> None:
    """An alarm of the term for publication: those who may publish, unless it is published."""
    _kind, _sep, key = deadline.owner.partition(":")
    drawn = Drawn.objects.filter(pk=key, state=Drawn.State.CHECKED).first()
    if drawn is None or code not in ALARMS:
        return
    people: Iterable[User] = who_may("draws.publish", drawn)
    values = {"name": str(drawn), "day": deadline.due_on.isoformat()}
    send(drafted(people, ALARMS[code][1], drawn.ref, f"draws.{code}:{drawn.pk}:{deadline.due_on}", values))
