"""The criteria tree as forms: operators written as short lines of text, items and groups added, moved, removed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengjian.assessment.actions.schemes import check_definition
from hengjian.parties.verbs import ActionRefused
from hengjian.rulebook.parameters import score_operators as ops
from hengjian.rulebook.parameters.score_sheets import Item
from hengjian.scoring.answers import Answer, WrongAnswer
from hengjian.scoring.operators import plain
from hengjian.scoring.rules import score_item

KINDS = {
    "exists": gettext_lazy("有或无（F1）"),
    "tiers": gettext_lazy("分档（F2）"),
    "missing": gettext_lazy("缺项扣分（F3）"),
    "brackets": gettext_lazy("区间得分（F4）"),
    "baseline": gettext_lazy("对照基准加减分（F5）"),
    "events": gettext_lazy("按次加减分（F6）"),
    "ratio": gettext_lazy("完成率（F7）"),
    "thresholds": gettext_lazy("门槛加减分（F8）"),
    "interval": gettext_lazy("区间内评定（F9）"),
}
#: Lists inside an operator: field → columns of a line, the first of which is a name unless it is a bound.
LINES: dict[str, tuple[str, ...]] = {
    "tiers": ("title", "share"),
    "elements": ("title", "each"),
    "brackets": ("from", "below", "points"),
    "rules": ("title", "each", "required", "most"),
    "thresholds": ("from", "below", "effect"),
    "parts": ("title", "low", "high"),
}
COLUMN_WORDS = {
    "title": gettext_lazy("名称"),
    "share": gettext_lazy("得分比例（0 至 1）"),
    "each": gettext_lazy("每次（项）分值"),
    "from": gettext_lazy("不低于"),
    "below": gettext_lazy("低于"),
    "points": gettext_lazy("得分"),
    "required": gettext_lazy("应有次数"),
    "most": gettext_lazy("上限"),
    "effect": gettext_lazy("加减分"),
    "low": gettext_lazy("最低"),
    "high": gettext_lazy("最高"),
}
SEPARATOR = re.compile(r"\s*[|｜\t]\s*")


def lines_of(name: str, rows: Iterable[Mapping[str, Any]]) -> str:
    """A list inside an operator as text, one line each."""
    found = []
    for row in rows:
        span = row.get("span") or {}
        cells = {**row, "from": span.get("at_least"), "below": span.get("less_than")}
        found.append(
            " | ".join("" if cells.get(column) is None else str(cells[column]) for column in LINES[name]).rstrip(" |")
        )
    return "\n".join(found)


def rows_of(name: str, text: str, before: Iterable[Mapping[str, Any]] = ()) -> list[dict[str, Any]]:
    """The list that was typed. A line that keeps its name keeps its code and its English name."""
    known = {str(row.get("title")): row for row in before}
    taken: set[str] = {str(row.get("code")) for row in before}
    found = []
    for number, line in enumerate((line for line in text.splitlines() if line.strip()), start=1):
        cells = SEPARATOR.split(line.strip())
        given = {column: cell for column, cell in zip(LINES[name], cells, strict=False) if cell != ""}
        row: dict[str, Any] = {}
        if "from" in LINES[name]:
            row["span"] = {
                bound: given[column]
                for column, bound in (("from", "at_least"), ("below", "less_than"))
                if column in given
            }
            row |= {column: value for column, value in given.items() if column not in ("from", "below")}
        else:
            earlier = known.get(given.get("title", ""), {})
            code = earlier.get("code") or next_code(f"n{number}", taken)
            taken.add(str(code))
            row = {**{key: earlier[key] for key in ("title_en",) if key in earlier}, "code": code, **given}
        found.append(row)
    return found


def next_code(wanted: str, taken: Iterable[str]) -> str:
    """A code that is not taken yet."""
    there, code, number = set(taken), wanted, 1
    while code in there:
        number += 1
        code = f"{wanted}-{number}"
    return code


def fields_of(kind: str) -> list[tuple[str, str, str]]:
    """(name, label, kind of control) of an operator's parameters: text, lines, check, choice."""
    model = next(one for one in ops.Operator.__args__[0].__args__ if one.model_fields["kind"].default == kind)
    found = []
    for name, field in model.model_fields.items():
        if name == "kind":
            continue
        control = "lines" if name in LINES else "text"
        if field.annotation is bool:
            control = "check"
        elif name in ("direction", "start"):
            control = "choice"
        found.append((name, str(_(field.title or name)), control))
    return found


CHOICES = {
    "direction": (("higher", gettext_lazy("越高越好")), ("lower", gettext_lazy("越低越好"))),
    "start": (("full", gettext_lazy("从满分起扣")), ("zero", gettext_lazy("从零分起加"))),
}


def controls(kind: str, operator: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The parameters of an operator as controls, filled."""
    same = operator if operator.get("kind") == kind else {}
    found = []
    for name, label, control in fields_of(kind):
        value = same.get(name)
        line: dict[str, Any] = {"name": f"op-{name}", "label": label, "control": control, "value": value}
        if control == "lines":
            line["value"] = lines_of(name, value or ())
            line["hint"] = " | ".join(str(COLUMN_WORDS[column]) for column in LINES[name])
            line["rows"] = max(3, len(line["value"].splitlines()) + 1)
        elif control == "choice":
            line["choices"] = CHOICES[name]
        elif value is None:
            line["value"] = ""
        found.append(line)
    return found


def operator_from(kind: str, data: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The operator that was typed; checked when the whole sheet is."""
    made: dict[str, Any] = {"kind": kind}
    for name, _label, control in fields_of(kind):
        text = str(data.get(f"op-{name}", "")).strip()
        if control == "check":
            made[name] = bool(text)
        elif control == "lines":
            if rows := rows_of(name, text, before.get(name) or () if before.get("kind") == kind else ()):
                made[name] = rows
        elif text:
            made[name] = text
    return made


def examples(item: Item) -> list[tuple[str, Decimal | None, str]]:
    """What the operator does: (what is found, points, why) for a few findings."""
    operator = item.operator
    told: list[tuple[str, Decimal | None, str]] = []
    samples: list[tuple[str, Answer]] = []
    match operator:
        case ops.Exists():
            samples = [(_("具备"), Answer(value=True)), (_("不具备"), Answer(value=False))]
        case ops.Tiers():
            samples = [(tier.title, Answer(value=tier.code)) for tier in operator.tiers]
        case ops.Missing() if operator.elements:
            codes = [element.code for element in operator.elements]
            samples = [
                (_("缺 %(n)s 项") % {"n": n}, Answer(parts={code: Decimal(i < n) for i, code in enumerate(codes)}))
                for n in range(min(len(codes), 3) + 1)
            ]
        case ops.Missing():
            samples = [(_("缺 %(n)s 项") % {"n": n}, Answer(value=Decimal(n))) for n in (0, 1, 3)]
        case ops.Brackets() | ops.Thresholds():
            rows = operator.brackets if isinstance(operator, ops.Brackets) else operator.thresholds
            bounds = sorted(
                {bound for row in rows for bound in (row.span.at_least, row.span.less_than) if bound is not None}
            )
            values = [*bounds, *([bounds[0] - 1] if bounds else []), *([bounds[-1] + 1] if bounds else [])]
            samples = [(plain(value), Answer(value=value)) for value in sorted(set(values))][:6]
        case ops.Baseline():
            base = operator.baseline if operator.baseline is not None else Decimal(95)
            samples = [
                (_("基准 %(base)s，实际 %(value)s") % {"base": plain(base), "value": plain(base + step)},
                 Answer(value=base + step, reference=base))
                for step in (Decimal(-2), Decimal(-1), Decimal(0), Decimal(1))
            ]  # fmt: skip
        case ops.Ratio():
            target = operator.target if operator.target is not None else Decimal(95)
            samples = [
                (_("目标 %(base)s，实际 %(value)s") % {"base": plain(target), "value": plain(value)},
                 Answer(value=value, reference=target))
                for value in (round(target * share / 100, 2) for share in (80, 95, 100, 105))
            ]  # fmt: skip
        case ops.Events():
            none = {rule.code: Decimal(rule.required or 0) for rule in operator.rules}
            samples = [(_("没有加减分事项"), Answer(parts=none))]
            for rule in operator.rules:
                happened = none | {rule.code: Decimal(max((rule.required or 0) - 1, 0) if rule.required else 1)}
                samples.append((f"{rule.title}：{plain(happened[rule.code])}", Answer(parts=happened)))
        case ops.Interval() if operator.parts:
            samples = [
                (_("各项最高"), Answer(parts={part.code: part.high for part in operator.parts})),
                (_("各项最低"), Answer(parts={part.code: part.low for part in operator.parts})),
            ]
        case ops.Interval():
            samples = [(plain(value), Answer(value=value)) for value in (operator.low, operator.high)]
    for words, answer in samples:
        try:
            made = score_item(item, answer)
        except WrongAnswer as error:
            told.append((words, None, str(error)))
        else:
            told.append((words, made.points, " ".join(one.text(_) for one in made.reasons)))
    return told


# ---- the tree


def find(definition: Mapping[str, Any], code: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """(group, item) of a definition; KeyError when there is none."""
    for group in definition["sheet"]["groups"]:
        for item in group["items"]:
            if item["code"] == code:
                return group, item
    raise KeyError(code)


def with_item(definition: Mapping[str, Any], code: str, item: Mapping[str, Any], group: str = "") -> dict[str, Any]:
    """The definition with an item changed in its place, or added to a group; the total follows the points."""
    made = deepcopy(dict(definition))
    if group:
        place = next(one for one in made["sheet"]["groups"] if one["code"] == group)
        place["items"].append(dict(item))
    else:
        place, old = find(made, code)
        place["items"][place["items"].index(old)] = dict(item)
    return _added_up(made)


def without_item(definition: Mapping[str, Any], code: str) -> dict[str, Any]:
    """The definition without an item, also where the scheme speaks of it.

    Raises:
        ActionRefused: it is the last item of its group.
    """
    made = deepcopy(dict(definition))
    group, item = find(made, code)
    if len(group["items"]) == 1:
        raise ActionRefused(_("这是本组唯一的评分项。"), _("请先增加其他评分项，或删除整组。"), status=400)
    group["items"].remove(item)
    _forget(made, {code})
    return _added_up(made)


def without_group(definition: Mapping[str, Any], code: str) -> dict[str, Any]:
    """The definition without a group; the last one stays."""
    made = deepcopy(dict(definition))
    groups = made["sheet"]["groups"]
    group = next(one for one in groups if one["code"] == code)
    if len(groups) == 1:
        raise ActionRefused(_("至少保留一组。"), status=400)
    groups.remove(group)
    _forget(made, {code, *(item["code"] for item in group["items"])})
    return _added_up(made)


def moved(definition: Mapping[str, Any], code: str, steps: int) -> dict[str, Any]:
    """The definition with an item moved within its group."""
    made = deepcopy(dict(definition))
    group, item = find(made, code)
    place = group["items"].index(item)
    group["items"].insert(min(max(place + steps, 0), len(group["items"])), group["items"].pop(place))
    return made


def _forget(definition: dict[str, Any], codes: set[str]) -> None:
    scheme = definition["scheme"]
    for name in ("leads", "facts"):
        scheme[name] = {code: value for code, value in (scheme.get(name) or {}).items() if code not in codes}
    scheme["targets"] = [code for code in scheme.get("targets") or () if code not in codes]
    scheme["sources"] = [one for one in scheme.get("sources") or () if one["item"] not in codes]


def _added_up(definition: dict[str, Any]) -> dict[str, Any]:
    """The total follows the points of key and basic items; weighted sheets keep theirs. A ceiling never lies below."""
    sheet = definition["sheet"]
    if sheet.get("combine", "sum") != "sum":
        return definition
    total = Decimal(str(sheet.get("start") or 0))
    for group in sheet["groups"]:
        for item in group["items"]:
            if item.get("part", "basic") in ("key", "basic"):
                total += Decimal(str(item["points"]))
    if sheet.get("ceiling") is not None:
        room = Decimal(str(sheet["ceiling"])) - Decimal(str(sheet["total"]))
        sheet["ceiling"] = str(total + max(room, Decimal(0)))
    sheet["total"] = str(total)
    return definition


def checked(definition: Mapping[str, Any]) -> dict[str, Any]:
    """The definition in its stored form, or a refusal that names every fault."""
    return check_definition(definition).to_dict()
