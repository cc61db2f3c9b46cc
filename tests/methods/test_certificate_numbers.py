from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.methods.certificate_numbers import CertificateNumberError, CmaTables, parse_ccc, parse_cma, parse_cnas

TABLES = CmaTables(
    issuers={"00": "国家认监委", "31": "新疆"}, fields={"00": "食品", "21": "其他"}, lines={"11": "技术监督"}
)


def test_cma_of_the_reference() -> None:
    number = parse_cma("173121110023", TABLES)
    assert (number.year, number.issuer, number.field, number.line, number.serial) == (2017, "31", "21", "11", "0023")


@pytest.mark.parametrize("written", ["１７３１ ２１１１ ００２３", "CMA 173121110023", "1731-2111-0023"])
def test_cma_in_other_writing(written: str) -> None:
    assert parse_cma(written, TABLES).text == "173121110023"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("17312111002", "cma_form"),
        ("1731211100233", "cma_form"),
        ("17312111002A", "cma_form"),
        ("", "cma_form"),
        ("173221110023", "cma_issuer"),
        ("173122110023", "cma_field"),
        ("173121120023", "cma_line"),
        ("173121110000", "serial"),
    ],
)
def test_cma_refused(written: str, code: str) -> None:
    with pytest.raises(CertificateNumberError) as caught:
        parse_cma(written, TABLES)
    assert caught.value.code == code


def test_ccc() -> None:
    number = parse_ccc("2019 0107 1512 3456")
    assert (number.year, number.body, number.product_class, number.serial) == (2019, "01", "0715", "123456")
    for wrong in ("201901071512345", "1999010715123456", "20190107151234567", "2019010715000000"):
        with pytest.raises(CertificateNumberError):
            parse_ccc(wrong)


def test_cnas() -> None:
    assert parse_cnas("cnas l1234").text == "CNAS L1234"
    assert parse_cnas("L12345").kind == "L"
    assert parse_cnas("CNAS IB0012").kind == "IB"
    with pytest.raises(CertificateNumberError):
        parse_cnas("1234")


@given(st.text(max_size=24))
def test_never_fails_otherwise(text: str) -> None:
    for parse in (lambda t: parse_cma(t, TABLES), parse_ccc, parse_cnas):
        try:
            assert parse(text).text
        except CertificateNumberError as error:
            assert error.message_en
