"""The room's part of the demonstration: decisions of half a year, repairs in every stage, ends of every kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from hengjian.cases.actions import TakeStep
from hengjian.cases.models import Case
from hengjian.credit.records.actions import (
    ApplyDelivery,
    ApplyForRepair,
    RecordCredit,
    SetDispute,
    SetFulfilment,
    ShieldRecords,
    UploadDelivery,
    WithdrawRecord,
)
from hengjian.credit.records.ending import end
from hengjian.credit.records.facts import EXPIRED
from hengjian.credit.records.models import CreditRecord
from hengjian.documents.sheets import write_xlsx
from hengjian.enterprises.models import Enterprise
from hengjian.ledger.drafts import Source
from hengjian.parties.models import Unit, User
from hengjian.parties.verbs import ActionRefused

ORDER = 20
SYSTEM = "demonstration"
FAMILY = "market-regulation"
Given = dict[str, Any]
# What departments decided: title, offence, facts, basis, measures, size of the fine, fine, field, procedure.
PENALTIES: tuple[tuple[str, str, str, str, tuple[str, ...], str, int, str, str], ...] = (
    (
        "生产不符合强制性国家标准产品案",
        "生产不合格产品",
        "经监督抽查，一批次产品不符合强制性国家标准，货值 3.2 万元。",
        "产品质量法第四十九条",
        ("order", "confiscation", "fine"),
        "larger",
        64000,
        "quality",
        "ordinary",
    ),
    (
        "未按规定标注产品标识案",
        "标识违法",
        "产品未标明生产厂厂名和厂址。",
        "产品质量法第五十四条",
        ("warning",),
        "",
        0,
        "quality",
        "ordinary",
    ),
    (
        "使用未经检定的计量器具案",
        "计量违法",
        "贸易结算使用的电子台秤超过检定周期 4 个月。",
        "计量法第二十五条",
        ("fine",),
        "ordinary",
        800,
        "quality",
        "simple",
    ),
    (
        "使用超期未检特种设备案",
        "特种设备违法",
        "在用叉车超过检验有效期 7 个月。",
        "特种设备安全法第八十四条",
        ("order", "fine"),
        "larger",
        50000,
        "special_equipment",
        "ordinary",
    ),
    (
        "生产经营标签不符合规定的食品案",
        "食品标签违法",
        "两个批次的食品标签生产日期涂改。",
        "食品安全法第一百二十五条",
        ("confiscation", "fine"),
        "larger",
        12000,
        "food",
        "ordinary",
    ),
    (
        "冒用认证标志案",
        "认证违法",
        "产品包装擅自使用有机产品认证标志，累计销售额 41 万元。",
        "认证认可条例第七十条",
        ("confiscation", "fine", "revocation"),
        "very_large",
        820000,
        "quality",
        "ordinary",
    ),
    (
        "虚假标注执行标准案",
        "标准违法",
        "公开的企业标准与产品实际执行的不一致。",
        "标准化法第三十六条",
        ("criticism",),
        "",
        0,
        "quality",
        "ordinary",
    ),
)
PERMITS = ("工业产品生产许可证", "食品生产许可证", "特种设备生产许可证", "检验检测机构资质认定证书")
HONOURS = (
    ("质量信用 AAA 级企业", "质量协会"),
    ("“守合同重信用”企业", "市场监管部门"),
    ("质量标杆", "工业和信息化部门"),
)


def build(now: datetime, random: Random) -> None:
    """What stands and what is going on at `now`."""
    decide(now, random)
    adverse = list(
        CreditRecord.objects.filter(category="penalty", min_until__lte=now.date())
        .select_related("enterprise__account", "organ__region")
        .order_by("-published_from", "pk")
    )
    # The bodies with an account come first: their people see their own repairs.
    adverse.sort(key=lambda record: record.enterprise.account_id is None)
    stages: tuple[tuple[str, ...], ...] = (
        (),
        ("accept",),
        ("ask",),
        ("accept", "check"),
        ("accept", "check", "repair"),
        ("accept", "check", "repair"),
        ("reject",),
    )
    left = iter(adverse)
    for steps, record in zip(stages, left, strict=False):
        _repair(record, steps, now)
    _marks(list(left), now)
    _deliver(now)


def decide(now: datetime, random: Random) -> None:
    """A fortnight of decisions, most of them delivered within the seven working days."""
    bodies = list(
        Enterprise.objects.filter(merged_into=None).exclude(code="").select_related("region").order_by("pk")[:120]
    )
    own = [body for body in bodies if body.account_id is not None]
    units = {unit.region.code: unit for unit in Unit.objects.filter(family=FAMILY).select_related("region")}
    if not bodies or not units:
        return
    day = now.date()
    chosen = random.sample(bodies, k=min(10, len(bodies))) + own[:2]
    for number, body in enumerate(chosen):
        organ = _organ(body, units)
        on = day - timedelta(days=random.choice((2, 3, 5, 6, 8, 16)))
        kind = "penalty" if body in own or number % 2 else random.choice(("permit", "honour", "inspection"))
        _record(body, organ, kind, on, random)


EARLIER = tuple((days, decide) for days in (170, 135, 104, 92, 64, 40, 21))


def _organ(body: Enterprise, units: dict[str, Unit]) -> Unit:
    code = body.region.code
    for place in (code, f"{code[:4]}00", f"{code[:2]}0000"):
        if place in units:
            return units[place]
    return next(iter(units.values()))


def _record(body: Enterprise, organ: Unit, kind: str, on: date, random: Random) -> CreditRecord | None:
    number = f"{on.year}〕{random.randrange(10, 900)}号"
    if kind == "penalty":
        title, offence, facts, basis, measures, level, fine, sector, procedure = random.choice(PENALTIES)
        values: Given = {
            "title": title,
            "offence": offence,
            "facts": facts,
            "basis": basis,
            "measures": list(measures),
            "fine_level": level or None,
            "amount": str(fine) if fine else None,
            "sector": sector,
            "procedure": procedure,
        }
        given: Given = {"catalogue": "N-03-02", "document": f"{organ}罚〔{number}", "values": values}
    elif kind == "permit":
        values = {
            "title": random.choice(PERMITS),
            "certificate_number": f"XK99-{random.randrange(100, 999)}-{random.randrange(10000, 99999)}",
            "valid_from": on.isoformat(),
            "valid_until": on.replace(year=on.year + 5, day=min(on.day, 28)).isoformat(),
        }
        given = {"catalogue": "N-03-01", "document": f"{organ}许〔{number}", "values": values}
    elif kind == "honour":
        title, issuer = random.choice(HONOURS)
        given = {"catalogue": "N-11-01", "values": {"title": title, "issuer": issuer}}
    else:
        result = random.choice(("pass", "pass", "pass", "fail"))
        values = {"title": "产品质量监督抽查", "batch": f"{on:%y%m}{random.randrange(10, 99)}", "result": result}
        given = {"catalogue": "N-03-04", "values": values}
    try:
        return RecordCredit(
            user=None, system=SYSTEM, subject=body.subject, category=kind, organ=organ, decided_on=on, **given
        ).execute()
    except ActionRefused:  # drawn twice
        return None


def _repair(record: CreditRecord, steps: tuple[str, ...], now: datetime) -> None:
    case: Case = ApplyForRepair(
        user=None,
        system=SYSTEM,
        record=record,
        fulfilled_on=now.date() - timedelta(days=20),
        committed=True,
        statement="罚款已缴清，不合格产品已召回处理，完善了出厂检验制度。",
    ).execute()
    given: dict[str, Given] = {
        "check": {"values": {"corrected": True, "fulfilled": True, "how": "papers"}},
        "ask": {"note": "请补充缴款凭证。"},
        "reject": {"note": "同一违法行为正在行政复议，暂不受理。"},
    }
    for step in steps:
        TakeStep(user=None, system=SYSTEM, case=case, step=step, **given.get(step, {})).execute()
        case.refresh_from_db()


def _marks(records: list[CreditRecord], now: datetime) -> None:
    """One record in dispute, one unfulfilled, one withdrawn, one shielded, one that has expired."""
    source = Source(system=SYSTEM)
    acts: tuple[Callable[[CreditRecord], object], ...] = (
        lambda one: SetDispute(user=None, system=SYSTEM, record=one, disputed=True).execute(),
        lambda one: SetFulfilment(user=None, system=SYSTEM, record=one, fulfilled_on=None).execute(),
        lambda one: WithdrawRecord(user=None, system=SYSTEM, record=one, reason="行政复议决定撤销原处罚").execute(),
        lambda one: ShieldRecords(
            user=None, system=SYSTEM, records=[one], until=now + timedelta(days=180), reason="法院裁定批准重整计划"
        ).execute(),
        lambda one: end([one], EXPIRED, CreditRecord.State.EXPIRED, source=source),
    )
    for act, record in zip(acts, records, strict=False):
        act(record)


def _deliver(now: datetime) -> None:
    """A sheet that was taken in, and one with faults that waits."""
    officer = (
        User.objects.filter(grants__role="officer", unit__family=FAMILY)
        .select_related("unit__region")
        .order_by("pk")
        .first()
    )
    bodies = list(Enterprise.objects.filter(merged_into=None).exclude(code="").order_by("-pk")[:6])
    if officer is None or officer.unit is None or len(bodies) < 6:
        return
    head = ["行政相对人名称", "统一社会信用代码", "行政许可决定文书号", "许可名称", "许可决定日期", "有效期至"]
    day = (now - timedelta(days=4)).date()
    rows = [
        [
            body.name,
            body.code,
            f"{officer.unit}许〔{day.year}〕{700 + number}号",
            PERMITS[number % len(PERMITS)],
            day.isoformat(),
            f"{day.year + 5}-06-30",
        ]
        for number, body in enumerate(bodies)
    ]
    wrong = [[*rows[4][:1], "91990000000000000X", *rows[4][2:]], [*rows[5][:4], "本月初", rows[5][5]]]
    for name, sheet, takes in (
        ("行政许可-上旬.xlsx", rows[:4], True),
        ("行政许可-中旬.xlsx", [*rows[4:], *wrong], False),
    ):
        delivery = UploadDelivery(
            user=officer, unit=officer.unit, category="permit", data=write_xlsx(head, sheet), name=name
        ).execute()
        if takes:
            ApplyDelivery(user=officer, delivery=delivery).execute()
