"""Conditions on facts as a person writes them, one a line. Pure.

>>> read("values.conclusion = conforming")
Condition(field='values.conclusion', op='eq', value='conforming')
>>> written(read("code 属于 none_found, corrected"))
'code 属于 none_found, corrected'
"""

from __future__ import annotations

import re

from hengjian.lake.measures import Condition, Operator, Scalar

#: Sign or word → operator. The first of each operator is how it is written back, the last how it is in English.
SIGNS: dict[str, Operator] = {
    "=": "eq",
    "≠": "ne",
    "!=": "ne",
    "≥": "ge",
    ">=": "ge",
    "≤": "le",
    "<=": "le",
    ">": "gt",
    "<": "lt",
    "不属于": "not_in",
    "属于": "in",
    "not in": "not_in",
    "in": "in",
    "包含": "contains",
    "contains": "contains",
    "为空": "is_null",
    "is null": "is_null",
    "有值": "not_null",
    "not null": "not_null",
}
_LISTS = ("in", "not_in")
_BARE = ("is_null", "not_null")
# Longer signs before shorter ones; a sign of Latin letters is a word of its own.
_SIGN = "|".join(
    rf"(?<=\s){re.escape(sign)}(?=\s|$)" if sign[0].isascii() and sign[0].isalpha() else re.escape(sign)
    for sign in sorted(SIGNS, key=len, reverse=True)
)
_LINE = re.compile(rf"(?P<field>[A-Za-z_][A-Za-z0-9_.]*)\s*(?P<sign>{_SIGN})\s*(?P<value>.*)", re.IGNORECASE)


def read(line: str) -> Condition:
    """One condition.

    Raises:
        ValueError: the line is none.
    """
    found = _LINE.fullmatch(line.strip())
    if found is None:
        raise ValueError(line.strip())
    op, text = SIGNS[found["sign"].lower()], found["value"].strip()
    if op in _BARE:
        if text:
            raise ValueError(line.strip())
        return Condition(field=found["field"], op=op)
    if op in _LISTS:
        items = tuple(_value(item) for item in re.split(r"[,，、]", text) if item.strip())
        return Condition(field=found["field"], op=op, value=items)
    if not text:
        raise ValueError(line.strip())
    return Condition(field=found["field"], op=op, value=_value(text))


def read_all(text: str) -> tuple[Condition, ...]:
    """Every line that is not empty.

    Raises:
        ValueError: with the first line that is no condition.
    """
    return tuple(read(line) for line in text.splitlines() if line.strip())


def written(condition: Condition, language: str = "zh") -> str:
    """The line that `read` takes back."""
    signs = [sign for sign, op in SIGNS.items() if op == condition.op]
    sign = signs[-1 if language.startswith("en") else 0]
    if condition.op in _BARE:
        return f"{condition.field} {sign}"
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    return f"{condition.field} {sign} {', '.join(map(_shown, values))}"


def _value(text: str) -> Scalar:
    """Words for yes and no, otherwise the text; numbers are compared as the field's type asks."""
    text = text.strip()
    return {"true": True, "是": True, "false": False, "否": False}.get(text.lower(), text)


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
