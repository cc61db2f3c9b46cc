"""Invitation codes: letters that nobody can guess, printed from the key of the system, found again by their digest.

A code has 58 bits and is derived from SECRET_KEY, so that a lost letter can be printed again although the database
holds no code. After the key was changed old letters still open the form, but cannot be printed again.
"""

from __future__ import annotations

import hashlib
import re

from django.utils.crypto import salted_hmac

from hengjian.surveys.models import Invitation, Wave

# Without signs that are mistaken for others: 0 and O, 1 and I and L, U and V.
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12


def code_of(wave: Wave, number: int) -> str:
    """The code of an invitation as it is printed: XXXX-XXXX-XXXX."""
    mac = salted_hmac("hengjian.surveys.invitation", f"{wave.token}:{number}", algorithm="sha256").digest()
    value, signs = int.from_bytes(mac, "big"), []
    for _place in range(LENGTH):
        value, rest = divmod(value, len(LETTERS))
        signs.append(LETTERS[rest])
    text = "".join(signs)
    return "-".join(text[start : start + 4] for start in range(0, LENGTH, 4))


def normalised(text: str) -> str:
    """What somebody typed, as it was printed; "" when it cannot be a code."""
    plain = re.sub(r"[\s\-－—_]", "", text).upper()
    if len(plain) != LENGTH or any(sign not in LETTERS for sign in plain):
        return ""
    return "-".join(plain[start : start + 4] for start in range(0, LENGTH, 4))


def digest_of(code: str) -> str:
    return hashlib.sha256(f"hengjian-survey:{code}".encode()).hexdigest()


def printable(invitation: Invitation) -> str:
    """The code, or "" when the key of the system is no longer the one it was made with."""
    code = code_of(invitation.wave, invitation.number)
    return code if digest_of(code) == invitation.digest else ""
