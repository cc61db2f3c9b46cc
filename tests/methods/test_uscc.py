"""Unified codes: the worked example of the standard and codes of public pages (credit note 1.1)."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from hengjian.cli.main import app
from hengjian.methods import uscc

VALID = [
    "91350100M000100Y43",  # worked example of GB 32100-2015
    "91440300708461136T",
    "91110000600037341L",
    "111000000000116154",
    "71310106424845496E",
]


def code_of(department: str) -> str:
    body = f"{department}115010200000000"[:8] + "MA0A1B2C"
    body += uscc.organisation_check_character(body[8:16])
    return body + uscc.check_character(body)


@pytest.mark.parametrize("code", VALID)
def test_known_codes_are_valid(code: str) -> None:
    assert uscc.examine(code) == uscc.Examination(True, "")


@pytest.mark.parametrize("department", uscc.DEPARTMENTS)
def test_every_registering_department_is_accepted(department: str) -> None:
    assert uscc.examine(code_of(department)).valid


@pytest.mark.parametrize(
    ("text", "reason", "repaired"),
    [
        ("91350100M000100Y4Z", "alphabet", ""),
        ("111000000000116156", "check18", ""),
        ("9144030070846113", "length", ""),
        ("", "length", ""),
        ("000000000000000000", "placeholder", ""),
        (code_of("9").replace("9", "B", 1), "class", ""),
        ("91440300708461036T", "check17", ""),
        ("9144O300708461136T", "confusable", "91440300708461136T"),
        ("９１４４０３００７０８４６１１３６Ｔ", "fullwidth", "91440300708461136T"),
        ("91440300708461136t", "lowercase", "91440300708461136T"),
        ("9144 0300-7084 61136T", "separator", "91440300708461136T"),
    ],
)
def test_faults_are_named_and_mended_only_into_valid_codes(text: str, reason: str, repaired: str) -> None:
    assert uscc.examine(text) == uscc.Examination(False, reason, repaired)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("9144O300708461136T", "unified"),
        ("70846113-6", "organisation"),
        ("708461136", "organisation"),
        ("708461137", ""),
        ("440300708461136", "tax"),
        ("440300708461137", ""),
        ("150204000001237", "registration"),
        ("150204000001238", ""),
        ("1502041100626", "registration"),
        ("9502041100626", ""),
        ("无", ""),
        ("²" * 15, ""),
        ("١" * 15, ""),
        ("企合苏总字第000063", ""),
    ],
)
def test_older_numbers_are_told_apart(text: str, kind: str) -> None:
    assert uscc.kind(text) == kind


@given(st.text(max_size=20))
def test_any_text_is_some_kind_or_none(text: str) -> None:
    assert uscc.kind(text) in ("", "unified", "organisation", "tax", "registration")


@given(st.sampled_from(VALID), st.integers(0, 17), st.sampled_from(uscc.CHARACTERS))
def test_no_single_wrong_character_passes(code: str, place: int, character: str) -> None:
    wrong = code[:place] + character + code[place + 1 :]
    assert uscc.examine(wrong).valid == (wrong == code)


SLIPS = {"0": "Oo", "1": "Ii", "2": "Zz", "5": "Ss"}
organisations = st.text(uscc.CHARACTERS, min_size=8, max_size=8)


@given(st.sampled_from(uscc.DEPARTMENTS), st.integers(100000, 999999), organisations, st.randoms(use_true_random=False))
def test_slips_of_writing_are_mended(department: str, division: int, organisation: str, draw: random.Random) -> None:
    body = f"{department}1{division}{organisation}" + uscc.organisation_check_character(organisation)
    code = body + uscc.check_character(body)
    assert uscc.examine(code).valid
    written = ""
    for char in code:
        choices = [char, char, char.lower(), chr(ord(char) + 0xFEE0), *SLIPS.get(char, ""), f"{char} ", f"-{char}"]
        written += draw.choice(choices)
    found = uscc.examine(written)
    assert found.repaired == ("" if written == code else code)
    assert found.valid == (written == code)


@given(st.sampled_from(VALID), st.integers(0, 16))
def test_no_swap_of_neighbours_passes(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert uscc.examine(swapped).valid == (swapped == code)


@given(
    st.lists(
        st.one_of(st.sampled_from(VALID), st.text(max_size=20), st.text(uscc.CHARACTERS, min_size=18, max_size=18))
    )
)
def test_many_at_once_say_what_one_by_one_says(codes: list[str]) -> None:
    # NumPy drops trailing NUL characters, which no register writes.
    codes = [code.replace("\0", "") for code in codes]
    assert uscc.valid_codes(codes).tolist() == [uscc.examine(code).valid for code in codes]


def test_random_codes_with_both_checks_are_valid() -> None:
    draw = random.Random(5)
    for _ in range(200):
        organisation = "".join(draw.choice(uscc.CHARACTERS) for _ in range(8))
        body = f"9{draw.randint(1, 3)}{draw.randint(100000, 999999)}{organisation}"
        body += uscc.organisation_check_character(organisation)
        assert uscc.examine(body + uscc.check_character(body)).valid


def test_the_command_answers_line_by_line() -> None:
    result = CliRunner().invoke(app, ["codes", "check"], input="91440300708461136T\n9144O300708461136T\n\n")
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["valid"] for answer in answers] == [True, False, False]
    assert answers[1]["repaired"] == "91440300708461136T"
    assert answers[2]["reason"] == "length"


def test_names_are_parsed_and_compared_line_by_line() -> None:
    parsed = CliRunner().invoke(app, ["names", "parse"], input="包头市鑫达商贸有限公司\n")
    assert json.loads(parsed.stdout)["brand"] == "鑫达"
    pairs = "包头市鑫达商贸有限公司\t包头市鑫达商贸有限责任公司\n包头市鑫达商贸有限公司\t包头市鑫大商贸有限公司\t\t\n"
    compared = CliRunner().invoke(app, ["names", "compare"], input=pairs)
    assert [line.split("\t")[1] for line in compared.stdout.splitlines()] == ["same", "different"]
    short = CliRunner().invoke(app, ["names", "compare"], input="一个名称\n\n甲\t甲\n")
    assert short.exit_code == 1
    assert [line.split("\t")[1] for line in short.stdout.splitlines()] == ["different", "different", "same"]
