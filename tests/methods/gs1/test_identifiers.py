"""GS1 keys: both ways of writing them, check digits, reasons."""

from __future__ import annotations

import pytest

from hengjian.methods.gs1 import IdentifierError, canonical, check_digit, examine, has_check_digit, parse, to_urn
from hengjian.methods.gs1.digital_link import to_digital_link
from hengjian.methods.gs1.patterns import matcher

PAIRS = [
    ("urn:epc:id:sgtin:4012345.011111.9876", "/01/04012345111118/21/9876"),
    ("urn:epc:id:sgtin:0614141.812345.67%2F%26%25%22!%3F()", "/01/80614141123458/21/67%2F%26%25%22%21%3F%28%29"),
    ("urn:epc:class:lgtin:4012345.012345.Lot987", "/01/04012345123456/10/Lot987"),
    ("urn:epc:idpat:sgtin:4012345.012345.*", "/01/04012345123456"),
    ("urn:epc:id:upui:1234567.098765.51qIgY)%3C%26Jp3*j7'SDB", "/01/01234567987651/235/51qIgY%29%3C%26Jp3%2Aj7'SDB"),
    ("urn:epc:id:sscc:4012345.3111111111", "/00/340123451111111111"),
    ("urn:epc:id:sgln:4012345.00005.0", "/414/4012345000054"),
    ("urn:epc:id:sgln:4012345.00005.122", "/414/4012345000054/254/122"),
    ("urn:epc:id:pgln:999999999999.", "/417/9999999999994"),
    ("urn:epc:id:grai:4012345.00022.334455", "/8003/04012345000221334455"),
    ("urn:epc:idpat:grai:4012345.66666.*", "/8003/04012345666663"),
    ("urn:epc:id:giai:4012345.ABC345", "/8004/4012345ABC345"),
    ("urn:epc:id:gsrn:4012345.0000006765", "/8018/401234500000067657"),
    ("urn:epc:id:gsrnp:4012345.0000000007", "/8017/401234500000000074"),
    ("urn:epc:id:gdti:987659999999..9", "/253/98765999999929"),
    ("urn:epc:idpat:gdti:4012345.55555.*", "/253/4012345555554"),
    ("urn:epc:id:sgcn:4012345.99999.44", "/255/401234599999044"),
    ("urn:epc:id:cpi:0614141.11111111111111-A%23%2F.1234", "/8010/061414111111111111111-A%23%2F/8011/1234"),
    ("urn:epc:idpat:cpi:4012345.ABC.*", "/8010/4012345ABC"),
    ("urn:epc:id:ginc:0614141.xyz47%2F11", "/401/0614141xyz47%2F11"),
    ("urn:epc:id:gsin:4012345.222333444", "/402/40123452223334442"),
    ("urn:epc:id:itip:4012345.011111.01.02.987", "/8006/040123451111180102/21/987"),
    ("urn:epc:idpat:itip:4012345.012345.01.02.*", "/8006/040123451234560102"),
]


@pytest.mark.parametrize(("urn", "path"), PAIRS)
def test_urn_and_link_are_the_same_identifier(urn: str, path: str) -> None:
    link = "https://id.gs1.org" + path
    assert canonical(urn) == link
    assert canonical(link) == link
    assert canonical("http://code.example.cn/a/b" + path + "?17=261231#x") == link
    found = parse(link)
    length = parse(urn).prefix_length
    assert length is not None
    assert to_urn(found, length) == urn
    assert to_urn(found, _table(urn)) == urn
    assert to_digital_link(parse(urn), "https://x.cn") == "https://x.cn" + path


def _table(urn: str) -> dict[str, int]:
    prefix = urn.split(":")[4].split(".")[0]
    return {prefix: len(prefix)}


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("https://example.com/gtin/9780345418913/lot/A/ser/7?x=1", "/01/09780345418913/21/7"),
        ("https://example.com/01/96385074", "/01/00000096385074"),
        ("https://example.com/01/09780345418913/22/2A/10/L1", "/01/09780345418913/10/L1"),
        ("https://example.com/8006/040123451111180102/10/L1", "/8006/040123451111180102/10/L1"),
        ("https://example.com/414/4012345000054/254/a(b)", "/414/4012345000054/254/a%28b%29"),
        ("https://example.com/01/09780345418913/", "/01/09780345418913"),
    ],
)
def test_links_are_constrained_to_the_finest_level(uri: str, expected: str) -> None:
    assert canonical(uri) == "https://id.gs1.org" + expected


@pytest.mark.parametrize(
    "uri",
    ["http://transaction.acme.com/po/12345678", "urn:uuid:1", "geo:50.9,6.9", "text", "",
     "https://example.com/00/2024-report", "https://example.com/21/7/01/09780345418913", "https://example.com/01/０9780345418913"],
)  # fmt: skip
def test_other_texts_are_left_alone(uri: str) -> None:
    assert canonical(uri) is None
    if "/21/7/" not in uri:
        assert examine(uri).fault is None


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("urn:epc:id:sgtin:06.x", "malformed"),
        ("urn:epc:id:sgtin:4012345.01111.1", "company_prefix"),
        ("urn:epc:id:sgtin:4012345.011111.", "length"),
        ("urn:epc:id:sgtin:4012345.011111.123456789012345678901", "length"),
        ("urn:epc:id:sgtin:4012345.011111.批", "characters"),
        ("urn:epc:id:sgtin:4012345.011111.%2", "percent_encoding"),
        ("urn:epc:id:foo:4012345.011111.1", "unknown_scheme"),
        ("urn:epc:class:sgtin:4012345.011111.1", "unknown_scheme"),
        ("urn:epc:idpat:sscc:4012345.*", "unknown_scheme"),
        ("urn:epc:id:itip:4012345.011111.03.02.987", "piece_total"),
        ("urn:epc:id:sgcn:4012345.99999.4A", "characters"),
        ("urn:epc:id:pgln:4012345.00000.1", "malformed"),
        ("https://id.gs1.org/01/09780345418914", "check_digit"),
        ("https://id.gs1.org/21/7/01/09780345418913", "qualifier_order"),
        ("https://id.gs1.org/01/09780345418913/21/7/10/A", "qualifier_order"),
        ("https://id.gs1.org/01/09780345418913/254/7", "qualifier"),
        ("https://id.gs1.org/01/09780345418913/21", "qualifier"),
        ("https://id.gs1.org/01/09780345418913/21/%ZZ", "percent_encoding"),
        ("https://id.gs1.org/about", "not_gs1"),
    ],
)
def test_reasons_are_named(uri: str, reason: str) -> None:
    with pytest.raises(IdentifierError) as caught:
        parse(uri)
    assert caught.value.reason == reason
    fault = examine(uri).fault
    assert fault is not None
    assert fault.reason == reason


def test_check_digits() -> None:
    assert check_digit("629104150021") == "3"
    assert check_digit("37610425002123456") == "9"
    assert has_check_digit("6901234567892")
    assert not has_check_digit("6901234567893")
    assert not has_check_digit("")
    assert not has_check_digit("69０1234567892")


def test_levels_and_company_prefix() -> None:
    assert parse("urn:epc:id:sgtin:4012345.011111.1").level == "instance"
    assert parse("urn:epc:class:lgtin:4012345.011111.1").level == "lot"
    assert parse("urn:epc:idpat:sgtin:4012345.011111.*").level == "class"
    assert parse("https://id.gs1.org/8003/04012345000221").level == "class"
    assert parse("https://id.gs1.org/414/4012345000054").level == "location"
    assert parse("urn:epc:id:sgtin:4012345.811111.1").company_prefix == "4012345"
    assert parse("https://id.gs1.org/01/04012345111118").company_prefix is None


def test_the_prefix_length_is_needed_for_a_urn() -> None:
    found = parse("https://id.gs1.org/01/04012345111118/21/1")
    with pytest.raises(IdentifierError) as caught:
        to_urn(found)
    assert caught.value.reason == "prefix_unknown"
    with pytest.raises(IdentifierError) as caught:
        to_urn(found, 13)
    assert caught.value.reason == "company_prefix"
    assert to_urn(found, lambda digits: 9 if digits.startswith("4012") else None) == "urn:epc:id:sgtin:401234511.0111.1"


def test_patterns() -> None:
    item = "https://id.gs1.org/01/04012345111118/21/9876"
    assert matcher("urn:epc:idpat:sgtin:4012345.011111.*")(item)
    assert matcher("urn:epc:idpat:sgtin:4012345.*.*")(item)
    assert matcher("urn:epc:idpat:sgtin:*.*.*")(item)
    assert not matcher("urn:epc:idpat:sgtin:4012345.111111.*")(item)
    assert not matcher("urn:epc:idpat:sgtin:4012345.011111.*")("https://id.gs1.org/01/04012345111118/10/9876")
    assert matcher("urn:epc:id:sgtin:4012345.011111.9876")(item)
    assert matcher("urn:epc:idpat:itip:4012345.011111.01.02.*")("https://id.gs1.org/8006/040123451111180102/21/987")
    assert not matcher("urn:epc:idpat:itip:4012345.011111.02.02.*")("https://id.gs1.org/8006/040123451111180102/21/987")
    assert matcher("urn:x:1")("urn:x:1")
    with pytest.raises(IdentifierError):
        matcher("urn:epc:idpat:sgtin:4012345.*.1")
