"""What all tests share: needs the machine may lack, the second run on PostgreSQL, emptying an append-only database."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.core.management.commands.flush import Command as Flush
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase
from django.utils import translation

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import test_setup  # noqa: E402

DATABASE_FIXTURES = {
    "db",
    "transactional_db",
    "django_db_reset_sequences",
    "django_db_serialized_rollback",
    "live_server",
}


# No time limit per example: a busy machine is no fault. In CI the examples are the same every time.
hypothesis.settings.register_profile("hengjian", deadline=None, derandomize=test_setup.CI)
hypothesis.settings.load_profile("hengjian")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="only tests that use the database, without a browser")


def uses_database(item: pytest.Item) -> bool:
    """Whether a test can behave differently on another database."""
    if item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())):
        return True
    parent = item.getparent(pytest.Class)
    return parent is not None and issubclass(parent.obj, TransactionTestCase)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--database-only"):
        kept = [item for item in items if uses_database(item) and not _elsewhere(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
        items[:] = kept
    # Modules with slow tests first: the last one of them would otherwise keep one process busy alone.
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def _elsewhere(item: pytest.Item) -> bool:
    """Whether the run on SQLite says all there is to say.

    What pages show (modules named …pages.py) is tested there; on PostgreSQL the walks of tests/demo and tests/security
    open every page, list and export for different people.
    """
    if item.get_closest_marker("browser") or item.get_closest_marker("any_database"):
        return True
    database = item.get_closest_marker("django_db")
    transactional = database is not None and bool(database.kwargs.get("transaction"))
    return item.path.name.endswith("pages.py") and not transactional


#: Modules whose tests share nothing and take long: each test may run in another process.
SPREAD = ("tests/security/test_walk.py", "tests/security/test_injection.py", "tests/browser/test_every_page.py")
#: Modules that share what is costly to start, one Java for all of Spark: all in one process.
TOGETHER = (
    "tests/indicators/test_engines.py", "tests/lake/test_spark.py", "tests/methods/record_linkage/test_spark.py",
    "tests/trace/chain/test_spreading.py",
)  # fmt: skip


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """By module, as `--dist loadscope` does, save for the tests that would keep one process busy to the end."""
    if config.getoption("dist") != "loadscope":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class ByModule(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            if nodeid.startswith(TOGETHER):
                return "together"
            return nodeid if nodeid.startswith(SPREAD) else str(super()._split_scope(nodeid))

    return ByModule(config, log)


def require(name: str) -> None:
    """Skip the test, saying what is missing; in CI that is a failure.

    `name` is one of `test_setup.NEEDS`: "Chromium", "PostgreSQL server", "Chinese font", "Java".
    """
    message = test_setup.missing().get(name)
    if message and test_setup.CI:
        pytest.fail(message, pytrace=False)
    if message:
        pytest.skip(message)


@pytest.fixture(autouse=True)
def chinese_first() -> Iterator[None]:
    """A page in English leaves its language behind in the thread; the next test begins in Chinese again."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def chinese_font() -> None:
    """For tests that draw Chinese characters."""
    require("Chinese font")


#: What the migrations leave in the tables and every test may read; emptying keeps it.
STANDING = {"django_content_type", "auth_permission", "django_site"}


def empty(connection: BaseDatabaseWrapper) -> None:
    """Delete all rows, of the tables that have some only: there are hundreds of tables and a test fills a few.

    The triggers that forbid to change facts step aside: on PostgreSQL by the session's replication role, which leaves
    foreign keys alone, too; on SQLite, which has no such switch, by dropping and creating them again.
    """
    known = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - STANDING
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        asked = [f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")" for table in sorted(known)]
        filled: list[str] = []
        for start in range(0, len(asked), 200):  # SQLite allows 500 terms
            cursor.execute(" UNION ALL ".join(asked[start : start + 200]))
            filled += [table for (table,) in cursor.fetchall()]
        triggers: list[tuple[str, str]] = []
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = [(name, text) for table, name, text in cursor.fetchall() if table in filled]
        for name, _text in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        for table in filled:
            cursor.execute(f'DELETE FROM "{table}"')
        for _name, text in triggers:
            cursor.execute(text)


@pytest.fixture(scope="session", autouse=True)
def empty_after_transactional_tests() -> Iterator[None]:
    """A transactional test leaves an empty database although triggers forbid to change facts, and leaves it quickly."""
    original = Flush.handle

    def handle(self: Flush, **options: object) -> None:
        if options.get("reset_sequences", True):  # not the one after a test: the product's own
            original(self, **options)
        else:
            empty(connections[str(options["database"])])

    Flush.handle = handle
    yield
    Flush.handle = original
