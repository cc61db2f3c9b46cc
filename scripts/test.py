"""`make test`: the whole suite on SQLite with the browser tests, then all that uses the database on PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import test_setup

ROOT = Path(__file__).resolve().parent.parent
#: So many failures, at most, are tried once more: a test that fails by the order of tests or the load of the machine
#: is one or two, a broken change is usually more.
TRIED_AGAIN = 3


def pytest(*arguments: str, database: str = "") -> tuple[int, dict[str, str]]:
    """Exit code of a run, and what was wrong: the tests that failed, or that passed only when tried again."""
    processes = str(min(os.cpu_count() or 1, 4))
    spread = ["-n", processes, "--dist", "loadscope", "--no-loadscope-reorder"]
    # Many tests start processes of their own; without kept bytecode each would compile a thousand modules first.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment["HENGJIAN_TEST_DATABASE_URL"] = database
    # Under CI pytest prints whole differences: pages of rows before the one line that says what failed.
    if environment.pop("CI", "") and test_setup.CI:
        environment["HENGJIAN_TEST_STRICT"] = "1"
    with TemporaryDirectory(prefix="hengjian-pytest-") as cache:

        def run(*options: str) -> int:
            command = [sys.executable, "-m", "pytest", "-o", f"cache_dir={cache}", "-q", "-rsfE", *options, *arguments]
            return subprocess.run(command, cwd=ROOT, env=environment).returncode

        def failed() -> list[str]:
            kept = Path(cache, "v", "cache", "lastfailed")
            return list(json.loads(kept.read_text())) if kept.exists() else []

        code, first = run(*spread, *sys.argv[1:]), failed()
        if code == 1 and test_setup.CI and 0 < len(first) <= TRIED_AGAIN:
            print(f"\n── {len(first)} failed: once more, alone", flush=True)
            code = run("--last-failed", "--last-failed-no-failures", "none")
        last = failed()
    return code, {name: "FAILED" if name in last else "unstable: failed, then passed alone" for name in first}


def main() -> int:
    results: dict[str, tuple[str, float]] = {}
    wrong: list[str] = []

    def stage(name: str, start: float, code: int, tests: dict[str, str]) -> None:
        results[name] = ("ok" if code == 0 else "FAILED", time.monotonic() - start)
        wrong.extend(f"  {name}: {test}: {what}" for test, what in tests.items())

    start = time.monotonic()
    stage("system packages", start, test_setup.main(), {})
    print("\n── SQLite, browser", flush=True)
    start = time.monotonic()
    stage("SQLite, browser", start, *pytest())
    print("\n── PostgreSQL", flush=True)
    start = time.monotonic()
    if test_setup.postgresql():
        with test_setup.throwaway_postgresql() as address:
            stage("PostgreSQL", start, *pytest("--database-only", database=address))
    elif not test_setup.CI:
        results["PostgreSQL"] = ("skipped: " + test_setup.missing()["PostgreSQL server"], 0)
    else:
        stage("PostgreSQL", start, 1, {})
    print("\nmake test")
    for name, (result, seconds) in results.items():
        print(f"  {name:<20} {seconds:6.1f} s  {result}")
    if wrong:
        print("\n" + "\n".join(wrong))
    return 1 if any(result == "FAILED" for result, _ in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
