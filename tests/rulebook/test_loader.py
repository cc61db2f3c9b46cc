"""Wrong files: everything that is wrong is told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from hengjian import rulebook

GOOD = """
id: grades.{name}.1
variant: {name}
title: 等级
sources: [{{document: 某办法}}]
in_force: {{from: {start}{end}}}
status: verified
{extra}
parameters:
  rounding: {{mode: none}}
  bands: [{{grade: A, at_least: 90}}, {{grade: B}}]
  veto_grade: B
"""


def good(name: str, start: str = "2020-01-01", end: str = "", extra: str = "", id: str = "") -> str:
    text = GOOD.format(name=name, start=start, end=f", to: {end}" if end else "", extra=extra)
    return text.replace(f"grades.{name}.1", id) if id else text


def problems(folder: Path, **files: str) -> list[str]:
    (folder / "grades").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / "grades" / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(rulebook.RulebookError) as caught:
        rulebook.load(folder)
    return [str(problem) for problem in caught.value.problems]


def test_a_good_file_loads(tmp_path: Path) -> None:
    (tmp_path / "grades").mkdir()
    (tmp_path / "grades" / "a.yaml").write_text(good("a"), encoding="utf-8")
    assert [rule.id for rule in rulebook.load(tmp_path)] == ["grades.a.1"]


def test_all_errors_of_all_files_at_once(tmp_path: Path) -> None:
    wrong = good("b").replace("title: 等级", "titel: 等级").replace("veto_grade: B", "veto_grade: C\n  colour: red")
    found = problems(tmp_path, a="id: [unclosed", b=wrong, c="- 1\n- 2", d=good("d").replace("2020-01-01", "soon"))
    text = "\n".join(found)
    for expected in ("a.yaml", "grades.b.1.titel", "grades.b.1.title", "parameters.colour", "c.yaml: #1", "c.yaml: #2"):
        assert expected in text
    assert "grades.d.1.in_force_from" in text
    assert len(found) >= 7


def test_a_key_written_twice_is_refused(tmp_path: Path) -> None:
    assert "status is written twice" in problems(tmp_path, a=good("a", extra="status: to_verify"))[0]


def test_overlapping_versions_are_refused(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        a=good("x", "2020-01-01", "2020-12-31"),
        b=good("x", "2020-12-31", "2021-12-31", id="grades.x.2"),
        c=good("x", "2022-01-01", id="grades.x.3"),
    )
    assert len(found) == 1 and "grades.x.2" in found[0] and "grades.x.1" in found[0]


def test_the_same_period_in_another_region_is_no_overlap(tmp_path: Path) -> None:
    (tmp_path / "grades").mkdir()
    for number, region in enumerate(("000000", "650000", "652900"), start=1):
        text = good("x", extra=f'region: "{region}"', id=f"grades.x.{number}")
        (tmp_path / "grades" / f"{number}.yaml").write_text(text, encoding="utf-8")
    assert len(rulebook.load(tmp_path)) == 3


def test_two_defaults_and_two_ids_are_refused(tmp_path: Path) -> None:
    default = 'default_in: ["650000"]'
    found = problems(tmp_path, a=good("a", extra=default), b=good("b", extra=default), c=good("c", id="grades.a.1"))
    assert len(found) == 2
    assert any("two defaults" in text for text in found) and any("id already used" in text for text in found)


def test_an_unknown_family_is_refused(tmp_path: Path) -> None:
    (tmp_path / "weather").mkdir()
    (tmp_path / "weather" / "a.yaml").write_text("{}", encoding="utf-8")
    assert "no such family" in problems(tmp_path, a=good("a"))[0]


@pytest.mark.parametrize(
    ("family", "wrong", "message"),
    [
        ("traffic_lights", "{place: 某地, lines: [{colour: green, label: a, reason: b}]}", "at least 2"),
        (
            "traffic_lights",
            "{place: 某地, lines: [{colour: red, label: a, reason: b}, {colour: green, label: a, reason: b}]}",
            "never reached",
        ),
        (
            "traffic_lights",
            "{place: 某地, lines: [{when: {percent: {at_least: 1}}, colour: red, label: '{nonsense}', reason: b}, "
            "{colour: green, label: a, reason: b}]}",
            "unknown placeholder",
        ),
        (
            "escalation",
            "{steps: [{code: a, label: 甲, level: 2, working_days_after: 1, to: [handler]}]}",
            "levels must be",
        ),
        ("reporting", "{cycle: month, due_on: 2020-01-01, to: 办公室}", "takes due_day only"),
        ("terms", "{trigger: 甲, act: 乙}", "either term or recurrence"),
        (
            "calendar",
            "{year: 2026, editions: [{known_from: 2025-11-04, notice: x, days_off: [], work_days: [2026-01-05]}]}",
            "no weekend day",
        ),
        (
            "grades",
            "{rounding: {mode: none}, bands: [{grade: A, at_least: 9}, {grade: B, at_least: 1}], veto_grade: B}",
            "last band",
        ),
    ],
)
def test_parameters_that_make_no_sense_are_refused(tmp_path: Path, family: str, wrong: str, message: str) -> None:
    (tmp_path / family).mkdir()
    header = f"id: {family}.x.1\ntitle: 规则\nsources: [{{document: 某办法}}]\nin_force: {{from: 2020-01-01}}\n"
    text = f"{header}status: verified\nparameters: {wrong}\n"
    (tmp_path / family / "x.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(rulebook.RulebookError, match=message):
        rulebook.load(tmp_path)
