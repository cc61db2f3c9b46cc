"""Forms: the shipped ones are sound; mistakes of whoever writes one are told with their place."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from hengjian.returns.catalogue import form, forms
from hengjian.returns.declarations import Form

GIVEN: dict[str, Any] = {
    "form": "trial",
    "title": "试报表",
    "purpose": "用于测试",
    "legal": [{"document": "中华人民共和国统计法"}],
    "survey": {
        "number": "试〔2026〕1号",
        "organ": "统计局",
        "valid_from": date(2026, 1, 1),
        "valid_to": date(2027, 1, 1),
    },
    "frequency": "month",
    "reporting": "statistics-monthly",
    "owner": "market_regulation",
    "reporters": {"families": ["market_regulation"], "levels": ["county"]},
    "stages": [{"code": "check", "title": "审核", "by": "own"}],
    "columns": [{"code": "all", "title": "总数"}, {"code": "good", "title": "合格"}],
    "rows": [{"code": "one", "title": "甲"}, {"code": "two", "title": "乙"}],
}


def declared(**more: Any) -> Form:
    return Form.model_validate({**GIVEN, **more})


def test_shipped_forms() -> None:
    codes = {item.code for item in forms()}
    assert codes >= {
        "product_quality",
        "measuring_instruments",
        "service_quality",
        "engineering_acceptance",
        "air_days",
        "macro_quality",
        "nqi_capacity",
    }
    for item in forms():
        layout = item.layout(date(2026, 6, 30))
        assert layout.inputs
        assert all(line.title_en for line in (*layout.rows, *layout.columns, *item.checks)), item.code
        assert all(check.instruction_en for check in item.checks), item.code
        assert item.purpose_en
        assert item.title_en


def test_rows_from_a_code_list() -> None:
    layout = form("product_quality").layout(date(2026, 6, 30))
    assert layout.rows[0].code == "c13"
    assert layout.rows[-1].code == "total"
    assert len(layout.input_rows) == 31
    assert layout.cells["total", "output"].formula is not None
    rate = layout.cells["total", "loss_rate"]
    assert rate.formula is not None
    assert rate.formula.text.startswith("100 * (internal_loss")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"rows": []}, "needs rows"),
        ({"columns": [{"code": "all", "title": "甲"}, {"code": "all", "title": "乙"}]}, "written twice"),
        ({"columns": [{"code": "rate", "title": "率", "type": "percent"}]}, "formula over its numerator"),
        ({"columns": [{"code": "rate", "title": "率", "formula": "1 + missing"}]}, "names no column"),
        ({"columns": [{"code": "rate", "title": "率", "formula": "rate + 1"}]}, "leads back to itself"),
        ({"checks": [{"code": "c", "title": "x", "expression": "one.all", "instruction": "核对数据"}]}, None),
        (
            {"checks": [{"code": "c", "title": "x", "expression": "no.all > 1", "instruction": "核对数据"}]},
            "names no row",
        ),
        (
            {"columns": [{"code": "all", "title": "甲", "prefill": {"previous": True, "register": "lift"}}]},
            "exactly one",
        ),
        ({"unknown": 1}, "Extra inputs"),
    ],
)
def test_mistakes_are_told(more: dict[str, Any], told: str | None) -> None:
    if told is None:
        with pytest.raises(ValueError, match="a truth is wanted"):
            _ = declared(**more).checks[0].parsed
        return
    with pytest.raises(ValidationError, match=told):
        declared(**more)


def test_in_force_by_the_approval_of_the_survey() -> None:
    trial = declared()
    assert trial.is_in_force(date(2026, 1, 1))
    assert not trial.is_in_force(date(2027, 1, 2))
    assert trial.periods_a_year == 12
