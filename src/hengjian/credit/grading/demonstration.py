"""The room's part of the demonstration: a year of months, tax grades, one adjustment agreed and one waiting."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from django.utils import timezone

from hengjian.credit.grading.actions import AskAdjustment, DecideAdjustment
from hengjian.credit.grading.gathering import opened_for
from hengjian.credit.grading.models import Classification
from hengjian.credit.grading.packs import QUALITY, RISK, pack_at
from hengjian.credit.grading.runs import begin, carry_out
from hengjian.enterprises.models import Enterprise
from hengjian.ledger.log import log_size
from hengjian.parties.models import User
from hengjian.registers.actions import CreateEntry

# After everything that grades rest on, before the dossiers that show them.
ORDER = 82
SYSTEM = "demonstration"
OFFICER, HEAD = "market", "market-head"
MONTHS = 12
TAX = ("A", "A", "B", "B", "B", "M", "C", "D")
REASONS = ("现场核查发现重大质量安全隐患，整改期间从严监管", "在建项目连续发生质量投诉，建议提高检查频次")


def build(now: datetime, random: Random) -> None:
    """Make what the room shows up to `now`."""
    people = {user.username: user for user in User.objects.filter(username__in=(OFFICER, HEAD)).select_related("unit")}
    if len(people) < 2:
        return
    today = timezone.localdate(now)
    _tax(people[OFFICER], today, random)
    _months(today)
    _adjust(people[OFFICER], people[HEAD], today)


def _tax(officer: User, today: date, random: Random) -> None:
    """Last year's grades by the tax authority, valid for a year from April."""
    if officer.unit is None:
        return
    since = date(today.year if today.month > 4 else today.year - 1, 4, 10)
    for enterprise in Enterprise.objects.exclude(code="").filter(merged_into=None).order_by("key")[:40]:
        CreateEntry(
            user=None,
            system=SYSTEM,
            register="tax_credit",
            values={
                "holder": enterprise.code,
                "holder_name": enterprise.name,
                "year": since.year - 1,
                "grade": random.choice(TAX),
                "authority": "国家税务总局澜川自治区税务局",
            },
            unit=officer.unit,
            region=officer.unit.region,
            valid_from=since,
            valid_to=date(since.year + 1, 4, 9),
            on=since,
        ).execute()


def _months(today: date) -> None:
    """The last twelve months by both packs; the ledger is read once for all of them."""
    size, months = log_size(), []
    day = today.replace(day=1)
    for _month in range(MONTHS):
        day = (day - timedelta(days=1)).replace(day=1)
        months.append(day.strftime("%Y-%m"))
    graded = [(code, month) for month in reversed(months) for code in (QUALITY, RISK)]
    packs = [pack_at(code, _last(month)) for code, month in graded]
    with opened_for(packs, size) as lake:
        for pack, (_code, month) in zip(packs, graded, strict=True):
            carry_out(begin(pack, month, size), lake=lake)


def _last(month: str) -> date:
    year, number = map(int, month.split("-"))
    return date(year + number // 12, number % 12 + 1, 1) - timedelta(days=1)


def _adjust(officer: User, head: User, today: date) -> None:
    """The first is agreed to, the second waits."""
    rows = Classification.objects.filter(pack=RISK, until=None, grade="B").select_related("enterprise__region")
    for number, row in enumerate(rows.order_by("enterprise__key")[:2]):
        adjustment = AskAdjustment(
            user=officer,
            enterprise=row.enterprise,
            pack=RISK,
            grade="C",
            until=today + timedelta(days=120),
            reason=REASONS[number],
        ).execute()
        if number == 0:
            DecideAdjustment(user=head, adjustment=adjustment, agrees=True, reason="情况属实").execute()
