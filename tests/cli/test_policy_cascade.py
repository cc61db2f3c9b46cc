"""`hengjian policy align` and `export` on invented texts."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from hengjian.cli.policy import app

PARENT = """国家儿童用品质量行动计划

　　一、守住安全底线
　　（一）管好儿童用品。每季度抽检一次童车和文具。建立儿童用品伤害案例库，面向社会提供查询。对进口婴童用品批批查验。（市场监管总局、海关总署按职责分工负责）
"""
CHILD = """澜川自治区儿童用品质量行动计划

　　2031年3月2日

　　一、守住安全底线
　　（一）管好儿童用品。每季度抽检一次童车和文具。年内建立全区儿童用品伤害案例库。为牧区幼儿园配送合格桌椅。（市场监管局、教育厅按职责分工负责）
"""
runner = CliRunner()


@pytest.fixture
def plans(tmp_path: Path) -> tuple[str, str]:
    files = tmp_path / "national.txt", tmp_path / "region.txt"
    for file, text in zip(files, (PARENT, CHILD), strict=True):
        file.write_text(text, encoding="utf-8")
    return str(files[0]), str(files[1])


def test_align_prints_json(plans: tuple[str, str]) -> None:
    result = runner.invoke(app, ["align", *plans, "--json"])
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert [row["relation"] for row in data["measures"]] == ["kept", "adapted", "dropped", "added"]
    assert data["measures"][1]["changes"][0]["deadlines"][0]["due"] == "2031-12-31"
    assert [(row.get("parent"), row["relation"]) for row in data["units"][0]["mapping"]] == [
        ("市场监管总局", "counterpart"),
        ("海关总署", "lost"),
        (None, "gained"),
    ]


def test_align_prints_a_readable_comparison(plans: tuple[str, str]) -> None:
    result = runner.invoke(app, ["align", *plans])
    assert "保留 1  改写 1  未承接 1  新增 1" in result.stdout
    assert "新增时限：年内" in result.stdout


def test_align_of_a_missing_file_says_so(plans: tuple[str, str]) -> None:
    result = runner.invoke(app, ["align", plans[0], plans[1] + "x"])
    assert result.exit_code == 2
    assert "无法打开" in result.stderr


def test_align_starts_without_django_or_scipy(plans: tuple[str, str]) -> None:
    code = (
        "import sys; from hengjian.cli.policy import app\n"
        "try: app(sys.argv[1:], standalone_mode=False)\n"
        "finally: print({m.split('.')[0] for m in sys.modules} & {'django', 'scipy', 'xlsxwriter'}, file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, "align", *plans, "--json"]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stderr.strip() == "set()"


def test_export_writes_akoma_ntoso(plans: tuple[str, str], tmp_path: Path) -> None:
    target = tmp_path / "plan.xml"
    assert runner.invoke(app, ["export", plans[1], "--format", "akn", "--out", str(target)]).exit_code == 0
    tree = etree.fromstring(target.read_bytes())
    assert len(tree.findall(".//{*}hcontainer")) == 3


def test_export_writes_task_tables(plans: tuple[str, str], tmp_path: Path) -> None:
    sheet, book = tmp_path / "tasks.csv", tmp_path / "tasks.xlsx"
    assert runner.invoke(app, ["export", plans[1], "-f", "csv", "-o", str(sheet)]).exit_code == 0
    content = sheet.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [(row["任务"], row["责任单位"]) for row in rows] == [
        ("管好儿童用品", "市场监管局"),
        ("管好儿童用品", "教育厅"),
    ]
    assert runner.invoke(app, ["export", plans[1], "-f", "xlsx", "-o", str(book), "--rows", "tasks"]).exit_code == 0
    heading, only = CalamineWorkbook.from_path(str(book)).get_sheet_by_index(0).to_python()
    assert dict(zip(heading, only, strict=True))["责任单位"] == "市场监管局、教育厅"


def test_export_into_a_missing_folder_says_so(plans: tuple[str, str], tmp_path: Path) -> None:
    result = runner.invoke(app, ["export", plans[1], "-o", str(tmp_path / "none" / "plan.xml")])
    assert result.exit_code == 2
    assert "无法写入" in result.stderr
