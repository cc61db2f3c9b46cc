"""`hengjian epcis` from the outside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from hengjian.cli.main import app
from tests.methods.epcis.test_writing import DOCUMENT


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["epcis", *arguments])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "批次.json"
    path.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    return path


def test_validate(file: Path) -> None:
    result = run("validate", str(file))
    assert result.exit_code == 0
    assert json.loads(result.stdout)["valid"] is True


def test_validate_lists_what_is_wrong(tmp_path: Path) -> None:
    event: dict[str, Any] = {**DOCUMENT["epcisBody"]["eventList"][0], "bizStep": "stealing", "eventTime": "today"}
    path = tmp_path / "bad.json"
    path.write_text(json.dumps({**DOCUMENT, "epcisBody": {"eventList": [event]}}))
    result = run("validate", str(path), "--limit", "1")
    found = json.loads(result.stdout)
    assert result.exit_code == 1
    assert found["errors"] == 2
    assert len(found["problems"]) == 1
    assert found["problems"][0]["path"] == "eventList[0].eventTime"


def test_hash_and_convert_agree(file: Path, tmp_path: Path) -> None:
    first = json.loads(run("hash", str(file), "--canonical").stdout)
    assert first["canonical"].startswith("eventType=TransformationEvent")
    xml = tmp_path / "batch.xml"
    xml.write_bytes(run("convert", str(file), "--to", "xml").stdout_bytes)
    back = tmp_path / "back.json"
    back.write_bytes(run("convert", str(xml), "--to", "json").stdout_bytes)
    for path in (xml, back):
        assert json.loads(run("hash", str(path)).stdout)["hash"] == first["hash"]
    assert run("validate", str(back)).exit_code == 0


def test_what_is_no_document_is_said(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("hello")
    for arguments in (("validate", str(path)), ("hash", str(path)), ("convert", str(path), "--to", "xml")):
        result = run(*arguments)
        assert result.exit_code == 2
        assert json.loads(result.stdout)["reason"] == "syntax"


def test_a_single_event(tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    path.write_text(json.dumps({**DOCUMENT["epcisBody"]["eventList"][0], "@context": DOCUMENT["@context"]}))
    assert json.loads(run("validate", str(path)).stdout)["document"] == "event"
    assert b"<TransformationEvent" in run("convert", str(path), "--to", "xml").stdout_bytes
