"""Formats of the values behind GS1 Application Identifiers, and whether a value fits.

Source: GS1 General Specifications 3.2 (formats), 3.4 (dates), 7.11 (characters).
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a value: digits only or any character, of a fixed length or up to `length`."""

    digits: bool
    length: int
    fixed: bool


def _parts(text: str) -> tuple[Part, ...]:
    return tuple(
        Part(piece[0] == "n", int(piece.lstrip("nx.")), ".." not in piece) for piece in text.replace(" ", "").split("+")
    )


# Formats of the values by Application Identifier; `n` digits, `x` characters, `..` up to. 310* means 3100 to 3109.
_FORMATS: dict[str, str] = {
    "n1": "4321 4322 4323",
    "n2": "20",
    "n3": "422 424 426",
    "n4": "394* 8111",
    "n6": "11 12 13 15 16 17 31** 32** 33** 34** 35** 36** 395* 4326 7006 8005",
    "n10": "4324 4325 7003",
    "n13": "410 411 412 413 414 415 416 417 7001",
    "n14": "01 02 8001",
    "n17": "402",
    "n18": "00 8006 8017 8018 8026",
    "n..4": "7004",
    "n..6": "242",
    "n..8": "30 37",
    "n..10": "8019",
    "n..12": "8011",
    "n..15": "390* 392*",
    "x2": "4307 4317",
    "x..2": "7010",
    "x..3": "427 7008",
    "x..10": "7009",
    "x..12": "7005",
    "x..20": "10 21 22 243 254 420 710 711 712 713 714 4318 7020 7021 7022 7240 8002 8012",
    "x..24": "8007",
    "x..25": "8020",
    "x..30": "90 240 241 250 251 400 401 403 4308 4319 7002 7023 723* 8004 8010 8013",
    "x..35": "4300 4301 4310 4311 4320",
    "x..50": "8009",
    "x..70": "4302 4303 4304 4305 4306 4312 4313 4314 4315 4316 8110 8112 8200",
    "x..90": "91 92 93 94 95 96 97 98 99",
    "n3+x..9": "421",
    "n3+x..27": "703*",
    "n3+x..28": "235",
    "n3+n..12": "423 425",
    "n3+n..15": "391* 393*",
    "n6+n..6": "7007",
    "n8+n..4": "8008",
    "n13+x..17": "253",
    "n13+n..12": "255",
    "n14+x..16": "8003",
}
_TENS = "0123456789"
FORMATS: dict[str, tuple[Part, ...]] = {
    name.replace("**", first + second, 1).replace("*", second, 1): _parts(form)
    for form, names in _FORMATS.items()
    for name in names.split()
    for first in (_TENS if "**" in name else "0")
    for second in (_TENS if "*" in name else "0")
}
DATES = {"11", "12", "13", "15", "16", "17"}
"""Identifiers whose value is YYMMDD; day 00 means the end of the month."""
_ANY = r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]"


def _pattern(parts: tuple[Part, ...]) -> re.Pattern[str]:
    return re.compile(
        "".join(
            ("[0-9]" if part.digits else _ANY)
            + (f"{{{part.length}}}" if part.fixed else f"{{{0 if len(parts) > 1 else 1},{part.length}}}")
            for part in parts
        )
    )


_PATTERNS = {parts: _pattern(parts) for parts in FORMATS.values()}


def is_allowed(name: str, value: str) -> bool:
    """Whether an Application Identifier may have this value; unknown identifiers allow everything.

    >>> is_allowed("17", "270200"), is_allowed("17", "271301"), is_allowed("3103", "1250")
    (True, False, False)
    """
    parts = FORMATS.get(name)
    if parts is None:
        return True
    if _PATTERNS[parts].fullmatch(value) is None:
        return False
    if name not in DATES:
        return True
    year, month, day = 2000 + int(value[:2]), int(value[2:4]), int(value[4:])
    return 1 <= month <= 12 and day <= monthrange(year, month)[1]
