"""Checkers that a declaration names (`parser: cma_number`): a text in, its normal form out.

Rooms of `systems` register theirs from `AppConfig.ready`, before or after the declarations are read.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from hengjian.methods import uscc

#: text → normalised text; ValueError says what is wrong, in the user's language.
Parser = Callable[[str], str]

_parsers: dict[str, Parser] = {}


def register_parser(name: str, parse: Parser) -> None:
    """Make a checker known under a name; the last call wins, so that a region may replace one."""
    _parsers[name] = parse


def parser(name: str) -> Parser:
    """The registered checker.

    Raises:
        LookupError: no room registered it.
    """
    try:
        return _parsers[name]
    except KeyError:
        known = ", ".join(sorted(_parsers))
        raise LookupError(f"no parser {name!r}; registered: {known}") from None


def parser_names() -> list[str]:
    return sorted(_parsers)


def credit_code(text: str) -> str:
    """A unified social credit code (GB 32100-2015) in its normal form; ValueError says what is wrong with it."""
    code = uscc.normalise(text)
    fault = uscc.problem(code)
    if fault == "length":
        raise ValueError(_("统一社会信用代码应为 18 位，现为 %(n)d 位。") % {"n": len(code)})
    if fault == "character":
        raise ValueError(_("“%(value)s”含有统一社会信用代码不使用的字符。") % {"value": code})
    if fault:
        raise ValueError(_("“%(value)s”的校验位不对，请核对有无抄错。") % {"value": code})
    return code


register_parser("uscc", credit_code)
