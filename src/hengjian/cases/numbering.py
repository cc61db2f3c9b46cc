"""Case numbers, and the codes with which whoever filed a case follows it."""

from __future__ import annotations

import re
import secrets
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from hengjian.cases.declarations import CaseType
from hengjian.cases.models import Case, NumberCounter

SEQ = re.compile(r"\{seq[^{}]*\}")
# Without 0, 1, I, L and O, which people mix up when they copy a code from paper; ten of 31 are 49 bits.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 10


def take_number(declared: CaseType, region: str, opened_at: datetime) -> str:
    """The next number of the type's series, inside the caller's transaction: undone with it, so no gaps.

    Everything in the pattern but the running number makes the series, so two procedures may share one.

    Raises:
        TransactionManagementError: there is no transaction to belong to.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("take a number inside the transaction that uses it")
    day = timezone.localdate(opened_at)
    parts = {"year": day.year, "month": day.month, "day": day.day, "region": region}
    pattern = declared.number.pattern
    series = SEQ.sub("#", pattern).format(**parts)
    NumberCounter.objects.get_or_create(series=series)
    # One statement that adds and locks the row until the end of the transaction.
    NumberCounter.objects.filter(series=series).update(last=F("last") + 1)
    last = NumberCounter.objects.values_list("last", flat=True).get(series=series)
    return pattern.format(**parts, seq=last)


def new_code(token: str = "") -> str:
    """A tracking code like `K7MQ2-9TXWB`. The same form sent twice (same token) gets the same code."""
    if token:
        number = int(salted_hmac("cases.code", token, algorithm="sha256").hexdigest(), 16)
    else:
        number = secrets.randbits(256)
    letters = []
    for _place in range(CODE_LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[rest])
    half = CODE_LENGTH // 2
    return "".join(letters[:half]) + "-" + "".join(letters[half:])


def fingerprint(number: str, code: str) -> str:
    """What is stored of a code: bound to the number and to this installation's key, useless without both."""
    plain = re.sub(r"[^0-9A-Z]", "", code.upper())
    return salted_hmac("cases.tracking", f"{number}:{plain}", algorithm="sha256").hexdigest()


def opens(case: Case, code: str) -> bool:
    """Whether the code belongs to the case."""
    return bool(case.tracking) and constant_time_compare(case.tracking, fingerprint(case.number, code))


def token_hash(token: str) -> str:
    """What is stored of a form's token."""
    return salted_hmac("cases.token", token, algorithm="sha256").hexdigest()
