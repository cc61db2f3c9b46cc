"""No query of finding and matching reads a whole large table: what holds for a few enterprises holds for millions."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hengjian.enterprises.matching import Asked, match_many
from hengjian.enterprises.search import search
from hengjian.enterprises.search.indexing import fold, index

from . import world

pytestmark = pytest.mark.django_db
#: Tables with as many rows as there are enterprises, or more. Those that changed just now are few.
LARGE = (
    "enterprises_enterprise", "enterprises_enterprisecode", "enterprises_enterprisename", "enterprise_search_document",
    "enterprise_search_posting",
)  # fmt: skip
TEXTS = (
    "鑫达", "有限公司", "澜州市鑫达商贸有限责任公司", "石泉鑫达商贸", "鑫搭商贸", "鑫", "科技 有限", "xinda", "xind",
    "ly", "lysp",    "没有这家的名字", "E0000011", "99010000000",
)  # fmt: skip


def test_everything_is_found_by_an_index() -> None:
    rows = world.build()
    fold(timezone.now(), least=0)
    changed = rows["澜州市第一人民医院"]
    index([changed.pk])
    heavy = rows["澜川重工集团股份有限公司"]
    region = world.regions()["990300"]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        for text in (*TEXTS, heavy.code, heavy.code[8:17], "990100000001234", heavy.code[:9]):
            search(text)
            search(text, region=region, kind="company", status="active", offset=20)
        match_many([Asked(name=name, code=row.code) for name, row in rows.items()])
        match_many([Asked(name="澜州市鑫达商贸有限公司", code="990100000001234", address="新区路 1 号")])
    seen: set[str] = set()
    for query in asked.captured_queries:
        sql = query["sql"]
        if sql in seen or not sql.startswith("SELECT"):
            continue
        seen.add(sql)
        for line in _plan(sql):
            whole = [table for table in LARGE if line.startswith(f"SCAN {table}") or f"Seq Scan on {table}" in line]
            assert not whole, f"{line}: {sql}"
    assert len(seen) > 50


def _plan(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # So few rows are read at once whatever there is; the question is whether there is another way.
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("EXPLAIN " + sql.replace("%", "%%"))
            return [str(row[0]) for row in cursor.fetchall()]
        cursor.execute("EXPLAIN QUERY PLAN " + sql.replace("%", "%%"))
        return [str(row[3]) for row in cursor.fetchall()]
