"""`hengjian lake …` on the test database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hengjian.cli.lake import app
from hengjian.lake.errors import LakeError, QueryError
from hengjian.lake.sql import run_sql
from hengjian.lake.storing import lake
from hengjian.ledger.actions import append
from tests.lake.conftest import draft, make_regions

pytestmark = pytest.mark.django_db
run = CliRunner().invoke
MEASURE = "kinds: [test.checked]\nsum: lots\ndimensions: {result: result}\n"


@pytest.fixture(autouse=True)
def facts() -> None:
    make_regions()
    append(draft(payload={"lots": 2}))
    old = append(draft(payload={"lots": 3, "result": "fail"}, region="990201"))
    append(draft(payload={"lots": 4, "result": "fail"}, region="990201", supersedes=old.id, disclosure="internal"))


def test_keeping_it() -> None:
    assert "3 facts copied" in run(app, ["sync"]).stdout
    assert "test.checked" in run(app, ["status"]).stdout
    assert "3 of 3 facts" in run(app, ["status"]).stdout
    assert run(app, ["compact"]).exit_code == 0
    assert "3 facts agree" in run(app, ["verify"]).stdout
    assert "3 facts copied" in run(app, ["rebuild"]).stdout
    lake().path(next(iter(lake().manifest().files()))).unlink()
    result = run(app, ["verify"])
    assert result.exit_code == 1 and "rebuild" in result.stdout


def test_sql() -> None:
    sql = "SELECT r.name, sum(lots) n FROM test_checked f JOIN regions r ON r.code = f.region GROUP BY ALL ORDER BY 1"
    shown = json.loads(run(app, ["query", sql, "--format", "json"]).stdout)
    assert [(one["name"], int(one["n"])) for one in shown] == [("地区990101", 2), ("地区990201", 4)]
    counted = "SELECT count(*) AS n FROM facts"
    assert run(app, ["query", counted, "--format", "csv"]).stdout.split() == ["n", "2"]
    assert run(app, ["query", counted, "--format", "csv", "--for", "public"]).stdout.split() == ["n", "1"]
    assert run(app, ["query", counted, "--format", "csv", "--tree-size", "1"]).stdout.split() == ["n", "1"]
    everything = run(app, ["query", "SELECT lots FROM history.test_checked ORDER BY leaf_index", "--most", "2"])
    assert "2" in everything.stdout and "4" not in everything.stdout and "2 rows" in everything.stderr
    assert run_sql("SELECT * FROM ends").rows == ((1, 2, "test.checked", None),)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("DROP VIEW facts", "SELECT"),
        ("SELECT 1; SELECT 2", "SELECT"),
        ("COPY (SELECT 1) TO '/tmp/hengjian-out.csv'", "SELECT"),
        ("SELECT * FROM read_text('/etc/hostname')", "disabled"),
        ("SELECT * FROM read_csv('https://example.org/a.csv')", "disabled|httpfs"),
        ("SELECT * FROM nowhere", "(?s)nowhere.*hengjian lake status"),
        ("SELECT * FROM test_chekced", r"(?s)test_chekced.*\n您要查的是不是 test_checked？"),
        ("SELEC", "syntax"),
        ("SELECT count(*) FROM range(1000000000000)", "秒"),
    ],
)
def test_what_sql_may_not(sql: str, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        run_sql(sql, seconds=1)


def test_measure(tmp_path: Path) -> None:
    file = tmp_path / "measure.yaml"
    file.write_text(MEASURE)
    asked = ["query", "--measure", str(file), "--level", "prefecture", "--by", "result", "--format", "csv"]
    assert run(app, asked).stdout.splitlines() == [
        "period,region,result,value,facts",
        "2026-03-01,990100,pass,2,1",
        "2026-03-01,990200,fail,4,1",
    ]
    narrow = run(
        app, [*asked, "--region", "990200", "--tree-size", "2", "--frequency", "year", "--first", "2026-03-01"]
    )
    assert narrow.stdout.splitlines()[1:] == ["2026-01-01,990200,fail,3,1"]
    file.write_text("kinds: []")
    assert run(app, asked).exit_code == 2


@pytest.mark.parametrize(
    "arguments", [["query"], ["query", "SELECT 1", "--format", "xml"], ["query", "SELECT 1", "--for", "me"]]
)
def test_mistakes(arguments: list[str]) -> None:
    assert run(app, arguments).exit_code == 2


def test_state_that_never_was() -> None:
    with pytest.raises(LakeError, match="4"):
        run_sql("SELECT 1", tree_size=4)
