"""The room's part of the demonstration: claims, objections, looks with their purposes, issued reports."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from hengjian.cases.actions import OpenCase, TakeStep
from hengjian.cases.models import Case
from hengjian.credit.dossier import filing
from hengjian.credit.dossier.dossier import Dossier
from hengjian.credit.dossier.own import enterprise_of
from hengjian.credit.dossier.purposes import PURPOSES, Purpose
from hengjian.credit.dossier.readers import Reader, covers
from hengjian.credit.dossier.reports.issuing import IssueReport
from hengjian.credit.records.looks import digest_of
from hengjian.credit.records.models import Look
from hengjian.enterprises.models import Enterprise
from hengjian.parties.models import RoleGrant, Unit, User
from hengjian.parties.verbs import ActionRefused

# After everything that a dossier shows.
ORDER = 85
SYSTEM = "demonstration"
ADDRESS = "https://quality.example/credit/reports/{code}/"
PARTS = ("概况", "处罚与曝光", "许可认证", "监督抽查", "全部内容")
PURPOSE_CODES = ("permit", "inspection", "enforcement", "award", "tender", "complaint")
NOTES = {"permit": "食品生产许可延续", "tender": "政府采购供应商审查", "award": "质量奖推荐单位审核"}
OBJECTIONS = (
    ("记载的日期与决定书不一致，决定书为上一日。", "以决定书为准。", ("accept", "correct"), "经核对，已更正。"),
    ("批号不属于本企业，疑为同名企业。", "从本企业档案中移出。", ("accept", "uphold"), "经核查，代码与该企业一致。"),
    ("住所已变更登记，仍显示旧地址。", "按现登记住所显示。", ("accept",), ""),
    ("同一事项被两个部门重复记载。", "只保留一条。", (), ""),
)  # fmt: skip


def build(now: datetime, random: Random) -> None:
    """Make what the room shows up to `now`."""
    sides = [
        (user, enterprise)
        for user in User.objects.filter(unit__kind=Unit.Kind.ENTERPRISE, is_active=True).select_related("unit")
        if (enterprise := enterprise_of(user)) is not None
    ]
    for user, enterprise in sides:
        _looks(enterprise, now, random)
        _report(user, enterprise)
    for number, objection in enumerate(OBJECTIONS):
        if sides:
            user, enterprise = sides[number % len(sides)]
            _object(user, enterprise, now - timedelta(days=4 + 6 * number), *objection)
    _claims(now, random)


def _looks(enterprise: Enterprise, now: datetime, random: Random) -> None:
    """Officers looked on days of the last months, each for a purpose."""
    officers = [user for user in _officers() if covers(user, enterprise.region_id)]
    for number in range(9):
        user = random.choice(officers) if officers else None
        if user is None:
            return
        code = PURPOSE_CODES[(number + enterprise.pk) % len(PURPOSE_CODES)]
        at = now - timedelta(days=9 * number + 1, hours=random.randrange(1, 7), minutes=random.randrange(60))
        look = Look(
            enterprise=enterprise,
            user=user,
            unit=user.unit,
            purpose=Purpose(code, NOTES.get(code, "")).text,
            what=f"质量信用档案：{random.choice(PARTS)}",
            at=at,
        )
        look.digest = digest_of(look)
        look.save()


def _officers() -> list[User]:
    grants = RoleGrant.objects.filter(role="officer", unit__isnull=False).values("user")
    return list(User.objects.filter(pk__in=grants, is_active=True).select_related("unit").order_by("pk")[:60])


def _report(user: User, enterprise: Enterprise) -> None:
    IssueReport(
        user=user,
        enterprise=enterprise,
        reader=Reader("own", user),
        address=ADDRESS,
        purpose=str(PURPOSES["tender"]),
    ).execute()


def _object(
    user: User, enterprise: Enterprise, at: datetime, claim: str, wanted: str, steps: tuple[str, ...], answer: str
) -> None:
    dossier = Dossier(enterprise, Reader("own", user))
    line = next((line for shown in dossier.all() for line in shown.lines if line.fact), None)
    item = filing.find_item(dossier, str(line.fact)) if line is not None else filing.grade_item()
    if item is None:
        return
    try:
        case = filing.object_to(user, enterprise, item, claim, wanted, "", opened_at=at).case
    except ActionRefused:  # an objection to the same item is open
        return
    for number, step in enumerate(steps):
        note = answer if step in ("correct", "uphold") else ""
        TakeStep(
            user=None, system=SYSTEM, case=case, step=step, note=note, at=at + timedelta(days=1 + number)
        ).execute()
        case.refresh_from_db()


def _claims(now: datetime, random: Random) -> None:
    """One claim in every state. The granted one is that of a person of its own, without a password."""
    citizens = list(User.objects.filter(unit=None, is_active=True, grants=None, is_superuser=False).order_by("pk")[:2])
    bodies = list(Enterprise.objects.filter(account=None, merged_into=None).exclude(code="").order_by("pk")[:60])
    if not citizens or len(bodies) < 4:
        return
    granted = User.objects.create(username="claimant", display_name="庄叙白")
    granted.set_unusable_password()
    granted.save(update_fields=["password"])
    plan = (
        (citizens[0], (), 1),
        (citizens[-1], (("ask", "请补交加盖公章的委托书。"),), 4),
        (citizens[-1], (("refuse", "证照编号与登记不一致，请核对后重新申请。"),), 24),
        (granted, (("grant", ""),), 38),
    )
    for (person, steps, days), body in zip(plan, random.sample(bodies, len(plan)), strict=True):
        at = now - timedelta(days=days, hours=3)
        case = _claim(person, body, at, random)
        for number, (step, note) in enumerate(steps, start=1):
            TakeStep(
                user=None, system=SYSTEM, case=case, step=step, note=note, at=at + timedelta(hours=20 * number)
            ).execute()


def _claim(person: User, body: Enterprise, at: datetime, random: Random) -> Case:
    return (
        OpenCase(
            user=person,
            owner=person,
            type=filing.CLAIM,
            values={
                "enterprise": body.code,
                "enterprise_key": body.key,
                "enterprise_name": body.name,
                "position": random.choice(("legal", "agent")),
                "licence_number": f"{body.region.code}{random.randrange(10**6):06d}",
                "phone": f"1990000{random.randrange(10**4):04d}",
            },
            unit=filing.registrar(body.region),
            region=body.region,
            subject=body.subject,
            channel="web",
            opened_at=at,
        )
        .execute()
        .case
    )
