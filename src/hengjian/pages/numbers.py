"""Numbers as they come in addresses and forms: written by anyone, so perhaps none at all."""

from __future__ import annotations

import re

# Plain digits only (`str.isdigit` also takes "²", which `int` does not), and no more than any database holds.
WHOLE = re.compile(r"[0-9]{1,18}")


def whole(raw: str | None) -> int | None:
    """The whole number that the text is; None when it is none.

    >>> whole("12"), whole("²"), whole("9" * 30), whole("")
    (12, None, None, None)
    """
    return int(raw) if raw and WHOLE.fullmatch(raw) else None
