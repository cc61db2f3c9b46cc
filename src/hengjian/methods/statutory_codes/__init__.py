"""Statutory trace codes of China: pesticides, veterinary drugs, seed, drugs, Ecode, OID, retail bar codes, cylinders.

`read(text, scheme)` reads what a scanner or a person gives (the bare code, or the text of the label's QR code, a web
address included) and says which parts it has and by name what is wrong. Nothing is guessed: parts that the public
sources do not settle are listed in `unsettled`, and where the form of a text fits several schemes `candidates` returns
all of them. Pure.

Sources by scheme: see `SCHEMES`. The full texts of the seed, drug, Ecode and cylinder documents were not at hand; what
is taken from secondary publications stands in `unsettled` of each result.
"""

from __future__ import annotations

import unicodedata

from hengjian.methods.statutory_codes.model import Part, Problem, StatutoryCode
from hengjian.methods.statutory_codes.schemes import SCHEMES, Scheme

__all__ = ["LONGEST", "SCHEMES", "Part", "Problem", "Scheme", "StatutoryCode", "candidates", "read"]

LONGEST = 2000
"""Characters of a text that are looked at; no label's code holds more."""


def read(text: str, scheme: str) -> StatutoryCode:
    """What a text says as a code of `scheme`; wrong texts come back with `problems`, never as an exception.

    Args:
        text: the bare code or the content of the label's QR code; full-width digits and letters are read as plain.
        scheme: one of `SCHEMES`.

    Raises:
        KeyError: no such scheme.
    """
    declared = SCHEMES[scheme]
    given = unicodedata.normalize("NFKC", text.removeprefix("\ufeff")).strip()
    if not given:
        return StatutoryCode(scheme, "", problems=(Problem("empty", "没有内容", "nothing to read"),))
    if len(given) > LONGEST:
        return StatutoryCode(scheme, "", problems=(Problem("too_long", "内容过长", "too long for a code"),))
    return declared.read(given)


def candidates(text: str) -> list[StatutoryCode]:
    """The text read by every scheme in which it is free of problems; empty: none; several: the caller must ask which.

    Cylinder tags are left out, because their form is no evidence: nearly any word is one.
    """
    found = (read(text, name) for name, scheme in SCHEMES.items() if scheme.recognisable)
    return [code for code in found if code.valid]
