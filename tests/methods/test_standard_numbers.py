from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.methods.standard_numbers import (
    StandardNumber,
    StandardNumberError,
    normalise,
    parse_standard_number,
)

GOOD = [
    ("GB/T 19001—2016", "GB/T 19001-2016", "national", "recommended"),
    ("GB/T 19001–2016", "GB/T 19001-2016", "national", "recommended"),
    ("GB/T 19001－2016", "GB/T 19001-2016", "national", "recommended"),
    ("ＧＢ　４７０６．１－２００５", "GB 4706.1-2005", "national", "mandatory"),
    ("gb5009.12－2017", "GB 5009.12-2017", "national", "mandatory"),
    ("GBT19001-2016", "GB/T 19001-2016", "national", "recommended"),
    ("《GB/T 1.1—2020》", "GB/T 1.1-2020", "national", "recommended"),
    ("GB/T19001一2016", "GB/T 19001-2016", "national", "recommended"),
    ("GB/Z 19579 - 2012", "GB/Z 19579-2012", "national", "guide"),
    ("GB 190-90", "GB 190-1990", "national", "mandatory"),
    ("GB 4706.1-2005/XG1-2018", "GB 4706.1-2005/XG1-2018", "national", "mandatory"),
    ("JJG 162-2019", "JJG 162-2019", "metrology", "mandatory"),
    ("HG/T 2345.1-2018", "HG/T 2345.1-2018", "sector", "recommended"),
    ("NY 5052-2001", "NY 5052-2001", "sector", "mandatory"),
    ("GBZ/T 300.1-2017", "GBZ/T 300.1-2017", "sector", "recommended"),
    ("TSG T7001-2023", "TSG T7001-2023", "sector", "mandatory"),
    ("DB/T 14-2018", "DB/T 14-2018", "sector", "recommended"),
    ("DB65/T 1234-2020", "DB65/T 1234-2020", "local", "recommended"),
    ("db 15/t2903—2023", "DB15/T 2903-2023", "local", "recommended"),
    ("DB1503/T 0018-2023", "DB1503/T 0018-2023", "local", "recommended"),
    ("DB64 680-2010", "DB64 680-2010", "local", "mandatory"),
    ("DBS65/ 001-2017", "DBS65/ 001-2017", "local", "mandatory"),
    ("T/CAQ 10201-2020", "T/CAQ 10201-2020", "group", "recommended"),
    ("T/ZZB0001-2021", "T/ZZB 0001-2021", "group", "recommended"),
    ("Q/XXX 001-2020", "Q/XXX 001-2020", "enterprise", "own"),
    ("Ｑ／ＸＸＸ００１－２０２０", "Q/XXX 001-2020", "enterprise", "own"),
    ("Q/65ABC 12.3-2021", "Q/65ABC 12.3-2021", "enterprise", "own"),
    ("Q/ABC 0001S-2022", "Q/ABC 0001S-2022", "enterprise", "own"),
    ("Q/(GZ)ABC1-2020", "Q/(GZ)ABC 1-2020", "enterprise", "own"),
]
BAD = [
    ("", "empty"),
    ("  ", "empty"),
    ("GB 1234", "no_year"),
    ("GB/T 19001", "no_year"),
    ("Q/XXX 001", "no_year"),
    ("GB/T 19001-3016", "year"),
    ("GB/X 12-2020", "nature"),
    ("GB/T A12-2020", "serial"),
    ("GB-2020", "serial"),
    ("DB6/T 12-2020", "region"),
    ("DB651234-2020", "region"),
    ("T/ 12-2020", "owner"),
    ("Q/001-2020", "owner"),
    ("ISO 9001-2015", "kind"),
    ("企业标准", "kind"),
    ("G" * 81, "too_long"),
]


@pytest.mark.parametrize(("written", "text", "kind", "nature"), GOOD)
def test_reads_every_usual_way_of_writing(written: str, text: str, kind: str, nature: str) -> None:
    number = parse_standard_number(written)
    assert (number.text, number.kind, number.nature) == (text, kind, nature)
    assert parse_standard_number(number.text) == number


@pytest.mark.parametrize(("written", "code"), BAD)
def test_says_what_is_wrong_and_what_to_write(written: str, code: str) -> None:
    with pytest.raises(StandardNumberError) as caught:
        parse_standard_number(written)
    assert caught.value.code == code
    assert caught.value.message_zh and caught.value.message_en
    assert "{text}" not in caught.value.message_zh


def test_parts() -> None:
    number = parse_standard_number("DB1503/T 0018.2-2023")
    assert (number.code, number.region, number.serial, number.part, number.year) == (
        "DB1503",
        "1503",
        "0018.2",
        "2",
        2023,
    )
    assert number.base == "DB1503/T 0018.2"
    assert not number.is_mandatory
    assert parse_standard_number("GB 4706.1-2005").is_mandatory


def test_lists_by_number_not_by_digit() -> None:
    shuffled = ["GB/T 10000-1988", "GB/T 9704-2012", "GB/T 1.10-2020", "GB/T 1.2-2020", "GB/T 9704-1999"]
    ordered = sorted((parse_standard_number(text) for text in shuffled), key=lambda number: number.sort_key)
    assert [number.text for number in ordered] == [
        "GB/T 1.2-2020",
        "GB/T 1.10-2020",
        "GB/T 9704-1999",
        "GB/T 9704-2012",
        "GB/T 10000-1988",
    ]


@st.composite
def numbers(draw: st.DrawFn) -> str:
    letters = st.text("ABCDEFGHJKLMNPQRTUVWXYZ", min_size=2, max_size=5)
    prefix = draw(
        st.one_of(
            st.sampled_from(["GB", "GB/T", "GB/Z", "HG/T", "NY", "JJG", "DB65", "DB65/T", "DB1503/T"]),
            letters.map("T/{}".format),
            letters.map("Q/{}".format),
        )
    )
    serial = str(draw(st.integers(1, 99999)))
    if draw(st.booleans()):
        serial += f".{draw(st.integers(1, 99))}"
    return f"{prefix} {serial}-{draw(st.integers(1950, 2099))}"


@given(numbers(), st.sampled_from("-—–－"), st.booleans(), st.booleans())
def test_the_way_of_writing_does_not_matter(number: str, dash: str, wide: bool, spaced: bool) -> None:
    head, _, year = number.rpartition("-")
    written = f"{head} {dash} {year}" if spaced else head + dash + year
    if wide:
        written = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else "　" if c == " " else c for c in written)
    assert normalise(written) == number == normalise(number)


@given(st.text(max_size=40))
def test_never_fails_otherwise(text: str) -> None:
    try:
        assert isinstance(parse_standard_number(text), StandardNumber)
    except StandardNumberError as error:
        assert error.code
