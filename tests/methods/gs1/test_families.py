"""What is found out for one member of a family of identifiers holds for each of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hengjian.methods.epcis.model import Problem
from hengjian.methods.epcis.values import check_identifier
from hengjian.methods.gs1 import canonical, canonical_links, examine, families_of, family_of

SEGMENTS = st.sampled_from(
    ["", "01", "10", "21", "22", "235", "254", "414", "8003", "8004", "8006", "8010", "8011", "00", "253", "lot", "ser",
     "gtin", "gln", "cpid", "1", "0", "04012345111118", "4012345111118", "04012345111119", "4012345000009", "9506", "a",
     "401234511111801020", "4012345", "011111", "1?01=a", "1#b", "a b", "%31", "%2", "..", "00614141999996", "614141"]
)  # fmt: skip
HEADS = st.one_of(
    st.builds(
        lambda host, parts: "/".join([host, *parts, ""]),
        st.sampled_from(["https://id.gs1.org", "https://a.cn", "http://a.cn/p", "HTTPS://a.cn", "https:", "a"]),
        st.lists(SEGMENTS, max_size=7),
    ),
    st.builds(
        lambda kind, scheme, parts: ".".join([f"urn:epc:{kind}:{scheme}:" + parts[0], *parts[1:], ""]),
        st.sampled_from(["id", "idpat", "class", "raw", "ID"]),
        st.sampled_from(
            ["sgtin", "lgtin", "upui", "itip", "sgln", "pgln", "grai", "giai", "gdti", "sgcn", "cpi", "sscc", "gtin",
             "bic", "gsrn", "ginc"]
        ),
        st.lists(
            st.sampled_from(["4012345", "011111", "00001", "0123456789", "01", "02", "1", "", "401234500001", "a%2F",
                             "12345", "*"]),
            min_size=1,
            max_size=5,
        ),
    ),
)  # fmt: skip
SERIALS = st.one_of(
    st.sampled_from(["", "0", "1", "00", "*", "a" * 20, "a" * 21, "1" * 28, "1" * 29, "04012345111118", "²", "中"]),
    st.text("01aZ9-_.%/:+*2F?# ", max_size=30),
    st.text(st.characters(), max_size=8),
    st.text("0123456789", min_size=1, max_size=40),
)


def faults(uri: str, wanted: str) -> list[tuple[str, str]]:
    found: list[Problem] = []
    check_identifier(uri, "", found, wanted=wanted)
    return [(item.reason, item.level) for item in found]


@settings(max_examples=500, deadline=None)
@given(HEADS, SERIALS)
def test_a_member_is_read_like_every_other(head: str, serial: str) -> None:
    uri = head + serial
    assert canonical(uri) == examine(uri).link
    assert canonical_links([uri, head + "7", uri]) == [examine(item).link for item in (uri, head + "7", uri)]
    found = family_of(uri)
    assert list(families_of([head + "1", uri, 5]))[1:] == [found, None]
    if found is not None:
        for wanted in ("", "instance", "class"):
            assert faults(uri, wanted) == faults(found[0].sample, wanted)


@pytest.mark.parametrize(
    ("uri", "alike"),
    [
        ("urn:epc:id:sgtin:4012345.011111.9876", True),
        ("urn:epc:class:lgtin:4012345.011111.L8", True),
        ("https://id.gs1.org/01/04012345111118/21/9876", True),
        ("https://example.cn/01/04012345111118/10/9876?17=261231", False),
        ("https://example.cn/codes/3A7C", True),
        ("urn:epc:id:sgtin:4012345.011111.98-76", False),
        ("urn:epc:id:sgln:4012345.00001.0", False),
        ("urn:epc:id:sscc:4012345.0111111111", False),
        ("https://example.cn/01/04012345111118", False),
    ],
)
def test_which_are_a_family(uri: str, alike: bool) -> None:
    assert (family_of(uri) is not None) == alike
