"""`hengjian serve run` as people start it: a process of its own, a free port, an empty data folder."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path, port: int | str) -> dict[str, str]:
    # Neither the developer's settings nor those of the tests.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HENGJIAN_", "DJANGO_"))}
    settings = {"DATA_DIR": str(folder), "PORT": str(port), "WEB_WORKERS": "1"}
    return kept | {f"HENGJIAN_{name}": value for name, value in settings.items()}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "hengjian", "serve", *arguments]


def children(pid: int) -> list[int]:
    """Processes started by `pid`, from Linux's own list."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == pid:
                found.append(int(entry.name))
    return found


@contextmanager
def running(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        command("run"), env=environment(folder, port), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        deadline = time.monotonic() + 180
        while not answers(port):
            assert process.poll() is None, process.stdout.read() if process.stdout else ""
            assert time.monotonic() < deadline, "the site does not answer within 180 s"
            time.sleep(0.2)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


@pytest.mark.slow
def test_it_serves_refuses_a_second_one_and_ends_clean(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, port) as process:
        assert (tmp_path / "hengjian.sqlite3").exists()
        second = subprocess.run(
            command("run"), env=environment(tmp_path, port), text=True, capture_output=True, check=False
        )
        assert second.returncode == 2
        assert f"HENGJIAN_PORT={port + 1}" in second.stderr
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=30)
        assert process.returncode == 0
        assert f"http://127.0.0.1:{port}/" in output
    assert not answers(port)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the worker in Linux's list of processes")
def test_when_the_worker_dies_the_site_ends_and_says_so(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, port) as process:
        worker = next(
            pid for pid in children(process.pid) if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        )
        os.kill(worker, signal.SIGKILL)
        output, _ = process.communicate(timeout=30)
        assert process.returncode != 0
        assert "worker" in output
        assert "ended unexpectedly" in output
    assert not answers(port)


def test_a_wrong_setting_is_explained(tmp_path: Path) -> None:
    result = subprocess.run(
        command("run"), env=environment(tmp_path, "http"), text=True, capture_output=True, check=False
    )
    assert result.returncode == 2
    assert "HENGJIAN_PORT: 'http' is not a whole number" in result.stderr
    assert "Traceback" not in result.stderr
