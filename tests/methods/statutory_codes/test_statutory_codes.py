"""Codes of labels: parts, problems by name, nothing guessed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from hengjian.cli.codes import app
from hengjian.methods.statutory_codes import SCHEMES, candidates, read

PESTICIDE = "1" + "151234" + "2" + "001" + "8" * 21
VETERINARY = "20260312" + "01234" + "98765432109"


@pytest.mark.parametrize(
    ("text", "link"),
    [
        (PESTICIDE, ""),
        (f"http://trace.example.cn/{PESTICIDE}", f"http://trace.example.cn/{PESTICIDE}"),
        (f"https://trace.example.cn/q?id={PESTICIDE}&from=qr", f"https://trace.example.cn/q?id={PESTICIDE}&from=qr"),
        (" ".join(PESTICIDE[start : start + 4] for start in range(0, 32, 4)), ""),
        (PESTICIDE.translate(str.maketrans("0123456789", "０１２３４５６７８９")), ""),
        (f"某某农药\n{PESTICIDE}\nhttp://trace.example.cn", "http://trace.example.cn"),
    ],
)
def test_pesticide_codes_are_read_from_every_way_they_are_printed(text: str, link: str) -> None:
    code = read(text, "pesticide")
    assert code.valid
    assert code.link == link
    assert code.code == PESTICIDE
    assert [(part.name, part.value) for part in code.parts] == [
        ("registration_class", "1"),
        ("registration_number", "151234"),
        ("production_type", "2"),
        ("pack", "001"),
        ("random", "8" * 21),
    ]
    assert code.uri("trace.example.gov.cn") == f"https://trace.example.gov.cn/id/pesticide/{PESTICIDE}"


@pytest.mark.parametrize(
    ("text", "scheme", "problem"),
    [
        ("", "pesticide", "empty"),
        ("9" * 3000, "pesticide", "too_long"),
        (PESTICIDE[:-1], "pesticide", "length"),
        (PESTICIDE[:-1] + "X", "pesticide", "characters"),
        ("4" + PESTICIDE[1:], "pesticide", "registration_class"),
        (PESTICIDE[:7] + "9" + PESTICIDE[8:], "pesticide", "production_type"),
        (f"http://x.example/{PESTICIDE}1", "pesticide", "no_code"),
        (f"http://x.example/{PESTICIDE}?or=2{PESTICIDE[1:]}", "pesticide", "several_codes"),
        ("20260230" + VETERINARY[8:], "veterinary", "application_date"),
        ("品种\n公司\nA1", "seed", "line_count"),
        ("品种\n\nA1\nhttp://a.cn", "seed", "line_empty"),
        ("品种\n公司\nA 1#\nhttp://a.cn", "seed", "characters"),
        ("品种\n公司\nA1\n没有网址", "seed", "web_address"),
        ("8123456", "drug", "length"),
        ("6901234567893", "ean", "check_digit"),
        ("69012345678", "ean", "length"),
        ("69012345678AB", "ean", "characters"),
        ("0123", "ecode", "version"),
        ("9123", "ecode", "version"),
        ("112A4" + "1" * 5, "ecode", "system"),
        ("11234" + "1" * 21, "ecode", "main_code"),
        ("11234", "ecode", "main_code"),
        ("1.2.0156", "oid", "leading_zero"),
        ("3.1", "oid", "first_arc"),
        ("1.40.1", "oid", "second_arc"),
        ("1", "oid", "characters"),
        ("瓶-1", "cylinder", "characters"),
    ],
)
def test_what_is_wrong_is_named(text: str, scheme: str, problem: str) -> None:
    code = read(text, scheme)
    assert problem in {found.name for found in code.problems}
    assert not code.valid
    assert code.uri("a.cn") == ""


def test_a_veterinary_code_has_day_enterprise_and_random_part() -> None:
    code = read(f"http://v.example.cn/?c={VETERINARY}", "veterinary")
    assert code.valid
    assert (code.part("application_date"), code.part("enterprise")) == ("20260312", "01234")


def test_the_four_lines_of_a_seed_label_keep_their_order_and_may_carry_their_names() -> None:
    plain = read("青穗一号\r\n丰泽禾声种业有限公司\r\nFZ2026A00017\r\nhttp://seed.example.cn/t", "seed")
    named = read(
        "品种名称：青穗一号\n生产经营者名称：某公司\n单元识别代码：FZ2026A00017\n追溯网址：seed.example.cn", "seed"
    )
    assert plain.valid
    assert named.valid
    assert plain.code == named.code == "FZ2026A00017"
    assert plain.part("variety") == named.part("variety") == "青穗一号"


def test_bar_codes_become_digital_links_and_tell_their_prefix() -> None:
    code = read("6901234567892", "ean")
    assert code.valid
    assert code.uri("ignored.example") == "https://id.gs1.org/01/06901234567892"
    assert code.parts[0].meaning_en == "GS1 China"
    assert read("2000000000008", "ean").parts[0].meaning_en.startswith("restricted")
    assert read("96385074", "ean").uri("a.cn") == "https://id.gs1.org/01/00000096385074"


def test_several_readings_stand_side_by_side_instead_of_a_guess() -> None:
    assert [code.scheme for code in candidates(PESTICIDE)] == ["pesticide"]
    assert {code.scheme for code in candidates("81234567890123456780")} == {"drug"}
    # Thirteen digits with a right check digit, which are also a short Ecode.
    assert {code.scheme for code in candidates("1234567890128")} == {"ean", "ecode"}
    assert candidates("没有这样的代码") == []


def test_ecode_versions_have_their_own_lengths() -> None:
    assert read("11234" + "5" * 20, "ecode").part("system") == "1234"
    assert read("312345ABC", "ecode").part("main_code") == "ABC"
    assert read("https://ecode.example.cn/112345678", "ecode").code == "112345678"
    assert read("urn:oid:1.2.156.3088.1", "oid").parts[0].meaning_zh == "中国"


@given(st.text(max_size=200), st.sampled_from(sorted(SCHEMES)))
def test_no_text_makes_the_reader_fail(text: str, scheme: str) -> None:
    code = read(text, scheme)
    assert code.valid or code.problems
    assert not code.valid or read(code.code if scheme != "seed" else text, scheme).valid


def test_the_command_answers_line_by_line() -> None:
    answer = CliRunner().invoke(app, ["trace", "--host", "a.cn"], input=f"{PESTICIDE}\nA\\nB\\nC1\\nwww.a.cn\n?\n")
    rows = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [[code["scheme"] for code in row["codes"]] for row in rows] == [["pesticide"], ["seed"], []]
    assert rows[0]["codes"][0]["uri"] == f"https://a.cn/id/pesticide/{PESTICIDE}"
    wrong = CliRunner().invoke(app, ["trace", "--scheme", "nonsense"], input="1\n")
    assert wrong.exit_code == 2
