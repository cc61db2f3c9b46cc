"""What is checked before an entry is made or changed: who, when, and everything it says. All faults at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hengjian import rulebook
from hengjian.methods import uscc
from hengjian.parties.models import Region, Unit, User
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.declarations import RegisterType, Status
from hengjian.registers.hooks import run_checks
from hengjian.registers.keepers import keeps
from hengjian.registers.keys import clean_key
from hengjian.registers.lookups import Lookups
from hengjian.registers.models import EntryBase
from hengjian.registers.recurring import end_of_validity
from hengjian.registers.storing import SEALED, store
from hengjian.registers.values import clean_values
from hengjian.registers.written import day_of
from hengjian.rulebook.parameters.codes import Codes


class _Unchanged:
    """Stands for "not given", where None means "emptied"."""

    def __repr__(self) -> str:
        return "UNCHANGED"


UNCHANGED = _Unchanged()


class EntryRefused(ActionRefused):
    """Something that was entered is wrong.

    Attributes:
        errors: message by field code ("key", "valid_from", "valid_to", "status" for the common ones).
    """

    def __init__(self, declared: RegisterType, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        told = "；".join(f"{name_of(declared, code)}：{message}" for code, message in errors.items())
        super().__init__(
            _("登记内容有 %(n)d 处不符合要求：%(told)s") % {"n": len(errors), "told": told},
            _("请逐项改正后再提交。"),
            status=400,
        )


def name_of(declared: RegisterType, code: str) -> str:
    """A field's name in the reader's language, the common ones included."""
    if code == "key":
        return key_label(declared)
    common = {
        "title": _("名称"),
        "status": _("状态"),
        "valid_from": _("有效期起"),
        "valid_to": _("有效期止"),
        "unit": _("登记单位"),
        "region": _("地区"),
        "on": _("登记日期"),
        "reason": _("原因"),
    }
    if code in common:
        return str(common[code])
    try:
        return declared.field(code).said(get_language() or "zh")
    except KeyError:
        return code


def key_label(declared: RegisterType) -> str:
    english = (get_language() or "").startswith("en")
    return declared.key.label_en if english and declared.key.label_en else declared.key.label


@dataclass(frozen=True)
class Entered:
    """What a new entry will say. `key` is empty where the series gives it."""

    key: str
    title: str
    status: str
    valid_from: date | None
    valid_to: date | None
    values: dict[str, Any]


# ---- who and when


def check_who(declared: RegisterType, unit: Unit, actor: User | None, system: str, filer: Unit | None = None) -> None:
    """Whether this register takes entries of this unit, by this kind of user.

    Raises:
        ActionRefused: the register is kept by others, or by procedures only.
    """
    if declared.filed_by == "system" and not system:
        raise ActionRefused(
            _("《%(register)s》由业务流程自动登记，不能手工填写。") % {"register": declared.title},
            _("请在相应的办件中办理，结果会自动登记。"),
            status=403,
        )
    if not keeps(declared, unit) and filer is None and not system:
        raise ActionRefused(
            _("“%(unit)s”不是《%(register)s》的登记单位。") % {"unit": unit.name, "register": declared.title},
            _("请转给负责这本登记册的单位登记。"),
            status=403,
        )


def check_day(on: date) -> None:
    if on > timezone.localdate():
        raise ActionRefused(_("登记日期不能晚于今天。"), _("请到生效之日再登记，或更正日期。"), status=400)
    if on.year < 1900:
        raise ActionRefused(_("日期应在 1900 年至 2100 年之间。"), _("请更正日期。"), status=400)


def check_own_code(declared: RegisterType, filer: Unit, values: Mapping[str, Any]) -> None:
    """An enterprise whose account carries its credit code declares for that code only."""
    own = filer.key.upper()
    if not declared.subject_field or not uscc.is_valid(own):
        return
    code = values.get(declared.subject_field)
    if code and code != own:
        raise EntryRefused(declared, {declared.subject_field: _("只能为本企业（%(code)s）申报。") % {"code": own}})


def closed_message(declared: RegisterType, day: date) -> str:
    """Why nothing dated on this day can be entered; empty when it can."""
    if declared.closed_on is None or day <= declared.closed_on:
        return ""
    ended = [legal for legal in declared.legal if legal.valid_to]
    law = ended[-1] if ended else declared.legal[0]
    named = f"{law.document}（{law.number}）" if law.number else law.document
    return _("《%(register)s》的法定依据“%(law)s”至 %(day)s 止，此后的日期不能再登记。历史数据仍可补录。") % {
        "register": declared.title,
        "law": named,
        "day": declared.closed_on.isoformat(),
    }


def key_taken(declared: RegisterType, key: str) -> EntryRefused:
    return EntryRefused(declared, {"key": _("“%(key)s”已经登记过，请打开原登记项办理变更。") % {"key": key}})


def check_ground(declared: RegisterType, status: Status, ground: str, reason: str, region: str, on: date) -> None:
    """A final status says why: by a code of the declared list, or in words."""
    if status.ground:
        try:
            rule = rulebook.at("codes", region, on, status.ground)
        except rulebook.RuleNotFound:
            raise ActionRefused(
                _("规则库中没有 %(day)s 适用的“%(status)s”依据。") % {"day": on.isoformat(), "status": status.title},
                _("请核对日期；需要补充规则的请联系系统管理员。"),
                status=400,
            ) from None
        if rule.typed(Codes).item(ground) is None:
            raise ActionRefused(
                _("改为“%(status)s”须选择依据。") % {"status": status.title},
                _("可选：%(choices)s。") % {"choices": "、".join(item.title for item in rule.typed(Codes).items)},
                status=400,
            )
    elif status.final and not reason.strip():
        raise ActionRefused(_("没有填写变更说明。"), _("请写明原因后再提交，说明会记入操作日志。"), status=400)


# ---- what it says


def read_day(value: Any) -> date | None:
    return None if value is None or value == "" else day_of(value)


def read_entry(
    declared: RegisterType,
    values: Mapping[str, Any],
    *,
    unit: Unit,
    region: Region,
    on: date,
    key: Any = "",
    title: str = "",
    valid_from: Any = None,
    valid_to: Any = None,
    status: str = "",
    lookups: Lookups | None = None,
) -> Entered:
    """Everything that a new entry says, checked together.

    Raises:
        EntryRefused: with every field that is wrong.
    """
    errors: dict[str, str] = {}
    clean = ""
    if not declared.key.series or key:
        try:
            clean = clean_key(declared, key)
        except ValueError as error:
            errors["key"] = str(error)
    start = end = None
    try:
        start = read_day(valid_from)
    except ValueError as error:
        errors["valid_from"] = str(error)
    try:
        end = read_day(valid_to)
    except ValueError as error:
        errors["valid_to"] = str(error)
    chosen = status or declared.initial.code
    if chosen not in {item.code for item in declared.statuses}:
        by_title = [item.code for item in declared.statuses if chosen in (item.title, item.title_en)]
        if by_title:
            chosen = by_title[0]
        else:
            errors["status"] = _("没有状态“%(status)s”。") % {"status": chosen[:40]}
    if start is not None and end is None and not errors:
        try:
            end = end_of_validity(declared, start, region.code)
        except rulebook.RuleNotFound:
            errors["valid_to"] = _("规则库中没有 %(day)s 适用的有效期，请直接填写有效期止。") % {
                "day": start.isoformat()
            }
    errors |= period_errors(declared, start, end, errors)
    if "valid_from" not in errors and (closed := closed_message(declared, start or on)):
        errors["valid_from" if start else "on"] = closed
    cleaned = clean_values(declared.fields, values, on=on, lookups=lookups, region=region.code)
    errors |= cleaned.errors
    if not errors:
        errors = run_checks(declared.code, {**cleaned.values, "key": clean}, on)
    if errors:
        raise EntryRefused(declared, errors)
    return Entered(clean, title.strip()[:200], chosen, start, end, cleaned.values)


def period_errors(
    declared: RegisterType, start: date | None, end: date | None, already: Mapping[str, str]
) -> dict[str, str]:
    """What is wrong with a period, where its days could be read at all."""
    errors = {}
    if declared.validity.required:
        for code, day in (("valid_from", start), ("valid_to", end)):
            if day is None and code not in already:
                errors[code] = _("请填写。")
    if start is not None and end is not None and end < start:
        errors["valid_to"] = _("有效期止早于有效期起。")
    return errors


def read_common(
    declared: RegisterType, raw: Mapping[str, Any], entry: EntryBase
) -> tuple[dict[str, Any], dict[str, str]]:
    """Changed key and days of validity as JSON values, and what is wrong with them; UNCHANGED ones are left out."""
    found: dict[str, Any] = {}
    errors: dict[str, str] = {}
    if raw["key"] is not UNCHANGED:
        try:
            found["key"] = clean_key(declared, raw["key"])
        except ValueError as error:
            errors["key"] = str(error)
    days = {"valid_from": entry.valid_from, "valid_to": entry.valid_to}
    for code in days:
        if raw[code] is UNCHANGED:
            continue
        try:
            days[code] = read_day(raw[code])
        except ValueError as error:
            errors[code] = str(error)
        else:
            found[code] = days[code].isoformat() if days[code] else None  # type: ignore[union-attr]
    touched = {"valid_from", "valid_to"} & found.keys()
    if touched and not errors:
        errors |= period_errors(declared, days["valid_from"], days["valid_to"], errors)
        start = days["valid_from"]
        if "valid_from" in found and start is not None and (closed := closed_message(declared, start)):
            errors["valid_from"] = closed
    return found, errors


def apply_changes(entry: EntryBase, declared: RegisterType, changes: Mapping[str, Any]) -> None:
    """Put changed JSON values into the row; None empties. What is not named stays as it is. Does not save."""
    for name in ("key", "title", "status"):
        if name in changes:
            setattr(entry, name, str(changes[name] or ""))
    for name in ("valid_from", "valid_to"):
        if name in changes:
            setattr(entry, name, read_day(changes[name]))
    if "unit" in changes and changes["unit"] != entry.unit.key:
        entry.unit = Unit.objects.get(key=changes["unit"])
    if "region" in changes and changes["region"] != entry.region.code:
        entry.region = Region.objects.get(code=changes["region"])
    store(entry, declared, {spec.code: changes[spec.code] for spec in declared.fields if spec.code in changes})
    if SEALED in changes:
        if changes[SEALED]:
            entry.extras[SEALED] = changes[SEALED]
        else:
            entry.extras.pop(SEALED, None)
