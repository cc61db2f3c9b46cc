"""What the room gives to others: links on entries, lists for draws, the public list of listed hazards, papers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengjian.cases.models import Case, CaseEvent
from hengjian.cases.papers import register_paper
from hengjian.documents.official import OfficialDocument, Paragraph
from hengjian.draws.pools import register_pool
from hengjian.draws.rules import Target
from hengjian.parties.models import Region, Unit
from hengjian.publishing.lists import ListColumn, PublicList, register_list
from hengjian.registers.hooks import Related, register_related
from hengjian.registers.models import Entry
from hengjian.registers.queries import by_ref, entries
from hengjian.systems.equipment.models import Lift
from hengjian.systems.equipment.queries import in_order
from hengjian.systems.equipment.rules import overall
from hengjian.systems.equipment.words import state_word


def of_entry(user: Any, refs: Sequence[str]) -> Iterator[Related]:
    """From a lift to its inspections and maintenance, from a policy to the lifts it insures."""
    entry = by_ref(refs[0]) if refs else None
    if isinstance(entry, Lift):
        found = in_order(entry, timezone.localdate())
        red = "、".join(state_word(item) for item in found if item.light == "red")
        light = overall(found) if found else "grey"
        url = reverse("equipment:lift", args=[entry.pk])
        yield Related(_("检验、维护保养与保险"), url, "", light, red or _("无过期事项"))
    elif isinstance(entry, Entry) and entry.register == "liability_policy":
        yield Related(_("投保电梯、限额与赔付"), reverse("equipment:policy", args=[entry.pk]))


def drawable_lifts(unit: Unit, region: Region, on: date) -> Iterator[Target]:
    """Lifts in use of the region; those on which something lapsed are a class of their own."""
    rows = Lift.objects.filter(register="lift", status="in_use", region__in=Region.objects.within(region))
    for row in rows.order_by("pk").iterator(chunk_size=2000):
        late = overall(in_order(row, on)) == "red"
        stratum = _("有过期事项") if late else _("正常")
        yield Target(f"lift:{row.key_scope}:{row.key}", f"{row.key} {row.site}", stratum, row.maint_unit_code)


def drawable_maintainers(unit: Unit, region: Region, on: date) -> Iterator[Target]:
    """Maintainers on duty in the cities of the region; weighed by how many of their lifts are overdue."""
    cities = {place.code for place in Region.objects.within(region)} | {place.code for place in _above(region)}
    rows = entries("rescue_body").filter(status="active", extras__kind="maintainer")
    for row in rows.order_by("key"):
        if row.extras.get("city") not in cities:
            continue
        code = row.extras.get("code") or row.key
        late = Lift.objects.filter(register="lift", maint_unit_code=code, status="in_use", next_maintenance__lt=on)
        share = late.count()
        yield Target(row.key, row.title, _("有逾期") if share else _("无逾期"), code, weight=1 + min(share, 9))


def _above(region: Region) -> list[Region]:
    return list(Region.objects.above(region))


def listed_hazards(on: date) -> Iterator[Mapping[str, Any]]:
    """The major hazards that were under listed supervision on a day."""
    end = timezone.make_aware(datetime.combine(on, time.max))
    rows = Case.objects.filter(type="major_hazard", opened_at__lte=end)
    for case in rows.filter(Q(closed_at=None) | Q(closed_at__gt=end)).order_by("number"):
        due = str(case.data.get("due_on") or "")
        yield {
            "number": case.number,
            "owner": case.data.get("owner"),
            "hazard": case.data.get("hazard"),
            "place": case.data.get("place"),
            "listed": timezone.localdate(case.opened_at),
            "due": due,
            "late": bool(due) and due < on.isoformat(),
        }


def hazard_notice(case: Case, event: CaseEvent) -> OfficialDocument:
    """重大隐患挂牌督办通知书."""
    data = case.data
    return OfficialDocument(
        title="重大隐患挂牌督办通知书",
        addressees=(str(data.get("owner") or ""),),
        date=timezone.localdate(event.occurred_at),
        body=(
            Paragraph(f"经核查，你单位存在重大隐患：{data.get('hazard')}。现予挂牌督办（编号：{case.number}）。"),
            Paragraph(f"治理要求：{data.get('measures')}。"),
            Paragraph(f"请于{_chinese(data.get('due_on'))}前完成治理；收到本通知后按期报送治理方案，并逐月报告进展。"),
        ),
    )


def hazard_delisting(case: Case, event: CaseEvent) -> OfficialDocument:
    """重大隐患摘牌公告."""
    return OfficialDocument(
        title="重大隐患摘牌公告",
        date=timezone.localdate(event.occurred_at),
        body=(
            Paragraph(
                f"{case.data.get('owner')}的重大隐患“{case.data.get('hazard')}”（编号：{case.number}）"
                "已治理完成并通过验收，现予摘牌。"
            ),
        ),
    )


def equipment_order(case: Case, event: CaseEvent) -> OfficialDocument:
    """特种设备安全监察指令书."""
    data = case.data
    number = data.get("order_number")
    return OfficialDocument(
        title="特种设备安全监察指令书",
        addressees=(str(data.get("target") or ""),),
        date=timezone.localdate(event.occurred_at),
        body=(
            Paragraph(f"经{_chinese(data.get('checked_on'))}检查，你单位存在下列问题：{data.get('findings')}"),
            Paragraph(f"依据《特种设备安全法》，责令你单位限期整改（办件编号：{case.number}）。"),
            *([Paragraph(f"指令书编号：{number}。")] if number else []),
        ),
    )


def _chinese(day: Any) -> str:
    """2026年3月1日; a line where there is none."""
    if not day:
        return "____年__月__日"
    found = date.fromisoformat(str(day))
    return f"{found.year}年{found.month}月{found.day}日"


def register() -> None:
    """Called when the app is ready."""
    register_related("equipment", gettext_lazy("特种设备"), of_entry)
    register_pool("lift", gettext_lazy("在用电梯"), drawable_lifts)
    register_pool("lift_maintainer", gettext_lazy("电梯维护保养单位"), drawable_maintainers)
    register_paper("hazard_notice", "重大隐患挂牌督办通知书", hazard_notice, mark="督办")
    register_paper("hazard_delisting", "重大隐患摘牌公告", hazard_delisting, mark="公告")
    register_paper("equipment_order", "特种设备安全监察指令书", equipment_order)
    register_list(
        PublicList(
            "equipment.hazards",
            gettext_lazy("挂牌督办的重大隐患"),
            columns=(
                ListColumn("number", "挂牌编号", "Number"),
                ListColumn("owner", "责任单位", "Owner"),
                ListColumn("hazard", "隐患", "Hazard"),
                ListColumn("place", "地点", "Place"),
                ListColumn("listed", "挂牌日期", "Listed on"),
                ListColumn("due", "治理期限", "To be settled by"),
                ListColumn("late", "是否逾期", "Overdue"),
            ),
            key="number",
            rows=listed_hazards,
            basis=gettext_lazy("确定挂牌督办的重大隐患；验收通过摘牌或停用关闭后退出名单。"),
        )
    )
