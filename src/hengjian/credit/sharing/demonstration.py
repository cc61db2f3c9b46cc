"""The room's part of the demonstration: a department, a county and an enterprise watch others; receipts are given, owed
and overdue; one address does not answer; a list was compared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from hengjian.credit.records.models import CreditRecord
from hengjian.credit.sharing import telling
from hengjian.credit.sharing.actions import AddToPortfolio, ConfirmReceipts, StartScreening, Subscribe
from hengjian.credit.sharing.models import STOPS, Alert, Subscription, Use
from hengjian.credit.sharing.screening import run_waiting
from hengjian.enterprises.models import Enterprise
from hengjian.parties.models import RoleGrant, Unit, User

# After the records and their repairs.
ORDER = 60
WATCHERS = (
    ("-housing-construction", "参建材料供应企业", "招标投标资格审查", ("penalty", "listed", "name"), True),
    ("-commerce", "重要产品流通企业", "追溯体系建设资金安排", ("penalty", "listed", "grade"), False),
    (
        "-market-regulation",
        "全区食品和工业产品企业",
        "双随机抽查安排",
        ("penalty", "permit", "listed", "record", "grade"),
        False,
    ),
)
ROWS = 24


def build(now: datetime, random: Random) -> None:
    """Subscriptions over the enterprises that have records, told as it happened."""
    known = list(CreditRecord.everything.order_by("pk").values_list("enterprise", flat=True).distinct()[:40])
    firms = list(Enterprise.objects.filter(pk__in=known).order_by("pk")) or list(Enterprise.objects.order_by("pk")[:20])
    made = [row for row in (_subscribe(number, firms) for number in range(len(WATCHERS))) if row is not None]
    if not made or not firms:
        return
    for record in CreditRecord.everything.select_related("enterprise__region", "organ").order_by("pk")[:60]:
        if record.sealed_at:
            telling.sealed([record])
        else:
            telling.recorded([record])
    _age(now)
    _confirm(made, random)
    _compare(made[-1], firms, random, now)
    _used(now)


def _subscribe(number: int, firms: Sequence[Enterprise]) -> Subscription | None:
    family, title, purpose, events, posted = WATCHERS[number]
    unit = Unit.objects.filter(key__endswith=family, kind=Unit.Kind.DEPARTMENT).order_by("region__code", "pk").first()
    user = _person(unit)
    if unit is None or user is None:
        return None
    row = Subscribe(
        user=user, unit=unit, title=title, purpose=purpose, events=events,
        url="https://hooks.example.com/credit" if posted else "",
    ).execute()  # fmt: skip
    chosen = [firm.code or firm.key for firm in firms[number::2]]
    if chosen:
        AddToPortfolio(user=user, subscription=row, codes=chosen).execute()
    return row


def _person(unit: Unit | None) -> User | None:
    if unit is None:
        return None
    roles = RoleGrant.objects.filter(unit=unit, role__in=("officer", "unit_head"), user__is_active=True)
    found = roles.select_related("user").order_by("role", "pk").first()
    return found.user if found else None


def _age(now: datetime) -> None:
    """What was told lies back some days; the address of one subscriber did not answer."""
    for place, alert in enumerate(Alert.objects.order_by("pk")):
        back = timedelta(days=2 * (place % 9), hours=place % 7)
        alert.at = now - back
        if alert.due is not None:
            alert.due = telling.receipt_day(alert.at.date(), alert.enterprise.region.code)
        if alert.sending == Alert.Sending.WAITING:
            dead = place % 4 == 0
            alert.sending = Alert.Sending.DEAD if dead else Alert.Sending.SENT
            alert.attempts, alert.next_at = (7, None) if dead else (1, None)
            alert.answer = "hooks.example.com:443: timed out" if dead else "204"
        alert.save()


def _confirm(made: Sequence[Subscription], random: Random) -> None:
    """Most receipts are given; the last subscriber owes its own."""
    for row in made[:-1]:
        user = _person(row.unit)
        waiting = row.alerts.filter(event__in=[event.value for event in STOPS]).order_by("pk")
        keys = [key for key in waiting.values_list("key", flat=True) if random.random() < 0.7]
        if keys and user is not None:
            ConfirmReceipts(user=user, subscription=row, alerts=keys, note="已从本单位网站和审查名单中撤下").execute()


def _compare(row: Subscription, firms: Sequence[Enterprise], random: Random, now: datetime) -> None:
    """A list as another department writes it: other forms of names, missing and wrong codes."""
    user = _person(row.unit)
    if user is None:
        return
    rows = []
    for place, firm in enumerate(random.sample(list(firms), min(ROWS, len(firms)))):
        name = firm.name.replace("有限责任公司", "有限公司") if place % 2 else firm.name
        code = "" if place % 3 == 0 else firm.code[:-1] + ("1" if place % 5 == 0 else firm.code[-1:])
        rows.append({"name": name, "code": code, "region": firm.region.code, "address": ""})
    rows.append({"name": "远山食品有限公司", "code": "", "region": "", "address": ""})
    StartScreening(
        user=user, unit=row.unit, title="专项整治企业名单.xlsx", purpose="核对专项整治对象的登记和信用情况", rows=rows
    ).execute()
    run_waiting(now)


def _used(now: datetime) -> None:
    """Hours of use: an office at work, and a program that took too much."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    rows = (
        ("address:9f2c41d07ab35e18", 611, 300, 214),
        ("address:51b8e07c2fd94a36", 38, 22, 0),
        ("token:4d1f9a20", 940, 871, 0),
    )
    for place, (caller, requests, subjects, refused) in enumerate(rows):
        Use.objects.get_or_create(
            caller=caller, hour=hour - timedelta(hours=5 * place + 2),
            defaults={
                "requests": requests, "subjects": subjects, "refused": refused,
                "first_refused_at": hour - timedelta(hours=2) if refused else None,
            },
        )  # fmt: skip
