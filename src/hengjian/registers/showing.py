"""How values look: as text for sheets and the public, as cells with links for pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from hengjian.methods.masking import mask
from hengjian.pages.components import light
from hengjian.parties.models import Region, Unit
from hengjian.registers.declarations import RegisterType, Status
from hengjian.registers.fields import FieldSpec
from hengjian.registers.lookups import choice_of, choice_word
from hengjian.registers.models import EntryBase
from hengjian.registers.storing import sealed_text, value_of

# Names of regions and units that were looked up once; they change once in years, with a restart or a new code.
_names: dict[tuple[str, str], str] = {}


#: Units of measurement that declarations use; one that is not here is shown as it is written.
UNIT_WORDS = {
    "元": pgettext_lazy("计量单位", "元"),
    "万元": pgettext_lazy("计量单位", "万元"),
    "学时": pgettext_lazy("计量单位", "学时"),
    "件": pgettext_lazy("计量单位", "件"),
    "小时": pgettext_lazy("计量单位", "小时"),
    "人": pgettext_lazy("计量单位", "人"),
    "日": pgettext_lazy("计量单位", "日"),
    "家次": pgettext_lazy("计量单位", "家次"),
    "个": pgettext_lazy("计量单位", "个"),
    "年": pgettext_lazy("计量单位", "年"),
    "工作日": pgettext_lazy("计量单位", "工作日"),
    "岁": pgettext_lazy("计量单位", "岁"),
    "吨标准煤": pgettext_lazy("计量单位", "吨标准煤"),
    "吨/小时": pgettext_lazy("计量单位", "吨/小时"),
    "吨": pgettext_lazy("计量单位", "吨"),
    "人次": pgettext_lazy("计量单位", "人次"),
}


def unit_word(unit: str) -> str:
    """A unit of measurement in the reader's language."""
    return str(UNIT_WORDS.get(unit, unit))


def language() -> str:
    return get_language() or "zh"


def region_name(code: str) -> str:
    """The region's name, or the code when there is none."""
    return _name("region", code, Region.objects.filter(code=code))


def unit_name(key: str) -> str:
    return _name("unit", key, Unit.objects.filter(key=key))


def _name(kind: str, code: str, rows: Any) -> str:
    if (kind, code) not in _names:
        name = rows.values_list("name", flat=True).first()
        if name is None:
            return code
        _names[kind, code] = name
    return _names[kind, code]


def forget_names() -> None:
    """After regions or units were renamed."""
    _names.clear()


def words(spec: FieldSpec, value: Any) -> str:
    """A stored JSON value as people read it, without its unit of measurement; empty for nothing."""
    if value is None or value == "" or value == []:
        return ""
    if spec.type == "choice":
        return choice_word(spec, str(value))
    if spec.type == "multi_choice":
        return "、".join(choice_word(spec, code) for code in value)
    if spec.type == "boolean":
        return str(_("是") if value else _("否"))
    if spec.type == "region":
        return region_name(str(value))
    if spec.type == "unit":
        return unit_name(str(value))
    if spec.type in ("integer", "decimal", "money"):
        return f"{Decimal(str(value)):,f}"
    if spec.type == "percent":
        return f"{value}%"
    if spec.type == "datetime":
        return timezone.localtime(datetime.fromisoformat(str(value))).strftime("%Y-%m-%d %H:%M")
    if spec.type == "file":
        return str(_("有附件"))
    return str(value)


def with_unit(spec: FieldSpec, text: str) -> str:
    return f"{text} {unit_word(spec.unit)}" if text and spec.unit else text


def text_of(entry: EntryBase, spec: FieldSpec, public: bool = False) -> str:
    """The field of an entry as text; personal data only masked, for the public also what the declaration masks."""
    if spec.personal:
        return sealed_text(entry, spec.code)
    text = words(spec, value_of(entry, spec))
    return mask(spec.mask, text) if public and spec.mask else text


def sheet_value(entry: EntryBase, spec: FieldSpec, public: bool = False) -> Any:
    """The field for a sheet: numbers and days as such, everything else as text."""
    value = value_of(entry, spec)
    if value is None:
        return None
    if spec.type in ("integer", "decimal", "money", "percent"):
        return Decimal(str(value))
    if spec.type == "date":
        return date.fromisoformat(str(value))
    if spec.type == "boolean":
        return bool(value)
    if spec.type == "file":
        return str(value)
    return text_of(entry, spec, public)


def json_value(entry: EntryBase, spec: FieldSpec, public: bool = False) -> Any:
    """The field for programs: the stored JSON value; personal and masked data as what may be shown of it."""
    if spec.personal or (public and spec.mask):
        return text_of(entry, spec, public) or None
    return value_of(entry, spec)


def cell(entry: EntryBase, spec: FieldSpec, public: bool = False) -> Any:
    """The field as markup: choices with a colour as lights, references and addresses as links."""
    value = value_of(entry, spec)
    text = with_unit(spec, text_of(entry, spec, public))
    if not text:
        return "—"
    if spec.type == "choice":
        choice = choice_of(spec, str(value))
        if choice is not None and choice.light:
            return light(choice.light, text)
    if spec.type == "url":
        return format_html('<a href="{}" rel="noreferrer nofollow">{}</a>', value, text)
    if spec.type == "entry":
        name = "registers:public_find" if public else "registers:find"
        return format_html('<a href="{}">{}</a>', reverse(name, args=[spec.of, value]), text)
    if spec.type == "long_text":
        return format_html('<span class="prose">{}</span>', text)
    return text


# ---- the entry as a whole


def status_of(entry: EntryBase, declared: RegisterType) -> Status:
    return declared.status(entry.status)


def past_end(entry: EntryBase, on: date | None = None) -> bool:
    """Whether its validity is over, whatever the status still says."""
    return entry.valid_to is not None and entry.valid_to < (on or timezone.localdate())


def not_begun(entry: EntryBase, on: date | None = None) -> bool:
    return entry.valid_from is not None and entry.valid_from > (on or timezone.localdate())


def standing(entry: EntryBase, declared: RegisterType) -> tuple[str, str]:
    """(colour, words) of how an entry stands today: its status, unless its period or a missing approval says more."""
    status = status_of(entry, declared)
    if declared.approval and entry.approved_at is None:
        return "amber", _("待审核")
    if status.counts and past_end(entry):
        return "red", _("已过期")
    if status.counts and not_begun(entry):
        return "blue", _("尚未生效")
    return status.light, status.said(language())


def standing_cell(entry: EntryBase, declared: RegisterType, tint: bool = False) -> str:
    state, text = standing(entry, declared)
    return light(state, text, tint)


def change_lines(declared: RegisterType, changes: Iterable[tuple[str, Any, Any]]) -> list[tuple[str, str, str]]:
    """(name, before, after) of changed fields in words; of personal data only that it changed."""
    from hengjian.registers.entering import name_of

    specs = {spec.code: spec for spec in declared.fields}
    lines = []
    for code, before, after in changes:
        if code in specs:
            spec = specs[code]
            if spec.personal:
                lines.append((name_of(declared, code), "", str(_("已更新（个人信息，内容不显示）"))))
                continue
            lines.append((name_of(declared, code), words(spec, before), words(spec, after)))
        elif code == "status":
            told = [declared.status(value).said(language()) if value else "" for value in (before, after)]
            lines.append((name_of(declared, code), told[0], told[1]))
        elif code in ("unit", "region"):
            name = unit_name if code == "unit" else region_name
            lines.append((name_of(declared, code), name(before) if before else "", name(after) if after else ""))
        elif code != "sealed":
            lines.append((name_of(declared, code), str(before or ""), str(after or "")))
    return lines
