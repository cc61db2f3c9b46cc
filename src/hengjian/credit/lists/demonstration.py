"""The room's part of the demonstration: entries in every stage, departments that answered and one that is late."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any

from django.utils import timezone

from hengjian.cases.actions import OpenCase, TakeStep
from hengjian.cases.models import Case
from hengjian.credit.lists.actions import AnswerMeasure
from hengjian.credit.lists.models import ListEntry, MeasureReceipt, MeasureTask
from hengjian.credit.lists.procedures import LISTING, REMOVAL, TRUSTED
from hengjian.credit.lists.queries import on_lists
from hengjian.enterprises.models import Enterprise
from hengjian.parties.models import User

# After the register of enterprises, before grades and dossiers that show the lists.
ORDER = 65
SYSTEM = "demonstration"
OFFICER, HEAD = "market", "market-head"
#: criterion, facts, number of the penalty.
BREACHES = (
    ("serious_breach.quality", "两次抽查不合格并造成人身伤害，被处以较大数额罚款。", "澜市监罚〔%d〕41号"),
    ("abnormal.annual_report", "未按期公示上一年度年度报告，经责令仍未公示。", ""),
    ("advertising_breach.health_claims", "在直播中宣称普通食品具有治疗功效，经立案查处。", "澜市监罚〔%d〕57号"),
    ("serious_breach.food", "使用超过保质期的原料生产食品，货值较大，被责令停产停业。", "澜市监罚〔%d〕63号"),
    ("abnormal.not_found", "通过登记的住所两次无法取得联系。", ""),
)  # fmt: skip
MATTERS = ("受理食品生产许可延续申请时从严审查", "2026 年质量提升专项资金评审", "政府采购供应商资格审查")


def early(now: datetime, random: Random) -> None:
    """Half a year ago: two breaches, one trusted enterprise; the departments have answered since."""
    for number in (0, 1):
        _enter(number, BREACHES[number])
    _trust(0)
    _answer()


def lately(now: datetime, random: Random) -> None:
    """A month ago: one more; one department takes over, the others keep silent and are late by now."""
    _enter(2, BREACHES[2])
    _trust(1)
    waiting = MeasureTask.objects.filter(state=MeasureTask.State.SENT).order_by("pk")[:1]
    for task in waiting:
        AnswerMeasure(user=None, system=SYSTEM, task=task, kind=MeasureReceipt.Kind.TAKEN).execute()


def build(now: datetime, random: Random) -> None:
    """Today: a notice served, a decision waiting, a proposal, a reversal running, an entry that left."""
    deciding = _open(3, BREACHES[3])
    if deciding is None:
        return
    for step, note in (("tell", ""), ("answered", "当事人称原料尚未投入使用，请求从轻处理。"), ("submit", "")):
        _step(deciding, step, note)
    if told := _open(4, BREACHES[4]):
        _step(told, "tell")
    _open(5, BREACHES[0])
    if nominated := _open(6, ("red_list.award", "获得自治区主席质量奖，近三年监督抽查全部合格。", "")):
        _step(nominated, "show")
    mended = on_lists().filter(kind="abnormal").first()
    if mended is not None and (case := _remove(mended, "mended", "已补报年度报告并公示")):
        _step(case, "submit")
        _step(case, "remove", user=HEAD)
    fallen = on_lists().filter(kind="advertising_breach").first()
    if fallen is not None:
        _remove(fallen, "reversal", f"澜政复决〔{timezone.localdate(now).year}〕12号")


EARLIER = ((180, early), (30, lately))


def _people() -> dict[str, User]:
    found = User.objects.filter(username__in=(OFFICER, HEAD)).select_related("unit__region")
    return {user.username: user for user in found}


def _enterprise(place: int) -> Enterprise | None:
    """Different enterprises for different places, the same every time."""
    rows = Enterprise.objects.exclude(code="").filter(merged_into=None, kind=Enterprise.Kind.COMPANY)
    return rows.select_related("region").order_by("key")[5 + 3 * place : 6 + 3 * place].first()


def _open(place: int, breach: tuple[str, str, str]) -> Case | None:
    criterion, told, penalty = breach
    people, enterprise = _people(), _enterprise(place)
    officer = people.get(OFFICER)
    if officer is None or HEAD not in people or enterprise is None or officer.unit is None:
        return None
    values: dict[str, Any] = {
        "enterprise": enterprise.code,
        "enterprise_name": enterprise.name,
        "criterion": criterion,
        "facts_found": told,
    }
    if penalty:
        values["penalty"] = penalty % timezone.localdate().year
    return (
        OpenCase(
            user=officer,
            type=TRUSTED if criterion.startswith("red_list") else LISTING,
            values=values,
            unit=officer.unit,
            region=officer.unit.region,
        )
        .execute()
        .case
    )


def _step(case: Case, step: str, note: str = "", user: str = OFFICER, **values: Any) -> None:
    TakeStep(user=_people()[user], case=case, step=step, note=note, values=values).execute()
    case.refresh_from_db()


def _enter(place: int, breach: tuple[str, str, str]) -> None:
    case = _open(place, breach)
    if case is None:
        return
    _step(case, "tell")
    _step(case, "answered", "当事人表示接受，承诺限期整改。")
    _step(case, "submit")
    _step(case, "enter", user=HEAD, document=f"澜市监信〔{timezone.localdate().year}〕{place + 3}号")


def _trust(place: int) -> None:
    case = _open(10 + place, ("red_list.benchmark", "连续三年质量信用等级为最高等级，入选质量标杆。", ""))
    if case is None:
        return
    _step(case, "show")
    _step(case, "submit")
    _step(case, "enter", user=HEAD, document=f"澜市监信〔{timezone.localdate().year}〕{place + 21}号")


def _answer() -> None:
    for number, task in enumerate(MeasureTask.objects.filter(state=MeasureTask.State.SENT).order_by("pk")):
        AnswerMeasure(user=None, system=SYSTEM, task=task, kind=MeasureReceipt.Kind.TAKEN).execute()
        if number % 3 == 0:
            matter = MATTERS[number // 3 % len(MATTERS)]
            AnswerMeasure(
                user=None, system=SYSTEM, task=task, kind=MeasureReceipt.Kind.APPLIED, matter=matter
            ).execute()


def _remove(entry: ListEntry, ground: str, basis: str) -> Case | None:
    officer = _people()[OFFICER]
    if officer.unit_id != entry.unit_id or officer.unit is None:
        return None
    return (
        OpenCase(
            user=officer,
            type=REMOVAL,
            values={
                "entry": entry.number,
                "ground": ground,
                "known_on": timezone.localdate().isoformat(),
                "basis": basis,
            },
            unit=officer.unit,
            region=officer.unit.region,
        )
        .execute()
        .case
    )
