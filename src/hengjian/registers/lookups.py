"""What written values refer to: regions, units, entries of other registers, dated code lists.

One `Lookups` serves one form or a whole import: what was asked once is not asked again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from django.utils.translation import get_language

from hengjian import rulebook
from hengjian.parties.models import Region, Unit
from hengjian.registers.fields import Choice, FieldSpec
from hengjian.rulebook.parameters.codes import CodeItem, Codes

LABELLED = re.compile(r"(.+)[（(]([0-9A-Za-z-]+)[)）]")
CODE = re.compile(r"\d{6}(\d{3}){0,2}")
# How many keys one query asks for; SQLite takes no more than 32766 parameters.
CHUNK = 5_000


def choices_of(spec: FieldSpec, on: date, region: str = rulebook.NATIONAL) -> tuple[Choice, ...]:
    """The values that a choice admits on a day: its own, or those of the code list then in force.

    Raises:
        RuleNotFound: the rulebook has no such list for that day.
    """
    return _listed(spec.choices_from, on, region) if spec.choices_from else spec.choices


@lru_cache(maxsize=512)
def _listed(variant: str, on: date, region: str) -> tuple[Choice, ...]:
    rule = rulebook.at("codes", region, on, variant)
    return tuple(map(_as_choice, rule.typed(Codes).items))


@lru_cache(maxsize=512)
def _ever(variant: str) -> dict[str, Choice]:
    """Every value that was ever on a list, in its newest wording."""
    rules = rulebook.versions("codes", variant)
    return {item.code: _as_choice(item) for rule in rules for item in rule.typed(Codes).items}


def _as_choice(item: CodeItem) -> Choice:
    return Choice(code=item.code, title=item.title[:80], title_en=item.title_en[:120], light=item.light)


def choice_of(spec: FieldSpec, code: str) -> Choice | None:
    """A stored value, also when today's list no longer has it."""
    return _ever(spec.choices_from).get(code) if spec.choices_from else spec.choice(code)


def choice_word(spec: FieldSpec, code: str) -> str:
    """The name of a stored value in the reader's language; the code itself when no list knows it."""
    choice = choice_of(spec, code)
    return choice.said(get_language() or "zh") if choice is not None else code


class Lookups:
    """Regions, units and entries by what people write for them."""

    def __init__(self) -> None:
        self._regions: dict[str, Region] = {}
        self._names: dict[str, list[Region]] = {}
        self._units: dict[str, Unit | None] = {}
        self._entries: dict[tuple[str, str], bool] = {}
        # The specification is kept beside its index, so that its id is not given to another one.
        self._choices: dict[tuple[int, date, str], tuple[FieldSpec, dict[str, str]]] = {}

    def choices(self, spec: FieldSpec, on: date, region: str) -> dict[str, str]:
        """Code, Chinese and English name (case does not matter) of each value admitted on the day → its code."""
        place = (id(spec), on, region)
        if place not in self._choices:
            found = choices_of(spec, on, region)
            index: dict[str, str] = {}
            for written in ("title_en", "title", "code"):
                index |= {getattr(choice, written).casefold(): choice.code for choice in found}
            index.pop("", None)
            self._choices[place] = (spec, index)
        return self._choices[place][1]

    def _load_regions(self) -> None:
        if self._regions:
            return
        for region in Region.objects.order_by("code"):
            self._regions[region.code] = region
            for name in {region.name, region.short_name} - {""}:
                self._names.setdefault(name, []).append(region)

    def region(self, text: str, on: date) -> Region | None:
        """A region by code, "name（code）" or a name that only one region bears on the day; None when there is none."""
        text = text.strip()
        if CODE.fullmatch(text):
            if text not in self._regions:
                found = Region.objects.filter(code=text).first()
                if found is None:
                    return None
                self._regions.setdefault(text, found) if self._names else self._load_regions()
            return self._regions.get(text)
        if (labelled := LABELLED.fullmatch(text)) is not None:
            return self.region(labelled[2], on)
        self._load_regions()
        named = [region for region in self._names.get(text, ()) if region.is_valid_on(on)]
        return named[0] if len(named) == 1 else None

    def regions_named(self, text: str) -> list[Region]:
        """All regions of a name, for saying that it is ambiguous."""
        self._load_regions()
        return self._names.get(text.strip(), [])

    def unit(self, text: str) -> Unit | None:
        """A unit by key, "name（key）" or a full name that only one unit bears."""
        text = text.strip()
        if text not in self._units:
            labelled = LABELLED.fullmatch(text)
            unit = Unit.objects.select_related("region").filter(key=labelled[2] if labelled else text).first()
            if unit is None:
                named = list(Unit.objects.select_related("region").filter(name=text)[:2])
                unit = named[0] if len(named) == 1 else None
            self._units[text] = unit
        return self._units[text]

    def warm_entries(self, register: str, keys: Iterable[str]) -> None:
        """Ask for many keys of a register at once, before an import looks at each."""
        from hengjian.registers.queries import entries

        wanted = sorted({key for key in keys if key and (register, key) not in self._entries})
        for start in range(0, len(wanted), CHUNK):
            part = wanted[start : start + CHUNK]
            known = set(entries(register).filter(key__in=part).values_list("key", flat=True))
            self._entries.update({(register, key): key in known for key in part})

    def has_entry(self, register: str, key: str) -> bool:
        """Whether the register has an entry with the key."""
        if (register, key) not in self._entries:
            self.warm_entries(register, [key])
        return self._entries[register, key]
