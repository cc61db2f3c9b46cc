"""The public lists as dated snapshots of the room `publishing`: each row was decided by two people already."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from hengjian.credit.lists.catalogue import list_kind, list_kinds
from hengjian.credit.lists.declarations import ListKind
from hengjian.credit.lists.queries import on_lists
from hengjian.parties.models import Region, Unit
from hengjian.publishing.lists import Cell, ListColumn, PublicList, register_list

#: The column by which an entry is found again from snapshot to snapshot.
KEY = "number"
COLUMNS = (
    ListColumn("name", "企业名称", "Enterprise"),
    ListColumn("code", "统一社会信用代码", "Unified code"),
    ListColumn("number", "列入编号", "Entry"),
    ListColumn("criterion", "列入情形", "Circumstance"),
    ListColumn("document", "决定文号", "Decision"),
    ListColumn("organ", "认定机关", "Organ"),
    ListColumn("entered_on", "列入日期", "Entered on"),
    ListColumn("until", "公示期至", "Until"),
)


def published_as(kind: str) -> str:
    """The code under which the room `publishing` keeps the snapshots of a list."""
    return f"credit-{kind.replace('_', '-')}"


def register() -> None:
    """One public list for each list that everybody may see."""
    for place, kind in enumerate(list_kinds()):
        if kind.disclosure == "public":
            register_list(
                PublicList(
                    published_as(kind.code),
                    kind.title,
                    columns=COLUMNS,
                    key=KEY,
                    rows=_rows(kind.code),
                    automatic=True,
                    keeper=_keeper(kind),
                    basis="；".join(
                        f"{legal.document}{legal.number and f'（{legal.number}）'}" for legal in kind.legal
                    ),
                    order=200 + place,
                )
            )


def _rows(code: str) -> Callable[[date], Iterator[Mapping[str, Cell]]]:
    def rows(on: date) -> Iterator[Mapping[str, Cell]]:
        kind = list_kind(code)
        titles = {criterion.code: criterion.title for criterion in kind.criteria}
        for entry in on_lists(on).filter(kind=code).order_by("number"):
            yield {
                "name": entry.enterprise.name,
                "code": entry.enterprise.code,
                "number": entry.number,
                "criterion": titles.get(entry.criterion, ""),
                "document": entry.document,
                "organ": entry.unit.name,
                "entered_on": entry.entered_on,
                "until": entry.until,
            }

    return rows


def _keeper(kind: ListKind) -> Callable[[], Unit | None]:
    def keeper() -> Unit | None:
        units = Unit.objects.filter(family__in=kind.keepers, region__level=Region.Level.PROVINCIAL)
        return units.order_by("pk").first()

    return keeper
