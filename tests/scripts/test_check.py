"""The checks of `make check` that are our own."""

from __future__ import annotations

from pathlib import Path

import pytest

import check


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(check, "ROOT", tmp_path)
    for folder in ("src/room/templates/room", "src/room/migrations", "tests", "scripts", "docs", "requirements"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def test_long_files_need_a_reason(root: Path) -> None:
    (root / "src/room/long.py").write_text("x\n" * 401)
    (root / "src/room/told.py").write_text('"""Longer than 400 lines: one table."""\n' + "x\n" * 500)
    (root / "src/room/short.py").write_text("x\n" * 400)
    (root / "src/room/migrations/0001_initial.py").write_text("x\n" * 900)
    assert [fault.split(":")[0] for fault in check.long_files()] == ["src/room/long.py"]


@pytest.mark.parametrize(
    ("line", "faulty"),
    [
        ('<p style="color: red">', True),
        ("<style>p { color: red }</style>", True),
        ('<button onclick="go()">', True),
        ("<script>go()</script>", True),
        ('<script src="/a.js" defer></script>', False),
        ('<a href="/styles?on=1" class="onward">', False),
        ('<link rel="stylesheet" href="/a.css">', False),
    ],
)
def test_inline_code_in_templates(root: Path, line: str, faulty: bool) -> None:
    (root / "src/room/templates/room/page.html").write_text(f"<div>\n{line}\n</div>\n")
    assert bool(check.inline_code()) is faulty


def test_requirements_follow_the_project(root: Path) -> None:
    (root / "pyproject.toml").write_text(
        '[project]\ndependencies = ["django>=5.2,<5.3", "django-allauth[mfa]>=65"]\n'
        '[project.optional-dependencies]\ndev = ["pytest>=8"]\npostgres = ["psycopg[binary]>=3.3"]\n'
    )
    locked = "django==5.2.19 \\\n    --hash=sha256:0\ndjango-allauth[mfa]==65.21.1 \\\n    --hash=sha256:0\n"
    (root / "requirements/run.txt").write_text(locked)
    (root / "requirements/dev.txt").write_text(
        locked.replace("5.2.19", "6.1.3") + "pytest==8.4 ; sys_platform == 'x'\n"
    )
    assert check.unlocked() == [
        "requirements/dev.txt pins 6.1.3 for django<5.3,>=5.2; run `make lock`",
        "requirements/dev.txt pins nothing for psycopg[binary]>=3.3; run `make lock`",
    ]
