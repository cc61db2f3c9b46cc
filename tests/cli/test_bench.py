"""The benchmark table and its verdicts."""

from __future__ import annotations

import types

import pytest
from rich.console import Console
from typer.testing import CliRunner

from hengjian.cli import _bench, bench


def test_targets_are_judged_in_their_direction() -> None:
    assert _bench.row("facts", 20_000, "facts/s", 20_000).ok is True
    assert _bench.row("facts", 19_999, "facts/s", 20_000).ok is False
    assert _bench.row("page", 301, "ms", 300, better="less").ok is False
    assert _bench.row("memory", 80, "MB").ok is None
    assert _bench.seconds(lambda: None) < 0.1


def run(monkeypatch: pytest.MonkeyPatch, value: float, *arguments: str) -> tuple[int, str]:
    module = types.SimpleNamespace(run=lambda console: [_bench.row("append", value, "facts/s", 20_000)])
    monkeypatch.setattr(bench, "module_names", lambda: ["ledger"])
    monkeypatch.setattr(bench.importlib, "import_module", lambda name: module)
    monkeypatch.setattr(bench, "Console", lambda: Console(width=120))
    result = CliRunner().invoke(bench.app, list(arguments))
    return result.exit_code, result.output


def test_the_exit_code_tells_a_missed_target(monkeypatch: pytest.MonkeyPatch) -> None:
    code, output = run(monkeypatch, 25_000)
    assert code == 0
    assert "25,000 facts/s" in output
    code, output = run(monkeypatch, 15_000, "ledger")
    assert code == 1
    assert "missed" in output
    assert run(monkeypatch, 1, "unknown")[0] == 2
