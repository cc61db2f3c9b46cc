"""hengjian policy parse."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

TEXT = "一、任务\n（一）加强监管。年底前建成平台。（省市场监管局牵头，省教育厅配合）\n"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hengjian", "policy", "parse", *arguments],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_json_and_summary(tmp_path: Path) -> None:
    file = tmp_path / "计划.txt"
    file.write_text(TEXT, "utf-8")
    document = json.loads(run(str(file), "--json").stdout)
    assert document["document"] == "计划"
    assert document["sections"][0]["items"][0]["duties"][0]["name"] == "市场监管局"
    summary = run(str(file))
    assert summary.returncode == 0
    assert "加强监管" in summary.stdout and "共 1 章 1 项任务" in summary.stdout


def test_errors_are_messages(tmp_path: Path) -> None:
    file = tmp_path / "a.bin"
    file.write_bytes(bytes(range(256)) * 20)
    for result in (run(str(file), "--json"), run(str(tmp_path / "missing.txt"))):
        assert result.returncode == 2
        assert result.stderr and "Traceback" not in result.stderr and not result.stdout


def test_starts_without_django() -> None:
    names = {"django", "docx", "pypdfium2", "opencc", "lxml"}
    code = (
        f"import sys, hengjian.cli.policy, hengjian.methods.policy_text; print(sorted({names!r} & sys.modules.keys()))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert result.stdout.strip() == "[]"
