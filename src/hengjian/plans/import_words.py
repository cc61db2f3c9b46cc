"""The list of corrections by hand in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from hengjian.parties.models import Unit, User
from hengjian.plans.models import PlanImport
from hengjian.plans.outline import short_title
from hengjian.plans.words import ROLE_WORDS


@dataclass
class CorrectionLine:
    """One correction: its place in the list, where it applies, what was changed, by whom and when."""

    index: int
    place: str
    text: str
    by: str
    at: datetime | None


def header_words() -> dict[str, str]:
    """Names of the header fields that may be corrected."""
    return {
        "plan_title": _("计划名称"),
        "title": _("标题"),
        "number": _("文号"),
        "issuer": _("发文机关"),
        "issued_on": _("成文日期"),
    }


def correction_lines(draft: PlanImport) -> list[CorrectionLine]:
    """Newest first."""
    people = {str(user.ref): str(user) for user in _people(draft)}
    units = {
        unit.pk: unit.name
        for unit in Unit.objects.filter(
            pk__in=[line["unit"] for line in draft.corrections if line["kind"] == "unit" and line.get("unit")]
        )
    }
    lines = []
    for index, line in enumerate(draft.corrections):
        at = datetime.fromisoformat(line["at"]) if line.get("at") else None
        lines.append(
            CorrectionLine(index, _place(draft, line), _text(line, units), people.get(line.get("by", ""), ""), at)
        )
    return lines[::-1]


def _people(draft: PlanImport) -> list[User]:
    keys = {line.get("by", "").removeprefix("user:") for line in draft.corrections}
    return list(User.objects.filter(pk__in=[key for key in keys if key.isdigit()]))


def _place(draft: PlanImport, line: dict[str, Any]) -> str:
    if line["kind"] == "header":
        return _("文件头")
    if line["kind"] == "unit":
        return str(line["organisation"])
    place = line.get("added") if line["kind"] == "mark_item" else line.get("item")
    if place is None:
        return _("原文")
    item = draft.draft["sections"][line["section"]]["items"][place]
    number = item.get("sequence") or item.get("number") or place + 1
    return f"{number}.{line['measure']}" if "measure" in line else str(number)


def _marked_as() -> dict[str, str]:
    return {"mark_item": _("任务"), "mark_measure": _("举措"), "mark_target": _("目标"), "mark_duties": _("责任单位")}


def _text(line: dict[str, Any], units: dict[int, str]) -> str:
    kind, value = line["kind"], line.get("value")
    if kind == "header":
        return _("%(field)s改为“%(value)s”") % {
            "field": header_words().get(line.get("field", ""), line.get("field")),
            "value": value,
        }
    if kind == "unit":
        unit = line.get("unit")
        return _("对应“%(unit)s”") % {"unit": units.get(unit, unit)} if unit else _("取消对应的单位")
    if kind == "item_duties":
        names = "、".join(f"{ROLE_WORDS[duty['role']]} {duty['organisation']}" for duty in value or [])
        return _("责任单位改为：%(names)s") % {"names": names or "—"}
    if kind == "measure_deadline":
        return _("时限改为 %(due)s") % {"due": line["due"]} if line.get("due") else _("不设时限")
    if kind in ("item_skip", "measure_skip"):
        return _("不生成任务") if value else _("恢复生成任务")
    if kind == "item_merge":
        return _("并入后面的条目")
    if kind in ("mark_item", "mark_measure", "mark_target", "mark_duties"):
        reading = line["reading"]
        words = "".join(reading["measures"]) or "、".join(
            part.get("indicator") or part.get("organisation") or "" for part in reading["targets"] + reading["duties"]
        )
        return _("标为%(what)s：“%(words)s”") % {
            "what": _("机制") if line.get("nature") == "mechanism" else _marked_as()[kind],
            "words": short_title(str(line.get("title") or line.get("indicator") or words), 40),
        }
    plain = {
        "measure_key": _("列为重点") if value else _("不列为重点"),
        "measure_split": _("拆成两条"),
        "measure_merge": _("与下一条合并"),
        "item_split": _("从这一条举措起另成一条"),
        "accept": _("核对无误"),
        "item_title": _("条目标题改为“%(value)s”"),
        "measure_title": _("任务名称改为“%(value)s”"),
        "measure_text": _("举措改为“%(value)s”"),
    }
    text = plain.get(kind, kind)
    return text % {"value": short_title(str(value), 40)} if "%(value)s" in text else text
