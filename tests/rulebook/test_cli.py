"""`hengjian rules` as a user types it."""

from __future__ import annotations

from typer.testing import CliRunner

from hengjian.cli.rules import app

runner = CliRunner(env={"COLUMNS": "200"})


def test_list_show_at() -> None:
    listed = runner.invoke(app, ["list", "grades"])
    assert listed.exit_code == 0 and "grades.water.2018" in listed.output and "traffic_lights" not in listed.output
    assert "calendar.cn.2026" not in runner.invoke(app, ["list", "--to-verify"]).output
    shown = runner.invoke(app, ["show", "terms.complaint-mediate.order-121-2025"])
    assert shown.exit_code == 0 and "45 → 60" in shown.output and "待核" in shown.output
    held = runner.invoke(app, ["at", "grades", "630000", "--variant", "water", "--on", "2020-01-01"])
    assert held.output.startswith("grades.water.qinghai-2018")


def test_what_does_not_exist_ends_with_its_message() -> None:
    for arguments in (["show", "no.such.rule"], ["list", "weather"], ["at", "terms", "650000"]):
        result = runner.invoke(app, arguments)
        assert result.exit_code == 2, arguments
        assert "Traceback" not in result.output and result.output.strip()
