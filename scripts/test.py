"""`make test`: the whole suite on SQLite with the browser tests, then all that uses the database on PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import test_setup

ROOT = Path(__file__).resolve().parent.parent


def pytest(*arguments: str, database: str = "") -> int:
    processes = str(min(os.cpu_count() or 1, 4))
    spread = ["-n", processes, "--dist", "loadscope", "--no-loadscope-reorder"]
    command = [sys.executable, "-m", "pytest", *spread, "-q", "-rs"]
    # Many tests start processes of their own; without kept bytecode each would compile a thousand modules first.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment["HENGJIAN_TEST_DATABASE_URL"] = database
    return subprocess.run([*command, *arguments, *sys.argv[1:]], cwd=ROOT, env=environment).returncode


def main() -> int:
    results: dict[str, tuple[str, float]] = {}

    def stage(name: str, code: int, start: float) -> None:
        results[name] = ("ok" if code == 0 else "FAILED", time.monotonic() - start)

    start = time.monotonic()
    stage("system packages", test_setup.main(), start)
    print("\n── SQLite, browser", flush=True)
    start = time.monotonic()
    stage("SQLite, browser", pytest(), start)
    print("\n── PostgreSQL", flush=True)
    start = time.monotonic()
    if test_setup.postgresql():
        with test_setup.throwaway_postgresql() as address:
            stage("PostgreSQL", pytest("--database-only", database=address), start)
    elif not test_setup.CI:
        results["PostgreSQL"] = ("skipped: " + test_setup.missing()["PostgreSQL server"], 0)
    else:
        stage("PostgreSQL", 1, start)
    print("\nmake test")
    for name, (result, seconds) in results.items():
        print(f"  {name:<20} {seconds:6.1f} s  {result}")
    return 1 if any(result == "FAILED" for result, _ in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
