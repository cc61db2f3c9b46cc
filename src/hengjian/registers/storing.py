"""Between an entry's columns and the JSON values of its declaration; personal values go to the vault on the way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from hengjian.ledger import vault
from hengjian.methods.masking import mask
from hengjian.parties.models import Region, Unit
from hengjian.registers.declarations import RegisterType
from hengjian.registers.fields import FieldSpec
from hengjian.registers.models import Entry, EntryBase

# Beside the references of sealed values: what may be shown of them, and a keyed mark to tell whether one changed.
SEALED = "sealed"
# What every version holds besides the declared fields.
COMMON = ("key", "title", "status", "valid_from", "valid_to", "unit", "region")
MASK_OF_TYPE = {"phone": "phone", "id_card": "id_card", "email": "email", "person_name": "name", "address": "address"}


def model_of(declared: RegisterType) -> type[EntryBase]:
    """The table of a register.

    Raises:
        LookupError: the declaration names a model that there is not, or one that does not extend `EntryBase`.
    """
    return _model(declared.model) if declared.model else Entry


@lru_cache(maxsize=256)
def _model(label: str) -> type[EntryBase]:
    model = apps.get_model(label)
    if not issubclass(model, EntryBase):
        raise LookupError(f"{label} does not extend EntryBase")
    return model


def to_json(value: Any) -> Any:
    """A column's value as the JSON value of its field; empty text is nothing."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Unit):
        return value.key
    if isinstance(value, Region):
        return value.code
    return value


def value_of(entry: EntryBase, spec: FieldSpec) -> Any:
    """The JSON value of a field of an entry, wherever it is stored."""
    if spec.code not in entry.columns():
        return entry.extras.get(spec.code)
    value = to_json(getattr(entry, spec.code))
    if value is None or not isinstance(value, str) or spec.type not in ("decimal", "percent"):
        return value
    return value.rstrip("0").rstrip(".") if "." in value else value


def values_of(entry: EntryBase, declared: RegisterType) -> dict[str, Any]:
    """All declared fields that have a value."""
    found = {spec.code: value_of(entry, spec) for spec in declared.fields}
    return {code: value for code, value in found.items() if value is not None}


def snapshot(entry: EntryBase, declared: RegisterType) -> dict[str, Any]:
    """Everything that a version keeps: the common columns and all fields."""
    common = {
        "key": entry.key,
        "title": entry.title,
        "status": entry.status,
        "valid_from": to_json(entry.valid_from),
        "valid_to": to_json(entry.valid_to),
        "unit": entry.unit.key,
        "region": entry.region.code,
    }
    found = {**common, **values_of(entry, declared)}
    if sealed := entry.extras.get(SEALED):
        found[SEALED] = sealed
    return {name: value for name, value in found.items() if value is not None}


def store(entry: EntryBase, declared: RegisterType, values: Mapping[str, Any]) -> None:
    """Put JSON values into the entry's columns and extras; None empties a field. Does not save."""
    columns = entry.columns()
    for code, value in values.items():
        if code in columns:
            setattr(entry, code, _column_value(type(entry)._meta.get_field(code), value))
        elif value is None:
            entry.extras.pop(code, None)
        else:
            entry.extras[code] = value


def _column_value(field: Any, value: Any) -> Any:
    if isinstance(field, models.ForeignKey):
        if value is None:
            return None
        if field.related_model is Unit:
            return Unit.objects.get(key=value)
        if field.related_model is Region:
            return Region.objects.get(code=value)
        return field.related_model._base_manager.get(pk=value)
    if value is None:
        if field.null:
            return None
        return False if isinstance(field, models.BooleanField) else [] if isinstance(field, models.JSONField) else ""
    return field.to_python(value)


def shown_mask(spec: FieldSpec, text: str) -> str:
    """What may be seen of a personal value without opening the vault."""
    return mask(spec.mask or MASK_OF_TYPE.get(spec.type, "hidden"), text)


def _mark(spec: FieldSpec, text: str) -> str:
    # Keyed, so that nobody can try out telephone numbers against it; short, because it only tells "changed".
    return salted_hmac(f"hengjian.registers.{spec.code}", text, algorithm="sha256").hexdigest()[:16]


def seal(entry: EntryBase, declared: RegisterType, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with personal data replaced by vault references; inside the caller's transaction, entry with pk.

    What was sealed before and is given again unchanged keeps its reference.
    """
    result = dict(values)
    sealed = dict(entry.extras.get(SEALED) or {})
    for spec in declared.fields:
        if not spec.personal or spec.code not in values:
            continue
        text = values[spec.code]
        if text is None:
            sealed.pop(spec.code, None)
            continue
        if str(text).startswith(vault.PREFIX):
            continue
        mark = _mark(spec, str(text))
        old = value_of(entry, spec)
        if old is not None and sealed.get(spec.code, {}).get("mark") == mark:
            result[spec.code] = old
            continue
        result[spec.code] = vault.put(
            {"value": text}, owner=entry.ref, category=f"{declared.code}.{spec.code}", readers=readers_of(entry)
        )
        sealed[spec.code] = {"shown": shown_mask(spec, str(text)), "mark": mark}
    if sealed:
        entry.extras[SEALED] = sealed
    else:
        entry.extras.pop(SEALED, None)
    return result


def readers_of(entry: EntryBase) -> list[str]:
    """Units that may look at the sealed data of an entry, with a purpose."""
    return [unit.ref for unit in (entry.unit, entry.filer) if unit is not None]


def same_personal(entry: EntryBase, spec: FieldSpec, text: str) -> bool:
    """Whether a text given anew is what is sealed already, without opening the vault."""
    return bool((entry.extras.get(SEALED) or {}).get(spec.code, {}).get("mark") == _mark(spec, text))


def sealed_text(entry: EntryBase, code: str) -> str:
    """What may be shown of a sealed field; empty when there is none."""
    return str((entry.extras.get(SEALED) or {}).get(code, {}).get("shown", ""))
