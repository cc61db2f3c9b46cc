"""A declared list at work: reads the address, narrows and orders the rows, writes table, tabs, pills and sheets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Page
from django.db.models import Count, F, Model, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from hengjian.pages.components import Tab, esc, icon, tabs
from hengjian.pages.exporters import exporter_names
from hengjian.pages.filters import Applied, Filter
from hengjian.pages.lists import Column, List, exported
from hengjian.pages.models import SavedView
from hengjian.pages.paging import BoundedPaginator, pager
from hengjian.pages.walking import in_order
from hengjian.parties.policies import Policy, policy_of

#: Parameters that do not belong to what a view means.
TRANSIENT = ("page", "export", "csrfmiddlewaretoken")


def normalised(query: QueryDict, declaration: List) -> str:
    """The parameters that make a view, in a fixed order and without empty ones; equal views give equal text."""
    names = [name for item in declaration.filters for name in item.parameters] + ["sort", "col"]
    usual = {column.key for column in declaration.columns if column.shown and not column.head}
    heads = {column.key for column in declaration.columns if column.head}
    kept = QueryDict(mutable=True)
    for name in names:
        values = [value for value in query.getlist(name) if value]
        if name == "col" and set(values) - heads == usual:
            continue
        if values:
            kept.setlist(name, values)
    return kept.urlencode()


@dataclass
class Table:
    """One list for one request. The policy is applied here, before anything else sees the rows.

    Args:
        declaration: the list.
        request: its address and its user.
        queryset: the rows in principle; what the user may not see is taken out.
        policy: the model's registered policy when None.

    Raises:
        LookupError: the model has no policy.
    """

    declaration: List
    request: HttpRequest
    queryset: QuerySet[Any]
    policy: Policy | None = None

    def __post_init__(self) -> None:
        rule = self.policy or policy_of(self.queryset.model)
        self.scoped: QuerySet[Any] = rule.visible(self.request.user, self.queryset)
        self.query = self.request.GET

    # ---- state from the address

    @cached_property
    def applied(self) -> list[tuple[Filter, Applied]]:
        return [(item, item.read(self.query, self.request)) for item in self.declaration.filters]

    @property
    def problems(self) -> list[str]:
        return [found.problem for _filter, found in self.applied if found.problem]

    @cached_property
    def columns(self) -> list[Column]:
        """The visible columns, always in the declared order; the row's name cannot be hidden."""
        chosen = set(self.query.getlist("col"))
        if not chosen & {column.key for column in self.declaration.columns}:
            return [column for column in self.declaration.columns if column.shown or column.head]
        return [column for column in self.declaration.columns if column.key in chosen or column.head]

    @cached_property
    def sort(self) -> tuple[Column | None, bool]:
        """(column, descending); (None, False) is the default order."""
        raw = self.query.get("sort", "")
        column = self.declaration.column(raw.removeprefix("-"))
        if column is None or not column.sort_fields:
            return None, False
        return column, raw.startswith("-")

    @property
    def grouped(self) -> bool:
        return self.declaration.group is not None and self.sort[0] is None

    @cached_property
    def size(self) -> int:
        sizes = self.declaration.page_sizes
        return next((size for size in sizes if str(size) == self.query.get("size")), sizes[0])

    # ---- rows

    def _narrow(self, query: QueryDict) -> QuerySet[Any]:
        rows = self.scoped
        for item in self.declaration.filters:
            found = item.read(query, self.request)
            if found.value is not None:
                rows = item.narrow(rows, found.value)
        return rows

    @cached_property
    def filtered(self) -> QuerySet[Any]:
        """All rows of the current filter, in order."""
        return self.arranged(self._narrow(self.query))

    def arranged(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """In the order that was chosen, or the list's own; the primary key last, so that pages never overlap."""
        column, descending = self.sort
        if column is not None:
            order: list[str | OrderBy] = [_ordered(rows.model, name, descending) for name in column.sort_fields]
        else:
            order = [*(self.declaration.group.order if self.declaration.group else ()), *self.declaration.order]
        return rows.order_by(*order, "pk")

    @cached_property
    def page(self) -> Page[Any]:
        counted = BoundedPaginator(self.filtered, self.size, most=self.declaration.count_at_most)
        counted.object_list = in_order(self.filtered, counted.count)
        found: Page[Any] = counted.get_page(self.query.get("page"))
        return found

    @property
    def total(self) -> int:
        return self.page.paginator.count

    @property
    def total_text(self) -> str:
        return f"{self.total:,}{'+' if getattr(self.page.paginator, 'more', False) else ''}"

    @cached_property
    def group_counts(self) -> dict[Any, int]:
        group = self.declaration.group
        if group is None or not self.grouped:
            return {}
        counted = self.filtered.order_by().values_list(group.field).annotate(n=Count("pk"))
        return dict(counted)

    # ---- parts of the page

    def address(self, **changes: object) -> str:
        """`?…` with some parameters replaced (None removes); the page starts over."""
        query = self.query.copy()
        for name in TRANSIENT:
            query.pop(name, None)
        for name, value in changes.items():
            if value is None:
                query.pop(name, None)
            else:
                query[name] = str(value)
        return "?" + query.urlencode()

    def head_html(self) -> SafeString:
        current, descending = self.sort
        cells = []
        if self.declaration.actions:
            label = esc(_("全选本页"))
            cells.append(
                '<th role="columnheader" scope="col" class="sel w1">'
                f'<input type="checkbox" data-select-all aria-label="{label}"></th>'
            )
        for column in self.columns:
            css = " ".join(part for part in (column.align, column.width) if part)
            attrs = f' class="{css}"' if css else ""
            title = str(esc(column.label))
            if column.sort_fields:
                down = column is current and not descending
                if column is current:
                    attrs += f' aria-sort="{"descending" if descending else "ascending"}"'
                target = self.address(sort=("-" if down else "") + column.key)
                title = f'<a class="sort" href="{esc(target)}">{title}</a>'
            cells.append(f'<th role="columnheader" scope="col"{attrs}>{title}</th>')
        return mark_safe(f'<tr role="row">{"".join(cells)}</tr>')

    def body_html(self) -> SafeString:
        """All rows of the page as one string; per row only the cells are computed."""
        declaration = self.declaration
        openings: list[tuple[str, str, Column]] = []
        for column in self.columns:
            css = " ".join(part for part in (column.align, column.css, column.card) if part)
            attrs = f' class="{css}"' if css else ""
            if column.card in ("", "half"):
                attrs += f' data-l="{esc(column.card_label or column.label)}"'
            tag = '<th role="rowheader" scope="row"' if column.head else '<td role="cell"'
            openings.append((f"{tag}{attrs}>", "</th>" if column.head else "</td>", column))
        group = declaration.group if self.grouped else None
        span = len(self.columns) + bool(declaration.actions)
        select = esc(_("选择"))
        parts: list[str] = []
        last: Any = object()
        for row in self.page.object_list:
            if group is not None and (value := group.value(row)) != last:
                last = value
                count = esc(_("%(n)s 项") % {"n": f"{self.group_counts.get(value, 0):,}"})
                note = f'{esc(group.note(row))} <i class="dot"></i> ' if group.note and group.note(row) else ""
                parts.append(
                    f'<tr role="row" class="group"><th scope="rowgroup" colspan="{span}">{esc(group.label(row))}'
                    f"<small>{note}{count}</small></th></tr>"
                )
            css = declaration.row_class(row) if declaration.row_class else ""
            parts.append(f'<tr role="row" class="{css}">' if css else '<tr role="row">')
            if declaration.actions:
                name = esc(str(declaration.head.get(row)))
                parts.append(
                    f'<td role="cell" class="sel"><input type="checkbox" name="selected" value="{esc(row.pk)}" '
                    f'aria-label="{select} {name}"></td>'
                )
            for opening, closing, column in openings:
                parts.append(opening + column.content(row) + closing)
            parts.append("</tr>\n")
        return mark_safe("".join(parts))

    def controls_html(self) -> SafeString:
        return mark_safe("".join(item.control(found, self.query, self.request) for item, found in self.applied))

    def _hidden(self, names: Sequence[str]) -> SafeString:
        fields = [(name, value) for name in names for value in self.query.getlist(name) if value]
        return mark_safe("".join(f'<input type="hidden" name="{esc(n)}" value="{esc(v)}">' for n, v in fields))

    def kept_html(self) -> SafeString:
        """What the filter form carries along."""
        return self._hidden(["sort", "size", "col"])

    def filters_kept_html(self) -> SafeString:
        """What the form that chooses columns carries along."""
        return self._hidden([*(name for item in self.declaration.filters for name in item.parameters), "sort", "size"])

    def pills(self) -> list[tuple[str, str]]:
        """(words, address without it) of every applied filter."""
        found = []
        for item, applied in self.applied:
            if applied.value is not None:
                gone: dict[str, None] = dict.fromkeys(item.parameters)
                found.append((f"{item.label}：{applied.shown}", self.address(**gone)))
        return found

    @cached_property
    def saved(self) -> list[SavedView]:
        """The user's own views and those shared with the user's unit."""
        user = self.request.user
        if not user.is_authenticated:
            return []
        mine = Q(owner=user)
        if user.unit_id is not None:
            mine |= Q(unit=user.unit_id)
        return list(SavedView.objects.filter(mine, list_key=self.declaration.key))

    @property
    def own_views(self) -> list[SavedView]:
        return [view for view in self.saved if view.owner_id == self.request.user.pk]

    @property
    def current_query(self) -> str:
        return normalised(self.query, self.declaration)

    def views_html(self) -> SafeString:
        """Tabs: everything, the built-in views, then the saved ones."""
        current = self.current_query
        offered: list[tuple[object, str]] = [(_("全部"), "")]
        offered += [(view.label, view.query) for view in self.declaration.views]
        offered += [(view.name, view.query) for view in self.saved]
        items = []
        for label, query in offered:
            parsed = QueryDict(query)
            text = normalised(parsed, self.declaration)
            count = None
            if self.declaration.view_counts:
                count = self.total if text == current else self._narrow(parsed).count()
            items.append(Tab(label, f"?{query}" if query else "?", count, current=text == current))
        if self.request.user.is_authenticated:
            own = self.own_views
            label = _("管理视图") if any(view.query == current for view in own) or not current else _("保存当前视图")
            items.append(Tab(label, "#views", push=True))
        return tabs(items, _("保存的视图"))

    def pager_html(self) -> SafeString:
        return pager(self.page, self.query)

    def sizes(self) -> list[tuple[int, str, bool]]:
        return [(size, self.address(size=size), size == self.size) for size in self.declaration.page_sizes]

    def exports(self) -> list[tuple[str, str]]:
        return [(name, self.address(export=name)) for name in exporter_names()]

    @property
    def data_time(self) -> str:
        return timezone.localtime().strftime("%Y-%m-%d %H:%M")

    @property
    def clear_icon(self) -> SafeString:
        return icon("close")

    # ---- sheet

    def sheet_notes(self) -> list[str]:
        """What the sheet says under its title: the filter, what the page says under the list, and the time."""
        note = strip_tags(str(self.declaration.note))
        told = [*(words for words, _address in self.pills()), *([note] if note else [])]
        most = self._sheet_at_most
        if most and self.filtered.order_by()[: most + 1].count() > most:
            told.append(
                _("符合条件的超过 %(n)s 行，本表只含前 %(n)s 行；请缩小筛选范围后分次导出。") % {"n": f"{most:,}"}
            )
        return [*told, _("数据时间 %(time)s") % {"time": self.data_time}]

    @property
    def _sheet_at_most(self) -> int:
        return max(self.declaration.sheet_at_most, self.declaration.count_at_most)

    def sheet(self) -> tuple[list[str], Iterator[Sequence[Any]]]:
        """(titles, rows) of all pages: the same rows, columns and order as on the page, groups as a first column."""
        group = self.declaration.group if self.grouped else None
        titles = [str(column.label) for column in self.columns]
        if group is not None:
            titles.insert(0, str(group.title))

        def rows() -> Iterator[Sequence[Any]]:
            most = self._sheet_at_most
            for row in (self.filtered[:most] if most else self.filtered).iterator(chunk_size=2000):
                values = [exported(column.get(row)) for column in self.columns]
                if group is not None:
                    values.insert(0, exported(group.label(row)))
                yield values

        return titles, rows()


def _ordered(model: type[Model], name: str, descending: bool) -> str | OrderBy:
    """One field of an order, empty ones last. Where none can be empty it is said plainly, so that an index serves."""
    if any(field.name == name and not field.null for field in model._meta.concrete_fields):
        return f"-{name}" if descending else name
    return F(name).desc(nulls_last=True) if descending else F(name).asc(nulls_last=True)
