"""`hengjian ledger …` on the test database."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from typer.testing import CliRunner

from hengjian.cli.ledger import app
from hengjian.ledger import projections
from hengjian.ledger.actions import append, append_many
from hengjian.ledger.models import Checkpoint, Fact
from hengjian.ledger.projections import Projection
from hengjian.ledger.triggers import removed
from tests.ledger.conftest import make_draft

pytestmark = pytest.mark.django_db
run = CliRunner().invoke


@pytest.fixture
def facts() -> list[Fact]:
    append_many(make_draft(subject=f"enterprise:{number}") for number in range(9))
    return list(Fact.objects.order_by("leaf_index"))


def test_verify(facts: list[Fact]) -> None:
    result = run(app, ["verify"])
    assert result.exit_code == 0 and "9 条事实" in result.stdout and "未发现改动" in result.stdout
    with removed(connection):
        connection.cursor().execute("UPDATE ledger_fact SET catalogue = 'x' WHERE leaf_index = 4")
        connection.cursor().execute("DELETE FROM ledger_fact WHERE leaf_index = 6")
    result = run(app, ["verify"])
    assert result.exit_code == 1
    for fact, problem in ((facts[4], "内容被改动"), (facts[6], "已被删除")):
        assert f"#{fact.leaf_index} {fact.id} test.inspected {fact.subject}: " in result.stdout
        assert problem in result.stdout
    assert "发现 2 项不符" in result.stdout


def test_verify_against_a_note_kept_elsewhere(facts: list[Fact], tmp_path: Path) -> None:
    note = tmp_path / "kept.txt"
    note.write_text(run(app, ["checkpoint"]).stdout, encoding="utf-8")
    assert run(app, ["verify", "--against", str(note)]).exit_code == 0
    note.write_text(note.read_text().replace("\n9\n", "\n8\n"))
    assert run(app, ["verify", "--against", str(note)]).exit_code == 1
    assert run(app, ["verify", "--against", str(tmp_path / "none")]).exit_code == 2


def test_prove_and_check(facts: list[Fact], tmp_path: Path) -> None:
    file = tmp_path / "proof.json"
    assert run(app, ["prove", str(facts[3].id), "-o", str(file)]).exit_code == 0
    assert Checkpoint.objects.get().tree_size == 9  # signed on the way, because nothing was
    key = run(app, ["key"]).stdout.strip()
    checked = run(app, ["check", str(file), "--key", key])
    assert checked.exit_code == 0 and str(facts[3].id) in checked.stdout
    assert json.loads(run(app, ["prove", str(facts[3].id)]).stdout) == json.loads(file.read_text())
    file.write_text(file.read_text().replace("990200", "990201"))
    assert run(app, ["check", str(file)]).exit_code == 1
    file.write_text("{}")
    assert run(app, ["check", str(file)]).exit_code == 2
    missing = run(app, ["prove", str(uuid4())])
    assert missing.exit_code == 2 and "没有找到事实" in missing.stderr
    assert run(app, ["prove", str(facts[3].id), "--level", "all"]).exit_code == 2


def test_checkpoint_of_an_empty_ledger() -> None:
    assert run(app, ["checkpoint"]).exit_code == 1


def test_show(facts: list[Fact]) -> None:
    correction = append(make_draft(supersedes=facts[2].id))
    result = run(app, ["show", str(facts[2].id)])
    assert facts[2].subject in result.stdout and bytes(facts[2].leaf_hash).hex() in result.stdout
    assert f"superseded by {correction.id}" in result.stdout


def test_kinds() -> None:
    assert "test.inspected" in run(app, ["kinds"]).stdout
    assert json.loads(run(app, ["kinds", "test.inspected"]).stdout)["additionalProperties"] is False
    assert run(app, ["kinds", "no.such"]).exit_code == 2


def test_rebuild(facts: list[Fact], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projections, "_projections", {})
    table: list[Fact] = []
    projections.register_projection(Projection("test.table", "试表", ("test.inspected",), table.clear, table.extend))
    assert "test.table" in run(app, ["rebuild"]).stdout
    result = run(app, ["rebuild", "test.table"])
    assert result.exit_code == 0 and table == facts
    assert run(app, ["rebuild", "none"]).exit_code == 2
