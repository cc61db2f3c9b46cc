"""Numbers and days as people write them. Messages are in the user's language."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

# Days that no real value reaches; they keep nonsense out of columns and calendars.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)
DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?")


def number_of(value: Any) -> Decimal:
    """A number from a number or from text with thousands separators, units of percent, full-width digits."""
    if isinstance(value, bool):
        raise ValueError(_("应填写数字。"))
    if isinstance(value, int | float | Decimal):
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(_("应填写数字。"))
        return Decimal(str(value))
    text = unicodedata.normalize("NFKC", str(value)).replace(",", "").replace(" ", "")
    text = text.replace("，", "").removeprefix("¥").removeprefix("￥").removesuffix("%").removesuffix("元")
    if NUMBER.fullmatch(text) is None:
        raise ValueError(_("“%(value)s”不是数字。") % {"value": str(value)[:40]})
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(_("“%(value)s”不是数字。") % {"value": str(value)[:40]}) from None


def plain_number(value: float) -> str:
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"


def day_of(value: Any) -> date:
    """A day from a date or from 2026-07-31, 2026/7/31, 2026年7月31日, 20260731."""
    if isinstance(value, datetime):
        return timezone.localdate(value) if timezone.is_aware(value) else value.date()
    if isinstance(value, date):
        found = value
    else:
        text = unicodedata.normalize("NFKC", str(value)).strip()
        match = DATE.fullmatch(text) or COMPACT.fullmatch(text)
        try:
            if match is None:
                raise ValueError
            found = date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            raise ValueError(
                _("“%(value)s”不是日期，请写成 2026-01-05 或 2026年1月5日。") % {"value": text[:40]}
            ) from None
    if not FIRST_DAY <= found <= LAST_DAY:
        raise ValueError(_("日期应在 1900 年至 2100 年之间。"))
    return found
