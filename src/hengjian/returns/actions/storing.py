"""What the verbs share: writing cells with their history, counting, recording a step with its figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from hengjian.parties.models import User
from hengjian.returns.models import Approval, Cell, CellChange, Explanation, Return, StageRecord
from hengjian.returns.prefilling import Filled, Sources, prefilled
from hengjian.returns.reading import Past, past_of, sheet_of
from hengjian.returns.rules import Key, Problem, Sheet, problems, unexplained


def write(
    entry: Return,
    figures: Mapping[Key, Filled],
    *,
    origin: str,
    by: User | None,
    now: datetime,
    existing: Mapping[Key, Cell] | None = None,
) -> list[Key]:
    """Put figures into cells; those that hold them already are left alone. Returns the cells that changed."""
    known = existing if existing is not None else {(cell.row, cell.column): cell for cell in entry.cells.all()}
    new, changed, log = [], [], []
    for key, filled in figures.items():
        cell = known.get(key)
        before = cell.value if cell is not None else None
        if before == filled.value:
            continue
        log.append(
            CellChange(
                owner=entry, row=key[0], column=key[1], before=before, after=filled.value, number=entry.number,
                by=by, at=now,
            )
        )  # fmt: skip
        if cell is None:
            cell = Cell(owner=entry, row=key[0], column=key[1], version=0)
            new.append(cell)
        else:
            changed.append(cell)
        cell.value, cell.origin, cell.source = filled.value, origin, filled.source
        cell.version += 1
        cell.changed_by, cell.changed_at = by, now
    Cell.objects.bulk_create(new)
    Cell.objects.bulk_update(changed, ["value", "origin", "source", "version", "changed_by", "changed_at"])
    CellChange.objects.bulk_create(log)
    return [(item.row, item.column) for item in log]


def prefill(
    entry: Return, *, by: User | None, now: datetime, past: Past | None = None, sources: Sources | None = None
) -> list[Key]:
    """Fill cells that nobody filled in from the form's sources. Returns the cells that changed."""
    known = {(cell.row, cell.column): cell for cell in entry.cells.all()}
    found = {
        key: filled
        for key, filled in prefilled(entry, past, sources).items()
        if key not in known or (known[key].value is None and known[key].changed_by_id is None)
    }
    return write(entry, found, origin=Cell.Origin.PREFILLED, by=by, now=now, existing=known)


def explained(entry: Return) -> dict[tuple[str, str, str], str]:
    """(check, row, column) → basis of the figures that were explained in the present version."""
    rows = Explanation.objects.filter(owner=entry, number=entry.number)
    return {(code, row, column): basis for code, row, column, basis in rows.values_list(
        "check_code", "row", "column", "basis"
    )}  # fmt: skip


def open_errors(entry: Return, sheet: Sheet | None = None) -> list[Problem]:
    """The errors that keep the return from being complete."""
    return unexplained(problems(entry.opening.form, sheet or sheet_of(entry)), explained(entry))


def recount(entry: Return, past: Past | None = None) -> Sheet:
    """Bring `filled` and `errors` up to date; saving is left to the caller. Returns the sheet."""
    sheet = sheet_of(entry, past or past_of(entry))
    entry.filled = len(sheet.values)
    entry.errors = len(open_errors(entry, sheet))
    return sheet


def record(
    entry: Return,
    step: str,
    *,
    by: User | None,
    now: datetime,
    stage: Approval | None = None,
    note: str = "",
    sheet: Sheet | None = None,
) -> StageRecord:
    """Keep what happened together with the figures as they stand."""
    return StageRecord.objects.create(
        owner=entry,
        number=entry.number,
        step=step,
        stage=stage.code if stage is not None else "",
        note=note,
        figures=(sheet or sheet_of(entry)).rows(),
        fact=entry.fact,
        by=by,
        unit=stage.unit if stage is not None else entry.unit,
        at=now,
    )
