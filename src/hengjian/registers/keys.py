"""Identifiers of entries: reading typed ones, giving numbers of a series, within what they are unique."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from hengjian.parties.models import Region, Unit
from hengjian.registers.declarations import RegisterType
from hengjian.registers.fields import FieldSpec
from hengjian.registers.models import KeyCounter
from hengjian.registers.parsing import parser
from hengjian.registers.values import as_text

_KEY = FieldSpec(code="key", title="编号")


def clean_key(declared: RegisterType, raw: Any) -> str:
    """A typed identifier in its normal form; ValueError says what is wrong, in the user's language."""
    spec = declared.key
    text = as_text(_KEY, raw) if raw is not None else ""
    if not text:
        raise ValueError(_("请填写。"))
    if spec.parser:
        text = parser(spec.parser)(text)
    if len(text) > spec.max_length:
        raise ValueError(_("最多 %(most)d 个字，现有 %(n)d 个。") % {"most": spec.max_length, "n": len(text)})
    if spec.pattern and re.fullmatch(spec.pattern, text) is None:
        raise ValueError(
            _("“%(value)s”不符合%(label)s的编号规则。") % {"value": text[:60], "label": spec.label or _("编号")}
        )
    return text


def scope_of(declared: RegisterType, region: Region, unit: Unit) -> str:
    """Within what a key is unique, as it is stored in `key_scope`."""
    kind = declared.key.scope
    if kind == "region":
        return region.code
    if kind == "unit":
        return unit.key
    return prefecture_of(region).code if kind == "prefecture" else ""


def prefecture_of(region: Region) -> Region:
    """The city above a region (or the region itself from that level up); for counties right under a province, they."""
    here = region
    while here.level in (Region.Level.COUNTY, Region.Level.TOWNSHIP) and here.parent is not None:
        if here.level == Region.Level.COUNTY and here.parent.level != Region.Level.PREFECTURE:
            return here
        here = here.parent
    return here


def next_key(declared: RegisterType, region: Region, unit: Unit, on: date, values: Mapping[str, Any]) -> str:
    """The next number of the register's series, inside the caller's transaction: undone with it, so without gaps.

    Raises:
        TransactionManagementError: there is no transaction to belong to.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("take a key inside the transaction that uses it")
    block = KeyBlock(declared, unit)
    key = block.take(region, on, values)
    block.save()
    return key


class KeyBlock:
    """Consecutive numbers for many entries: each series is read and written once. Take and save in one transaction.

    The running number counts within everything else that the pattern says (year, region).
    """

    def __init__(self, declared: RegisterType, unit: Unit) -> None:
        self.declared, self.unit = declared, unit
        self.last: dict[str, int] = {}

    def take(self, region: Region, on: date, values: Mapping[str, Any]) -> str:
        """The next number of the series that this entry belongs to."""
        named = {code: value for code, value in values.items() if isinstance(value, str | int)}
        given = {**named, "year": on.year, "month": on.month, "region": region.code, "unit": self.unit.key}
        pattern = self.declared.key.series
        series = f"{self.declared.code}:{_filled(pattern, {**given, 'seq': ''})}"[:120]
        if series not in self.last:
            KeyCounter.objects.get_or_create(series=series)
            # A write, so that others who want a number of the series wait until the transaction ends.
            KeyCounter.objects.filter(series=series).update(last=F("last"))
            self.last[series] = KeyCounter.objects.get(series=series).last
        self.last[series] += 1
        return _filled(pattern, {**given, "seq": self.last[series]})

    def save(self) -> None:
        for series, last in self.last.items():
            KeyCounter.objects.filter(series=series).update(last=last)


class _Formatter(string.Formatter):
    """`{seq:05d}` with an empty seq gives nothing, so that the rest of the pattern names the series."""

    def format_field(self, value: Any, format_spec: str) -> str:
        return "" if value == "" else str(super().format_field(value, format_spec))


def _filled(pattern: str, given: Mapping[str, Any]) -> str:
    return _Formatter().vformat(pattern, (), given)
