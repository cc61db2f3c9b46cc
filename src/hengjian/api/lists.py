"""Pages of rows, and declared lists (hengjian.pages.lists) as query parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Generic, Literal, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import translation
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import ConfigDict, Field, create_model

from hengjian.api.problems import Problem
from hengjian.pages.filters import BooleanFilter, ChoiceFilter, DateRangeFilter, Filter, MultiChoiceFilter
from hengjian.pages.listing import Table
from hengjian.pages.lists import List
from hengjian.pages.paging import settled

T = TypeVar("T")
MOST = 200


class Strict(Schema):
    """Base of all inputs: refuses names that it does not know, so that a misspelt one is not silently ignored."""

    model_config = ConfigDict(extra="forbid")


class Window(Strict):
    """Which part of a list."""

    limit: int = Field(50, ge=1, le=MOST, description="Rows in the answer, 1 to 200.")
    offset: int = Field(0, ge=0, le=10_000_000, description="Rows to leave out from the beginning.")


class Page(Schema, Generic[T]):
    """Part of a list. The order is total, so consecutive windows neither overlap nor leave anything out."""

    total: int = Field(description="Rows in the whole list, with the given filters.", examples=[136])
    limit: int = Field(description="Rows asked for.")
    offset: int = Field(description="Rows left out from the beginning.")
    items: list[T]


def page(rows: QuerySet[Any], window: Window, make: Callable[[Any], Any] | None = None) -> dict[str, Any]:
    """The window of a queryset, ordered without ties; `make` turns a row into the answer's item."""
    rows = settled(rows)
    chosen: Iterable[Any] = rows[window.offset : window.offset + window.limit]
    items = [make(row) for row in chosen] if make else list(chosen)
    return {"total": rows.count(), "limit": window.limit, "offset": window.offset, "items": items}


def query_of(declaration: List, name: str) -> type[Window]:
    """A schema with the list's filters and orders, made from its declaration: nobody types them twice."""
    fields: dict[str, Any] = {}
    with translation.override("en"):
        for item in declaration.filters:
            fields |= _fields_of(item)
        sortable = [column.key for column in declaration.columns if column.sort_fields]
    keys = tuple(f"{sign}{key}" for key in sortable for sign in ("", "-"))
    fields["sort"] = (
        Literal[keys] | None,
        Field(None, description="Column to order by; `-` in front turns the order round."),
    )
    return create_model(name, __base__=Window, __module__=__name__, **fields)


def _fields_of(item: Filter) -> dict[str, Any]:
    label = str(item.label)
    if isinstance(item, DateRangeFilter):
        first, last = item.parameters
        return {
            first: (date | None, Field(None, description=f"{label}: from this day on.")),
            last: (date | None, Field(None, description=f"{label}: up to and including this day.")),
        }
    if isinstance(item, BooleanFilter):
        return {item.key: (bool, Field(False, description=f"{label}."))}
    if isinstance(item, ChoiceFilter):
        # Choices that depend on the reader (plans, units) are ids; the filter checks them.
        one: Any = str
        if not callable(item.choices):
            one = Literal[tuple(str(value) for value, _label in item.choices)]
        if isinstance(item, MultiChoiceFilter):
            return {item.key: (list[one], Field([], description=f"{label}; may be repeated."))}
        return {item.key: (one | None, Field(None, description=f"{label}."))}
    return {item.key: (str, Field("", max_length=100, description=f"{label}: all words must occur."))}


def table_of(request: HttpRequest, declaration: List, queryset: QuerySet[Any], query: Window) -> Table:
    """The declared list, narrowed by the reader's policy and the given filters.

    Raises:
        Problem: a filter has no such value (the page would leave the filter out, an interface must not).
    """
    given = QueryDict(mutable=True)
    for name, value in query.model_dump(exclude={"limit", "offset"}, exclude_none=True).items():
        if isinstance(value, list):
            given.setlist(name, [str(one) for one in value])
        elif value is True:
            given[name] = "1"
        elif value not in (False, ""):
            given[name] = str(value)
    request.GET = given  # type: ignore[assignment]  # the declared filters read the address
    table = Table(declaration, request, queryset)
    wrong = [item for item, found in table.applied if found.problem]
    if wrong:
        errors = [
            {"field": f"query.{item.key}", "message": _("没有这个值，或者不在您的查看范围内。"), "code": "choice"}
            for item in wrong
        ]
        raise Problem(422, "validation", _("筛选条件不符合要求。"), _("请按 errors 逐项改正。"), errors)
    return table


def table_page(table: Table, window: Window, make: Callable[[Any, dict[str, Any]], Any]) -> dict[str, Any]:
    """The window of a declared list; `make(row, record)` gets the row and its declared values by column key."""
    rows = list(table.filtered[window.offset : window.offset + window.limit])
    records = table.declaration.records(rows)
    return {
        "total": table.filtered.count(),
        "limit": window.limit,
        "offset": window.offset,
        "items": [make(row, record) for row, record in zip(rows, records, strict=True)],
    }
