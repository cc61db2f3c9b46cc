"""What the index reads of the register, and the narrow rows that it keeps of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from django.db import connection

from hengjian.enterprises.models import Enterprise, EnterpriseName
from hengjian.enterprises.search.models import Document
from hengjian.enterprises.search.terms import Subject
from hengjian.ledger.projections import batched
from hengjian.parties.models import Region

_OTHER_NAMES = 12
_BATCH = 500
#: Columns of `Document` in the order of `Kept`.
COLUMNS = ("enterprise_id", "names", "brand", "code", "region", "kind", "status")
Kept = tuple[int, str, str, str, int, str, str]


class Row(NamedTuple):
    """A body that stands for itself. `names`: the current one first."""

    number: int
    names: tuple[str, ...]
    code: str
    region: int
    kind: str
    status: str

    def subject(self, above: Regions) -> Subject:
        """What is indexed of it."""
        active = self.status == Enterprise.Status.ACTIVE
        return Subject(self.number, self.names, self.code, above[self.region], self.kind, active)

    def kept(self, brand: str) -> Kept:
        """The row of `Document`."""
        return (self.number, "\n".join(self.names), brand[:40], self.code, self.region, self.kind, self.status)


class Regions:
    """Region → itself and all above it, read once."""

    def __init__(self) -> None:
        self._parents = dict(Region.objects.values_list("pk", "parent_id"))
        self._lines: dict[int, tuple[int, ...]] = {}

    def __getitem__(self, region: int) -> tuple[int, ...]:
        if region not in self._lines:
            line: list[int] = []
            at: int | None = region
            while at is not None and at not in line:
                line.append(at)
                at = self._parents.get(at)
            self._lines[region] = tuple(line)
        return self._lines[region]


def read_rows(numbers: Sequence[int]) -> list[Row]:
    """Those of the bodies that stand for themselves, by number."""
    found: list[Row] = []
    for part in batched(sorted(numbers), _BATCH):
        found += _read({"in": part})
    return found


def read_range(first: int, end: int) -> list[Row]:
    """The bodies with these numbers that stand for themselves."""
    return _read({"gte": first, "lt": end})


def _read(which: dict[str, object]) -> list[Row]:
    def narrowed(column: str) -> dict[str, object]:
        return {f"{column}__{how}": value for how, value in which.items()}

    told = EnterpriseName.objects.filter(**narrowed("enterprise")).order_by("enterprise", "-until", "pk")
    merged = Enterprise.objects.filter(**narrowed("merged_into")).order_by("pk")
    others = _other_names(
        (*told.values_list("enterprise", "name"), *merged.values_list("merged_into", "name")),
    )
    rows = Enterprise.objects.filter(merged_into__isnull=True, **narrowed("pk")).order_by("pk")
    columns = rows.values_list("pk", "name", "code", "region_id", "kind", "status")
    return [
        Row(number, (name, *others.get(number, ())), code, region, kind, status)
        for number, name, code, region, kind, status in columns
    ]


def _other_names(pairs: Iterable[tuple[int | None, str]]) -> dict[int, list[str]]:
    """Former names and other writings, and the names of those that were merged into them."""
    found: dict[int, list[str]] = {}
    for number, name in pairs:
        if number is None:
            continue
        names = found.setdefault(number, [])
        if name not in names and len(names) < _OTHER_NAMES:
            names.append(name)
    return found


def keep(rows: Iterable[Kept]) -> None:
    """Write documents; those that are there already are put right."""
    table = connection.ops.quote_name(Document._meta.db_table)
    marks = ", ".join(["%s"] * len(COLUMNS))
    changed = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({', '.join(COLUMNS)}) VALUES ({marks})"
            f" ON CONFLICT ({COLUMNS[0]}) DO UPDATE SET {changed}",
            list(rows),
        )


def kept_range(first: int, end: int) -> Iterator[Kept]:
    """The documents with these numbers."""
    rows = Document.objects.filter(pk__gte=first, pk__lt=end).order_by("pk")
    yield from rows.values_list(*COLUMNS)
