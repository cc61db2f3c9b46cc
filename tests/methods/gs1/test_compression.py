"""Compressed Digital Links: read as other tools write them, written so that they are read again, nothing else taken."""

from __future__ import annotations

from random import Random
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from hengjian.methods.gs1 import check_digit
from hengjian.methods.gs1.attributes import is_allowed
from hengjian.methods.gs1.compression import ALPHABET, compress, decompress, expand, link_of

LETTERS = ("0123456789", "0123456789ABCDEF", "0123456789abcdef", "abXY-_9", "!\"%&'()*+,-./:;<=>?azAZ")


def gtin(random: Random) -> str:
    digits = "".join(random.choice("0123456789") for _ in range(13))
    return digits + check_digit(digits)


def elements_of(link: str) -> dict[str, str]:
    parts = urlsplit(link)
    path = [unquote(segment) for segment in parts.path.split("/")[1:]]
    return dict(zip(path[::2], path[1::2], strict=True)) | dict(parse_qsl(parts.query))


@pytest.mark.parametrize(
    ("segment", "elements"),
    [
        # written by GS1's toolkit; the third one with the values of combination 1A in the toolkit's order
        ("ARHKVAdpQg", {"01": "09780345418913"}),
        ("LT3Y92JqFSumoqf0LEJFmkSZZmfpnlzo",
         {"01": "34001036326154", "22": "B333F4CF2E74", "21": "cd", "3103": "613685", "15": "260630"}),
        ("GlCLNtiqRkNIPmclaUunq70qfKXb5UvXplyZ4Kn9Cw",
         {"01": "44279425422627", "10": "a", "17": "270131", "21": "Z):=.z*>);>*//&.&<", "15": "260630"}),
    ],
)  # fmt: skip
def test_links_of_other_tools_are_read(segment: str, elements: dict[str, str]) -> None:
    link = expand(f"https://id.gs1.org/{segment}")
    assert link is not None and elements_of(link) == elements


def test_what_is_written_is_read_again() -> None:
    random = Random(7)

    def some(most: int) -> str:
        letters = random.choice(LETTERS)
        return "".join(random.choice(letters) for _ in range(random.randint(1, most)))

    for _ in range(300):
        elements = {"01": gtin(random)}
        for name, value in (("22", some(20)), ("10", some(20)), ("21", some(20)), ("17", "270131"), ("3103", "001250")):
            if random.random() < 0.5:
                elements[name] = value
        segment = compress(elements)
        assert elements in decompress(segment)
        link = expand(f"https://shop.example/a/{segment}?from=tv")
        assert link is not None and link.startswith("https://shop.example/a/01/")
        assert elements_of(link.replace("/a/", "/", 1)) == elements | {"from": "tv"}
    assert len(compress({"01": "09780345418913", "10": "ABC123"})) < len("/01/09780345418913/10/ABC123")


def test_a_key_may_stand_uncompressed_in_front() -> None:
    link = expand("https://x.cn/01/09780345418913/" + compress({"10": "A1", "17": "270131"}))
    assert link == "https://x.cn/01/09780345418913/10/A1?17=270131"
    assert expand("https://x.cn/414/6901234500004/" + compress({"254": "3"})) == "https://x.cn/414/6901234500004/254/3"


def test_words_and_noise_are_not_links() -> None:
    random = Random(11)
    noise = ["".join(random.choice(ALPHABET) for _ in range(random.randint(9, 60))) for _ in range(3000)]
    found = [text for text in noise if expand(f"https://x.cn/{text}")]
    assert len(found) <= 3  # a chance of about one in ten thousand
    for text in ("workbench", "enterprises", "ARHKVAdpQ", "ARHKVAdpQh", "", "a" * 600, "中文地址啊中文地址啊"):
        assert expand(f"https://x.cn/{text}") is None
    assert expand("not an address") is None


@pytest.mark.parametrize("elements", [{"01": "123"}, {"10": "中"}, {"0": "1"}, {"10": "x" * 21}, {"3103": "12"}])
def test_what_cannot_be_packed_is_refused(elements: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        compress(elements)


def test_values_fit_or_not() -> None:
    assert is_allowed("17", "280229") and is_allowed("17", "270200")
    assert not any(is_allowed("17", text) for text in ("270229", "271301", "27013", "２70131", ""))
    assert is_allowed("8003", "09780345418913") and is_allowed("8003", "09780345418913ABC")
    assert not is_allowed("10", "中文") and not is_allowed("10", "")
    assert is_allowed("9999", "anything")
    assert link_of({"01": "1", "00": "2"}) is None and link_of({"10": "1"}) is None
