"""What reporting costs: cells asked of a unit in a year, how many of them fill themselves, what is asked twice."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from hengjian.methods.text_similarity import likeness
from hengjian.parties.models import Unit
from hengjian.returns.catalogue import forms
from hengjian.returns.declarations import CellSpec, Form, Layout
from hengjian.returns.models import Return


@dataclass(frozen=True)
class FormBurden:
    """Cells of one form: in one return, typed by hand in one return, in a year by one unit."""

    form: Form
    cells: int
    by_hand: int

    @property
    def a_year(self) -> int:
        return self.cells * self.form.periods_a_year

    @property
    def by_hand_a_year(self) -> int:
        return self.by_hand * self.form.periods_a_year


@dataclass(frozen=True)
class UnitBurden:
    """What one unit is asked in a year."""

    unit: Unit
    forms: int
    returns: int
    cells: int
    by_hand: int


@dataclass(frozen=True)
class AskedTwice:
    """Two forms that ask for the same thing."""

    here: Form
    there: Form
    name: str
    other_name: str
    prefilled: bool


def burden_of(form: Form, on: date) -> FormBurden:
    inputs = form.layout(on).inputs
    return FormBurden(form, len(inputs), sum(cell.prefill is None for cell in inputs))


def burden_by_unit(on: date) -> list[UnitBurden]:
    """The units with returns in the year before a day, the most burdened first."""
    by_form = {item.form.code: item for item in (burden_of(form, on) for form in forms())}
    asked: dict[int, set[str]] = defaultdict(set)
    rows = Return.objects.filter(opening__last__gt=on.replace(year=on.year - 1, day=1), opening__last__lte=on)
    for unit, code in rows.values_list("unit", "opening__form_code").distinct():
        if code in by_form:
            asked[unit].add(code)
    units = Unit.objects.select_related("region").in_bulk(asked)
    found = [
        UnitBurden(
            units[pk],
            len(codes),
            sum(by_form[code].form.periods_a_year for code in codes),
            sum(by_form[code].a_year for code in codes),
            sum(by_form[code].by_hand_a_year for code in codes),
        )
        for pk, codes in asked.items()
    ]
    return sorted(found, key=lambda item: (-item.cells, item.unit.pk))


def asked_twice(form: Form, on: date, language: str = "zh") -> list[AskedTwice]:
    """Where another form asks the same family of units for the same: declared concepts, and names that are alike."""
    here = form.layout(on)
    mine = {cell.concept: cell for cell in here.inputs if cell.concept}
    names = {line.title: line for line in (*here.rows, *here.columns) if not line.formula}
    found: dict[tuple[str, str], AskedTwice] = {}
    for other in forms(on):
        if other.code == form.code or not set(other.reporters.families) & set(form.reporters.families):
            continue
        layout = other.layout(on)
        for cell in layout.inputs:
            if cell.concept and cell.concept in mine:
                own = mine[cell.concept]
                pair = AskedTwice(
                    form,
                    other,
                    _asked(here, own, language),
                    _asked(layout, cell, language),
                    prefilled=_fills(own, other) or _fills(cell, form),
                )
                found.setdefault((other.code, cell.concept), pair)
        for line in (*layout.rows, *layout.columns):
            twin = next((names[name] for name in names if len(name) > 3 and likeness(name, line.title) > 0.9), None)
            if twin is not None and not line.formula and not (twin.concept or line.concept):
                filled = any(
                    item is not None and item.form in (form.code, other.code) for item in (twin.prefill, line.prefill)
                )
                pair = AskedTwice(form, other, twin.said(language), line.said(language), filled)
                found.setdefault((other.code, line.code), pair)
    return list(found.values())


def _asked(layout: Layout, cell: CellSpec, language: str) -> str:
    """The row or column that carries the cell's concept."""
    lines = [line for line in (layout.row(cell.row), layout.column(cell.column)) if line is not None]
    return next((line.said(language) for line in lines if line.concept), "")


def _fills(cell: CellSpec, other: Form) -> bool:
    return cell.prefill is not None and cell.prefill.form == other.code
