"""The form of a definition: the plain fields, and the three sources that offices choose themselves.

What the form does not show (break-downs, labels, legal basis, English names of parts) stays as the former definition
has it; a source that does not fit into these fields is kept or changed as text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from pydantic import ValidationError

from hengjian.indicators import conditions, showing
from hengjian.indicators.catalogue import THEMES
from hengjian.indicators.declarations import SHARES, Definition, FromFacts
from hengjian.lake.measures import Measure
from hengjian.ledger.kinds import kinds
from hengjian.methods.organisations import default_organisations
from hengjian.pages.forms import HengjianForm
from hengjian.parties.acting import units_acting
from hengjian.returns.catalogue import forms as return_forms

PLAIN = (
    *("indicator", "title", "title_en", "theme", "scale", "unit", "direction", "frequency", "decimals"),
    *("population", "owner", "selection", "roll_up", "note"),
)
PARTS = ("title", "description", "unit")
KEEP = "keep"
# What a fact counts into when nothing else is said.
DAY = "occurred_on"


def _choices(words: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(code, str(word)) for code, word in words.items()]


def _area(label: str, help_text: str = "", rows: int = 3) -> forms.CharField:
    attrs = {"rows": rows, "spellcheck": "false"}
    return forms.CharField(label=label, required=False, help_text=help_text, widget=forms.Textarea(attrs=attrs))


def _text(label: str, *, required: bool = False, help_text: str = "", longest: int = 200) -> forms.CharField:
    return forms.CharField(label=label, required=required, help_text=help_text, max_length=longest)


class DefinitionForm(HengjianForm):
    """`body()` is the whole definition: the former one with the fields of the form put in."""

    def __init__(self, *args: Any, user: Any, former: Mapping[str, Any] | None, **kwargs: Any) -> None:
        super().__init__(*args, initial=initial_of(former), **kwargs)
        self.former = dict(former or {})
        units = units_acting(user, "indicators.define")
        owners = sorted((family.title, code) for code, family in default_organisations().families.items())
        how = showing.SOURCE_WORDS
        sources = [(kind, str(how[kind])) for kind in ("import", "return", "facts")]
        if former:
            sources.insert(0, (KEEP, _("保持原来的取数方式")))
        signs = _(
            "每行一个条件，同时满足才计入，例如 values.conclusion = conforming；还可用 ≠ ≥ ≤ 属于 包含 有值 为空。"
        )
        self.fields |= {
            "unit_of": forms.ModelChoiceField(
                label=_("提出单位"), queryset=units, initial=units.first(), empty_label=None
            ),
            "indicator": forms.RegexField(
                r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$",
                label=_("指标编号"),
                max_length=80,
                help_text=_("小写字母、数字和下划线，用点分层，例如 local.cold_chain_rate；批准后不再改变。"),
                error_messages={"invalid": _("只能用小写字母、数字、下划线和点，以字母开头。")},
                disabled=bool(former),
            ),
            "title": _text(_("名称"), required=True, longest=80),
            "title_en": _text(_("英文名称")),
            "theme": forms.ChoiceField(
                label=_("主题"), choices=[(code, str(showing.THEME_WORDS[code])) for code in THEMES]
            ),
            "scale": forms.ChoiceField(
                label=_("量纲"),
                choices=_choices(showing.SCALE_WORDS),
                help_text=_("百分比、比率和平均值要有分母；不同量纲的数值不会放在同一列。"),
            ),
            "unit": _text(_("计量单位"), longest=20),
            "direction": forms.ChoiceField(label=_("方向"), choices=_choices(showing.DIRECTION_WORDS)),
            "frequency": forms.ChoiceField(label=_("频率"), choices=_choices(showing.FREQUENCY_WORDS)),
            "decimals": forms.IntegerField(label=_("小数位数"), min_value=0, max_value=6, initial=2),
            "population": _text(_("统计范围"), required=True),
            "numerator_title": _text(_("分子（或计数对象）"), required=True),
            "numerator_description": _text(_("分子说明"), required=True, help_text=_("写到两个人数出来的数相同。")),
            "numerator_unit": _text(_("分子单位"), longest=20),
            "denominator_title": _text(_("分母")),
            "denominator_description": _text(_("分母说明")),
            "denominator_unit": _text(_("分母单位"), longest=20),
            "selection": forms.ChoiceField(label=_("对象怎样选取"), choices=_choices(showing.SELECTION_WORDS)),
            "roll_up": forms.ChoiceField(
                label=_("地区汇总"),
                choices=[pair for pair in _choices(showing.ROLL_UP_WORDS) if pair[0] != "weighted"]
                + ([("weighted", str(showing.ROLL_UP_WORDS["weighted"]))] if self.former.get("weights") else []),
            ),
            "owner": forms.ChoiceField(label=_("负责的职能"), choices=[(code, name) for name, code in owners]),
            "public": forms.BooleanField(label=_("核定后向公众公开"), required=False, initial=True),
            "source": forms.ChoiceField(label=_("数值从哪里来"), choices=sources),
            "publisher": _text(_("数据来源单位"), help_text=_("由主管单位导入时填写。")),
            "form": forms.ChoiceField(
                label=_("统计报表"),
                required=False,
                choices=[("", "—"), *((item.code, item.title) for item in return_forms())],
            ),
            "numerator_cells": _text(
                _("分子单元格"), help_text=_("行.列，几格相加用加号连接，例如 food.passed + goods.passed。")
            ),
            "denominator_cells": _text(_("分母单元格")),
            "kind": forms.ChoiceField(
                label=_("台账事实种类"),
                required=False,
                choices=[("", "—"), *((kind.name, f"{kind.title}（{kind.name}）") for kind in kinds())],
                help_text=_("各种事实的字段见“台账核验”下的事实种类。"),
            ),
            "numerator_where": _area(_("计入分子的条件"), signs),
            "denominator_where": _area(_("计入分母的条件")),
            "sum": _text(_("累加的字段"), help_text=_("按数额统计时填写；不填则计数。"), longest=80),
            "date": _text(_("决定所属期的日期字段"), help_text=_("不填则按事实发生日。"), longest=80),
            "note": _area(_("说明"), rows=2),
            "reason": _text(_("变更说明"), required=True, longest=400),
        }
        self.dress()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        share = data.get("scale") in SHARES
        kept = data.get("source") == KEEP
        if share and not kept:
            for name in ("denominator_title", "denominator_description"):
                if not data.get(name):
                    self.add_error(name, _("百分比、比率和平均值要有分母。"))
        needed = {"return": ["form", "numerator_cells"] + ["denominator_cells"] * share, "facts": ["kind"]}
        for name in needed.get(data.get("source", ""), []):
            if not data.get(name):
                self.add_error(name, _("请填写"))
        for name in ("numerator_where", "denominator_where"):
            try:
                data[f"{name}_read"] = conditions.read_all(data.get(name) or "")
            except ValidationError:
                self.add_error(name, _("条件的值不完整。"))
            except ValueError as error:
                self.add_error(name, _("“%(line)s”不是条件；请写成 字段 运算符 值。") % {"line": error})
        return data

    def body(self) -> dict[str, Any]:
        """The definition as the declaration reads it; of a valid form."""
        data = self.cleaned_data
        body = deepcopy(self.former)
        share = data["scale"] in SHARES
        for name in PLAIN:
            _put(body, name, data[name])
        body.setdefault("family", data["indicator"])
        body["public"] = data["public"]
        if data["scale"] == "percent" and not self.former:
            body.setdefault("minimum", 0)
            body.setdefault("maximum", 100)
        for part in ("numerator", "denominator"):
            if part == "denominator" and not share:
                body.pop(part, None)
                continue
            if data[f"{part}_title"]:
                words = dict(body.get(part) or {})
                for name in PARTS:
                    _put(words, name, data[f"{part}_{name}"])
                body[part] = words
        if data["source"] != KEEP:
            body["source"] = self._source(share)
        return body

    def _source(self, share: bool) -> dict[str, Any]:
        data = self.cleaned_data
        if data["source"] == "import":
            former = self.former.get("source", {})
            if former.get("kind") == "import" and former.get("publisher", "") == data["publisher"]:
                return dict(former)  # with its English name
            return {"kind": "import", "publisher": data["publisher"]}
        if data["source"] == "return":
            found = {"kind": "return", "form": data["form"], "numerator": data["numerator_cells"]}
            return found | ({"denominator": data["denominator_cells"]} if share else {})
        return {"kind": "facts", "numerator": self._measure("numerator", data["sum"])} | (
            {"denominator": self._measure("denominator", "")} if share else {}
        )

    def _measure(self, part: str, added: str) -> dict[str, Any]:
        data = self.cleaned_data
        where = [item.model_dump(mode="json", exclude_defaults=True) for item in data[f"{part}_where_read"]]
        found: dict[str, Any] = {"kinds": [data["kind"]], "where": where, "date": data["date"] or DAY}
        return found | ({"sum": added} if added else {})

    def tell(self, errors: Sequence[tuple[str, str]]) -> None:
        """Put what the declaration found wrong beside the field it is about, as far as there is one."""
        for place, message in errors:
            top, _dot, rest = place.partition(".")
            name = f"{top}_{rest}" if f"{top}_{rest}" in self.fields else top
            known = name in self.fields
            self.add_error(name if known else None, message if known else f"{place}：{message}")


def _put(into: dict[str, Any], name: str, value: Any) -> None:
    """What is empty is left out, so that a definition without it stays as it was."""
    if value in ("", None):
        into.pop(name, None)
    else:
        into[name] = value


def initial_of(body: Mapping[str, Any] | None) -> dict[str, Any]:
    """The fields of the form for a definition."""
    if not body:
        return {"scale": "percent", "unit": "%", "direction": "higher", "frequency": "year", "roll_up": "add"}
    whole = Definition.model_validate(body).model_dump(mode="json")
    found: dict[str, Any] = {name: whole[name] for name in (*PLAIN, "public")}
    for part in ("numerator", "denominator"):
        for name in PARTS:
            found[f"{part}_{name}"] = (body.get(part) or {}).get(name, "")
    return found | {"source": KEEP} | _source_fields(body["source"])


def _source_fields(source: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields of the source begin with; nothing where the source says more than they can."""
    if source["kind"] == "import":
        return {"source": "import", "publisher": source.get("publisher", "")}
    if source["kind"] == "return" and not source.keys() - {"kind", "form", "numerator", "denominator"}:
        cells = {f"{part}_cells": source.get(part, "") for part in ("numerator", "denominator")}
        return {"source": "return", "form": source["form"], **cells}
    if source["kind"] != "facts":
        return {}
    declared = FromFacts.model_validate(source)
    parts = [part for part in (declared.numerator, declared.denominator) if part is not None]
    first = parts[0]
    if declared.complement or any(_more(part, first) for part in parts):
        return {}
    found = {"source": "facts", "kind": first.kinds[0], "date": "" if first.date == DAY else first.date}
    for name, part in zip(("numerator", "denominator"), parts, strict=False):
        found[f"{name}_where"] = "\n".join(conditions.written(item, showing.language()) for item in part.where)
    return found | {"sum": first.sum}


def _more(part: Measure, first: Measure) -> bool:
    """Whether a measure says more than the form has fields for."""
    same = (part.kinds, part.date) == (first.kinds, first.date)
    return (
        not same
        or len(part.kinds) > 1
        or part.count != "facts"
        or part.latest
        or bool(part.dimensions)
        or part.region != "region"
        or bool(part.sum and part is not first)
        or any(
            conditions.read(line).model_dump(mode="json") != item.model_dump(mode="json")
            for item in part.where
            for line in [conditions.written(item)]
        )
    )


def groups() -> list[tuple[str, tuple[str, ...]]]:
    """The fields under their headings."""
    parts = tuple(f"{part}_{name}" for part in ("numerator", "denominator") for name in PARTS)
    return [
        (_("指标"), ("indicator", "title", "title_en", "theme", "scale", "unit", "decimals", "direction", "frequency")),
        (_("数什么"), ("population", *parts, "selection", "roll_up")),
        (_("数值从哪里来"), ("source", "publisher")),
        (_("按统计报表"), ("form", "numerator_cells", "denominator_cells")),
        (_("按台账事实"), ("kind", "numerator_where", "denominator_where", "sum", "date")),
        (_("负责与公开"), ("owner", "public", "note", "unit_of", "reason")),
    ]
