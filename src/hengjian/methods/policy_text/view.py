"""The reading view: the text with widths, brackets and traditional characters unified, character for character.

All patterns run on the view; whatever is reported is cut from the text at the same positions, so it stays as written.
"""

from __future__ import annotations

import re

_TABLE: dict[int, str] = {}
for _wide in range(0xFF01, 0xFF5F):
    _TABLE[_wide] = chr(_wide - 0xFEE0)
for _source, _target in (
    ("(﹙", "（"),
    (")﹚", "）"),
    (",﹐", "，"),
    (";﹔", "；"),
    (":︰∶﹕", "："),
    ("!", "！"),
    ("?", "？"),
    ("[［﹝【〖", "〔"),
    ("]］﹞】〗", "〕"),
    ("｡", "。"),
    ("〇○", "〇"),
    ("於", "于"),  # a GB 2312 character, yet never meant otherwise in plans
    ("\u3000\xa0\u2002\u2003\u2009\u202f\t", " "),
    ("｢「", "“"),
    ("｣」", "”"),
    ("『", "‘"),
    ("』", "’"),
    ("︽«", "《"),
    ("︾»", "》"),
    ("<﹤", "〈"),
    (">﹥", "〉"),
    ("％﹪", "%"),
):
    for _char in _source:
        _TABLE[ord(_char)] = _target
        if " " < _char < "~":
            _TABLE[ord(_char) + 0xFEE0] = _target
_TABLE[0xFF5E] = "~"
_TABLE[0x2F00] = "一"

_THOUSANDS = re.compile(r"(?<=\d)，(?=\d{3}(?!\d))")
_RARE = re.compile("[\u4e00-\u9fff\u3400-\u4dbf]")
_simplified: dict[str, str] = {}


def make_view(text: str) -> str:
    """A string of the same length with one form per mark; simplified characters; ASCII digits and letters."""
    view = _simplify(text).translate(_TABLE)
    return _THOUSANDS.sub(",", view) if "，" in view else view


def _simplify(text: str) -> str:
    """Traditional → simplified for the characters that GB 2312 does not have; opencc is loaded only if there
    are such."""
    rare = [char for char in set(text) if char > "\u33ff" and char not in _simplified and _RARE.match(char)]
    unknown = []
    for char in rare:
        try:
            char.encode("gb2312")
        except UnicodeEncodeError:
            unknown.append(char)
        else:
            _simplified[char] = char
    if unknown:
        import opencc

        converter = opencc.OpenCC("t2s")
        for char in unknown:
            simple = converter.convert(char)
            _simplified[char] = simple if len(simple) == 1 else char
    changed = {ord(char): _simplified[char] for char in set(text) if _simplified.get(char, char) != char}
    return text.translate(changed) if changed else text


OPEN, CLOSE = "（〔《〈“‘", "）〕》〉”’"
_PAIR = dict(zip(OPEN, CLOSE, strict=True))
_ROUND = frozenset("）〕")  # a scan often closes one kind with the other
_MARKS = re.compile(f"[{OPEN}{CLOSE}\n]")


def bracket_pairs(view: str) -> list[tuple[int, int]]:
    """(opening, closing) positions of all brackets and quotes that match, in order of opening; none spans a
    line end."""
    pairs: list[tuple[int, int]] = []
    stack: list[int] = []
    for match in _MARKS.finditer(view):
        char, place = match[0], match.start()
        if char == "\n":
            stack.clear()
        elif char in _PAIR:
            stack.append(place)
        else:
            for depth in range(len(stack) - 1, max(-1, len(stack) - 6), -1):
                wanted = _PAIR[view[stack[depth]]]
                if char == wanted or (char in _ROUND and wanted in _ROUND and depth == len(stack) - 1):
                    pairs.append((stack[depth], place))
                    del stack[depth:]
                    break
    pairs.sort()
    return pairs


def depth_mask(length: int, pairs: list[tuple[int, int]]) -> bytearray:
    """1 inside any bracket or quote (marks included), 0 outside."""
    mask = bytearray(length)
    covered = -1
    for start, end in pairs:
        if end > covered:
            mask[start : end + 1] = b"\x01" * (end + 1 - start)
            covered = end
    return mask


def outermost(pairs: list[tuple[int, int]]) -> list[int]:
    """Where the pairs open that stand in no other, in order."""
    out: list[int] = []
    covered = -1
    for start, end in pairs:
        if end > covered:
            out.append(start)
            covered = end
    return out
