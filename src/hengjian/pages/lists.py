"""A list is declared once; page, filters, saved views, sorting, paging, selection, export and API rows derive from it.

    DUTIES = List(
        key="plans.duties",
        title=_("任务台账"),
        columns=[
            Column("clause", _("条款"), value="task.clause_number", sort="task__clause_order", align="num", card="no"),
            Column("title", _("任务"), value="task.title", head=True, card="full", link=address_of),
            Column("light", _("状态"), value=light_word, cell=light_cell, sort="light_rank", card="state"),
        ],
        filters=[TextFilter(key="q", label=_("任务或条款"), fields=("task__title", "task__clause_number"))],
        order=("task__clause_order",),
    )

    class DutyList(ListView):
        declaration = DUTIES
        def get_queryset(self): return Duty.objects.select_related("task", "unit")

The view applies the registered policy of the model, so that no list can forget it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hengjian.pages.components import esc
from hengjian.pages.filters import (
    Applied,
    BooleanFilter,
    ChoiceFilter,
    DateRangeFilter,
    Filter,
    MultiChoiceFilter,
    TextFilter,
)

Text = str | Promise
Value = Callable[[Any], Any]
CARD_ROLES = ("", "no", "state", "full", "half", "opt")


def _getter(path: str) -> Value:
    """`"task.unit.name"` → function; a missing link on the way gives None."""
    parts = path.split(".")

    def get(row: Any) -> Any:
        for part in parts:
            row = getattr(row, part, None)
            if row is None:
                return None
        return row() if callable(row) else row

    return get


def plain(value: Any) -> str:
    """A value as text on the page: a dash for nothing, ISO dates, grouped thousands."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float | Decimal):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    if isinstance(value, list | tuple):
        return "、".join(str(item) for item in value) or "—"
    return str(value)


def exported(value: Any) -> Any:
    """A value for a sheet: numbers, dates and text as they are, lists joined, local naive times."""
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
    if value is None or isinstance(value, bool | int | float | Decimal | date):
        return plain(value) if isinstance(value, bool) else value
    return "、".join(str(item) for item in value) if isinstance(value, list | tuple) else str(value)


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        key: names it in the address, in saved views and in API rows.
        label: title on page and sheet.
        value: attribute path with dots, or function of the row; the key itself when empty. This is what is exported.
        cell: function of the row that gives the content on the page (`SafeString` for markup); the value when None.
        link: function of the row that gives the address the cell links to.
        sort: lookup path(s) to order by; empty: not sortable.
        align: "num" for figures and dates at the right.
        width: "w1" to "w6" (44 to 212 px); empty: takes what is left.
        css: further classes, e.g. "muted" or "units".
        card: place on the phone's card: no, state (first line), full, half, opt (left out); empty: a labelled third.
        card_label: word over the value on the card, when it differs from the label.
        head: the cell that names the row.
        shown: whether it is there before anyone chooses columns.
    """

    key: str
    label: Text
    value: str | Value = ""
    cell: Value | None = None
    link: Callable[[Any], str] | None = None
    sort: str | Sequence[str] = ()
    align: str = ""
    width: str = ""
    css: str = ""
    card: str = ""
    card_label: Text = ""
    head: bool = False
    shown: bool = True

    def __post_init__(self) -> None:
        if self.card not in CARD_ROLES:
            raise ValueError(f"column {self.key}: no card role {self.card!r}; there are {', '.join(CARD_ROLES)}")

    @cached_property
    def get(self) -> Value:
        """The plain value of a row."""
        return self.value if callable(self.value) else _getter(self.value or self.key)

    @property
    def sort_fields(self) -> tuple[str, ...]:
        return (self.sort,) if isinstance(self.sort, str) and self.sort else tuple(self.sort)

    def content(self, row: Any) -> str:
        """Escaped content of the cell."""
        inner = esc(self.cell(row)) if self.cell else esc(plain(self.get(row)))
        if self.link is not None:
            address = self.link(row)
            return f'<a href="{esc(address)}">{inner}</a>' if address else str(inner)
        return str(inner)


@dataclass(frozen=True)
class Group:
    """Rows under headings, in the default order only (sorted by a column they stand alone).

    Attributes:
        field: lookup path whose equal values make a group; rows are counted by it.
        order: lookup paths that bring the groups in order; they precede the list's own order.
        value: function of the row that gives the same value as `field`.
        label: function of the row that gives the heading.
        note: function of the row for the small text behind it.
        title: name of the column that the sheet gets for it.
    """

    field: str
    order: Sequence[str]
    value: Value
    label: Value
    title: Text
    note: Value | None = None


@dataclass(frozen=True)
class BuiltInView:
    """A view that everyone has: a name for a filter, e.g. `BuiltInView("late", _("滞后与逾期"), "light=red")`."""

    key: str
    label: Text
    query: str


@dataclass(frozen=True)
class BulkAction:
    """Something to do with the selected rows.

    Attributes:
        key: value of the button.
        label: its words; name it by its result.
        verb: the right that decides which of the selected rows it may touch.
        run: (request, rows the user may do it to, number left out) → a response, or None to return to the list.
        primary, danger: its look.
    """

    key: str
    label: Text
    verb: str
    run: Callable[[HttpRequest, Any, int], HttpResponse | None]
    primary: bool = False
    danger: bool = False


@dataclass(frozen=True)
class List:
    """The declaration of a list; see the head of this file.

    Attributes:
        key: unique name, "room.list"; saved views belong to it.
        order: default order; the primary key is added so that pages never overlap.
        row_class: function of the row, e.g. "is-late".
        empty, empty_hint: title and advice when no row is left.
        view_counts: whether the tabs of views show how many rows they hold.
        count_at_most: for tables of millions: rows are counted and paged up to here; 0: all.
        sheet_at_most: rows of one sheet, where that is more than are counted; the sheet says when there are more.
        note: under the table (the rule and its link, as SafeString); data time is added.
    """

    key: str
    title: Text
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    order: Sequence[str] = ()
    group: Group | None = None
    views: Sequence[BuiltInView] = ()
    actions: Sequence[BulkAction] = ()
    row_class: Callable[[Any], str] | None = None
    page_sizes: Sequence[int] = (50, 100, 200)
    empty: Text = ""
    empty_hint: Text = ""
    view_counts: bool = True
    count_at_most: int = 0
    sheet_at_most: int = 0
    note: Text | SafeString = ""

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        names = [name for item in self.filters for name in item.parameters]
        for kind, given in (("column", keys), ("filter parameter", names)):
            twice = {name for name in given if given.count(name) > 1}
            if twice:
                raise ValueError(f"list {self.key}: {kind} {', '.join(sorted(twice))} is declared twice")
        taken = set(names) & {"sort", "page", "size", "col", "export", "selected", "action"}
        if taken:
            raise ValueError(f"list {self.key}: the parameter {', '.join(sorted(taken))} is used by every list")
        if not any(column.head for column in self.columns):
            raise ValueError(f"list {self.key}: one column must name the row (head=True)")

    def column(self, key: str) -> Column | None:
        return next((column for column in self.columns if column.key == key), None)

    @cached_property
    def head(self) -> Column:
        return next(column for column in self.columns if column.head)

    def records(self, rows: Iterable[Any]) -> Iterable[dict[str, Any]]:
        """Rows as dicts of plain values by column key, for the API."""
        for row in rows:
            yield {column.key: column.get(row) for column in self.columns}


__all__ = [
    "Applied",
    "BooleanFilter",
    "BuiltInView",
    "BulkAction",
    "ChoiceFilter",
    "Column",
    "DateRangeFilter",
    "Filter",
    "Group",
    "List",
    "MultiChoiceFilter",
    "TextFilter",
    "exported",
    "plain",
]
