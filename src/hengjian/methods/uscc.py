"""Unified social credit codes of organisations (GB 32100-2015): 18 characters with two check characters. Pure."""

from __future__ import annotations

import re

# Without I, O, S, V, Z, which are mistaken for digits.
CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
SHAPE = re.compile(r"[1-9A-HJ-NP-RTUW-Y][0-9A-HJ-NP-RTUW-Y]\d{6}[0-9A-HJ-NP-RTUW-Y]{10}")
# GB 11714: weights of the organisation code inside (characters 9 to 16), checked by character 17.
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_VALUES = {character: value for value, character in enumerate(CHARACTERS)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))


def normalise(text: str) -> str:
    """Upper case, half width, without spaces and hyphens.

    >>> normalise(" 91990100ma0000000-x")
    '91990100MA0000000X'
    """
    narrow = "".join(chr(ord(char) - 0xFEE0) if "！" <= char <= "～" else char for char in text)
    return re.sub(r"[\s\-–—]", "", narrow).upper()


def check_character(body: str) -> str:
    """Character 18 of a code, from the 17 before it (GB 32100-2015, 4.5: modulus 31, weights 3^i).

    Raises:
        ValueError: not 17 characters of the code's alphabet.
    """
    if len(body) != 17 or not set(body) <= _VALUES.keys():
        raise ValueError(f"not the first 17 characters of a code: {body!r}")
    total = sum(_VALUES[char] * weight for char, weight in zip(body, _WEIGHTS, strict=True))
    return CHARACTERS[-total % 31]


def organisation_check_character(body: str) -> str:
    """Character 9 of an organisation code, from the eight before it (GB 11714: modulus 11, X stands for 10).

    Raises:
        ValueError: not eight digits or capital letters.
    """
    if not re.fullmatch(r"[0-9A-Z]{8}", body):
        raise ValueError(f"not the first 8 characters of an organisation code: {body!r}")
    rest = 11 - sum(int(char, 36) * weight for char, weight in zip(body, ORGANISATION_WEIGHTS, strict=True)) % 11
    return "0" if rest == 11 else "X" if rest == 10 else str(rest)


def is_valid(code: str) -> bool:
    """Whether a normalised code has the right shape and both check characters.

    The inner check character (17) is not asked: codes given out since 2015 need not contain an organisation code.
    """
    return problem(code) == ""


def problem(code: str) -> str:
    """What is wrong with a normalised code: "length", "character", "check"; empty when it is right."""
    if len(code) != 18:
        return "length"
    if SHAPE.fullmatch(code) is None:
        return "character"
    return "" if check_character(code[:17]) == code[17] else "check"
