"""Let SQLite walk an index in the order of the page where most rows match anyway.

SQLite keeps no statistics on how many regions a subtree has, takes `region IN (…)` for selective, fetches every
matching row and sorts them all to show fifty. With conditions that no index serves it walks the index of the order and
stops at the end of the page; that must not hang on statistics, which are old or missing more often than not.
PostgreSQL estimates this by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connections
from django.db.models import Model, QuerySet
from django.db.models.expressions import Col
from django.db.models.lookups import Exact
from django.db.models.sql.where import AND, WhereNode

#: Rows from which on walking is quicker than fetching and sorting, even if the matching ones lie unevenly.
MANY = 20_000


class _Plain(WhereNode):
    """Conditions that SQLite checks row by row instead of looking them up in an index; what they say stays the same."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, params = super().as_sql(compiler, connection)
        return (f"likely(({sql}) IS TRUE)" if sql else sql), params


def in_order(rows: QuerySet[Any], total: int) -> QuerySet[Any]:
    """The same rows, read along the index of their order where there is one and `total` rows match."""
    where = rows.query.where
    if (
        total < MANY
        or connections[rows.db].vendor != "sqlite"
        or where.connector != AND
        or where.negated
        or not _has_index(rows.model, rows.query.order_by[:1])
    ):
        return rows
    order = str(rows.query.order_by[0])
    walked = rows.all()
    kept = [child if _leads_to(rows.model, child, order) else _Plain([child], AND) for child in where.children]
    walked.query.where = WhereNode(kept, AND)
    return walked


def _leads_to(model: type[Model], condition: Any, order: str) -> bool:
    """Whether rows of the condition stand in order in some index: `state = 'open'` in (state, -received_at)."""
    if not isinstance(condition, Exact) or not isinstance(condition.lhs, Col):
        return False
    wanted = [condition.lhs.target.name, order]
    return any(list(index.fields[:2]) == wanted for index in model._meta.indexes)


def _has_index(model: type[Model], order: Sequence[Any]) -> bool:
    """Whether some index begins with the first field of the order."""
    if not order or not isinstance(order[0], str):
        return False
    name = order[0].lstrip("-")
    if any(index.fields and index.fields[0].lstrip("-") == name for index in model._meta.indexes):
        return True
    return any(field.name == name and (field.db_index or field.unique) for field in _fields(model))


def _fields(model: type[Model]) -> Sequence[Any]:
    return model._meta.concrete_fields
