"""Links between the pages of a long list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from hengjian.pages.components import esc

PAGE_PARAMETER = "page"

if TYPE_CHECKING:
    _Paginator = Paginator[Any]
else:
    _Paginator = Paginator


def with_parameter(query: QueryDict | None, name: str, value: object) -> str:
    """`?…` with one parameter replaced; the others keep their order."""
    changed = query.copy() if query is not None else QueryDict(mutable=True)
    changed[name] = str(value)
    return "?" + changed.urlencode()


def settled(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows in an order that leaves no tie, so that pages never overlap: the primary key is added to an order (given
    or the model's own) that no unique field settles. Cut, joined or grouped querysets stay as they are."""
    query, meta = rows.query, rows.model._meta
    if query.is_sliced or query.combinator or query.distinct_fields or query.group_by is not None:
        return rows
    order = query.order_by or (() if query.extra_order_by else tuple(meta.ordering))
    names = {name.lstrip("-") for name in order if isinstance(name, str)}
    unique = {"pk"} | {field.name for field in meta.concrete_fields if field.unique}
    if names & unique or query.extra_order_by or query.distinct:
        return rows
    return rows.order_by(*order, "pk")


class BoundedPaginator(_Paginator):
    """Counts up to `most` rows only, and pages no further: in a table of millions a count takes seconds."""

    def __init__(self, rows: Any, size: int, *, most: int = 0) -> None:
        super().__init__(rows, size)
        self.most = most

    @cached_property
    def counted(self) -> int:
        """The number of rows, or one more than `most`."""
        if not self.most:
            return int(super().count)
        rows: Any = self.object_list
        return int(rows.order_by()[: self.most + 1].count())

    @cached_property
    def count(self) -> int:
        return min(self.counted, self.most) if self.most else self.counted

    @property
    def more(self) -> bool:
        """Whether there are rows beyond those that are paged."""
        return bool(self.most) and self.counted > self.most


def pager(page: Page[Any], query: QueryDict | None, label: object = "") -> SafeString:
    """First and last page, the neighbours of the current one, and what part of the whole is shown."""
    total = page.paginator.count
    shown = _("第 %(first)s～%(last)s 项，共 %(total)s 项") % {
        "first": f"{page.start_index():,}",
        "last": f"{page.end_index():,}",
        "total": f"{total:,}{'+' if getattr(page.paginator, 'more', False) else ''}",
    }
    parts = [f"<span>{esc(shown)}</span>", '<span class="push"></span>']

    def link(number: int, text: object, rel: str = "") -> str:
        relation = f' rel="{rel}"' if rel else ""
        return f'<a href="{esc(with_parameter(query, PAGE_PARAMETER, number))}"{relation}>{esc(text)}</a>'

    if page.paginator.num_pages > 1:
        if page.has_previous():
            parts.append(link(page.previous_page_number(), _("上一页"), "prev"))
        for number in page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1):
            if not isinstance(number, int):
                parts.append("<span>…</span>")
            elif number == page.number:
                parts.append(f'<span aria-current="page">{number}</span>')
            else:
                parts.append(link(number, number))
        if page.has_next():
            parts.append(link(page.next_page_number(), _("下一页"), "next"))
    name = esc(label or _("分页"))
    return mark_safe(f'<nav class="pager" aria-label="{name}">{"".join(parts)}</nav>')
