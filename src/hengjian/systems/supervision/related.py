"""What other rooms show of this one: links on entries, pools for draws, lists for the public."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengjian.draws.pools import register_pool
from hengjian.draws.rules import Target
from hengjian.parties.models import Region, Unit
from hengjian.publishing.lists import ListColumn, PublicList, register_list
from hengjian.registers.catalogue import register_type
from hengjian.registers.hooks import Related, register_related
from hengjian.registers.queries import counting, entries
from hengjian.systems.supervision import queries

CAMPAIGN = "entry:campaign:"


def of_entry(user: Any, refs: Sequence[str]) -> Iterator[Related]:
    """From a campaign's entry to its figures."""
    for ref in refs:
        if ref.startswith(CAMPAIGN):
            page = reverse("supervision:campaign", args=[ref.removeprefix(CAMPAIGN)])
            yield Related(_("各单位填报数据与合计"), page)


def drawable_labels(unit: Unit, region: Region, on: date) -> Iterator[Target]:
    """Valid energy labels of the region, by grade; inspectors of the maker are excluded by its code."""
    declared = register_type("energy_label")
    rows = entries(declared.code).filter(counting(declared, on), region__in=Region.objects.within(region))
    for row in rows.order_by("pk").iterator():
        stratum = _("%(grade)s 级") % {"grade": row.value("grade")}
        yield Target(row.key, row.title, str(stratum), str(row.value("maker") or ""))


def drawable_places(unit: Unit, region: Region, on: date) -> Iterator[Target]:
    """Places under regular checks, by their grade of risk."""
    declared = register_type("checked_place")
    risk = declared.field("risk")
    rows = entries(declared.code).filter(counting(declared, on), region__in=Region.objects.within(region))
    for row in rows.order_by("pk").iterator():
        grade = risk.choice(str(row.value("risk")))
        yield Target(row.key, row.title, grade.title if grade else "", str(row.value("holder") or ""))


def late_rows(code: str) -> Any:
    """Rows of a public list: entries of a register that are past their day and not done, as everybody may see them."""

    def rows(on: date) -> Iterator[Mapping[str, Any]]:
        declared = register_type(code)
        for late in queries.late_entries(queries.public_entries, on, (code,)):
            entry = late.entry
            measure = str(entry.value("measure") or entry.value("criterion") or "")
            spec = next(spec for spec in declared.fields if spec.code in {"measure", "criterion"})
            choice = spec.choice(measure)
            yield {
                "key": entry.key,
                "holder": entry.title,
                "measure": choice.title if choice else "",
                "due": late.due,
                "unit": entry.unit.name,
            }

    return rows


COLUMNS = (
    ListColumn("holder", "单位", "Enterprise"),
    ListColumn("key", "编号", "Number"),
    ListColumn("measure", "应采取的措施或退出标准", "What is due"),
    ListColumn("due", "期限", "Due"),
    ListColumn("unit", "监管单位", "Supervised by"),
)


def register() -> None:
    """Called when the app is ready."""
    register_related("supervision", gettext_lazy("专项与督查"), of_entry)
    register_pool("energy_label", gettext_lazy("能效标识产品"), drawable_labels)
    register_pool("checked_place", gettext_lazy("重点检查场所"), drawable_places)
    register_list(
        PublicList(
            "boilers.late",
            gettext_lazy("逾期未完成淘汰改造的锅炉"),
            columns=COLUMNS,
            key="key",
            rows=late_rows("boiler"),
            basis=gettext_lazy("登记的措施期限已过、尚未登记完成的锅炉；完成次日移出。"),
        )
    )
    register_list(
        PublicList(
            "exits.late",
            gettext_lazy("逾期未退出的落后产能"),
            columns=COLUMNS,
            key="key",
            rows=late_rows("exit_item"),
            basis=gettext_lazy("退出期限已过、尚未登记退出的产能和企业；退出次日移出。"),
        )
    )
