"""What all tests share: needs the machine may lack, the second run on PostgreSQL, emptying an append-only database."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.core.management.commands.flush import Command as Flush
from django.db import connections
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
    """Whether the run on SQLite says all there is to say."""
    return bool(item.get_closest_marker("browser") or item.get_closest_marker("any_database"))


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


@pytest.fixture(scope="session", autouse=True)
def flush_append_only_tables() -> Iterator[None]:
    """Let a transactional test empty the database although triggers forbid to change facts.

    The triggers step aside for the flush only: on PostgreSQL by the session's replication role, on SQLite, which has no
    such switch, by dropping and creating them again with the same text.
    """
    original = Flush.handle

    def handle(self: Flush, **options: object) -> None:
        connection = connections[str(options["database"])]
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET session_replication_role = replica")
            else:
                cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
                triggers = cursor.fetchall()
                for name, _ in triggers:
                    cursor.execute(f'DROP TRIGGER "{name}"')
        try:
            original(self, **options)
        finally:
            with connection.cursor() as cursor:
                if connection.vendor == "postgresql":
                    cursor.execute("SET session_replication_role = DEFAULT")
                else:
                    # A room may have put its own back already: flush ends with the signal post_migrate.
                    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
                    present = {name for (name,) in cursor.fetchall()}
                    for name, text in triggers:
                        if name not in present:
                            cursor.execute(text)

    Flush.handle = handle
    yield
    Flush.handle = original
