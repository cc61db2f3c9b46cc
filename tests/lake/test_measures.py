"""What a declaration may say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from hengjian.lake.measures import Condition, Measure, Standing

TEXT = """
kinds: [inspection.result]
where:
- {field: values.category, op: in, value: [a, 1, 0.5, 2024-01-01, true]}
- {field: number, value: "007"}
- {field: ended_on, op: is_null}
count: distinct:values.batch
dimensions: {category: values.category}
"""


def test_from_yaml() -> None:
    measure = Measure.model_validate(yaml.safe_load(TEXT))
    assert measure.where[0].value == ("a", 1, Decimal("0.5"), date(2024, 1, 1), True)
    assert measure.where[1] == Condition(field="number", op="eq", value="007")
    assert measure.distinct == "values.batch"
    assert set(measure.fields()) == {
        "values.category",
        "number",
        "ended_on",
        "values.batch",
        "occurred_on",
        "region",
    }
    assert Standing(kinds=("a.b",), meets=(Condition(field="due", op="ge", value="@end"),), sum="n").fields()[-2:] == (
        "due",
        "n",
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"kinds": ()},
        {"kinds": ("a.b", "a.b")},
        {"count": "lots"},
        {"count": "distinct:"},
        {"count": "subjects", "sum": "lots"},
        {"sum": "lots; DROP"},
        {"date": "1st"},
        {"dimensions": {"a b": "lots"}},
        {"dimensions": {"a": "a-b"}},
        {"unknown": 1},
        {"where": [{"field": "lots", "op": "in", "value": 1}]},
        {"where": [{"field": "lots", "op": "in", "value": []}]},
        {"where": [{"field": "lots", "op": "eq", "value": [1]}]},
        {"where": [{"field": "lots", "op": "eq"}]},
        {"where": [{"field": "lots", "op": "is_null", "value": 1}]},
        {"where": [{"field": "lots'", "value": 1}]},
        {"where": [{"field": "lots", "op": "like", "value": "a%"}]},
    ],
)
def test_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Measure.model_validate({"kinds": ("test.checked",), **changes})
