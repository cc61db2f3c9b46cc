"""How much one caller may look up, and who takes whole lists away.

Counted per caller and hour: requests, and the different enterprises in the answers. Somebody who checks a partner or a
list of theirs stays far below; a program that walks through the register does not. Above the limit the answer is 429
with the way to the bulk files, and the page on use shows who it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from hengjian.credit.sharing.models import Use
from hengjian.pages.errors import UserError
from hengjian.parties.models import User

KEPT = timedelta(days=90)


class TooMuch(UserError):
    """The caller has used up its hour; `retry_after` in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(
            _("一小时内查询的次数或涉及的企业过多，已停止应答。"),
            _("请 %(n)s 分钟后再试；需要大量数据的，请使用批量数据文件或批量比对。")
            % {"n": max(1, (retry_after + 59) // 60)},
            status=429,
        )
        self.retry_after = retry_after
        self.code = "harvest_limit"


def caller_of(request: HttpRequest) -> tuple[str, User | None]:
    """(mark, person): the token, the person signed in, or a keyed mark of the address."""
    user = request.user if isinstance(request.user, User) else None
    if user is not None:
        system = str(getattr(user, "acting_system", ""))
        return (system or f"user:{user.pk}"), user
    address = str(get_adapter().get_client_ip(request))
    return "address:" + salted_hmac("credit.use", address, algorithm="sha256").hexdigest()[:24], None


def limits_of(caller: str) -> tuple[int, int]:
    """(requests, different enterprises) that a caller has per hour, by the settings."""
    kind = caller.partition(":")[0]
    limits: dict[str, tuple[int, int]] = settings.HENGJIAN_CREDIT_LIMITS
    return limits[kind if kind in limits else "token"]


def check(request: HttpRequest) -> None:
    """Count a request, before an answer is made.

    Raises:
        TooMuch: the hour is used up.
    """
    _count(request, (), 1)


def count(request: HttpRequest, enterprises: Iterable[int]) -> None:
    """Count the enterprises that an answer names, before it is given.

    Raises:
        TooMuch: with them the hour is used up; the answer is not given.
    """
    _count(request, enterprises, 0)


def _count(request: HttpRequest, enterprises: Iterable[int], requests: int) -> None:
    caller, user = caller_of(request)
    most_requests, most_subjects = limits_of(caller)
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    over = False
    with transaction.atomic():
        Use.objects.bulk_create(
            [Use(caller=caller, hour=hour, unit=user.unit if user else None)], ignore_conflicts=True
        )
        row = Use.objects.select_for_update().get(caller=caller, hour=hour)
        seen = set(row.seen)
        fresh = [number for number in dict.fromkeys(enterprises) if number not in seen]
        over = row.requests + requests > most_requests or row.subjects + len(fresh) > most_subjects
        if over:
            row.refused += 1
            row.first_refused_at = row.first_refused_at or timezone.now()
        else:
            row.requests += requests
            row.subjects += len(fresh)
            row.seen = [*row.seen, *fresh]
        row.save(update_fields=["requests", "subjects", "seen", "refused", "first_refused_at"])
    if over:
        raise TooMuch(max(1, int((hour + timedelta(hours=1) - timezone.now()).total_seconds())))


def refuse(request: HttpRequest) -> None:
    """Note that a page turned the caller away for its own limit, so that the page on use shows it with the rest."""
    caller, user = caller_of(request)
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    with transaction.atomic():
        Use.objects.bulk_create(
            [Use(caller=caller, hour=hour, unit=user.unit if user else None)], ignore_conflicts=True
        )
        row = Use.objects.select_for_update().get(caller=caller, hour=hour)
        row.refused += 1
        row.first_refused_at = row.first_refused_at or timezone.now()
        row.save(update_fields=["refused", "first_refused_at"])


def forget(now: datetime) -> int:
    """Delete what is older than is needed to look into a complaint; the enterprises seen go after a day."""
    Use.objects.filter(hour__lt=now - timedelta(days=1)).exclude(seen=[]).update(seen=[])
    return Use.objects.filter(hour__lt=now - KEPT).delete()[0]
