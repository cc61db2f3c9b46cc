"""Pure rules of the five."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from hengjian.systems.engineering.rules import (
    Holder,
    Rate,
    Role,
    Round,
    acceptance_rates,
    completeness,
    liable_until,
    plate_text,
)

START = date(2014, 9, 1)


def five(**changes: Holder | None) -> list[Holder]:
    held = {role.value: Holder(role, f"{role}甲", f"{role}公司", START, None, True) for role in Role}
    return [holder for holder in {**held, **changes}.values() if holder is not None]


def test_four_of_five_names_the_missing_role() -> None:
    unsigned = Holder(Role.DESIGN, "乙", "设计院", START)
    found = completeness(five(design=unsigned), START)
    assert (found.ok, found.unsigned, found.vacant, len(found.complete)) == (False, (Role.DESIGN,), (), 4)
    found = completeness(five(survey=None), START)
    assert (found.ok, found.vacant, found.missing) == (False, (Role.SURVEY,), (Role.SURVEY,))
    assert completeness(five(), START).ok
    assert completeness(five(), START - timedelta(1)).vacant == tuple(Role)


def test_both_answer_for_their_spans() -> None:
    old = Holder(Role.SUPERVISOR, "甲", "监理公司", START, date(2015, 4, 30), True)
    new = Holder(Role.SUPERVISOR, "乙", "监理公司", date(2015, 5, 1), None, False)
    everybody = [*five(supervisor=None), old, new]
    assert completeness(everybody, date(2015, 4, 30)).ok
    assert completeness(everybody, date(2015, 5, 1)).unsigned == (Role.SUPERVISOR,)
    assert "总监理工程师：甲" in plate_text("工程", "P1", date(2015, 4, 30), 50, everybody)
    assert "总监理工程师：乙" in plate_text("工程", "P1", date(2015, 5, 1), 50, everybody)


def test_fifty_years_from_acceptance() -> None:
    assert liable_until(date(2016, 6, 1), 50) == date(2066, 6, 1)
    assert liable_until(date(2016, 2, 29), 50) == date(2066, 2, 28)


def test_the_plate_of_the_day() -> None:
    text = plate_text("澜东安居工程", "990102-2014-001", date(2016, 6, 1), 50, five())
    assert text.splitlines() == [
        "工程名称：澜东安居工程",
        "施工许可证号：990102-2014-001",
        "建设单位：owner公司　项目负责人：owner甲",
        "勘察单位：survey公司　项目负责人：survey甲",
        "设计单位：design公司　项目负责人：design甲",
        "施工单位：builder公司　项目经理：builder甲",
        "监理单位：supervisor公司　总监理工程师：supervisor甲",
        "竣工验收日期：2016年6月1日",
        "设计使用年限：50年",
    ]
    with pytest.raises(ValueError, match="survey"):
        plate_text("工程", "P", START, 50, five(survey=None))


def test_rates_of_acceptance() -> None:
    year = (date(2026, 1, 1), date(2026, 12, 31))
    rounds = [
        Round(1, 1, date(2026, 3, 1), True),
        Round(2, 1, date(2026, 3, 1), False),
        Round(2, 2, date(2026, 5, 1), True),
        Round(3, 1, date(2026, 9, 1), False),
        Round(4, 1, date(2025, 9, 1), True),
        Round(5, 1, date(2025, 9, 1), False),
        Round(5, 2, date(2026, 2, 1), True),
    ]
    assert acceptance_rates(rounds, *year) == (Rate(3, 4), Rate(1, 3))
    assert acceptance_rates(rounds, *year)[1].percent == Decimal("33.33")
    # In the first half of the year, 3 had not been presented yet.
    assert acceptance_rates(rounds, date(2026, 1, 1), date(2026, 6, 30))[0] == Rate(3, 3)
    assert acceptance_rates([], *year)[0].percent is None
